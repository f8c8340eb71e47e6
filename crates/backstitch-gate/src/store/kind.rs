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
    pub(crate) const ALL: [Kind; 5] = [Kind::BigInt, Kind::Boolean, Kind::Decimal, Kind::Double, Kind::Text];

    /// The type as a column declares it.
    pub(crate) const fn declared(self) -> &'static str {
        match self {
            Kind::BigInt => "BIGINT",
            Kind::Boolean => "BOOLEAN",
            // A column declared DECIMAL has numeric affinity: SQLite would turn its digits into a
            // double. TEXT in the name gives it the affinity that leaves them alone.
            Kind::Decimal => "DECIMAL_TEXT",
            Kind::Double => "DOUBLE PRECISION",
            Kind::Text => "TEXT",
        }
    }

    /// The type of a column by its declaration. One that the gate never writes comes from someone
    /// who changed the table by hand; it is taken for what SQLite makes of it.
    pub(crate) fn of_declared(declared: &str) -> Self {
        if let Some(kind) = Kind::ALL.into_iter().find(|kind| kind.declared().eq_ignore_ascii_case(declared)) {
            return kind;
        }
        let declared = declared.to_ascii_uppercase();
        let has = |part| declared.contains(part);
        if has("INT") {
            Kind::BigInt
        } else if has("REAL") || has("FLOA") || has("DOUB") {
            Kind::Double
        } else if has("BOOL") {
            Kind::Boolean
        } else {
            Kind::Text
        }
    }

    /// The type as destinations know it.
    const fn stitch_type(self) -> StitchType {
        match self {
            Kind::BigInt => StitchType::Bigint,
            Kind::Boolean => StitchType::Boolean,
            Kind::Decimal => StitchType::Number,
            Kind::Double => StitchType::Double,
            Kind::Text => StitchType::String,
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
