//! `backstitch schema`: the JSON Schema, draft 4, of the records of files.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use backstitch::RawValue;
use serde_json::{Map, Value, json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::exit::{Exit, usage};
use crate::input::{self, File, Position};
use crate::push::shape::{self, Shape};
use crate::terminal::{note, product};

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The files; `-` is the standard input
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// A field of the primary key, which is never null; given again for each more
    #[arg(long, short, value_name = "FIELD")]
    key: Vec<String>,
    #[command(flatten)]
    reading: input::Options,
}

pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<Exit> {
    let files = arguments.reading.files(&arguments.files)?;
    let schema = of_files(&files, &Shape::default(), &arguments.key, note)?;
    let mut text = serde_json::to_vec_pretty(&schema)?;
    text.push(b'\n');
    product(&text)?;
    Ok(Exit::Done)
}

/// The schema that all records of files conform to, which are all read for it. What is no record has no part in it, which
/// is told.
pub(crate) fn of_files(files: &[File], shape: &Shape, keys: &[String], tell: impl Fn(&str)) -> anyhow::Result<Value> {
    let mut found = Found::default();
    for file in files {
        let mut chunks = file.open(Position::default(), &std::sync::Arc::default())?;
        while let Some(chunk) = chunks.next()? {
            let chunk = shape.renamed(chunk, file);
            found.others += chunk.bad.len() as u64;
            for place in &chunk.rows {
                let Ok(row) = shape::read(&chunk.text, *place, file) else {
                    found.others += 1;
                    continue;
                };
                found.records += 1;
                for (name, value) in row.entries() {
                    found.fields.entry(name.to_owned()).or_default().add(value, 0);
                }
            }
        }
    }
    if found.others > 0 {
        tell(&format!("{} of what is read can't be a record: `backstitch validate` tells where", found.others));
    }
    // Such a schema would have no record conform to it.
    if let Some(key) = keys.iter().find(|key| found.records > 0 && !found.fields.contains_key(*key)) {
        let known: Vec<&str> = found.fields.keys().take(MOST_NAMED).map(String::as_str).collect();
        return Err(usage(format!("no record has the field `{key}` of the key: there are {}", known.join(", "))));
    }
    let mut properties = Map::new();
    for (name, field) in &found.fields {
        let is_key = keys.contains(name);
        properties.insert(name.clone(), field.schema(is_key || field.seen == found.records && !field.is_null()));
    }
    let mut schema =
        json!({"$schema": "http://json-schema.org/draft-04/schema#", "type": "object", "properties": properties});
    if let (false, Some(of)) = (keys.is_empty(), schema.as_object_mut()) {
        of.insert("required".to_owned(), json!(keys));
    }
    Ok(schema)
}

/// How many fields are told.
const MOST_NAMED: usize = 30;

#[derive(Default)]
struct Found {
    records: u64,
    /// What is no record.
    others: u64,
    fields: BTreeMap<String, Kinds>,
}

/// What values a field has.
#[derive(Default)]
struct Kinds {
    seen: u64,
    kinds: BTreeSet<Kind>,
    /// Of objects, unless there are too many to be names.
    fields: BTreeMap<String, Kinds>,
    is_open: bool,
    /// Of arrays.
    elements: Option<Box<Kinds>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Null,
    Boolean,
    Integer,
    Number,
    Moment,
    Text,
    Array,
    Object,
}

/// Deeper values than the API takes have no types.
const DEEPEST: usize = 100;

/// Objects with more fields than this among them have keys that are values, as ids are: no schema could list them.
const MOST_FIELDS: usize = 500;

impl Kinds {
    fn add(&mut self, value: &RawValue, depth: usize) {
        self.seen += 1;
        let text = value.get();
        let kind = match text.as_bytes().first() {
            Some(b'n') => Kind::Null,
            Some(b't' | b'f') => Kind::Boolean,
            Some(b'"') => match serde_json::from_str::<String>(text) {
                Ok(text) if is_moment(&text) => Kind::Moment,
                _ => Kind::Text,
            },
            Some(b'[') => {
                let elements = self.elements.get_or_insert_default();
                if depth < DEEPEST {
                    let values: Vec<&RawValue> = serde_json::from_str(text).unwrap_or_default();
                    values.into_iter().for_each(|value| elements.add(value, depth + 1));
                }
                Kind::Array
            }
            Some(b'{') => {
                if let (true, Ok(row)) = (depth < DEEPEST && !self.is_open, backstitch::Row::read(text)) {
                    for (name, value) in row.entries() {
                        self.fields.entry(name.to_owned()).or_default().add(value, depth + 1);
                    }
                    if self.fields.len() > MOST_FIELDS {
                        self.is_open = true;
                        self.fields.clear();
                    }
                }
                Kind::Object
            }
            _ if text.bytes().all(|byte| byte == b'-' || byte.is_ascii_digit()) => Kind::Integer,
            _ => Kind::Number,
        };
        self.kinds.insert(kind);
    }

    fn is_null(&self) -> bool {
        self.kinds.contains(&Kind::Null)
    }

    fn schema(&self, is_always: bool) -> Value {
        let has = |kind| self.kinds.contains(&kind);
        let mut types = Vec::new();
        if !is_always || has(Kind::Null) {
            types.push("null");
        }
        for (kind, name) in [(Kind::Boolean, "boolean"), (Kind::Number, "number"), (Kind::Integer, "integer")] {
            // Each integer is a number too.
            if has(kind) && !(kind == Kind::Integer && has(Kind::Number)) {
                types.push(name);
            }
        }
        if has(Kind::Text) || has(Kind::Moment) {
            types.push("string");
        }
        for (kind, name) in [(Kind::Array, "array"), (Kind::Object, "object")] {
            if has(kind) {
                types.push(name);
            }
        }
        let mut schema = Map::new();
        schema.insert("type".to_owned(), json!(types));
        if has(Kind::Moment) && !has(Kind::Text) {
            schema.insert("format".to_owned(), json!("date-time"));
        }
        if let Some(elements) = self.elements.as_ref().filter(|elements| elements.seen > 0) {
            schema.insert("items".to_owned(), elements.schema(!elements.is_null()));
        }
        if !self.fields.is_empty() {
            let fields = self.fields.iter().map(|(name, field)| (name.clone(), field.schema(false)));
            schema.insert("properties".to_owned(), Value::Object(fields.collect()));
        }
        Value::Object(schema)
    }
}

fn is_moment(text: &str) -> bool {
    // Without a look at the first bytes most texts would be read as one in vain.
    let is_likely = text.len() >= 20 && text.as_bytes().get(10).is_some_and(|byte| *byte == b'T');
    is_likely && OffsetDateTime::parse(text, &Rfc3339).is_ok()
}
