//! JSON, byte for byte as `serde_json` writes it.

use crate::base64;
use crate::encode::{Encoder, FieldName, sealed::Sealed};

/// Writes JSON to the end of a buffer.
pub(crate) struct JsonEncoder<'a> {
    out: &'a mut Vec<u8>,
    refused: bool,
}

impl<'a> JsonEncoder<'a> {
    pub(crate) fn new(out: &'a mut Vec<u8>) -> Self {
        JsonEncoder { out, refused: false }
    }

    /// Whether all that was written is whole: no value has refused to be written.
    pub(crate) fn is_whole(&self) -> bool {
        !self.refused
    }

    /// Writes text that needs no escapes as a string.
    fn plain(&mut self, text: &str) {
        self.out.push(b'"');
        self.out.extend_from_slice(text.as_bytes());
        self.out.push(b'"');
    }

    fn digits(&mut self, value: impl itoa::Integer) {
        self.out.extend_from_slice(itoa::Buffer::new().format(value).as_bytes());
    }

    /// A comma, unless this is the first entry: then the last byte is the bracket that opened it.
    fn separate(&mut self) {
        if !matches!(self.out.last(), Some(b'[' | b'{')) {
            self.out.push(b',');
        }
    }
}

impl Sealed for JsonEncoder<'_> {}

impl Encoder for JsonEncoder<'_> {
    fn null(&mut self) {
        self.out.extend_from_slice(b"null");
    }

    fn boolean(&mut self, value: bool) {
        self.out.extend_from_slice(if value { b"true" } else { b"false" });
    }

    fn integer(&mut self, value: i64) {
        self.digits(value);
    }

    fn unsigned(&mut self, value: u64) {
        self.digits(value);
    }

    fn wide(&mut self, value: i128) {
        self.digits(value);
    }

    fn wide_unsigned(&mut self, value: u128) {
        self.digits(value);
    }

    fn single(&mut self, value: f32) {
        // A vector takes all that is written to it.
        let _ = serde_json::to_writer(&mut *self.out, &value);
    }

    fn double(&mut self, value: f64) {
        let _ = serde_json::to_writer(&mut *self.out, &value);
    }

    fn decimal(&mut self, digits: &str) {
        self.out.extend_from_slice(digits.as_bytes());
    }

    fn string(&mut self, value: &str) {
        string(self.out, value);
    }

    fn instant(&mut self, text: &str, _milliseconds: i64) {
        self.plain(text);
    }

    fn uuid(&mut self, text: &str) {
        self.plain(text);
    }

    fn bytes(&mut self, bytes: &[u8]) {
        self.out.push(b'"');
        base64::append(self.out, bytes);
        self.out.push(b'"');
    }

    fn begin_array(&mut self) {
        self.out.push(b'[');
    }

    fn element(&mut self) {
        self.separate();
    }

    fn end_array(&mut self) {
        self.out.push(b']');
    }

    fn begin_object(&mut self) {
        self.out.push(b'{');
    }

    fn key(&mut self, name: &FieldName) {
        self.separate();
        self.out.extend_from_slice(name.json().as_bytes());
    }

    fn key_text(&mut self, name: &str) {
        self.separate();
        string(self.out, name);
        self.out.push(b':');
    }

    fn end_object(&mut self) {
        self.out.push(b'}');
    }

    fn raw_json(&mut self, json: &serde_json::value::RawValue) {
        self.out.extend_from_slice(json.get().as_bytes());
    }

    fn refuse(&mut self) {
        self.refused = true;
    }
}

/// Writes `value` as a JSON string: pieces without special characters are copied whole.
pub(crate) fn string(out: &mut Vec<u8>, value: &str) {
    out.push(b'"');
    let bytes = value.as_bytes();
    let mut start = 0;
    for (index, byte) in bytes.iter().enumerate() {
        if *byte >= 0x20 && *byte != b'"' && *byte != b'\\' {
            continue;
        }
        out.extend_from_slice(&bytes[start..index]);
        start = index + 1;
        let short = match byte {
            b'"' => b'"',
            b'\\' => b'\\',
            b'\n' => b'n',
            b'\r' => b'r',
            b'\t' => b't',
            0x08 => b'b',
            0x0c => b'f',
            _ => {
                const HEX: &[u8; 16] = b"0123456789abcdef";
                out.extend_from_slice(b"\\u00");
                out.push(HEX[usize::from(byte >> 4)]);
                out.push(HEX[usize::from(byte & 15)]);
                continue;
            }
        };
        out.extend_from_slice(&[b'\\', short]);
    }
    out.extend_from_slice(&bytes[start..]);
    out.push(b'"');
}

#[cfg(test)]
mod tests {
    use super::string;

    #[test]
    fn strings_are_those_of_serde_json() {
        let all: String = (0..0x2000).filter_map(char::from_u32).chain(['\u{2028}', '\u{1f980}', '\u{ffff}']).collect();
        for text in ["", "plain", "\"", "a\\b", "\u{7f}", "é\n", all.as_str()] {
            let mut out = Vec::new();
            string(&mut out, text);
            assert_eq!(String::from_utf8(out).ok(), serde_json::to_string(text).ok());
        }
    }
}
