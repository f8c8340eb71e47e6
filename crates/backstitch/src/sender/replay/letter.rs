//! A line of a file as a record that can be sent: a dead letter, or a record as it was on the wire.

use std::collections::HashMap;

use backstitch_api::endpoints::{self, Endpoint};
use backstitch_api::transit::{self, Transit};
use backstitch_api::{JSON, Role, TRANSIT};
use serde_json::value::RawValue;

use super::lines::Line;
use crate::push::name_of;
use crate::sequence::ClientId;

/// What is to be sent for a line.
#[derive(Clone, Copy, Debug)]
pub(super) struct Letter<'a> {
    pub(super) line: &'a Line,
    pub(super) endpoint: &'static Endpoint,
    pub(super) content_type: &'static str,
    /// A Push record, or a whole Batch request.
    record: &'a str,
}

type Attributes<'a> = HashMap<String, &'a RawValue>;

impl<'a> Letter<'a> {
    /// Reads a line; or says what is wrong with it.
    pub(super) fn read(line: &'a Line, client_id: ClientId) -> Result<Self, String> {
        let json: &RawValue =
            serde_json::from_slice(&line.text).map_err(|error| format!("the line is no JSON: {error}"))?;
        let attributes: Attributes<'a> = serde_json::from_str(json.get()).unwrap_or_default();
        let letter = if attributes.contains_key("path") && attributes.contains_key("record") {
            Letter::of_dead_letter(line, &attributes)?
        } else {
            Letter::of_record(line, json.get(), &attributes)?
        };
        match letter.client_id() {
            Some(of) if of != client_id.get() => Err(format!(
                "the record is of client {of}, not of {client_id}: send it with the id and the token of that client"
            )),
            _ => Ok(letter),
        }
    }

    fn of_dead_letter(line: &'a Line, attributes: &Attributes<'a>) -> Result<Self, String> {
        let text = |name: &str| -> Option<String> { serde_json::from_str(attributes.get(name)?.get()).ok() };
        let path = text("path").unwrap_or_default();
        let endpoint = [&endpoints::PUSH, &endpoints::BATCH].into_iter().find(|endpoint| endpoint.path == path);
        let endpoint = endpoint.ok_or_else(|| {
            let known = [endpoints::PUSH.path, endpoints::BATCH.path].join("` or `");
            format!("the `path` is not known: write `{known}`")
        })?;
        let named = text("content_type").unwrap_or_default();
        let content_type = endpoint.content_types.iter().find(|known| **known == named).ok_or_else(|| {
            let known = endpoint.content_types.join("` or `");
            format!("the `content_type` is not one of {path}: write `{known}`")
        })?;
        if attributes.get("altered").is_some_and(|altered| altered.get() == "true") {
            return Err("the record had a value that JSON does not have, and has another one in its place here: \
                        mend it, and take `altered` out"
                .to_owned());
        }
        let record = attributes.get("record").map_or("null", |record| record.get());
        if record == "null" {
            return Err("the record could not be written to the file, so that it can't be sent".to_owned());
        }
        Ok(Letter { line, endpoint, content_type, record })
    }

    /// Of a record that says itself where it goes.
    fn of_record(line: &'a Line, record: &'a str, attributes: &Attributes<'a>) -> Result<Self, String> {
        let (endpoint, content_type) = if is_transit(record) {
            (&endpoints::PUSH, TRANSIT)
        } else if attributes.contains_key("messages") {
            (&endpoints::BATCH, JSON)
        } else if attributes.contains_key(name_of(Role::Data)) {
            (&endpoints::PUSH, JSON)
        } else if let Some(place) = place(attributes) {
            return Err(format!(
                "what was read at {place} is no record, which could be sent from here: mend it there, and send that again"
            ));
        } else {
            return Err("the line is neither a dead letter (with `path` and `record`) nor a record".to_owned());
        };
        Ok(Letter { line, endpoint, content_type, record })
    }

    /// Whether it can go into the request of another one.
    pub(super) fn joins(&self, other: &Letter<'_>) -> bool {
        let is_joined =
            |letter: &Letter<'_>| letter.endpoint.path == endpoints::PUSH.path && letter.content_type == JSON;
        is_joined(self) && is_joined(other)
    }

    /// The client that the record says that it is of.
    fn client_id(&self) -> Option<i64> {
        let name = name_of(Role::Client);
        if self.content_type == TRANSIT {
            return match transit::read(self.record.as_bytes()).ok()?.get(name)? {
                Transit::Integer(id) => Some(*id),
                _ => None,
            };
        }
        let attributes: Attributes<'_> = serde_json::from_str(self.record).ok()?;
        attributes.get(name)?.get().parse().ok()
    }
}

/// Where that was read which a dead letter is of that is no record, as those of the command are.
fn place(attributes: &Attributes<'_>) -> Option<String> {
    let is_none = attributes.get("record").is_some_and(|record| record.get() == "null");
    let place = attributes.get("place").filter(|_| is_none && attributes.contains_key("text"))?;
    serde_json::from_str(place.get()).ok()
}

