//! The body of a batch request against all rules for these: one table, its schema, and a message for each record.

use std::borrow::Cow;
use std::rc::Rc;
use std::time::SystemTime;

use axum::body::Bytes;
use backstitch_api::generated::{batch::ATTRIBUTES, message};
use backstitch_api::responses::{Response, batch};
use backstitch_api::{Attribute, JsonType, Presence, limits};

use super::attribute::Integer;
use super::check::{self, KeyFault, Record, What};
use super::datum::Datum;
use super::flatten::Flattener;
use super::schema::Schema;
use super::typing::Typing;
use super::violation::{self, REPORTED, Violation};
use crate::batch::Batch;
use crate::json;
use crate::json::elements::Elements;
use crate::json::fields::{self, Fields};
use crate::json::root::Root;
use crate::refusal::Refusal;
use crate::timestamp;

// The attributes that the gate itself has to understand.
const TABLE: &str = "table_name";
const SCHEMA: &str = "schema";
const MESSAGES: &str = "messages";
const KEYS: &str = "key_names";
const VERSION: &str = "table_version";
const ACTION: &str = "action";
const SEQUENCE: &str = "sequence";
const DATA: &str = "data";
const EXTRACTED: &str = "time_extracted";

/// The actions that there are.
const UPSERT: &str = "upsert";
const ACTIVATE: &str = "activate_version";

/// Where the request itself is.
const ROOT: &str = "#";

/// Reads a body; how many records it has, and their rows.
///
/// # Errors
/// The first of the request's faults; of faults of its form all, up to a limit.
pub(crate) fn read(body: &Bytes, received_at: SystemTime) -> Result<(usize, Batch), Refusal> {
    let text = match Root::parse(body).map_err(Refusal::Malformed)? {
        Root::Object(text) => text,
        Root::Objects(_) => return Err(not_an_object("[]")),
        Root::Other(text) => return Err(not_an_object(text)),
    };
    Envelope::read(text).map_err(check::malformed)??.rows(body, received_at)
}

/// The answer to a batch, with values for its stand-ins.
pub(crate) fn refusal<const N: usize>(response: &'static Response, values: [(&'static str, String); N]) -> Refusal {
    Refusal::Batch { response, values: values.into() }
}

fn not_an_object(text: &str) -> Refusal {
    refusal(&batch::NOT_AN_OBJECT, [("<FOUND>", violation::found(text).to_owned())])
}

/// The attributes of a batch, each of the right type.
struct Envelope<'a> {
    table: Cow<'a, str>,
    keys: Vec<Cow<'a, str>>,
    version: Option<i64>,
    schema: &'a str,
    messages: Vec<Message<'a>>,
}

/// A message, of which only the data is still to be checked.
struct Message<'a> {
    text: &'a str,
    sequence: Integer,
    extracted_at: Option<String>,
    /// None where a version is to be activated.
    data: Option<&'a str>,
}

impl<'a> Envelope<'a> {
    fn read(text: &'a str) -> Result<Result<Self, Refusal>, serde_json::Error> {
        let fields = Fields::parse(text)?;
        let mut violations = Vec::new();
        let mut messages = Vec::new();
        for attribute in ATTRIBUTES {
            let Some(value) = fields.get(attribute.name) else { continue };
            let found = match violation::of_attribute(ROOT, attribute, value)? {
                None if attribute.name == MESSAGES => self::messages(value, &mut messages)?,
                found => found,
            };
            violations.extend(found);
        }
        violations.extend(missing(ROOT, ATTRIBUTES, &fields));
        let unknown = fields.iter().filter(|(name, _)| !ATTRIBUTES.iter().any(|known| known.name == name.as_ref()));
        violations.extend(unknown.take(REPORTED).map(|(name, _)| Violation::extraneous(ROOT, name)));
        let version = fields.get(VERSION).filter(|version| JsonType::of(version) == JsonType::Integer);
        let version = version.map(|version| (version, Integer::parse(version)));
        if let Some((text, bound)) = version.and_then(|(text, version)| Some((text, beyond(version)?))) {
            violations.push(Violation::new(
                format!("{ROOT}/{VERSION}"),
                format!("{} is not {bound}", violation::clipped(text)),
            ));
        }
        if let Some(all) = Violation::all(ROOT, violations) {
            return Ok(Err(refusal(&batch::VIOLATIONS, [("<TEXT>", all.to_string())])));
        }
        let table = fields.get(TABLE).map(json::string).transpose()?.unwrap_or_default();
        let keys = fields.get(KEYS).map(check::key_names).transpose()?.unwrap_or_default();
        let version = match version {
            Some((_, Integer::Fits(version))) => Some(version),
            _ => None,
        };
        let schema = fields.get(SCHEMA).unwrap_or("{}");
        Ok(Ok(Envelope { table, keys, version, schema, messages }))
    }

