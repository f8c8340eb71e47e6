//! The types of columns.

/// The type of a column of data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Kind {
    BigInt,
    Boolean,
    Decimal,
    Double,
    Text,
}

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

    /// What a split column's name ends in.
    pub(crate) const fn suffix(self) -> &'static str {
        match self {
            Kind::BigInt => "bi",
            Kind::Boolean => "bo",
            Kind::Decimal => "de",
            Kind::Double => "do",
            Kind::Text => "st",
        }
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
