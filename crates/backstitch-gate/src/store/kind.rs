//! The types of columns.

use backstitch_api::destination::StitchType;

use crate::names::PROFILE;

/// The type of a column of data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Kind {
    BigInt,
    Boolean,
    Decimal,
    Double,
    Text,
    Timestamp,
}

/// The suffixes of the types, in the order of [`Kind::ALL`], which is that of their declaration.
const SUFFIXES: [&str; Kind::ALL.len()] = {
    let mut suffixes = [""; Kind::ALL.len()];
    let mut index = 0;
    while index < suffixes.len() {
        suffixes[index] = match PROFILE.split_suffix(Kind::ALL[index].stitch_type()) {
            Some(suffix) => suffix,
            None => panic!("the destination's definition lacks a type of the store"),
        };
        index += 1;
    }
    suffixes
};

impl Kind {
    pub(crate) const ALL: [Kind; 6] =
        [Kind::BigInt, Kind::Boolean, Kind::Decimal, Kind::Double, Kind::Text, Kind::Timestamp];

    /// The type as destinations know it.
    const fn stitch_type(self) -> StitchType {
        match self {
            Kind::BigInt => StitchType::Bigint,
            Kind::Boolean => StitchType::Boolean,
            Kind::Decimal => StitchType::Number,
            Kind::Double => StitchType::Double,
            Kind::Text => StitchType::String,
            Kind::Timestamp => StitchType::Date,
        }
    }

    /// What a split column's name ends in.
    pub(crate) const fn suffix(self) -> &'static str {
        SUFFIXES[self as usize]
    }

    /// The type as a reason names it.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Kind::BigInt => "bigint",
            Kind::Boolean => "boolean",
            Kind::Decimal => "decimal",
            Kind::Double => "double",
            Kind::Text => "string",
            Kind::Timestamp => "timestamp",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_field_can_look_like_a_split_column() {
        for kind in Kind::ALL {
            let name = format!("age{}{}", crate::names::SEPARATOR, kind.suffix());
            assert!(PROFILE.reserved_column_suffix(&name).is_some(), "{name}");
        }
    }
}
