//! What is asked of every record, whatever its type.

use std::collections::BTreeSet;

use backstitch::{BodyError, Code, Push, PushBody, Violations};
use jsonschema::{Draft, Validator};
use proptest::prelude::ProptestConfig;
use serde::Serialize;
use serde_json::Value as Json;

/// The envelope as the documented example orders it.
#[derive(Serialize)]
struct Envelope<'a, T> {
    client_id: i64,
    table_name: &'a str,
    sequence: i64,
    data: &'a T,
    key_names: &'a [&'a str],
    action: &'a str,
}

/// What is wrong, and where: a JSON Pointer within the data.
type Told = BTreeSet<(String, Code)>;

/// How many cases are tried: few, unless more are asked for, since each of them is a large record.
pub(crate) fn cases() -> ProptestConfig {
    let asked = std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok());
    ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(asked.unwrap_or(64)) }
}

/// Holds a record against `peer`, which `serde_json` writes as the record is to be written: the body has the same
/// bytes, and the record's own schema has the same to say of them as `validate()` has of the record, at the same
/// places. Whether the record is valid.
pub(crate) fn judge<T: Push>(record: &T, peer: &impl Serialize) -> bool {
    let data = serde_json::to_string(peer).expect("JSON");
    let instance: Json = serde_json::from_str(&data).expect("JSON");
    let ours = told_by_validate(record);
    assert_eq!(told_by_schema::<T>(&instance), ours, "the schema of `{}` has this to say of {data}", T::TABLE_NAME);
    for (pointer, code) in &ours {
        assert!(instance.pointer(pointer).is_some(), "{code:?}: nothing is at {pointer} of {data}");
    }
    if ours.is_empty() {
        is_written_as(record, peer);
    } else {
        is_refused(record);
    }
    ours.is_empty()
}

/// Holds a record that is valid against `peer`.
pub(crate) fn judge_valid<T: Push>(record: &T, peer: &impl Serialize) {
    assert!(judge(record, peer), "{:?}", record.validate());
}

/// The same where the struct itself is its peer.
pub(crate) fn as_serde<T: Push + Serialize>(record: &T) {
    judge_valid(record, record);
}

/// The body is what `serde_json` writes of the envelope around `peer`.
pub(crate) fn is_written_as<T: Push>(record: &T, peer: &impl Serialize) {
    let mut body = PushBody::json(7723);
    body.push(record, 1_565_880_017).expect("a valid record");
    let envelope = Envelope {
        client_id: 7723,
        table_name: T::TABLE_NAME,
        sequence: 1_565_880_017,
        data: peer,
        key_names: T::KEY_NAMES,
        action: "upsert",
    };
    let expected = serde_json::to_string(&[envelope]).expect("JSON");
    assert_eq!(String::from_utf8(body.finish()).expect("UTF-8"), expected);
}

/// A body refuses the record with the same violations, and is as it was before.
fn is_refused<T: Push>(record: &T) {
    let mut body = PushBody::json(7723);
    let error = body.push(record, 1_565_880_017).expect_err("a record that is not valid");
    let BodyError::Invalid(found) = error else { panic!("{error}") };
    let expected = record.validate().expect_err("a record that is not valid");
    assert_eq!(of_violations(found, "/0/data"), of_violations(expected, "/data"));
    assert!(body.is_empty(), "a refused record leaves nothing");
}

/// What `validate()` says of a record.
pub(crate) fn told_by_validate<T: Push>(record: &T) -> Told {
    record.validate().err().map(|violations| of_violations(violations, "/data")).unwrap_or_default()
}

fn of_violations(violations: Violations, above: &str) -> Told {
    let within = |pointer: &str| pointer.strip_prefix(above).expect("a place within the data").to_owned();
    violations.into_iter().map(|violation| (within(&violation.pointer), violation.code)).collect()
}

/// What the record's schema says of its data, in the codes of our own.
pub(crate) fn told_by_schema<T: Push>(data: &Json) -> Told {
    referee(<T as Push>::schema())
        .iter_errors(data)
        .map(|error| (error.instance_path().to_string(), code(error.kind().keyword(), error.instance_path().as_str())))
        .collect()
}

fn referee(schema: &Json) -> Validator {
    jsonschema::options()
        .with_draft(Draft::Draft4)
        .should_validate_formats(true)
        .build(schema)
        .unwrap_or_else(|error| panic!("{error}: {schema}"))
}

/// Our code for what a keyword of JSON Schema says.
fn code(keyword: &str, place: &str) -> Code {
    match keyword {
        "minimum" => Code::Minimum,
        "maximum" => Code::Maximum,
        "minLength" => Code::MinLength,
        "maxLength" => Code::MaxLength,
        "minItems" => Code::MinItems,
        "maxItems" => Code::MaxItems,
        "format" => Code::Format,
        // `serde_json` makes a null of a number that is not finite.
        "type" => Code::NotFinite,
        _ => panic!("the schema has `{keyword}` against {place}"),
    }
}
