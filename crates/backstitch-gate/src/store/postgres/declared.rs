//! The types of columns as PostgreSQL declares them.

use crate::store::kind::Kind;

/// The type as a column declares it.
pub(super) const fn declared(kind: Kind) -> &'static str {
    match kind {
        Kind::BigInt => "bigint",
        Kind::Boolean => "boolean",
        Kind::Decimal => "numeric",
        Kind::Double => "double precision",
        Kind::Text => "text",
        Kind::Timestamp => "timestamp with time zone",
    }
}

/// The type in which values of a type are sent.
pub(super) const fn sent(kind: Kind) -> &'static str {
    match kind {
        Kind::BigInt => "bigint",
        Kind::Boolean => "boolean",
        Kind::Double => "double precision",
        // The server reads their digits.
        Kind::Decimal | Kind::Timestamp | Kind::Text => "text",
    }
}

/// The type of a column by its declaration. One that the gate never writes comes from someone who changed the table by
/// hand; it is taken for the nearest.
pub(super) fn kind(text: &str) -> Kind {
    if let Some(kind) = Kind::ALL.into_iter().find(|kind| declared(*kind) == text) {
        return kind;
    }
    match text {
        "integer" | "smallint" => Kind::BigInt,
        "real" => Kind::Double,
        text if text.starts_with("numeric") => Kind::Decimal,
        text if text.starts_with("timestamp") => Kind::Timestamp,
        _ => Kind::Text,
    }
}
