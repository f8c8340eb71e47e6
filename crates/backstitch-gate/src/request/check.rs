//! The body of a request against all rules for requests, in the order in which the API checks them.

use std::borrow::Cow;
use std::collections::HashSet;
use std::rc::Rc;

use axum::body::Bytes;
use backstitch_api::generated::push_record::ATTRIBUTES;
use backstitch_api::responses::{Response, push};
use backstitch_api::transit::{self, Transit};
use backstitch_api::{Attribute, Constraints, JsonType, Presence, Role, limits};

use super::attribute::{self, Integer};
use super::complaint::{Complaint, Reason};
use super::datum::{Datum, Members};
use super::roles::Roles;
use crate::json::fields::{self, FEW};
use crate::json::root::Root;
use crate::json::{self, plain, shape};
use crate::refusal::Refusal;

/// The most records whose faults one answer lists.
const REPORTED_RECORDS: usize = 100;

/// Each scalar takes at least two bytes of its array or object, so that a shorter text cannot have too
/// many and need not be counted.
const BYTES_PER_DATA_POINT: usize = 2;

/// The action that makes a version of a table the active one. It has neither keys nor data. It is not in the API's guide;
/// one of the API's own clients sends it.
const SWITCH_VIEW: &str = "switch_view";

/// The version of the table, which that client sends with each record.
const VERSION: Attribute = Attribute {
    name: "table_version",
    types: &[JsonType::Integer],
    items: &[],
    presence: Presence::Optional,
    role: None,
    constraints: Constraints {
        minimum: Some(i64::MIN),
        maximum: Some(i64::MAX),
        min_length: None,
        max_length: None,
        min_items: None,
        max_items: None,
        constant: None,
        format: None,
    },
};

/// What is looked at in a record.
const SLOTS: usize = ATTRIBUTES.len() + 1;

const NAMES: [&str; SLOTS] = {
    let mut names = [VERSION.name; SLOTS];
    let mut index = 0;
    while index < ATTRIBUTES.len() {
        names[index] = ATTRIBUTES[index].name;
        index += 1;
    }
    names
};

/// A record that meets all rules, borrowed from the body.
#[derive(Debug)]
pub(crate) struct Record<'a, 'v> {
    pub(crate) table: Cow<'a, str>,
    pub(crate) sequence: i64,
    /// Each once; none where records are only ever appended.
    pub(crate) keys: Keys<'a>,
    /// The version of the table that it belongs to, where one is said.
    pub(crate) version: Option<i64>,
    /// When it was read from its source, RFC 3339 in UTC, where that is said.
    pub(crate) extracted_at: Option<String>,
    pub(crate) what: What<'v>,
    /// The whole record as it was sent; of Transit as plain JSON.
    pub(crate) text: Bytes,
}

/// The names of a record's keys, which most records of a request share.
pub(crate) type Keys<'a> = Rc<[Cow<'a, str>]>;

/// What a record wants done.
#[derive(Debug)]
pub(crate) enum What<'a> {
    /// Its data becomes a row.
    Upsert(Members<'a>),
    /// This version of the table becomes the active one.
    Activate(i64),
}

/// The body of a push request.
#[derive(Debug)]
pub(crate) struct Body {
    /// As JSON: that of Transit written as such, so that the same checks are the same.
    text: Bytes,
    transit: Option<Bytes>,
}

impl Body {
    /// A body of JSON.
    pub(crate) fn json(text: Bytes) -> Self {
        Body { text, transit: None }
    }

    /// Reads a body of Transit, one record after the other: all at once would take many times its size in memory.
    ///
    /// # Errors
    /// Where it is none.
    pub(crate) fn transit(bytes: &Bytes) -> Result<Self, Refusal> {
        let mut text = String::with_capacity(bytes.len());
        text.push('[');
        let whole = transit::read_each(bytes, |value| {
            if text.len() > 1 {
                text.push(',');
            }
            plain::write(&value, &mut text);
        });
        match whole.map_err(|error| Refusal::MalformedTransit(error.to_string()))? {
            None => text.push(']'),
            Some(whole) => {
                text.clear();
                plain::write(&whole, &mut text);
            }
        }
        Ok(Body { text: text.into(), transit: Some(bytes.clone()) })
    }

