//! The body of a request against all rules for requests, in the order in which the API checks them.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use axum::body::Bytes;
use backstitch_api::generated::push_record::ATTRIBUTES;
use backstitch_api::responses::{Response, push};
use backstitch_api::{Attribute, JsonType, Role, limits};

use super::attribute::{self, Integer};
use super::complaint::{Complaint, Reason};
use super::datum::Datum;
use super::roles::Roles;
use crate::json::fields::Fields;
use crate::json::root::Root;
use crate::json::{self, shape};
use crate::refusal::Refusal;

/// The most records whose faults one answer lists.
const REPORTED_RECORDS: usize = 100;

/// Up to this many keys are looked up without an index of the fields.
const FEW_KEYS: usize = 16;

/// Each scalar takes at least two bytes of its array or object, so that a shorter text cannot have too
/// many and need not be counted.
const BYTES_PER_DATA_POINT: usize = 2;

/// A record that meets all rules, borrowed from the body.
#[derive(Debug)]
pub(crate) struct Record<'a> {
    pub(crate) table: Cow<'a, str>,
    pub(crate) sequence: i64,
    /// Each once; none where rows are only appended.
    pub(crate) keys: Vec<Cow<'a, str>>,
    /// The version of the table that it is of, where that was said.
    pub(crate) version: Option<i64>,
    /// When it was extracted from its source, RFC 3339, where that was said.
    pub(crate) extracted_at: Option<String>,
    pub(crate) what: What<'a>,
    /// The whole record as it was sent.
    pub(crate) text: Bytes,
}

/// What a record is for.
#[derive(Debug)]
pub(crate) enum What<'a> {
    /// A row.
    Upsert(Datum<'a>),
    /// This version of the table becomes the only one.
    #[allow(dead_code, reason = "no endpoint says so yet")]
    Activate(i64),
}

/// Checks a body for the client of a token.
///
/// # Errors
/// The first of the request's faults; of faults within records all, up to a limit.
pub(crate) fn records<'a>(roles: &Roles, client_id: i64, body: &'a Bytes) -> Result<Vec<Record<'a>>, Refusal> {
    let texts = match Root::parse(body).map_err(Refusal::Malformed)? {
        Root::Other => return Err(Refusal::NotRecords),
        Root::Objects(texts) if texts.is_empty() || texts.len() > limits::RECORDS_PER_REQUEST => {
            return Err(Refusal::Count);
        }
        Root::Objects(texts) => texts,
    };
    let envelopes: Vec<Fields<'a>> =
        texts.iter().map(|text| Fields::parse(text)).collect::<Result<_, _>>().map_err(malformed)?;
    client(roles, client_id, &envelopes)?;
    let mut records = Vec::with_capacity(texts.len());
    let mut first = None;
    let mut reasons = Vec::new();
    for (text, envelope) in texts.into_iter().zip(envelopes) {
        match record(roles, text, &envelope, body).map_err(malformed)? {
            Ok(record) => records.push(record),
            Err((response, reason)) => {
                first.get_or_insert(response);
                reasons.push(reason);
                if reasons.len() == REPORTED_RECORDS {
                    break;
                }
            }
        }
    }
    match first {
        None => Ok(records),
        Some(response) => Err(Refusal::Records { response, reasons }),
    }
}

#[expect(clippy::needless_pass_by_value, reason = "it stands where a function of an owned error is wanted")]
pub(crate) fn malformed(error: serde_json::Error) -> Refusal {
    Refusal::Malformed(error.to_string())
}

