//! Messages into bodies: what waits to be sent, and when it is.

use std::collections::{HashMap, HashSet, VecDeque};
use std::time::Duration;

use anyhow::{Context as _, anyhow, bail};
use backstitch::Sequences;
use tokio::time::Instant;

use super::check::Schema;
use super::extracted::Extracted;
use super::keys;
use super::log::Log;
use super::message::{Message, Problem};
use super::stream::{Body, Stream, Waiting};
use crate::input::BYTE_ORDER_MARK;

/// How much waits before it is sent.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    pub(super) records: usize,
    pub(super) bytes: usize,
    /// The longest time between two sendings.
    pub(super) delay: Duration,
}

/// What is to be sent, in the order in which it came.
#[derive(Debug)]
pub(super) enum Outgoing {
    /// A body, and the state after it.
    Body(Body, Option<Box<str>>),
    /// A state with nothing before it that was not sent already.
    State(Box<str>),
}

/// The streams, and what waits of each.
pub(super) struct Target {
    limits: Limits,
    log: Log,
    /// Whether records are checked against their schemas, which otherwise the API does.
    checks: bool,
    sequences: Sequences,
    streams: Vec<Stream>,
    places: HashMap<String, usize>,
    /// The stream of the last record: that of the next one, mostly.
    place: usize,
    extracted: Extracted,
    /// Streams whose records say something of when they were extracted that can't be read.
    strange_times: HashSet<String>,
    /// Types of messages that are passed over.
    strange_kinds: HashSet<String>,
    state: Option<Box<str>>,
    /// What waits, of all streams.
    messages: usize,
    bytes: usize,
    /// Memory for the next stream that messages come for: however many streams there are, they share what they need.
    spare: Waiting,
    last_flush: Instant,
    pub(super) outgoing: VecDeque<Outgoing>,
}

impl Target {
    pub(super) fn new(limits: Limits, checks: bool, log: Log) -> Self {
        Target {
            limits,
            log,
            checks,
            sequences: Sequences::new(),
            streams: Vec::new(),
            places: HashMap::new(),
            place: 0,
            extracted: Extracted::default(),
            strange_times: HashSet::new(),
            strange_kinds: HashSet::new(),
            state: None,
            messages: 0,
            bytes: 0,
            spare: Waiting::default(),
            last_flush: Instant::now(),
            outgoing: VecDeque::new(),
        }
    }

    /// Takes a line. What is wrong with it is told with its number.
    pub(super) fn line(&mut self, number: u64, line: &[u8]) -> anyhow::Result<()> {
        let problem = |problem: Problem| anyhow!("line {number}{problem}");
        let line = if number == 1 { line.strip_prefix(BYTE_ORDER_MARK).unwrap_or(line) } else { line };
        let Some(message) = Message::read(line).map_err(problem)? else { return Ok(()) };
        match message {
            Message::Record { stream, record, version, extracted } => {
                let place = self.place_of(&stream).map_err(problem)?;
                self.make_way_for(place, version)?;
                let sequence = self.sequence()?;
                let Some(stream) = self.streams.get_mut(place) else { return Ok(()) };
                if let Some((key, how)) = keys::lacking(&stream.keys, record) {
                    bail!("line {number}: the key `{key}` of a record of the stream `{}` {how}", stream.name);
                }
                if let Some(schema) = &stream.schema {
                    let told = || format!("line {number}: a record of the stream `{}` is not valid", stream.name);
                    schema.check(record).with_context(told)?;
                }
                let moment = extracted.and_then(|extracted| self.extracted.in_utc(extracted));
                let is_strange = moment.is_none() && extracted.is_some_and(|extracted| extracted != "null");
                stream.write_in(&mut self.spare);
                stream.add_record(record, sequence, moment, version, number);
                if is_strange && self.strange_times.insert(stream.name.to_string()) {
                    let name = &stream.name;
                    self.log.warn(format_args!(
                        "line {number}: `time_extracted` is no point in time, and is not sent; so it is with all such \
                         of the stream `{name}`"
                    ));
                }
                self.took(line.len())
            }
            Message::Activate { stream, version } => {
                let place = self.place_of(&stream).map_err(problem)?;
                self.make_way_for(place, version)?;
                let sequence = self.sequence()?;
                let Some(stream) = self.streams.get_mut(place) else { return Ok(()) };
                stream.write_in(&mut self.spare);
                stream.add_switch(sequence, version, number);
                self.took(line.len())
            }
            Message::State { value } => {
                self.state = Some(value.into());
                if self.is_due() { self.flush() } else { Ok(()) }
            }
            Message::Schema { stream, schema, keys, bookmarks } => {
                // What waits was of the schema before.
                self.flush()?;
                let in_line = || format!("line {number}");
                let mut described = Stream::new(&stream, schema, keys, bookmarks).with_context(in_line)?;
                if self.checks {
                    described.schema = Some(Schema::new(schema).with_context(in_line)?);
                }
                self.describe(&stream, described);
                Ok(())
            }
            Message::Other { kind } => {
                if self.strange_kinds.insert(kind.to_string()) {
                    self.log.warn(format_args!("line {number}: messages of the type `{kind}` are passed over"));
                }
                Ok(())
            }
        }
    }