    /// The number of records; none where the body is no array of them, or of more than are taken.
    pub(crate) fn count(&self) -> Option<usize> {
        match Root::parse(&self.text) {
            Ok(Root::Objects(texts)) if texts.len() <= limits::RECORDS_PER_REQUEST => Some(texts.len()),
            _ => None,
        }
    }
}

/// The value under tags of types that nothing is known of: these are written as what stands for them.
fn untagged(mut value: &Transit) -> &Transit {
    while let Transit::Tagged(_, inner) = value {
        value = inner;
    }
    value
}

/// Checks a body for the client of a token, and hands its records over, which are void where one of them is refused; how
/// many there are.
///
/// # Errors
/// The first of the request's faults; of faults within records all, up to a limit.
pub(crate) fn records<'a>(
    roles: &Roles,
    client_id: i64,
    body: &'a Body,
    take: impl FnMut(Record<'a, '_>) -> Result<(), serde_json::Error>,
) -> Result<usize, Refusal> {
    let texts = match Root::parse(&body.text).map_err(Refusal::Malformed)? {
        Root::Object(_) | Root::Other(_) => return Err(Refusal::NotRecords),
        Root::Objects(texts) if texts.is_empty() || texts.len() > limits::RECORDS_PER_REQUEST => {
            return Err(Refusal::Count);
        }
        Root::Objects(texts) => texts,
    };
    let envelopes: Vec<Envelope<'a>> =
        texts.iter().map(|text| Envelope::parse(text)).collect::<Result<_, _>>().map_err(malformed)?;
    client(roles, client_id, &envelopes)?;
    let mut check = Check { roles, body, take, memo: Memo::default(), first: None, reasons: Vec::new() };
    let count = texts.len();
    let mut records = texts.into_iter().zip(envelopes);
    if let Some(transit) = &body.transit {
        let mut outcome = Ok(());
        let mut next = |value: &Transit| {
            if let Some((text, envelope)) = records.next().filter(|_| outcome.is_ok()) {
                outcome = check.record(text, &envelope, Some(untagged(value)));
            }
        };
        // It was read before, so that there is nothing wrong with it.
        if let Ok(Some(Transit::Array(values))) = transit::read_each(transit, |value| next(&value)) {
            values.iter().for_each(next);
        }
        outcome.map_err(malformed)?;
    }
    // Of an array under a tag, values are what their JSON is.
    records.try_for_each(|(text, envelope)| check.record(text, &envelope, None)).map_err(malformed)?;
    match check.first {
        None => Ok(count),
        Some(response) => Err(Refusal::Records { response, reasons: check.reasons }),
    }
}

/// A record's attributes, as far as they are known: the texts of their values.
struct Envelope<'a>([Option<&'a str>; SLOTS]);

impl<'a> Envelope<'a> {
    fn parse(text: &'a str) -> Result<Self, serde_json::Error> {
        fields::pick_known(text, &NAMES).map(Envelope)
    }

    fn get(&self, name: &str) -> Option<&'a str> {
        NAMES.iter().position(|known| *known == name).and_then(|at| self.0[at])
    }
}

/// What the records before said, which most say again.
#[derive(Default)]
struct Memo<'a> {
    /// For each attribute a value that nothing is wrong with.
    sound: [Option<&'a str>; SLOTS],
    keys: Option<(&'a str, Keys<'a>)>,
}

