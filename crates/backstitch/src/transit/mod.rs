//! Transit+JSON: JSON in which dates, decimals and large integers are told from strings, and keys that were written
//! before are codes.
//!
//! The format: <https://github.com/cognitect/transit-format>. What is written here is read alike by readers that count a
//! key's length in UTF-16 units and by those that count characters.

mod json;
mod keys;

use backstitch_api::limits::JSON_DEPTH;
use serde_json::value::RawValue;

use crate::base64;
use crate::encode::{Encoder, FieldName, Name, sealed::Sealed};
use crate::envelope::Format;
use crate::out::{Before, NOTHING, Output, Scalar, Short};
use crate::records::BodyFormat;
use crate::value::Value;

use keys::{Form, Keys};

/// The greatest integer that every reader of JSON takes for what it is; the least is its opposite.
const GREATEST_PLAIN: u64 = (1 << 53) - 1;

/// What stands before a string that begins as a mark does.
const ESCAPE: Short = Short::of(b"~");

/// How many levels are around the data: the request and the record.
const LEVELS_AROUND: usize = 2;

/// The mark of an object whose keys are no map keys, and so have no codes.
const COMPOUND: &str = "~#cmap";

/// What stands before a text that begins with one of the bytes that begin a mark.
#[inline(always)]
fn escape_of(text: &str) -> Short {
    if begins_as_mark(text) { ESCAPE } else { Short::default() }
}

#[inline(always)]
fn begins_as_mark(text: &str) -> bool {
    matches!(text.as_bytes().first(), Some(b'~' | b'^' | b'`'))
}

/// What stands before the digits of an integer in a string, or nothing where it is a JSON number.
const fn mark_of(integer: i128) -> &'static str {
    // The ends of 64 bits are left to the mark of any integer, as other clients do.
    const END: i128 = i64::MAX as i128;
    if integer.unsigned_abs() <= GREATEST_PLAIN as u128 {
        ""
    } else if -END <= integer && integer < END {
        "~i"
    } else {
        "~n"
    }
}

/// Writes Transit+JSON to the end of a buffer.
#[derive(Clone, Debug)]
pub struct TransitEncoder<O> {
    out: O,
    /// The keys that have codes; nothing where what is written has to stand on its own.
    keys: Option<Keys>,
    is_refused: bool,
    /// Whether the record has to be written once more.
    is_again: bool,
    /// Whether the data of the record has keys on whose length readers do not agree.
    is_disputed: bool,
    /// Whether objects are written with keys that have no codes, whoever reads.
    is_compound: bool,
    /// How many arrays are open in such data: each of its objects is two.
    levels: usize,
}

impl<O: Output> TransitEncoder<O> {
    fn with_keys(buffer: Vec<u8>, keys: Option<Keys>) -> Self {
        TransitEncoder {
            out: O::within(buffer),
            keys,
            is_refused: false,
            is_again: false,
            is_disputed: false,
            is_compound: false,
            levels: 0,
        }
    }

    /// An encoder that writes keys as codes from the second time on.
    pub fn with_codes(buffer: Vec<u8>) -> Self {
        TransitEncoder::with_keys(buffer, Some(Keys::new()))
    }

    /// An encoder that uses no codes: what it writes can be a part of any body that has none.
    pub fn without_codes(buffer: Vec<u8>) -> Self {
        TransitEncoder::with_keys(buffer, None)
    }

    /// A comma, unless this is the first element.
    fn separate(&mut self) {
        if self.out.bytes().last() != Some(&b'[') {
            self.out.add(b",");
        }
    }

    /// Writes a text after a mark, in quotation marks.
    fn marked(&mut self, mark: &str, text: &str) {
        self.out.add(b"\"");
        self.out.add(mark.as_bytes());
        self.out.add(text.as_bytes());
        self.out.add(b"\"");
    }

    /// Writes what goes before a value, and the value.
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn after<T: Value + ?Sized>(&mut self, before: Before, value: &T) {
        match value.scalar() {
            Scalar::Null => self.out.constant(before, "null"),
            Scalar::Boolean(value) => self.out.boolean(before, value),
            Scalar::Integer(value) if value.unsigned_abs() <= GREATEST_PLAIN => self.out.integer(before, value),
            Scalar::Unsigned(value) if value <= GREATEST_PLAIN => self.out.unsigned(before, value),
            Scalar::Double(value) => self.out.double(before, value),
            Scalar::Text(value) => self.out.text(before, escape_of(value), value),
            Scalar::Integer(_) | Scalar::Unsigned(_) | Scalar::Other => {
                self.out.before(before);
                value.write(self);
            }
        }
    }

