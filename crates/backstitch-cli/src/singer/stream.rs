//! A stream: its table, and the messages that wait to be sent there.
//!
//! Bodies are written as `target-stitch` writes them, byte for byte where a tap writes JSON as Python does.

use std::sync::Arc;

use anyhow::{Context as _, bail};

use super::check::Schema;
use super::message::unquoted;

/// What the API takes in one request.
const GREATEST_BYTES: usize = backstitch::api::limits::GREATEST_CLIENT_BYTES;
const GREATEST_RECORDS: usize = backstitch::api::limits::RECORDS_PER_REQUEST;

/// Around the text of a record.
const BEFORE_RECORD: &[u8] = br#"{"action": "upsert", "data": "#;
const BEFORE_SEQUENCE: &[u8] = br#", "sequence": "#;
const BEFORE_EXTRACTED: &[u8] = br#", "time_extracted": ""#;
const BEFORE_SEQUENCE_OF_SWITCH: &[u8] = br#"{"action": "activate_version", "sequence": "#;
/// Between two messages.
const BETWEEN: &[u8] = b", ";

/// The body of a request, and what it is of.
#[derive(Debug)]
pub(super) struct Body {
    pub(super) bytes: Vec<u8>,
    pub(super) stream: Arc<str>,
    /// The lines that its messages stood in.
    pub(super) lines: Box<[u64]>,
    pub(super) records: usize,
    pub(super) version: Option<i64>,
    /// Whether it activates a version: then all before it is to be accepted first.
    pub(super) is_switch: bool,
}

/// A stream whose schema is known.
pub(super) struct Stream {
    pub(super) name: Arc<str>,
    pub(super) keys: Vec<String>,
    /// What its records are checked against, in a dry run.
    pub(super) schema: Option<Schema>,
    /// What is before the messages of a body.
    head: Vec<u8>,
    /// The fields that say how far a tap is, as the tap wrote them.
    bookmarks: Option<String>,
    version: Option<i64>,
    waiting: Waiting,
}

/// Messages that wait to be sent.
#[derive(Debug, Default)]
pub(super) struct Waiting {
    text: Vec<u8>,
    /// Where each message ends.
    ends: Vec<usize>,
    lines: Vec<u64>,
    /// Which of the messages activate a version.
    switches: Vec<usize>,
}

impl Waiting {
    fn clear(&mut self) {
        self.text.clear();
        self.ends.clear();
        self.lines.clear();
        self.switches.clear();
    }

    /// How much memory it has, more or less.
    pub(super) fn capacity(&self) -> usize {
        self.text.capacity()
    }
}