    /// The records, each of which conforms to the schema, as rows.
    fn rows(self, body: &Bytes, received_at: SystemTime) -> Result<(usize, Batch), Refusal> {
        let Envelope { table, keys, version, schema, messages } = self;
        for message in &messages {
            match message.sequence {
                Integer::Fits(_) => {}
                Integer::Above => return Err(refusal(&batch::SEQUENCE_ABOVE, [("<MAXIMUM>", i64::MAX.to_string())])),
                Integer::Below => return Err(refusal(&batch::SEQUENCE_BELOW, [("<MINIMUM>", i64::MIN.to_string())])),
            }
        }
        let schema = Schema::read(schema)?;
        if let Some(key) = keys.iter().find(|key| !schema.has_property(key)) {
            return Err(refusal(&batch::KEY_NOT_IN_SCHEMA, [("<KEY>", key.to_string())]));
        }
        let keys: check::Keys<'a> = keys.into();
        let typing = Typing::of(schema.document());
        let mut rows = Flattener::new(Some(&typing));
        let count = messages.len();
        for (index, message) in messages.into_iter().enumerate() {
            let Message { text, sequence, extracted_at, data } = message;
            let Integer::Fits(sequence) = sequence else { continue };
            let what = match data {
                None => What::Activate(version.unwrap_or_default()),
                Some(data) => {
                    check_data(index, data, &keys, &schema)?;
                    What::Upsert(Datum::Json(data).members().map_err(check::malformed)?)
                }
            };
            let text = body.slice_ref(text.as_bytes());
            let (table, keys) = (table.clone(), Rc::clone(&keys));
            let record = Record { table, sequence, keys, version, extracted_at, what, text };
            rows.add(record).map_err(check::malformed)?;
        }
        Ok((count, rows.finish(received_at)))
    }
}

/// What a number beyond 64 bits is not.
fn beyond(value: Integer) -> Option<String> {
    match value {
        Integer::Fits(_) => None,
        Integer::Above => Some(format!("less or equal to {}", i64::MAX)),
        Integer::Below => Some(format!("greater or equal to {}", i64::MIN)),
    }
}

/// The attributes that an object must have and has not.
fn missing<'a>(
    pointer: &'a str,
    attributes: &'a [Attribute],
    fields: &'a Fields<'_>,
) -> impl Iterator<Item = Violation> + 'a {
    let required = attributes.iter().filter(|attribute| attribute.presence == Presence::Required);
    let missing = required.filter(|attribute| fields.get(attribute.name).is_none());
    missing.map(move |attribute| Violation::missing(pointer, attribute.name))
}

/// Reads the array of messages; what is wrong with it, if something is.
fn messages<'a>(value: &'a str, messages: &mut Vec<Message<'a>>) -> Result<Option<Violation>, serde_json::Error> {
    let pointer = format!("{ROOT}/{MESSAGES}");
    let elements = Elements::parse(value)?;
    if elements.count > limits::RECORDS_PER_REQUEST {
        let (most, found) = (limits::RECORDS_PER_REQUEST, elements.count);
        return Ok(Some(Violation::new(pointer, format!("expected maximum item count: {most}, found: {found}"))));
    }
    messages.reserve_exact(elements.texts.len());
    let mut violations = Vec::new();
    for (index, text) in elements.texts.into_iter().enumerate() {
        match Message::read(&format!("{pointer}/{index}"), text)? {
            Ok(message) => messages.push(message),
            Err(violation) => violations.push(violation),
        }
        if violations.len() == REPORTED {
            break;
        }
    }
    Ok(Violation::all(&pointer, violations))
}

