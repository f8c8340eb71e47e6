//! How a value is written, whatever the format.

use crate::value::Value;

/// The name of a field, with its JSON form made when the program is compiled.
#[derive(Clone, Copy, Debug)]
pub struct FieldName {
    text: &'static str,
    json: &'static str,
}

impl FieldName {
    /// The field called `text`; `json` is the same as a JSON string followed by a colon. The derive
    /// writes both.
    #[must_use]
    pub const fn new(text: &'static str, json: &'static str) -> Self {
        FieldName { text, json }
    }

    /// The name.
    #[must_use]
    pub const fn text(&self) -> &'static str {
        self.text
    }

    pub(crate) const fn json(&self) -> &'static str {
        self.json
    }
}

/// The name of a field as the derive writes it: the name, the same in JSON with a comma before and a colon after it, and
/// where the field is in a Push record if it is a field of its data (a JSON Pointer). All are empty where the fields of another type stand.
/// No more than an array, which the compiler has done with soonest.
pub type Name = [&'static str; 3];

pub(crate) mod sealed {
    /// Keeps the formats to those of this crate.
    pub trait Sealed {}
}

/// A format that values are written in. Only this crate implements it.
///
/// Whoever writes calls its methods in the order of the text: an array is [`begin_array`], each
/// element after an [`element`], [`end_array`]; an object is [`begin_object`], each value after its
/// [`key`] or [`key_text`], [`end_object`].
///
/// [`begin_array`]: Encoder::begin_array
/// [`element`]: Encoder::element
/// [`end_array`]: Encoder::end_array
/// [`begin_object`]: Encoder::begin_object
/// [`key`]: Encoder::key
/// [`key_text`]: Encoder::key_text
/// [`end_object`]: Encoder::end_object
pub trait Encoder: sealed::Sealed {
    /// Writes null.
    fn null(&mut self);
    /// Writes a truth value.
    fn boolean(&mut self, value: bool);
    /// Writes an integer.
    fn integer(&mut self, value: i64);
    /// Writes an integer that is not negative.
    fn unsigned(&mut self, value: u64);
    /// Writes an integer of up to 128 bits.
    fn wide(&mut self, value: i128);
    /// Writes an integer of up to 128 bits that is not negative.
    fn wide_unsigned(&mut self, value: u128);
    /// Writes a number of single precision; one that is not finite as null.
    fn single(&mut self, value: f32);
    /// Writes a number of double precision; one that is not finite as null.
    fn double(&mut self, value: f64);
    /// Writes a number of any size: `digits` as JSON has them, all of which are kept.
    fn decimal(&mut self, digits: &str);
    /// Writes a string.
    fn string(&mut self, value: &str);
    /// Writes a moment: `text` as RFC 3339 has it, and the same in whole milliseconds since 1970, rounded down.
    fn instant(&mut self, text: &str, milliseconds: i64);
    /// Writes a UUID: `text` in lower case with hyphens.
    fn uuid(&mut self, text: &str);
    /// Writes bytes, as a format without bytes has them: in base64 (the standard alphabet, padded).
    fn bytes(&mut self, bytes: &[u8]);
    /// Starts an array.
    fn begin_array(&mut self);
    /// Goes before each element of an array.
    fn element(&mut self);
    /// Ends an array.
    fn end_array(&mut self);
    /// Starts an object.
    fn begin_object(&mut self);
    /// Goes before each value of an object whose name is known to the compiler.
    fn key(&mut self, name: &FieldName);
    /// Goes before each value of an object whose name is known at run time.
    fn key_text(&mut self, name: &str);
    /// Ends an object.
    fn end_object(&mut self);
    /// Writes a value that is JSON already.
    fn raw_json(&mut self, json: &serde_json::value::RawValue);
    /// Takes note that a value can't be written, which no check has foretold. What was written of the record is taken
    /// back, and the record is refused.
    fn refuse(&mut self);

    /// Starts an object of which all is written by the methods from here on; gives what [`close`](Encoder::close) takes.
    #[doc(hidden)]
    fn open(&mut self) -> usize;
    /// Writes a field whose name is at `index`.
    #[doc(hidden)]
    fn member<T: Value + ?Sized>(&mut self, names: &'static [Name], index: usize, value: &T);
    /// Goes before the value of such a field.
    #[doc(hidden)]
    fn member_name(&mut self, names: &'static [Name], index: usize);
    /// Writes a value whose name is known at run time.
    #[doc(hidden)]
    fn entry<T: Value + ?Sized>(&mut self, name: &str, value: &T);
    /// Ends an object.
    #[doc(hidden)]
    fn close(&mut self, opened: usize);
    /// Writes an array.
    #[doc(hidden)]
    fn list<'a, T: Value + 'a>(&mut self, values: impl IntoIterator<Item = &'a T>);
}
