//! One value of a table.

use std::fmt;

/// One value of a table, as the store keeps it.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    /// No value.
    Null,
    /// A boolean.
    Boolean(bool),
    /// An integer of 64 bits.
    Integer(i64),
    /// A number of double precision.
    Double(f64),
    /// A decimal number, or an integer beyond 64 bits, digit for digit.
    Decimal(String),
    /// A string; also a point in time, as RFC 3339 in UTC.
    Text(String),
}

/// The value as text, without quotes; nothing for [`Cell::Null`].
impl fmt::Display for Cell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Cell::Null => Ok(()),
            Cell::Boolean(value) => value.fmt(f),
            Cell::Integer(value) => value.fmt(f),
            Cell::Double(value) => value.fmt(f),
            Cell::Decimal(value) | Cell::Text(value) => value.fmt(f),
        }
    }
}

impl From<bool> for Cell {
    fn from(value: bool) -> Self {
        Cell::Boolean(value)
    }
}

impl From<i64> for Cell {
    fn from(value: i64) -> Self {
        Cell::Integer(value)
    }
}

impl From<f64> for Cell {
    fn from(value: f64) -> Self {
        Cell::Double(value)
    }
}

impl From<&str> for Cell {
    fn from(value: &str) -> Self {
        Cell::Text(value.to_owned())
    }
}

impl From<String> for Cell {
    fn from(value: String) -> Self {
        Cell::Text(value)
    }
}
