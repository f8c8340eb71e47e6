//! JSON, byte for byte as `serde_json` writes it.

use crate::base64;
use crate::encode::{Encoder, FieldName, Name, sealed::Sealed};
use crate::out::{Before, NOTHING, Output, Scalar};
use crate::value::Value;

/// Writes JSON to the end of a buffer.
#[derive(Clone, Debug)]
pub struct JsonEncoder<O> {
    pub(crate) out: O,
    pub(crate) refused: bool,
}

impl<O: Output> JsonEncoder<O> {
    /// An encoder that uses the memory of `buffer`.
    pub(crate) fn within(buffer: Vec<u8>) -> Self {
        JsonEncoder { out: O::within(buffer), refused: false }
    }

    /// A comma, unless this is the first entry: then the last byte is the bracket that opened it.
    fn separate(&mut self) {
        if !matches!(self.out.bytes().last(), Some(b'[' | b'{')) {
            self.out.add(b",");
        }
    }

    /// Writes what goes before a value, and the value.
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn after<T: Value + ?Sized>(&mut self, before: Before, value: &T) {
        match value.scalar() {
            Scalar::Null => self.out.constant(before, "null"),
            Scalar::Boolean(value) => self.out.boolean(before, value),
            Scalar::Integer(value) => self.out.integer(before, value),
            Scalar::Unsigned(value) => self.out.unsigned(before, value),
            Scalar::Double(value) => self.out.double(before, value),
            Scalar::Text(value) => self.out.string(before, value),
            Scalar::Other => {
                self.out.before(before);
                value.write(self);
            }
        }
    }
}

impl<O> Sealed for JsonEncoder<O> {}

impl<O: Output> Encoder for JsonEncoder<O> {
    #[inline]
    fn null(&mut self) {
        self.out.constant(NOTHING, "null");
    }

    #[inline]
    fn boolean(&mut self, value: bool) {
        self.out.boolean(NOTHING, value);
    }

    #[inline]
    fn integer(&mut self, value: i64) {
        self.out.integer(NOTHING, value);
    }

    #[inline]
    fn unsigned(&mut self, value: u64) {
        self.out.unsigned(NOTHING, value);
    }

    fn wide(&mut self, value: i128) {
        self.out.add(itoa::Buffer::new().format(value).as_bytes());
    }

    fn wide_unsigned(&mut self, value: u128) {
        self.out.add(itoa::Buffer::new().format(value).as_bytes());
    }

    fn single(&mut self, value: f32) {
        self.out.single(value);
    }

    #[inline]
    fn double(&mut self, value: f64) {
        self.out.double(NOTHING, value);
    }

    fn decimal(&mut self, digits: &str) {
        self.out.add(digits.as_bytes());
    }

    #[inline]
    fn string(&mut self, value: &str) {
        self.out.string(NOTHING, value);
    }

    fn instant(&mut self, text: &str, _milliseconds: i64) {
        self.string(text);
    }

    fn uuid(&mut self, text: &str) {
        self.string(text);
    }

    fn bytes(&mut self, bytes: &[u8]) {
        self.out.add(b"\"");
        base64::each(bytes, |four| self.out.add(four));
        self.out.add(b"\"");
    }

    fn begin_array(&mut self) {
        self.out.add(b"[");
    }

    fn element(&mut self) {
        self.separate();
    }

    fn end_array(&mut self) {
        self.out.add(b"]");
    }

    fn begin_object(&mut self) {
        self.out.add(b"{");
    }

    fn key(&mut self, name: &FieldName) {
        self.separate();
        self.out.add(name.json().as_bytes());
    }

    fn key_text(&mut self, name: &str) {
        self.separate();
        self.out.string(NOTHING, name);
        self.out.add(b":");
    }

    fn end_object(&mut self) {
        self.out.add(b"}");
    }

    fn raw_json(&mut self, json: &serde_json::value::RawValue) {
        self.out.add(json.get().as_bytes());
    }

    fn refuse(&mut self) {
        self.refused = true;
    }

    #[inline(always)]
    fn open(&mut self) -> usize {
        self.out.size()
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn member<T: Value + ?Sized>(&mut self, names: &'static [Name], index: usize, value: &T) {
        // The derive gives every field that is sent its name.
        let Some(name) = names.get(index) else { return };
        self.after(Before::Text(name[1]), value);
    }

    #[inline(always)]
    fn member_name(&mut self, names: &'static [Name], index: usize) {
        let Some(name) = names.get(index) else { return };
        self.out.before(Before::Text(name[1]));
    }

    #[inline]
    fn entry<T: Value + ?Sized>(&mut self, name: &str, value: &T) {
        self.out.string(Before::Text(","), name);
        self.after(Before::Text(":"), value);
    }

    #[inline(always)]
    fn close(&mut self, opened: usize) {
        self.out.end(opened, ["{", "}"]);
    }

    #[inline]
    fn list<'a, T: Value + 'a>(&mut self, values: impl IntoIterator<Item = &'a T>) {
        let opened = self.out.size();
        for value in values {
            self.after(Before::Text(","), value);
        }
        self.out.end(opened, ["[", "]"]);
    }
}
