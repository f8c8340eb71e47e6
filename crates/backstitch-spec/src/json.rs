//! JSON in which every value knows its place: examples are shown where they are wrong.

use std::ops::Range;

/// The greatest depth of values within one another.
const GREATEST_DEPTH: usize = 127;

/// A value of an example.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Json {
    /// Its bytes in the text.
    pub(crate) span: Range<usize>,
    pub(crate) kind: Kind,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Kind {
    Null,
    Boolean,
    /// A number, as it is written.
    Number(String),
    String(String),
    Array(Vec<Json>),
    Object(Vec<Entry>),
}

/// An entry of an object.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Entry {
    pub(crate) name: String,
    /// The bytes of the name, quotes included.
    pub(crate) span: Range<usize>,
    pub(crate) value: Json,
}

/// Why a text is not JSON, and at which byte.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    pub(crate) at: usize,
    pub(crate) message: String,
}

impl Json {
    /// The entries of an object.
    pub(crate) fn object(&self) -> Option<&[Entry]> {
        match &self.kind {
            Kind::Object(entries) => Some(entries),
            _ => None,
        }
    }

    /// The elements of an array.
    pub(crate) fn array(&self) -> Option<&[Json]> {
        match &self.kind {
            Kind::Array(elements) => Some(elements),
            _ => None,
        }
    }
}

/// Reads a text that is one JSON value.
pub(crate) fn parse(text: &str) -> Result<Json, Fault> {
    let mut reader = Reader { text, at: 0 };
    let value = reader.value(0)?;
    reader.space();
    if reader.at < text.len() { Err(reader.fault("more after the value")) } else { Ok(value) }
}

/// The text with its comments (`//`, `#`, `/* */`) turned into spaces, so that everything else stays in its place.
pub(crate) fn without_comments(text: &str) -> String {
    let mut result = text.as_bytes().to_vec();
    for (span, _) in pieces(text).filter(|(_, piece)| *piece == Piece::Comment) {
        for byte in &mut result[span] {
            if *byte != b'\n' {
                *byte = b' ';
            }
        }
    }
    // Whole characters were replaced, by as many spaces as they have bytes.
    String::from_utf8(result).unwrap_or_default()
}

/// Whether the text has a stand-in for a value outside of its strings: `<NAME>`, `…` or `...`.
pub(crate) fn has_stand_in(text: &str) -> bool {
    pieces(text).any(|(_, piece)| piece == Piece::StandIn)
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Piece {
    String,
    Comment,
    StandIn,
}

/// The strings, comments and stand-ins of a text, in order.
fn pieces(text: &str) -> impl Iterator<Item = (Range<usize>, Piece)> + '_ {
    let mut at = 0;
    std::iter::from_fn(move || {
        loop {
            let rest = text.get(at..)?;
            let first = rest.chars().next()?;
            let (length, piece) = match first {
                '"' => (string_length(rest).unwrap_or(rest.len()), Piece::String),
                '#' => (rest.find('\n').unwrap_or(rest.len()), Piece::Comment),
                '/' if rest.starts_with("//") => (rest.find('\n').unwrap_or(rest.len()), Piece::Comment),
                '/' if rest.starts_with("/*") => (rest.find("*/").map_or(rest.len(), |end| end + 2), Piece::Comment),
                '…' => (first.len_utf8(), Piece::StandIn),
                '.' if rest.starts_with("...") => (3, Piece::StandIn),
                '<' => match rest.find('>') {
                    Some(end) if end > 1 && !rest[..end].contains(['"', '\n']) => (end + 1, Piece::StandIn),
                    _ => {
                        at += 1;
                        continue;
                    }
                },
                _ => {
                    at += first.len_utf8();
                    continue;
                }
            };
            let span = at..at + length;
            at += length;
            return Some((span, piece));
        }
    })
}

/// The length of the string that `text` starts with, quotes included.
fn string_length(text: &str) -> Option<usize> {
    let mut escaped = false;
    text.bytes().enumerate().skip(1).find_map(|(index, byte)| {
        let ends = byte == b'"' && !escaped;
        escaped = byte == b'\\' && !escaped;
        ends.then_some(index + 1)
    })
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
}