    /// When what waits is to be sent at the latest.
    pub(super) fn due(&self) -> Option<Instant> {
        self.last_flush.checked_add(self.limits.delay)
    }

    fn is_due(&self) -> bool {
        self.due().is_some_and(|due| Instant::now() >= due)
    }

    /// Has all that waits sent, with the last state behind it.
    pub(super) fn flush(&mut self) -> anyhow::Result<()> {
        let mut bodies = Vec::new();
        for stream in self.streams.iter_mut().filter(|stream| !stream.is_empty()) {
            let emptied = stream.take(self.limits.bytes, &mut bodies)?;
            if emptied.capacity() > self.spare.capacity() {
                self.spare = emptied;
            }
        }
        (self.messages, self.bytes, self.last_flush) = (0, 0, Instant::now());
        let state = self.state.take().filter(|state| says_something(state));
        match bodies.pop() {
            Some(last) => {
                self.outgoing.extend(bodies.into_iter().map(|body| Outgoing::Body(body, None)));
                self.outgoing.push_back(Outgoing::Body(last, state));
            }
            None => self.outgoing.extend(state.map(Outgoing::State)),
        }
        Ok(())
    }

    fn place_of(&mut self, name: &str) -> Result<usize, Problem> {
        if self.streams.get(self.place).is_none_or(|stream| *stream.name != *name) {
            let place = self.places.get(name).copied();
            self.place = place.ok_or_else(|| {
                Problem::new(format!("the stream `{name}` had no SCHEMA before: a tap writes that first"))
            })?;
        }
        Ok(self.place)
    }

    fn describe(&mut self, name: &str, described: Stream) {
        let known = self.places.get(name).copied();
        match known.and_then(|place| self.streams.get_mut(place)) {
            Some(stream) => *stream = described,
            None => {
                self.places.insert(name.to_owned(), self.streams.len());
                self.streams.push(described);
            }
        }
    }

    /// A body is of one version: what waits of another is sent.
    fn make_way_for(&mut self, place: usize, version: Option<i64>) -> anyhow::Result<()> {
        let is_other = self.streams.get(place).is_some_and(|stream| stream.has_other_than(version));
        if is_other { self.flush() } else { Ok(()) }
    }

    fn sequence(&self) -> anyhow::Result<i64> {
        let taken = self.sequences.take(1).context("there are no sequences left: what does the clock say?")?;
        Ok(taken.first().get())
    }

    /// Counts a message that waits now.
    fn took(&mut self, bytes: usize) -> anyhow::Result<()> {
        self.messages += 1;
        self.bytes += bytes + 1;
        let is_enough = self.messages >= self.limits.records || self.bytes >= self.limits.bytes;
        if is_enough || self.is_due() { self.flush() } else { Ok(()) }
    }
}

/// Whether a state says anything: nobody is to lose a state for one that is empty.
fn says_something(state: &str) -> bool {
    match serde_json::from_str::<serde_json::Value>(state) {
        Ok(serde_json::Value::Object(fields)) => !fields.is_empty(),
        Ok(serde_json::Value::Array(items)) => !items.is_empty(),
        Ok(serde_json::Value::String(text)) => !text.is_empty(),
        Ok(serde_json::Value::Null | serde_json::Value::Bool(false)) => false,
        Ok(serde_json::Value::Number(number)) => number.as_f64() != Some(0.0),
        // One that goes too deep to be read says something.
        Ok(serde_json::Value::Bool(true)) | Err(_) => true,
    }
}

#[cfg(test)]
mod tests {
    use super::says_something;

    #[test]
    fn empty_states_say_nothing() {
        for state in ["null", "{}", "{ }", "[]", "\"\"", "0", "0.0", "false"] {
            assert!(!says_something(state), "{state}");
        }
        for state in [r#"{"a":null}"#, "[0]", "1", "true", r#"" ""#] {
            assert!(says_something(state), "{state}");
        }
    }
}
