//! Transit+JSON, read: what clients send to the Push and Validate endpoints as `application/transit+json`.
//!
//! Both forms are read, the usual one, in which keys that were written before are codes, and the verbose one. The format
//! is described at <https://github.com/cognitect/transit-format>. Keys of four characters and more have codes, an escape
//! included; the 1,937th takes the first code again.
//!
//! ```
//! use backstitch_api::transit::{Transit, read};
//!
//! let value = read(br#"[["^ ","name","Finn","since","~m1565880017000"],["^ ","^0","Ada","^1",null]]"#)?;
//! let Transit::Array(records) = &value else { panic!("an array") };
//! assert_eq!(records[0].get("since"), Some(&Transit::Instant(1_565_880_017_000)));
//! assert_eq!(records[1].get("name"), Some(&Transit::Text("Ada".to_owned())));
//! # Ok::<(), backstitch_api::transit::Error>(())
//! ```

mod cache;
mod reader;
mod scalar;
mod time;

use std::fmt;

/// A value that Transit has.
#[derive(Clone, Debug, PartialEq)]
pub enum Transit {
    /// Null.
    Null,
    /// A truth value.
    Boolean(bool),
    /// An integer of 64 bits.
    Integer(i64),
    /// An integer beyond 64 bits: its digits, with a sign before them if it is negative.
    BigInteger(String),
    /// A number of double precision; also one that is not finite.
    Double(f64),
    /// A number as its digits, such as `1.10` or `1E+30`.
    Decimal(String),
    /// A string.
    Text(String),
    /// A moment: milliseconds since 1970 in UTC.
    Instant(i64),
    /// A UUID, as it was written.
    Uuid(String),
    /// A URI.
    Uri(String),
    /// A keyword, without its colon.
    Keyword(String),
    /// A symbol.
    Symbol(String),
    /// Bytes in base64.
    Bytes(String),
    /// An array, a list.
    Array(Vec<Transit>),
    /// Values without an order.
    Set(Vec<Transit>),
    /// Entries in the order in which they were written.
    Map(Vec<(Transit, Transit)>),
    /// A value of another type: the type's tag, and what stands for the value.
    Tagged(String, Box<Transit>),
}

impl Transit {
    /// The value of the last entry whose key is the string `key`.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Transit> {
        let Transit::Map(entries) = self else { return None };
        entries
            .iter()
            .rev()
            .find(|(found, _)| matches!(found, Transit::Text(found) if found == key))
            .map(|(_, value)| value)
    }
}

/// Why a text is no Transit+JSON, and where.
#[derive(Debug)]
pub struct Error(serde_json::Error);

impl Error {
    /// The line, from 1.
    #[must_use]
    pub fn line(&self) -> usize {
        self.0.line()
    }

    /// The column in the line, from 1.
    #[must_use]
    pub fn column(&self) -> usize {
        self.0.column()
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl std::error::Error for Error {}

/// Reads a text.
///
/// # Errors
///
/// When it is no JSON, is nested more than 127 levels deep, or has what Transit does not know: a code of no key, a tag
/// without a value, a number or a moment that can't be read.
pub fn read(text: &[u8]) -> Result<Transit, Error> {
    reader::read(text).map_err(Error)
}

/// Reads a text of an array, and hands over its elements one by one, so that they need not all be in memory; a text of
/// anything else is returned whole. The elements of an array that turns out to be no Transit were handed over so far.
///
/// # Errors
///
/// As of [`read`].
pub fn read_each(text: &[u8], each: impl FnMut(Transit)) -> Result<Option<Transit>, Error> {
    reader::read_each(text, each).map_err(Error)
}