    /// Writes a key with a comma before and after it.
    fn key_and_comma(&mut self, name: &str) {
        if self.is_compound {
            self.separate();
            self.string(name);
            self.out.add(b",");
            return;
        }
        let form = self.keys.as_mut().map_or(Form::Itself, |keys| {
            if begins_as_mark(name) { keys.form(&format!("~{name}")) } else { keys.form(name) }
        });
        match form {
            Form::Code(code) => return self.out.before(Before::Short(code)),
            Form::Itself => {}
            Form::Disputed => (self.is_disputed, self.is_again) = (true, true),
            Form::NoCodesFromHere => self.turn_off(),
        }
        self.out.text(Before::Text(","), escape_of(name), name);
        self.out.add(b",");
    }

    /// Codes are used no more; the record is written once more, since a part of it may have some.
    fn turn_off(&mut self) {
        if let Some(keys) = &mut self.keys {
            keys.turn_off();
        }
        self.is_again = true;
    }

    /// So many arrays begin. Objects that are two of them each may be deeper than readers go, though the check has found
    /// no more levels than they take: without codes nobody disputes a key.
    fn begin_levels(&mut self, levels: usize) {
        if self.is_compound {
            self.levels += levels;
            if self.levels + LEVELS_AROUND > JSON_DEPTH {
                self.is_disputed = false;
                self.turn_off();
            }
        }
    }

    fn end_levels(&mut self, levels: usize) {
        self.levels = self.levels.saturating_sub(levels);
    }

    /// Writes a key that the compiler knows, and remembers what was written.
    #[cold]
    #[inline(never)]
    fn spell(&mut self, names: &'static [Name], index: usize) {
        // The derive gives every field that is sent its name.
        let Some([name, ..]) = names.get(index) else { return };
        self.key_and_comma(name);
        if let Some(keys) = self.keys.as_mut().filter(|_| !self.is_compound && !begins_as_mark(name)) {
            keys.learn(names, index, name);
        }
    }

    /// What is written for a key that the compiler knows, where it is known what that is.
    #[inline(always)]
    fn known(&mut self, names: &'static [Name], index: usize) -> Option<Before> {
        if self.is_compound {
            return None;
        }
        self.keys.as_mut()?.form_of(names, index).map(Before::Short)
    }
}

impl<O> Sealed for TransitEncoder<O> {}

impl<O: Output> Encoder for TransitEncoder<O> {
    fn null(&mut self) {
        self.out.add(b"null");
    }

    fn boolean(&mut self, value: bool) {
        self.out.boolean(NOTHING, value);
    }

    fn integer(&mut self, value: i64) {
        self.wide(value.into());
    }

    fn unsigned(&mut self, value: u64) {
        self.wide(value.into());
    }

    fn wide(&mut self, value: i128) {
        let mut digits = itoa::Buffer::new();
        match mark_of(value) {
            "" => self.out.add(digits.format(value).as_bytes()),
            mark => self.marked(mark, digits.format(value)),
        }
    }

    fn wide_unsigned(&mut self, value: u128) {
        match i128::try_from(value) {
            Ok(value) => self.wide(value),
            Err(_) => self.marked("~n", itoa::Buffer::new().format(value)),
        }
    }

    fn single(&mut self, value: f32) {
        self.out.single(value);
    }

    fn double(&mut self, value: f64) {
        self.out.double(NOTHING, value);
    }

    fn decimal(&mut self, digits: &str) {
        self.marked("~f", digits);
    }

    fn string(&mut self, value: &str) {
        self.out.text(NOTHING, escape_of(value), value);
    }

    fn instant(&mut self, _text: &str, milliseconds: i64) {
        self.marked("~m", itoa::Buffer::new().format(milliseconds));
    }

    fn uuid(&mut self, text: &str) {
        self.marked("~u", text);
    }

    fn bytes(&mut self, bytes: &[u8]) {
        self.out.add(b"\"~b");
        base64::each(bytes, |four| self.out.add(four));
        self.out.add(b"\"");
    }

    fn begin_array(&mut self) {
        self.begin_levels(1);
        self.out.add(b"[");
    }

    fn element(&mut self) {
        self.separate();
    }

    fn end_array(&mut self) {
        self.end_levels(1);
        self.out.add(b"]");
    }

