//! A line as a message of Singer's. What a message carries stays the text that it is: numbers keep their digits.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use backstitch::RawValue;
use serde::de::{IgnoredAny, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};

/// A message.
pub(super) enum Message<'a> {
    Schema {
        stream: Cow<'a, str>,
        schema: &'a str,
        keys: &'a str,
        bookmarks: Option<&'a str>,
    },
    Record {
        stream: Cow<'a, str>,
        record: &'a str,
        version: Option<i64>,
        extracted: Option<&'a str>,
    },
    Activate {
        stream: Cow<'a, str>,
        version: Option<i64>,
    },
    State {
        value: &'a str,
    },
    /// One of a type that targets pass over.
    Other {
        kind: Cow<'a, str>,
    },
}

/// What is wrong with a line, and in which column if it has one.
#[derive(Debug)]
pub(super) struct Problem {
    column: Option<usize>,
    text: String,
}

impl Problem {
    pub(super) fn new(text: impl Into<String>) -> Self {
        Problem { column: None, text: text.into() }
    }
}

/// It follows the number of the line.
impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(column) = self.column {
            write!(f, ", column {column}")?;
        }
        write!(f, ": {}", self.text)
    }
}

/// What a message may have.
#[derive(Default)]
struct Fields<'a> {
    kind: Option<&'a RawValue>,
    stream: Option<&'a RawValue>,
    record: Option<&'a RawValue>,
    schema: Option<&'a RawValue>,
    key_properties: Option<&'a RawValue>,
    bookmark_properties: Option<&'a RawValue>,
    value: Option<&'a RawValue>,
    version: Option<&'a RawValue>,
    time_extracted: Option<&'a RawValue>,
}

#[derive(Deserialize)]
#[serde(field_identifier, rename_all = "snake_case")]
enum Field {
    Type,
    Stream,
    Record,
    Schema,
    KeyProperties,
    BookmarkProperties,
    Value,
    Version,
    TimeExtracted,
    #[serde(other)]
    Other,
}

/// Of a field that comes twice the last counts, as it does for Python.
impl<'de: 'a, 'a> Deserialize<'de> for Fields<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reading<'a>(PhantomData<&'a ()>);

        impl<'de: 'a, 'a> Visitor<'de> for Reading<'a> {
            type Value = Fields<'a>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a message")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut message: A) -> Result<Fields<'a>, A::Error> {
                let mut fields = Fields::default();
                while let Some(field) = message.next_key()? {
                    let place = match field {
                        Field::Type => &mut fields.kind,
                        Field::Stream => &mut fields.stream,
                        Field::Record => &mut fields.record,
                        Field::Schema => &mut fields.schema,
                        Field::KeyProperties => &mut fields.key_properties,
                        Field::BookmarkProperties => &mut fields.bookmark_properties,
                        Field::Value => &mut fields.value,
                        Field::Version => &mut fields.version,
                        Field::TimeExtracted => &mut fields.time_extracted,
                        Field::Other => {
                            message.next_value::<IgnoredAny>()?;
                            continue;
                        }
                    };
                    *place = Some(message.next_value()?);
                }
                Ok(fields)
            }
        }
        deserializer.deserialize_map(Reading(PhantomData))
    }
}

impl<'a> Message<'a> {
    /// The message that a line is; none where the line is blank.
    pub(super) fn read(line: &'a [u8]) -> Result<Option<Self>, Problem> {
        let line = match std::str::from_utf8(line) {
            Ok(line) => line,
            Err(error) => {
                let column = error.valid_up_to() + 1;
                let byte = line.get(error.valid_up_to()).copied().unwrap_or_default();
                return Err(Problem { column: Some(column), text: format!("the byte 0x{byte:02x} is not UTF-8") });
            }
        };
        match line.trim_ascii_start().as_bytes().first() {
            None => return Ok(None),
            Some(b'{') => {}
            Some(_) => {
                let text = r#"this is no message, which is an object, as in {"type": "RECORD", …}"#;
                return Err(Problem { column: Some(1), text: text.to_owned() });
            }
        }
        let fields: Fields<'a> = serde_json::from_str(line).map_err(|error| {
            let told = error.to_string();
            // A line has one line, and its number is known better here.
            let text = told.rsplit_once(" at line ").map_or(told.as_str(), |(text, _)| text);
            Problem { column: Some(error.column()), text: format!("this is no JSON: {text}") }
        })?;
        fields.message().map(Some)
    }
}

impl<'a> Fields<'a> {
    fn message(self) -> Result<Message<'a>, Problem> {
        let kind = text(self.kind, "type", "a message")?;
        Ok(match &*kind {
            "RECORD" => Message::Record {
                stream: text(self.stream, "stream", &kind)?,
                record: of_kind(self.record, '{', "record", &kind)?,
                version: self.version.map_or(Ok(None), version)?,
                extracted: self.time_extracted.map(RawValue::get),
            },
            "SCHEMA" => Message::Schema {
                stream: text(self.stream, "stream", &kind)?,
                schema: of_kind(self.schema, '{', "schema", &kind)?,
                keys: needed(self.key_properties, "key_properties", &kind)?,
                bookmarks: self.bookmark_properties.map(RawValue::get),
            },
            "STATE" => Message::State { value: needed(self.value, "value", &kind)? },
            "ACTIVATE_VERSION" => Message::Activate {
                stream: text(self.stream, "stream", &kind)?,
                version: self.version.map_or_else(|| Err(missing("version", &kind)), version)?,
            },
            // To pass it over would be to write states for records that were never sent.
            "BATCH" => {
                return Err(Problem::new(
                    "BATCH has its records in files, which are not read: have the tap write RECORD messages, as without a \
                     `batch_config`",
                ));
            }
            other if KNOWN.contains(&other.to_ascii_uppercase().as_str()) => {
                let known = other.to_ascii_uppercase();
                return Err(Problem::new(format!(
                    "the type of a message is written in capitals: {known}, not {other}"
                )));
            }
            _ => Message::Other { kind },
        })
    }
}