impl<'a> Memo<'a> {
    /// The names in a list of keys.
    fn key_names(&mut self, text: &'a str) -> Result<Keys<'a>, serde_json::Error> {
        match &self.keys {
            Some((known, keys)) if *known == text => Ok(Rc::clone(keys)),
            _ => {
                let keys: Keys<'a> = key_names(text)?.into();
                self.keys = Some((text, Rc::clone(&keys)));
                Ok(keys)
            }
        }
    }
}

#[expect(clippy::needless_pass_by_value, reason = "it stands where a function of an owned error is wanted")]
pub(crate) fn malformed(error: serde_json::Error) -> Refusal {
    Refusal::Malformed(error.to_string())
}

/// All records must be of one client, the token's. A client id that is no integer is left to the check
/// of its record.
fn client(roles: &Roles, client_id: i64, envelopes: &[Envelope<'_>]) -> Result<(), Refusal> {
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

/// The records so far.
struct Check<'c, 'a, T> {
    roles: &'c Roles,
    body: &'a Body,
    /// Takes the records that meet all rules.
    take: T,
    memo: Memo<'a>,
    /// The answer to the first that does not.
    first: Option<&'static Response>,
    reasons: Vec<String>,
}

impl<'a, T: FnMut(Record<'a, '_>) -> Result<(), serde_json::Error>> Check<'_, 'a, T> {
    /// Checks a record, which may have come as Transit.
    fn record(
        &mut self,
        text: &'a str,
        envelope: &Envelope<'a>,
        transit: Option<&Transit>,
    ) -> Result<(), serde_json::Error> {
        if self.reasons.len() == REPORTED_RECORDS {
            return Ok(());
        }
        let sent = Sent { body: self.body, text, envelope, transit };
        match sent.record(self.roles, &mut self.memo)? {
            Ok(record) if self.first.is_none() => (self.take)(record)?,
            Ok(_) => {}
            Err((response, reason)) => {
                self.first.get_or_insert(response);
                self.reasons.push(reason);
            }
        }
        Ok(())
    }
}

/// A record as it stands in its body.
struct Sent<'s, 'a, 'v> {
    body: &'a Body,
    text: &'a str,
    envelope: &'s Envelope<'a>,
    transit: Option<&'v Transit>,
}

impl<'a: 'v, 'v> Sent<'_, 'a, 'v> {
    /// The record; or what is wrong with it, and the answer to the first of that.
    fn record(
        &self,
        roles: &Roles,
        memo: &mut Memo<'a>,
    ) -> Result<Result<Record<'a, 'v>, (&'static Response, String)>, serde_json::Error> {
        let envelope = self.envelope;
        let switches = self.switches(roles)?;
        let mut reason = Reason::default();
        let mut sound_keys = true;
        for (attribute, (value, sound)) in ATTRIBUTES.iter().zip(envelope.0.iter().zip(&mut memo.sound)) {
            if switches && matches!(attribute.role, Some(Role::Action | Role::Keys | Role::Data)) {
                continue;
            }
            if value.is_some() && value == sound {
                continue;
            }
            let complaints = attribute_complaints(attribute, *value)?;
            if complaints.is_empty() && attribute.role != Some(Role::Data) {
                *sound = *value;
            }
            if attribute.role == Some(Role::Keys) {
                sound_keys = complaints.is_empty();
            }
            complaints.into_iter().for_each(|complaint| reason.add(complaint));
        }
        let version = self.version(switches, &mut reason)?;
        let table = match envelope.get(roles.table.name) {
            Some(table) if JsonType::of(table) == JsonType::String => Some(json::string(table)?),
            _ => None,
        };
        let sequence = envelope.get(roles.sequence.name).map(Integer::parse);
        let (keys, what) = if switches {
            (Keys::default(), version.map(What::Activate))
        } else {
            self.upsert(roles, sound_keys, memo, &mut reason)?
        };
        let keyed = switches || !keys.is_empty();
        let (table, sequence, what) = match (table, sequence, what) {
            (Some(table), Some(Integer::Fits(sequence)), Some(what)) if reason.is_empty() && keyed => {
                // That client sends 0 where no version was set.
                let version = version.filter(|version| *version != 0);
                let text = self.body.text.slice_ref(self.text.as_bytes());
                return Ok(Ok(Record { table, sequence, keys, version, extracted_at: None, what, text }));
            }
            parts => parts,
        };
        if reason.is_empty() {
            // What the loader cannot do without must be there even where a definition says less.
            let missing = [
                (roles.table, table.is_none()),
                (roles.sequence, sequence.is_none()),
                (roles.keys, !keyed),
                (roles.data, what.is_none()),
            ];
            for (attribute, _) in missing.iter().filter(|(_, missing)| *missing) {
                reason.add(attribute::blank(attribute));
            }
        }
        // A sequence beyond 64 bits was complained of: there is always a reason here.
        Ok(Err(reason.into_json().unwrap_or((&push::BLANK, "{}".to_owned()))))
    }

    /// Whether the action is to make a version of the table the active one.
    fn switches(&self, roles: &Roles) -> Result<bool, serde_json::Error> {
        let action = roles.action.and_then(|action| self.envelope.get(action.name));
        match action {
            Some(action) if JsonType::of(action) == JsonType::String => Ok(json::string(action)? == SWITCH_VIEW),
            _ => Ok(false),
        }
    }