impl Stream {
    /// A stream of a SCHEMA message: JSON each, the names as a text, `schema` an object.
    pub(super) fn new(name: &str, schema: &str, keys: &str, bookmarks: Option<&str>) -> anyhow::Result<Self> {
        let key_names: Option<Vec<String>> =
            serde_json::from_str(keys).context("`key_properties` of SCHEMA is no array of texts")?;
        let table = serde_json::to_string(name)?;
        let head =
            format!(r#"{{"table_name": {table}, "schema": {schema}, "key_names": {keys}, "messages": ["#).into_bytes();
        Ok(Stream {
            name: name.into(),
            keys: key_names.unwrap_or_default(),
            schema: None,
            head,
            bookmarks: bookmarks.filter(|names| has_names(names)).map(str::to_owned),
            version: None,
            waiting: Waiting::default(),
        })
    }

    pub(super) fn is_empty(&self) -> bool {
        self.waiting.ends.is_empty()
    }

    /// Takes memory to write messages in, where it has none: that of another stream, which needs it no more.
    pub(super) fn write_in(&mut self, spare: &mut Waiting) {
        if self.waiting.capacity() == 0 {
            std::mem::swap(&mut self.waiting, spare);
        }
    }

    /// Whether messages wait that are of another version.
    pub(super) fn has_other_than(&self, version: Option<i64>) -> bool {
        !self.is_empty() && self.version != version
    }

    /// Adds a record, which is an object of JSON; all that wait are of one version.
    pub(super) fn add_record(
        &mut self,
        record: &str,
        sequence: i64,
        extracted: Option<&str>,
        version: Option<i64>,
        line: u64,
    ) {
        self.start(version);
        self.waiting.text.extend_from_slice(BEFORE_RECORD);
        self.waiting.text.extend_from_slice(record.as_bytes());
        self.waiting.text.extend_from_slice(BEFORE_SEQUENCE);
        self.waiting.text.extend_from_slice(itoa::Buffer::new().format(sequence).as_bytes());
        if let Some(extracted) = extracted {
            self.waiting.text.extend_from_slice(BEFORE_EXTRACTED);
            self.waiting.text.extend_from_slice(extracted.as_bytes());
            self.waiting.text.push(b'"');
        }
        self.end(line);
    }

    /// Adds that a version becomes the active one.
    pub(super) fn add_switch(&mut self, sequence: i64, version: Option<i64>, line: u64) {
        self.start(version);
        self.waiting.switches.push(self.waiting.ends.len());
        self.waiting.text.extend_from_slice(BEFORE_SEQUENCE_OF_SWITCH);
        self.waiting.text.extend_from_slice(itoa::Buffer::new().format(sequence).as_bytes());
        self.end(line);
    }

    fn start(&mut self, version: Option<i64>) {
        self.version = version;
        if !self.is_empty() {
            self.waiting.text.extend_from_slice(BETWEEN);
        }
    }

    fn end(&mut self, line: u64) {
        self.waiting.text.push(b'}');
        self.waiting.ends.push(self.waiting.text.len());
        self.waiting.lines.push(line);
    }

    /// Takes the messages that wait, as bodies of less than `most` bytes each; a message that has more is alone. The
    /// memory that they were written in is given back.
    pub(super) fn take(&mut self, most: usize, bodies: &mut Vec<Body>) -> anyhow::Result<Waiting> {
        let mut tail = b"]".to_vec();
        if let Some(version) = self.version {
            tail.extend_from_slice(format!(r#", "table_version": {version}"#).as_bytes());
        }
        if let Some(bookmarks) = &self.bookmarks {
            tail.extend_from_slice(format!(r#", "bookmark_names": {bookmarks}"#).as_bytes());
        }
        tail.push(b'}');
        self.divide(0, self.waiting.ends.len(), most.min(GREATEST_BYTES), &tail, bodies)?;
        let mut emptied = std::mem::take(&mut self.waiting);
        emptied.clear();
        Ok(emptied)
    }

    /// The messages from the one at `from` to the one before `to`, in halves where they are too many for a body.
    fn divide(&self, from: usize, to: usize, most: usize, tail: &[u8], bodies: &mut Vec<Body>) -> anyhow::Result<()> {
        let start = match from.checked_sub(1).and_then(|before| self.waiting.ends.get(before)) {
            Some(end) => end + BETWEEN.len(),
            None => 0,
        };
        let end = to.checked_sub(1).and_then(|last| self.waiting.ends.get(last)).copied().unwrap_or(0);
        let messages = self.waiting.text.get(start..end).unwrap_or_default();
        let size = self.head.len() + messages.len() + tail.len();
        let count = to - from;
        if count > 1 && (size >= most || count > GREATEST_RECORDS) {
            let middle = from + count / 2;
            self.divide(from, middle, most, tail, bodies)?;
            return self.divide(middle, to, most, tail, bodies);
        }
        let lines = self.waiting.lines.get(from..to).unwrap_or_default();
        if size >= GREATEST_BYTES {
            let line = lines.first().copied().unwrap_or_default();
            bail!(
                "line {line}: a message of the stream `{}` takes {size} bytes in a request, and the API takes less than \
                 {GREATEST_BYTES}",
                self.name
            );
        }
        let mut bytes = Vec::with_capacity(size);
        for part in [self.head.as_slice(), messages, tail] {
            bytes.extend_from_slice(part);
        }
        let switches = self.waiting.switches.iter().filter(|place| (from..to).contains(place)).count();
        bodies.push(Body {
            bytes,
            stream: Arc::clone(&self.name),
            lines: lines.into(),
            records: count - switches,
            version: self.version,
            is_switch: switches > 0,
        });
        Ok(())
    }
}

/// Whether a list of names has any, or a name is one.
fn has_names(names: &str) -> bool {
    let is_list = serde_json::from_str::<Vec<serde_json::Value>>(names).is_ok_and(|names| !names.is_empty());
    is_list || unquoted(names).is_some_and(|name| !name.is_empty())
}

#[cfg(test)]
mod tests {
    use super::{Body, GREATEST_BYTES, Stream};

    fn stream(bookmarks: Option<&str>) -> Stream {
        Stream::new("users", r#"{"type": "object"}"#, r#"["id"]"#, bookmarks).unwrap()
    }

    fn take(stream: &mut Stream, most: usize) -> Vec<Body> {
        let mut bodies = Vec::new();
        stream.take(most, &mut bodies).unwrap();
        assert!(stream.is_empty());
        bodies
    }

    fn text(body: &Body) -> String {
        String::from_utf8(body.bytes.clone()).unwrap()
    }

    #[test]
    fn a_body_has_all_that_the_stream_says() {
        let mut stream = stream(Some(r#"["at"]"#));
        stream.add_record(r#"{"id": 1.10}"#, 7, Some("2026-01-14T00:00:00.000000Z"), Some(3), 2);
        stream.add_switch(8, Some(3), 4);
        let bodies = take(&mut stream, 4_000_000);
        let [body] = bodies.as_slice() else { panic!("{bodies:?}") };
        let expected = concat!(
            r#"{"table_name": "users", "schema": {"type": "object"}, "key_names": ["id"], "messages": ["#,
            r#"{"action": "upsert", "data": {"id": 1.10}, "sequence": 7, "time_extracted": "2026-01-14T00:00:00.000000Z"}, "#,
            r#"{"action": "activate_version", "sequence": 8}], "table_version": 3, "bookmark_names": ["at"]}"#
        );
        assert_eq!(text(body), expected);
        assert_eq!((body.records, body.is_switch, &body.lines[..]), (1, true, &[2, 4][..]));
    }

    #[test]
    fn names_that_say_nothing_are_not_sent() {
        for names in [None, Some("null"), Some("[]"), Some(r#""""#)] {
            let mut stream = stream(names);
            stream.add_record("{}", 1, None, None, 1);
            assert!(text(&take(&mut stream, 1000)[0]).ends_with(r#""sequence": 1}]}"#), "{names:?}");
        }
    }

    #[test]
    fn bodies_are_halved_until_they_fit() {
        let mut stream = stream(None);
        for line in 0..10 {
            stream.add_record(r#"{"id": 5}"#, 1, None, None, line);
        }
        stream.add_switch(2, Some(1), 10);
        let bodies = take(&mut stream, 250);
        let lines: Vec<u64> = bodies.iter().flat_map(|body| body.lines.to_vec()).collect();
        assert_eq!(lines, (0..=10).collect::<Vec<u64>>());
        assert!(bodies.len() > 3 && bodies.iter().all(|body| body.bytes.len() < 250), "{bodies:?}");
        let switches: Vec<bool> = bodies.iter().map(|body| body.is_switch).collect();
        assert_eq!(switches.iter().filter(|is_switch| **is_switch).count(), 1);
        assert!(switches.ends_with(&[true]), "only the body that has it is one: {switches:?}");
    }

    #[test]
    fn a_record_that_fits_no_request_is_told_by_its_line() {
        let mut stream = stream(None);
        let record = |bytes: usize| format!(r#"{{"id": "{}"}}"#, "x".repeat(bytes));
        stream.add_record(&record(10), 1, None, None, 16);
        stream.add_record(&record(GREATEST_BYTES - 200), 1, None, None, 17);
        assert_eq!(take(&mut stream, 4_000_000).len(), 2, "one that is alone may be large");
        stream.add_record(&record(GREATEST_BYTES), 1, None, None, 18);
        let error = stream.take(4_000_000, &mut Vec::new()).unwrap_err().to_string();
        assert!(error.starts_with("line 18: a message of the stream `users` takes 20000"), "{error}");
    }
}