/// All records must be of one client, the token's. A client id that is no integer is left to the check
/// of its record.
fn client(roles: &Roles, client_id: i64, envelopes: &[Fields<'_>]) -> Result<(), Refusal> {
    let name = roles.client.name;
    let mut seen: Option<&str> = None;
    let mut several = false;
    let mut foreign = false;
    for envelope in envelopes {
        let id = match envelope.get(name) {
            None | Some("null") => return Err(Refusal::NoClient),
            Some(id) if JsonType::of(id) == JsonType::Integer => id,
            Some(_) => continue,
        };
        several |= seen.is_some_and(|seen| seen != id && Integer::parse(seen) != Integer::parse(id));
        seen = Some(id);
        foreign |= Integer::parse(id) != Integer::Fits(client_id);
    }
    if several {
        return Err(Refusal::SeveralClients { argument: name, client_id });
    }
    if foreign { Err(Refusal::OtherClient) } else { Ok(()) }
}

/// The record of an envelope; or what is wrong with it, and the answer to the first of that.
fn record<'a>(
    roles: &Roles,
    text: &'a str,
    envelope: &Fields<'a>,
    body: &Bytes,
) -> Result<Result<Record<'a>, (&'static Response, String)>, serde_json::Error> {
    let mut reason = Reason::default();
    let mut sound_keys = true;
    for attribute in ATTRIBUTES {
        let value = envelope.get(attribute.name);
        let complaints = attribute_complaints(attribute, value)?;
        if complaints.is_empty() {
            continue;
        }
        complaints.into_iter().for_each(|complaint| reason.add(complaint));
        if attribute.role == Some(Role::Keys) {
            sound_keys = false;
        }
    }
    let keys = match envelope.get(roles.keys.name) {
        Some(keys) if sound_keys => key_names(keys)?,
        _ => Vec::new(),
    };
    let data = match envelope.get(roles.data.name) {
        Some(data) if JsonType::of(data) == JsonType::Object => Some((Fields::parse(data)?, data)),
        _ => None,
    };
    if let Some((fields, text)) = &data {
        for response in data_complaints(fields, text, &keys)? {
            let values = [
                ("<CHARACTERS>", limits::KEY_CHARACTERS.to_string()),
                ("<DATA-POINTS>", limits::DATA_POINTS_PER_RECORD.to_string()),
            ];
            let values = values.each_ref().map(|(name, value)| (*name, value.as_str()));
            reason.add(Complaint::new(response, roles.data.name, &values));
        }
    }
    let table = match envelope.get(roles.table.name) {
        Some(table) if JsonType::of(table) == JsonType::String => Some(json::string(table)?),
        _ => None,
    };
    let sequence = envelope.get(roles.sequence.name).map(Integer::parse);
    let (table, sequence, data) = match (table, sequence, data) {
        (Some(table), Some(Integer::Fits(sequence)), Some((_, data))) if reason.is_empty() && !keys.is_empty() => {
            return Ok(Ok(Record {
                table,
                sequence,
                keys,
                version: None,
                extracted_at: None,
                what: What::Upsert(Datum::Json(data)),
                text: body.slice_ref(text.as_bytes()),
            }));
        }
        parts => parts,
    };
    if reason.is_empty() {
        // What the loader cannot do without must be there even where a definition says less.
        let missing = [
            (roles.table, table.is_none()),
            (roles.sequence, sequence.is_none()),
            (roles.keys, keys.is_empty()),
            (roles.data, data.is_none()),
        ];
        for (attribute, _) in missing.iter().filter(|(_, missing)| *missing) {
            reason.add(attribute::blank(attribute));
        }
    }
    // A sequence beyond 64 bits was complained of: there is always a reason here.
    Ok(Err(reason.into_json().unwrap_or((&push::BLANK, "{}".to_owned()))))
}

fn attribute_complaints(attribute: &Attribute, value: Option<&str>) -> Result<Vec<Complaint>, serde_json::Error> {
    let mut complaints = attribute::complaints(attribute, value)?;
    // A column of 64 bits holds the sequence, whatever a definition allows.
    if attribute.role == Some(Role::Sequence)
        && complaints.is_empty()
        && let Some(value) = value
    {
        match Integer::parse(value) {
            Integer::Fits(_) => {}
            Integer::Below => complaints.push(attribute::below(attribute, i64::MIN)),
            Integer::Above => complaints.push(attribute::above(attribute, i64::MAX)),
        }
    }
    Ok(complaints)
}

/// The names in a list of keys, each once.
fn key_names(text: &str) -> Result<Vec<Cow<'_, str>>, serde_json::Error> {
    let mut names = Vec::new();
    if JsonType::of(text) != JsonType::Array {
        return Ok(names);
    }
    let mut seen = HashSet::new();
    for element in attribute::elements(text)? {
        if JsonType::of(element) == JsonType::String {
            let name = json::string(element)?;
            if seen.insert(name.clone()) {
                names.push(name);
            }
        }
    }
    Ok(names)
}

/// The answers to what is wrong with the data, each once.
fn data_complaints(
    fields: &Fields<'_>,
    text: &str,
    keys: &[Cow<'_, str>],
) -> Result<Vec<&'static Response>, serde_json::Error> {
    let mut complaints: Vec<&'static Response> = Vec::new();
    let mut complain = |complaint: &'static Response| {
        if !complaints.contains(&complaint) {
            complaints.push(complaint);
        }
    };
    // Looking up thousands of keys one by one among thousands of fields would take minutes.
    let by_name: Option<HashMap<&str, &str>> =
        (keys.len() > FEW_KEYS).then(|| fields.iter().map(|(name, value)| (name.as_ref(), value)).collect());
    for key in keys {
        let value = match &by_name {
            Some(by_name) => by_name.get(key.as_ref()).copied(),
            None => fields.get(key),
        };
        let Some(value) = value else {
            complain(&push::KEY_ABSENT);
            continue;
        };
        match JsonType::of(value) {
            JsonType::Null => complain(&push::KEY_NULL),
            JsonType::Array | JsonType::Object => complain(&push::KEY_NOT_SCALAR),
            JsonType::String
                if value.len() > limits::KEY_CHARACTERS
                    && json::string(value)?.chars().count() > limits::KEY_CHARACTERS =>
            {
                complain(&push::KEY_TOO_LONG);
            }
            _ => {}
        }
    }
    if text.len() > limits::DATA_POINTS_PER_RECORD * BYTES_PER_DATA_POINT
        && shape::data_points(text) > limits::DATA_POINTS_PER_RECORD
    {
        complain(&push::DATA_POINTS);
    }
    Ok(complaints)
}