impl Reader<'_> {
    fn fault(&self, message: &str) -> Fault {
        Fault { at: self.at.min(self.text.len()), message: message.to_owned() }
    }

    fn space(&mut self) {
        let rest = &self.text.as_bytes()[self.at..];
        self.at += rest.iter().take_while(|byte| matches!(byte, b' ' | b'\t' | b'\n' | b'\r')).count();
    }

    fn takes(&mut self, byte: u8) -> bool {
        let found = self.text.as_bytes().get(self.at) == Some(&byte);
        self.at += usize::from(found);
        found
    }

    fn value(&mut self, depth: usize) -> Result<Json, Fault> {
        self.space();
        let start = self.at;
        if depth > GREATEST_DEPTH {
            return Err(self.fault("values too deep within one another"));
        }
        let kind = match self.text.as_bytes().get(self.at) {
            None => return Err(self.fault("a value is missing")),
            Some(b'{') => self.object(depth)?,
            Some(b'[') => self.array(depth)?,
            Some(b'"') => Kind::String(self.string()?),
            Some(_) => self.word()?,
        };
        Ok(Json { span: start..self.at, kind })
    }

    fn object(&mut self, depth: usize) -> Result<Kind, Fault> {
        self.at += 1;
        let mut entries = Vec::new();
        self.space();
        if self.takes(b'}') {
            return Ok(Kind::Object(entries));
        }
        loop {
            self.space();
            let start = self.at;
            if self.text.as_bytes().get(self.at) != Some(&b'"') {
                return Err(self.fault("a key in double quotes is missing"));
            }
            let name = self.string()?;
            let span = start..self.at;
            self.space();
            if !self.takes(b':') {
                return Err(self.fault("`:` is missing"));
            }
            let value = self.value(depth + 1)?;
            entries.push(Entry { name, span, value });
            self.space();
            if self.takes(b'}') {
                return Ok(Kind::Object(entries));
            }
            if !self.takes(b',') {
                return Err(self.fault("`,` or `}` is missing"));
            }
        }
    }

    fn array(&mut self, depth: usize) -> Result<Kind, Fault> {
        self.at += 1;
        let mut elements = Vec::new();
        self.space();
        if self.takes(b']') {
            return Ok(Kind::Array(elements));
        }
        loop {
            elements.push(self.value(depth + 1)?);
            self.space();
            if self.takes(b']') {
                return Ok(Kind::Array(elements));
            }
            if !self.takes(b',') {
                return Err(self.fault("`,` or `]` is missing"));
            }
        }
    }

    fn string(&mut self) -> Result<String, Fault> {
        let rest = &self.text[self.at..];
        let Some(length) = string_length(rest) else { return Err(self.fault("this string is never closed")) };
        match serde_json::from_str(&rest[..length]) {
            Ok(text) => {
                self.at += length;
                Ok(text)
            }
            Err(_) => Err(self.fault("this string has a character or an escape that JSON does not have")),
        }
    }

    /// `null`, `true`, `false` or a number.
    fn word(&mut self) -> Result<Kind, Fault> {
        let rest = &self.text[self.at..];
        let end = rest.find(|end: char| end.is_whitespace() || ",]}:\"{[".contains(end)).unwrap_or(rest.len());
        let word = &rest[..end];
        let kind = match word {
            "null" => Kind::Null,
            "true" | "false" => Kind::Boolean,
            _ if serde_json::from_str::<serde_json::Number>(word).is_ok() => Kind::Number(word.to_owned()),
            "" => return Err(self.fault("a value is missing")),
            _ => return Err(self.fault(&format!("`{word}` is no value"))),
        };
        self.at += end;
        Ok(kind)
    }
}

#[cfg(test)]
mod tests {
    use super::{Kind, has_stand_in, parse, without_comments};
    use proptest::prelude::*;

    #[test]
    fn values_know_their_places() {
        let text = " {\"a\": [1, {\"é\": null}], \"b\": \"x\"}";
        let value = parse(text).unwrap();
        let entries = value.object().unwrap();
        assert_eq!(&text[entries[1].span.clone()], "\"b\"");
        let inner = &entries[0].value.array().unwrap()[1].object().unwrap()[0];
        assert_eq!((&text[inner.span.clone()], &inner.value.kind), ("\"é\"", &Kind::Null));
    }

    #[test]
    fn what_is_wrong_is_told_where_it_is() {
        let cases =
            [("{\"a\" 1}", 5), ("[1 2]", 3), ("{a: 1}", 1), ("[01]", 1), ("\"a", 0), ("{} x", 3), ("", 0), ("[1,]", 3)];
        for (text, at) in cases {
            assert_eq!(parse(text).unwrap_err().at, at, "{text}");
        }
        assert!(parse(&"[".repeat(100_000)).is_err());
    }

    #[test]
    fn comments_become_spaces_and_strings_keep_theirs() {
        assert_eq!(without_comments("{} // é\n#x\n\"//\" /* a */1"), "{}      \n  \n\"//\"        1");
    }

    #[test]
    fn stand_ins_are_told_from_strings() {
        assert!(has_stand_in("{\"id\": <ID>}") && has_stand_in("[1, ...]") && has_stand_in("[…]"));
        assert!(!has_stand_in("{\"id\": \"<ID>\", \"a\": \"...\"}"));
    }

    proptest! {
        #[test]
        fn it_reads_what_serde_json_reads(text in "[\\[\\]{}\",:0-9eE+.\\\\a -]{0,24}") {
            let theirs = serde_json::from_str::<serde_json::Value>(&text);
            assert_eq!(parse(&text).is_ok(), theirs.is_ok(), "{text}");
        }
    }
}