    fn begin_object(&mut self) {
        if !self.is_compound {
            return self.out.add(b"[\"^ \"");
        }
        self.begin_levels(2);
        // The mark has a code as keys have.
        self.out.add(b"[");
        match self.keys.as_mut().map_or(Form::Itself, |keys| keys.form(COMPOUND)) {
            Form::Code(code) => {
                let (code, len) = (code.bytes(), code.len());
                self.out.add(code.get(1..len).unwrap_or_default());
            }
            form => {
                if form == Form::NoCodesFromHere {
                    self.turn_off();
                }
                self.out.string(NOTHING, COMPOUND);
                self.out.add(b",");
            }
        }
        self.out.add(b"[");
    }

    fn key(&mut self, name: &FieldName) {
        self.key_and_comma(name.text());
    }

    fn key_text(&mut self, name: &str) {
        self.key_and_comma(name);
    }

    fn end_object(&mut self) {
        self.end_levels(2);
        self.out.add(if self.is_compound { b"]]" } else { b"]" });
    }

    fn raw_json(&mut self, json: &RawValue) {
        json::write(json.get(), self);
    }

    fn refuse(&mut self) {
        self.is_refused = true;
    }

    #[inline(always)]
    fn open(&mut self) -> usize {
        self.begin_object();
        0
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn member<T: Value + ?Sized>(&mut self, names: &'static [Name], index: usize, value: &T) {
        match self.known(names, index) {
            Some(before) => self.after(before, value),
            None => {
                self.spell(names, index);
                value.write(self);
            }
        }
    }

    #[inline(always)]
    fn member_name(&mut self, names: &'static [Name], index: usize) {
        match self.known(names, index) {
            Some(before) => self.out.before(before),
            None => self.spell(names, index),
        }
    }

    #[inline]
    fn entry<T: Value + ?Sized>(&mut self, name: &str, value: &T) {
        self.key_and_comma(name);
        self.after(NOTHING, value);
    }

    #[inline(always)]
    fn close(&mut self, _opened: usize) {
        self.end_object();
    }

    #[inline]
    fn list<'a, T: Value + 'a>(&mut self, values: impl IntoIterator<Item = &'a T>) {
        self.begin_levels(1);
        let opened = self.out.size();
        for value in values {
            self.after(Before::Text(","), value);
        }
        self.out.end(opened, ["[", "]"]);
        self.end_levels(1);
    }
}

impl<O: Output> Format for TransitEncoder<O> {
    type Output = O;

    #[inline(always)]
    fn out(&mut self) -> &mut O {
        &mut self.out
    }

    fn aside(&self) -> Self {
        TransitEncoder::with_keys(Vec::new(), self.keys.clone())
    }

    #[inline(always)]
    fn generation(&self) -> u64 {
        self.keys.as_ref().map_or(0, Keys::generation)
    }

    #[inline(always)]
    fn mark(integer: i64) -> &'static str {
        mark_of(integer as i128)
    }

    #[inline(always)]
    fn enter(&mut self) {
        (self.is_compound, self.levels) = (self.is_disputed, 0);
    }

    #[inline(always)]
    fn leave(&mut self) {
        self.is_compound = false;
    }
}

impl<O: Output> BodyFormat for TransitEncoder<O> {
    const IS_AS_LONG_ALONE: bool = false;

    fn empty(buffer: Vec<u8>) -> Self {
        TransitEncoder::with_codes(buffer)
    }

    #[inline(always)]
    fn begin(&mut self) {
        self.is_disputed = false;
        if let Some(keys) = &mut self.keys {
            keys.begin();
        }
    }

    #[inline(always)]
    fn is_whole(&mut self) -> bool {
        !(self.is_refused && std::mem::take(&mut self.is_refused))
    }

    #[inline(always)]
    fn again(&mut self) -> bool {
        self.is_again && std::mem::take(&mut self.is_again)
    }

    fn take_back(&mut self, len: usize) {
        self.out.truncate(len);
        if let Some(keys) = &mut self.keys {
            keys.take_back();
        }
    }

    fn give_up(&mut self, len: usize) {
        self.out.truncate(len);
        if let Some(keys) = &mut self.keys {
            keys.give_up();
        }
    }

    #[cfg(feature = "sender")]
    fn raw_text(&mut self, text: &str) {
        json::write(text, self);
    }

    fn clear(&mut self) {
        self.out.truncate(0);
        if let Some(keys) = &mut self.keys {
            keys.clear();
        }
    }

    #[inline(always)]
    fn written(&self) -> &[u8] {
        self.out.bytes()
    }

    fn into_written(self) -> Vec<u8> {
        self.out.into_bytes()
    }

    fn swap(&mut self, buffer: Vec<u8>) -> Vec<u8> {
        if let Some(keys) = &mut self.keys {
            keys.clear();
        }
        std::mem::replace(&mut self.out, O::within(buffer)).into_bytes()
    }
}