impl<'a> Message<'a> {
    fn read(pointer: &str, text: &'a str) -> Result<Result<Self, Violation>, serde_json::Error> {
        if JsonType::of(text) != JsonType::Object {
            let wrong = Violation::of_type(pointer, violation::type_name(JsonType::Object), violation::found(text));
            return Ok(Err(of_neither(pointer, vec![wrong.clone()], vec![wrong])));
        }
        let fields = Fields::parse(text)?;
        let data = fields.get(DATA);
        let mut violations = Vec::new();
        for attribute in message::ATTRIBUTES {
            let Some(value) = fields.get(attribute.name) else { continue };
            violations.extend(violation::of_attribute(pointer, attribute, value)?);
        }
        let string = |name| match fields.get(name) {
            Some(value) if JsonType::of(value) == JsonType::String => json::string(value).map(Some),
            _ => Ok(None),
        };
        let action = string(ACTION)?;
        if let Some(action) = action.as_deref().filter(|action| ![UPSERT, ACTIVATE].contains(action)) {
            let words = format!("{} is not a valid enum value", violation::clipped(action));
            violations.push(Violation::new(format!("{pointer}/{ACTION}"), words));
        }
        let extracted = string(EXTRACTED)?;
        let extracted_at = extracted.as_deref().and_then(timestamp::of_text);
        if let Some(extracted) = extracted.as_deref().filter(|_| extracted_at.is_none()) {
            let words = format!("[{}] is not a valid date-time", violation::clipped(extracted));
            violations.push(Violation::new(format!("{pointer}/{EXTRACTED}"), words));
        }
        let activates = action.as_deref() == Some(ACTIVATE);
        let mut missing: Vec<Violation> = missing(pointer, message::ATTRIBUTES, &fields).collect();
        if data.is_none() && !activates && missing.is_empty() {
            missing.push(Violation::missing(pointer, DATA));
        }
        if violations.is_empty() && missing.is_empty() {
            return Ok(match data.filter(|_| activates) {
                Some(_) => Err(Violation::extraneous(pointer, DATA)),
                None => {
                    let sequence = Integer::parse(fields.get(SEQUENCE).unwrap_or("0"));
                    Ok(Message { text, sequence, extracted_at, data })
                }
            });
        }
        // The request's own schema has two kinds of messages, of which the first has no data. What is answered where
        // something is missing is documented for all of it in the same words.
        let extra = (data.is_some() || !missing.is_empty()).then(|| Violation::extraneous(pointer, DATA));
        let second: Vec<Violation> = violations.into_iter().chain(missing).collect();
        let first = second.iter().cloned().chain(extra).collect();
        Ok(Err(of_neither(pointer, first, second)))
    }
}

/// A message that is of neither kind.
fn of_neither(pointer: &str, first: Vec<Violation>, second: Vec<Violation>) -> Violation {
    Violation::of_none(pointer, "0 subschemas matched instead of one", vec![first, second])
}

fn check_data(index: usize, data: &str, keys: &[Cow<'_, str>], schema: &Schema) -> Result<(), Refusal> {
    let record = ("<INDEX>", index.to_string());
    for (key, value) in keys.iter().zip(fields::pick(data, keys).map_err(check::malformed)?) {
        let key = ("<KEY>", key.to_string());
        let characters = ("<CHARACTERS>", limits::KEY_CHARACTERS.to_string());
        return Err(match KeyFault::of(value).map_err(check::malformed)? {
            None => continue,
            Some(KeyFault::Absent | KeyFault::Null) => refusal(&batch::KEY_MISSING, [key]),
            Some(KeyFault::NotScalar) => refusal(&batch::KEY_NOT_SCALAR, [record, key]),
            Some(KeyFault::TooLong) => refusal(&batch::KEY_TOO_LONG, [record, key, characters]),
        });
    }
    if check::too_many_data_points(data) {
        let points = ("<DATA-POINTS>", limits::DATA_POINTS_PER_RECORD.to_string());
        return Err(refusal(&batch::DATA_POINTS, [record, points]));
    }
    match schema.violations(data).map_err(check::malformed)? {
        Some(violations) => Err(refusal(&batch::RECORD_VIOLATIONS, [record, ("<TEXT>", violations.to_string())])),
        None => Ok(()),
    }
}
