//! The types of columns as SQLite declares them.

use crate::store::kind::Kind;

/// The type as a column declares it.
pub(crate) const fn declared(kind: Kind) -> &'static str {
    match kind {
        Kind::BigInt => "BIGINT",
        Kind::Boolean => "BOOLEAN",
        // A column declared DECIMAL or TIMESTAMP has numeric affinity: SQLite would turn its digits into
        // a double. TEXT in the name gives it the affinity that leaves them alone.
        Kind::Decimal => "DECIMAL_TEXT",
        Kind::Timestamp => "TIMESTAMP_TEXT",
        Kind::Double => "DOUBLE PRECISION",
        Kind::Text => "TEXT",
    }
}

/// The type of a column by its declaration. One that the gate never writes comes from someone who
/// changed the table by hand; it is taken for what SQLite makes of it.
pub(crate) fn kind(text: &str) -> Kind {
    if let Some(kind) = Kind::ALL.into_iter().find(|kind| declared(*kind).eq_ignore_ascii_case(text)) {
        return kind;
    }
    let text = text.to_ascii_uppercase();
    let has = |part| text.contains(part);
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