/// Whether JSON is a map of Transit.
fn is_transit(json: &str) -> bool {
    serde_json::from_str::<Vec<&RawValue>>(json)
        .is_ok_and(|parts| parts.first().is_some_and(|part| part.get() == r#""^ ""#))
}

/// The body of a request with some letters, which can be joined.
pub(super) fn body(letters: &[Letter<'_>]) -> Vec<u8> {
    let mut body = Vec::with_capacity(letters.iter().map(|letter| letter.record.len() + 1).sum::<usize>() + 2);
    let is_batch = letters.iter().any(|letter| letter.endpoint.path == endpoints::BATCH.path);
    if !is_batch {
        body.push(b'[');
    }
    for (index, letter) in letters.iter().enumerate() {
        if index > 0 {
            body.push(b',');
        }
        body.extend_from_slice(letter.record.as_bytes());
    }
    if !is_batch {
        body.push(b']');
    }
    body
}

#[cfg(test)]
mod tests {
    use super::super::lines::Line;
    use super::{Letter, body};
    use crate::sequence::ClientId;

    fn line(text: &str) -> Line {
        Line { number: 1, text: text.into() }
    }

    fn read(text: &str) -> Result<(&'static str, &'static str, String), String> {
        let line = line(text);
        let letter = Letter::read(&line, ClientId::from(7))?;
        Ok((letter.endpoint.path, letter.content_type, String::from_utf8(body(&[letter])).unwrap()))
    }

    const JSON: &str = "application/json";
    const TRANSIT: &str = "application/transit+json";

    #[test]
    fn letters_and_records_become_bodies() {
        let push = r#"{"client_id":7,"table_name":"t","sequence":1,"data":{"n":1.10}}"#;
        let letter = format!(r#"{{"reason":"x","path":"/v2/import/push","content_type":"{JSON}","record":{push}}}"#);
        let expected = Ok(("/v2/import/push", JSON, format!("[{push}]")));
        assert_eq!((read(&letter), read(push)), (expected.clone(), expected));

        let transit = r#"["^ ","client_id",7,"data",["^ ","a","~i1"]]"#;
        let letter = format!(r#"{{"path":"/v2/import/push","content_type":"{TRANSIT}","record":{transit}}}"#);
        let expected = Ok(("/v2/import/push", TRANSIT, format!("[{transit}]")));
        assert_eq!((read(&letter), read(transit)), (expected.clone(), expected));

        let batch = r#"{"table_name":"t","schema":{},"messages":[{"action":"upsert"}],"key_names":["id"]}"#;
        let letter = format!(r#"{{"path":"/v2/import/batch","content_type":"{JSON}","record":{batch}}}"#);
        let expected = Ok(("/v2/import/batch", JSON, batch.to_owned()));
        assert_eq!((read(&letter), read(batch)), (expected.clone(), expected));
    }

    #[test]
    fn what_can_not_be_sent_is_told() {
        let cases = [
            ("", "no JSON"),
            ("{\"path\":", "no JSON"),
            ("5", "neither a dead letter"),
            ("[]", "neither a dead letter"),
            (r#"[{"client_id":7,"data":{}}]"#, "neither a dead letter"),
            (r#"{"path":"/v2/import/push"}"#, "neither a dead letter"),
            (r#"{"path":"/v9","content_type":"x","record":{}}"#, "write `/v2/import/push` or `/v2/import/batch`"),
            (r#"{"path":5,"content_type":"x","record":{}}"#, "the `path` is not known"),
            (r#"{"path":"/v2/import/push","content_type":"text/plain","record":{}}"#, "write `application/json`"),
            (r#"{"path":"/v2/import/push","content_type":"application/json","record":null}"#, "can't be sent"),
            (r#"{"reason":"x","place":"a.csv:7","text":"1,2","record":null}"#, "read at a.csv:7 is no record"),
            (r#"{"client_id":8,"data":{}}"#, "of client 8, not of 7"),
            (r#"["^ ","client_id",8]"#, "of client 8, not of 7"),
        ];
        for (text, expected) in cases {
            let told = read(text).unwrap_err();
            assert!(told.contains(expected), "{text}: {told}");
        }
    }

    #[test]
    fn only_push_records_in_json_share_a_request() {
        let [json, transit, batch] =
            [r#"{"client_id":7,"data":{}}"#, r#"["^ ","data",1]"#, r#"{"messages":[]}"#].map(line);
        let [json, transit, batch] =
            [&json, &transit, &batch].map(|line| Letter::read(line, ClientId::from(7)).unwrap());
        assert!(json.joins(&json));
        assert!(!transit.joins(&transit) && !batch.joins(&batch) && !json.joins(&batch) && !transit.joins(&json));
        assert_eq!(body(&[json, json]), br#"[{"client_id":7,"data":{}},{"client_id":7,"data":{}}]"#);
    }
}
