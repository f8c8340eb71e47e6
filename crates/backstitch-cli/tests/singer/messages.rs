//! Messages of a tap.

const USERS: &str =
    r#"{"type": "object", "properties": {"id": {"type": "integer"}, "name": {"type": ["null", "string"]}}}"#;

/// The schema of a stream of users.
pub(crate) fn schema(stream: &str) -> String {
    format!(r#"{{"type": "SCHEMA", "stream": "{stream}", "key_properties": ["id"], "schema": {USERS}}}"#)
}

pub(crate) fn row(stream: &str, id: i64) -> String {
    record(stream, &format!(r#"{{"id": {id}, "name": "Finn"}}"#))
}

pub(crate) fn record(stream: &str, record: &str) -> String {
    format!(r#"{{"type": "RECORD", "stream": "{stream}", "record": {record}}}"#)
}

/// A row of a version.
pub(crate) fn row_of(stream: &str, id: i64, version: i64) -> String {
    with(&row(stream, id), &format!(r#""version": {version}"#))
}

/// The message with another field.
pub(crate) fn with(message: &str, field: &str) -> String {
    format!("{}, {field}}}", message.strip_suffix('}').unwrap())
}

pub(crate) fn activate(stream: &str, version: i64) -> String {
    format!(r#"{{"type": "ACTIVATE_VERSION", "stream": "{stream}", "version": {version}}}"#)
}

pub(crate) fn state(value: &str) -> String {
    format!(r#"{{"type": "STATE", "value": {value}}}"#)
}

/// Users with these ids, each followed by the state that is its id, and sent alone: a SCHEMA has all before it sent.
pub(crate) fn apart(ids: &[i64]) -> Vec<String> {
    ids.iter().flat_map(|id| [schema("users"), row("users", *id), state(&id.to_string())]).collect()
}
