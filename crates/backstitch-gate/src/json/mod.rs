//! JSON text as the gate reads it: values stay where they stand in the body, and numbers keep every
//! digit.
//!
//! - [`shape`]: what is checked over the whole text before it is parsed.
//! - [`fields`]: objects as ordered lists of borrowed values.
//! - [`elements`]: arrays as lists of borrowed values.
//! - [`root`]: the body of a request.
//! - [`plain`]: Transit as JSON text.
//! - [`value`]: a text as a tree of values.

pub(crate) mod elements;
pub(crate) mod fields;
pub(crate) mod plain;
pub(crate) mod root;
pub(crate) mod shape;
pub(crate) mod value;

use std::borrow::Cow;

/// The text that a JSON string stands for, borrowed where it has no escapes.
///
/// # Errors
/// The parser's, for an escape that stands for no character.
pub(crate) fn string(text: &str) -> Result<Cow<'_, str>, serde_json::Error> {
    let inner = text.get(1..text.len().saturating_sub(1)).unwrap_or_default();
    if inner.contains('\\') { serde_json::from_str::<String>(text).map(Cow::Owned) } else { Ok(Cow::Borrowed(inner)) }
}

/// `text` as a JSON string, quotes included.
pub(crate) fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