    fn version(&self, required: bool, reason: &mut Reason) -> Result<Option<i64>, serde_json::Error> {
        let attribute =
            Attribute { presence: if required { Presence::Required } else { Presence::Optional }, ..VERSION };
        let value = self.envelope.get(attribute.name);
        let complaints = attribute::complaints(&attribute, value)?;
        complaints.into_iter().for_each(|complaint| reason.add(complaint));
        Ok(match value.map(Integer::parse) {
            Some(Integer::Fits(version)) => Some(version),
            _ => None,
        })
    }

    /// The keys and the data of a record with data.
    fn upsert(
        &self,
        roles: &Roles,
        sound_keys: bool,
        memo: &mut Memo<'a>,
        reason: &mut Reason,
    ) -> Result<(Keys<'a>, Option<What<'v>>), serde_json::Error> {
        let keys = match self.envelope.get(roles.keys.name) {
            Some(keys) if sound_keys => memo.key_names(keys)?,
            _ => Keys::default(),
        };
        let data = match self.envelope.get(roles.data.name) {
            Some(data) if JsonType::of(data) == JsonType::Object => data,
            _ => return Ok((keys, None)),
        };
        let is_too_much = too_many_data_points(data);
        let transit = self.transit.and_then(|record| plain::field(record, roles.data.name)).map(untagged);
        // What is refused need not be read as a whole.
        let members = match transit.map_or(Datum::Json(data), Datum::Transit) {
            _ if is_too_much => None,
            datum => Some(datum.members()?),
        };
        let values = match &members {
            Some(Members::Json(fields)) if keys.len() <= FEW => keys.iter().map(|key| fields.get(key)).collect(),
            _ => fields::pick(data, &keys)?,
        };
        for response in data_complaints(&values, is_too_much)? {
            let values = [
                ("<CHARACTERS>", limits::KEY_CHARACTERS.to_string()),
                ("<DATA-POINTS>", limits::DATA_POINTS_PER_RECORD.to_string()),
            ];
            let values = values.each_ref().map(|(name, value)| (*name, value.as_str()));
            reason.add(Complaint::new(response, roles.data.name, &values));
        }
        Ok((keys, members.map(What::Upsert)))
    }
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
pub(crate) fn key_names(text: &str) -> Result<Vec<Cow<'_, str>>, serde_json::Error> {
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

/// The answers to what is wrong with the values of the keys and with the data, each once.
fn data_complaints(keys: &[Option<&str>], is_too_much: bool) -> Result<Vec<&'static Response>, serde_json::Error> {
    let mut complaints: Vec<&'static Response> = Vec::new();
    for value in keys {
        let complaint = match KeyFault::of(*value)? {
            None => continue,
            Some(KeyFault::Absent) => &push::KEY_ABSENT,
            Some(KeyFault::Null) => &push::KEY_NULL,
            Some(KeyFault::NotScalar) => &push::KEY_NOT_SCALAR,
            Some(KeyFault::TooLong) => &push::KEY_TOO_LONG,
        };
        if !complaints.contains(&complaint) {
            complaints.push(complaint);
        }
    }
    if is_too_much {
        complaints.push(&push::DATA_POINTS);
    }
    Ok(complaints)
}

/// What can be wrong with the value of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum KeyFault {
    Absent,
    Null,
    NotScalar,
    TooLong,
}

impl KeyFault {
    /// What is wrong with a value.
    ///
    /// # Errors
    /// The parser's, for a string that cannot be read.
    pub(crate) fn of(value: Option<&str>) -> Result<Option<Self>, serde_json::Error> {
        let Some(value) = value else { return Ok(Some(KeyFault::Absent)) };
        Ok(match JsonType::of(value) {
            JsonType::Null => Some(KeyFault::Null),
            JsonType::Array | JsonType::Object => Some(KeyFault::NotScalar),
            JsonType::String
                if value.len() > limits::KEY_CHARACTERS
                    && json::string(value)?.chars().count() > limits::KEY_CHARACTERS =>
            {
                Some(KeyFault::TooLong)
            }
            _ => None,
        })
    }
}

/// Whether an object has more scalars than a record may have.
pub(crate) fn too_many_data_points(text: &str) -> bool {
    text.len() > limits::DATA_POINTS_PER_RECORD * BYTES_PER_DATA_POINT
        && shape::data_points(text) > limits::DATA_POINTS_PER_RECORD
}