/// The types that mean something. A tap that misspells one would have its records passed over.
const KNOWN: [&str; 5] = ["RECORD", "SCHEMA", "STATE", "ACTIVATE_VERSION", "BATCH"];

fn missing(name: &str, kind: &str) -> Problem {
    Problem::new(format!("{kind} has no `{name}`"))
}

fn needed<'a>(field: Option<&'a RawValue>, name: &str, kind: &str) -> Result<&'a str, Problem> {
    field.map(RawValue::get).ok_or_else(|| missing(name, kind))
}

/// A field that is an object.
fn of_kind<'a>(field: Option<&'a RawValue>, first: char, name: &str, kind: &str) -> Result<&'a str, Problem> {
    let text = needed(field, name, kind)?;
    if text.starts_with(first) { Ok(text) } else { Err(Problem::new(format!("`{name}` of {kind} is no object"))) }
}

fn text<'a>(field: Option<&'a RawValue>, name: &str, kind: &str) -> Result<Cow<'a, str>, Problem> {
    let raw = needed(field, name, kind)?;
    unquoted(raw).ok_or_else(|| Problem::new(format!("`{name}` of {kind} is no text")))
}

/// The text that a JSON value is, if it is one.
pub(super) fn unquoted(raw: &str) -> Option<Cow<'_, str>> {
    let inner = raw.strip_prefix('"')?.strip_suffix('"')?;
    // Mostly nothing is escaped, and nothing has to be copied.
    if inner.contains('\\') { serde_json::from_str(raw).ok().map(Cow::Owned) } else { Some(Cow::Borrowed(inner)) }
}

/// A version, or none; one that is written as Python writes a time in milliseconds, `1700000000000.0`, is an integer.
fn version(field: &RawValue) -> Result<Option<i64>, Problem> {
    let text = field.get();
    if text == "null" {
        return Ok(None);
    }
    let whole = text.split_once('.').filter(|(_, rest)| !rest.is_empty() && rest.bytes().all(|byte| byte == b'0'));
    let version = whole.map_or(text, |(whole, _)| whole).parse();
    version.map(Some).map_err(|_| Problem::new("`version` is no integer of 64 bits"))
}

#[cfg(test)]
mod tests {
    use super::Message;

    fn problem(line: &[u8]) -> String {
        match Message::read(line) {
            Err(problem) => problem.to_string(),
            Ok(_) => panic!("{}", String::from_utf8_lossy(line)),
        }
    }

    #[test]
    fn what_is_wrong_with_a_line_is_told_with_its_column() {
        let cases: [(&[u8], &str); 12] = [
            (b"[1]", ", column 1: this is no message"),
            (b"{\"type\": \"RECORD\"", ", column 17: this is no JSON: EOF while parsing an object"),
            (
                br#"{"type": "RECORD", "stream": "a", "record": {"id": NaN}}"#,
                ", column 52: this is no JSON: expected value",
            ),
            (b"{\"type\": \"\xff\"}", ", column 11: the byte 0xff is not UTF-8"),
            (b"{}", ": a message has no `type`"),
            (br#"{"type": 1}"#, ": `type` of a message is no text"),
            (br#"{"type": "RECORD", "record": {}}"#, ": RECORD has no `stream`"),
            (br#"{"type": "RECORD", "stream": "a", "record": []}"#, ": `record` of RECORD is no object"),
            (
                br#"{"type": "RECORD", "stream": "a", "record": {}, "version": 1.5}"#,
                ": `version` is no integer of 64 bits",
            ),
            (br#"{"type": "SCHEMA", "stream": "a", "schema": {}}"#, ": SCHEMA has no `key_properties`"),
            (br#"{"type": "STATE"}"#, ": STATE has no `value`"),
            (br#"{"type": "ACTIVATE_VERSION", "stream": "a"}"#, ": ACTIVATE_VERSION has no `version`"),
        ];
        for (line, expected) in cases {
            assert!(problem(line).starts_with(expected), "{}", problem(line));
        }
    }

    #[test]
    fn blank_lines_are_nothing() {
        for line in [&b""[..], b" \t", b"\r"] {
            assert!(Message::read(line).unwrap().is_none());
        }
    }

    #[test]
    fn texts_stay_as_they_are_written() {
        let line =
            r#" {"record": {"price": 1.10, "é":"\u00e9"}, "stream":"a\u0062", "version":null, "type":"RECORD"} "#;
        let Ok(Some(Message::Record { stream, record, version, extracted })) = Message::read(line.as_bytes()) else {
            panic!("{line}")
        };
        assert_eq!((&*stream, version, extracted), ("ab", None, None));
        assert_eq!(record, r#"{"price": 1.10, "é":"\u00e9"}"#);
    }
}
