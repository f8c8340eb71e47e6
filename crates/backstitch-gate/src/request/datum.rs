//! The data of a record, read when its row is made.

use std::borrow::Cow;

use backstitch_api::transit::Transit;

use crate::json::plain;

/// The value of `data`, as it was sent.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Datum<'a> {
    /// The text of a JSON object.
    Json(&'a str),
    /// A map.
    Transit(&'a Transit),
}

impl<'a> Datum<'a> {
    /// The data as JSON text.
    pub(crate) fn text(self) -> Cow<'a, str> {
        match self {
            Datum::Json(text) => Cow::Borrowed(text),
            Datum::Transit(value) => {
                let mut text = String::new();
                plain::write(value, &mut text);
                Cow::Owned(text)
            }
        }
    }
}
