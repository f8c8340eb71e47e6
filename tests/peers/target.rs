//! Singer's target, and the tables that it leaves.

use std::collections::BTreeSet;
use std::fs;
use std::io::Write as _;
use std::process::Stdio;

use backstitch_gate::{Cell, Fault};
use serde_json::json;

use crate::place::{CLIENT_ID, Place, TOKEN, decimal, installed, text};

/// How a run of the target ended.
struct Ended {
    code: Option<i32>,
    /// The states that it wrote, a line each.
    states: Vec<String>,
    log: String,
}

impl Ended {
    /// The states, where all went well.
    #[track_caller]
    fn states(self) -> Vec<String> {
        assert_eq!(self.code, Some(0), "{}", self.log);
        self.states
    }
}

/// Runs the target with these arguments and messages, and its usual five requests at once.
fn run(place: &Place, arguments: &[&str], messages: &[String]) -> Option<Ended> {
    run_at_once(5, place, arguments, messages)
}

/// Runs the target with so many requests at once. They may arrive in any order.
fn run_at_once(requests: u8, place: &Place, arguments: &[&str], messages: &[String]) -> Option<Ended> {
    let mut target = installed("target/bin/target-stitch")?;
    let url = format!("{}/v2/import/batch", place.gate.url());
    // It sends bodies beyond 4 MB elsewhere; here there is one address for all.
    let config = json!({
        "client_id": CLIENT_ID,
        "token": TOKEN,
        "small_batch_url": url,
        "big_batch_url": url,
        "batch_size_preferences": {},
        "turbo_boost_factor": requests,
        "disable_collection": true,
    });
    let path = place.folder.path().join("config.json");
    fs::write(&path, config.to_string()).expect("written");
    target.arg("--config").arg(path).args(arguments);
    target.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = target.spawn().expect("it starts");
    let mut input = child.stdin.take().expect("its input");
    let lines: String = messages.iter().map(|message| format!("{message}\n")).collect();
    let writer = std::thread::spawn(move || {
        // Where it fails it stops reading.
        let _ = input.write_all(lines.as_bytes());
    });
    let output = child.wait_with_output().expect("it ends");
    writer.join().expect("no panic");
    let states = String::from_utf8(output.stdout).expect("text");
    let log = String::from_utf8_lossy(&output.stderr).into_owned();
    Some(Ended { code: output.status.code(), states: states.lines().map(str::to_owned).collect(), log })
}

const USERS: &str = r#"{"id": {"type": "integer"}, "name": {"type": ["null", "string"]}}"#;

fn schema(stream: &str, keys: &[&str], properties: &str) -> String {
    let keys = json!(keys);
    format!(
        r#"{{"type": "SCHEMA", "stream": "{stream}", "key_properties": {keys}, "schema": {{"type": "object", "properties": {properties}}}}}"#
    )
}

fn record(stream: &str, record: &str) -> String {
    format!(r#"{{"type": "RECORD", "stream": "{stream}", "record": {record}}}"#)
}

fn user(stream: &str, id: i64, name: &str) -> String {
    record(stream, &format!(r#"{{"id": {id}, "name": "{name}"}}"#))
}

/// The message with another field.
fn with(message: &str, field: &str) -> String {
    let whole = message.strip_suffix('}').expect("an object");
    format!("{whole}, {field}}}")
}

fn state(value: &str) -> String {
    format!(r#"{{"type": "STATE", "value": {value}}}"#)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn records_and_the_state_after_them() {
    let place = Place::new().await;
    let messages = [
        schema("users", &["id"], USERS),
        user("users", 1, "Mike"),
        record("users", r#"{"id": 2, "name": null}"#),
        user("users", 1, "Michael"),
        state(r#"{"bookmark": 2}"#),
    ];
    let Some(ended) = run(&place, &[], &messages) else { return };
    assert_eq!(ended.states(), [r#"{"bookmark": 2}"#]);
    assert_eq!(place.rows("users", &["id", "name"]).await, ["1 Michael", "2 "]);
    let view = place.table("users").await;
    // The target takes them from its clock.
    assert!(matches!(view.cell(0, "_sdc_sequence"), Some(Cell::Integer(1_000_000_000_000_000_000..))), "{view:?}");
    place.rejects_nothing().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn states_alone_send_nothing() {
    let place = Place::new().await;
    let Some(ended) = run(&place, &[], &[state(r#"{"i": 1}"#), state(r#"{"i": 2}"#)]) else { return };
    assert_eq!(ended.states(), [r#"{"i": 2}"#]);
    assert_eq!(place.statuses(), [0; 0]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stream_without_keys_is_appended() {
    let place = Place::new().await;
    let messages = [schema("visits", &[], USERS), user("visits", 1, "Mike"), user("visits", 1, "Mike")];
    for runs in 1..=2 {
        let Some(ended) = run(&place, &[], &messages) else { return };
        ended.states();
        assert_eq!(place.rows("visits", &["id", "name"]).await, vec!["1 Mike"; 2 * runs]);
    }
    let keys: BTreeSet<String> = place.rows("visits", &["__sdc_primary_key"]).await.into_iter().collect();
    assert_eq!(keys.len(), 4, "{keys:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn versions_take_each_others_place() {
    let place = Place::new().await;
    let activate = |version: i64| format!(r#"{{"type": "ACTIVATE_VERSION", "stream": "users", "version": {version}}}"#);
    let user = |version: i64, id: i64, name: &str| with(&user("users", id, name), &format!(r#""version": {version}"#));
    let mut messages = vec![
        schema("users", &["id"], USERS),
        user(1, 1, "Sam"),
        user(1, 2, "Pat"),
        user(1, 3, "Alex"),
        activate(1),
        user(2, 1, "Samantha"),
        user(2, 2, "Patrick"),
    ];
    // What is not activated waits. Were both versions on their way at once, the newer one could come first:
    // rows of the older would be ignored then.
    let Some(ended) = run_at_once(1, &place, &[], &messages) else { return };
    ended.states();
    let columns = ["id", "name", "_sdc_table_version"];
    assert_eq!(place.rows("users", &columns).await, ["1 Sam 1", "2 Pat 1", "3 Alex 1"]);
    messages.extend([activate(2), state(r#"{"v": 2}"#)]);
    let Some(ended) = run_at_once(1, &place, &[], &messages) else { return };
    assert_eq!(ended.states(), [r#"{"v": 2}"#]);
    assert_eq!(place.rows("users", &columns).await, ["1 Samantha 2", "2 Patrick 2"]);
    place.rejects_nothing().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn times_and_decimals_have_the_schemas_types() {
    let place = Place::new().await;
    let time = r#"{"type": ["null", "string"], "format": "date-time"}"#;
    let properties = format!(
        r#"{{"id": {{"type": "integer"}}, "at": {time}, "shifted": {time}, "price": {{"type": ["null", "number"], "multipleOf": 0.01}},
            "whole": {{"type": "number"}}, "large": {{"type": "number"}}, "plain": {{"type": "string"}},
            "lines": {{"type": "array", "items": {{"type": "object", "properties": {{"at": {time}, "amount": {{"type": "number"}}}}}}}}}}"#
    );
    let price = r#"{"id": 1, "at": "2026-01-13T21:25:03Z", "shifted": "2026-01-13T21:25:03.123456+02:00", "price": 19.90, "whole": 3,
        "large": 12345678901234567890.123456789, "plain": "2026-01-13T21:25:03Z", "lines": [{"at": "2026-01-13T00:00:00Z", "amount": 0.10}]}"#;
    let price = with(&record("prices", price), r#""time_extracted": "2026-01-14T00:00:00.500000Z""#);
    // A message is a line.
    let messages = [schema("prices", &["id"], &properties), price].map(|message| message.replace('\n', " "));
    let Some(ended) = run(&place, &[], &messages) else { return };
    ended.states();
    let (time, number) = ("TIMESTAMP_TEXT", "DECIMAL_TEXT");
    let expected = [
        ("id", "BIGINT", Cell::from(1)),
        ("at", time, text("2026-01-13T21:25:03.000000Z")),
        ("shifted", time, text("2026-01-13T19:25:03.123456Z")),
        ("price", number, decimal("19.90")),
        ("whole", number, decimal("3")),
        ("large", number, decimal("12345678901234567890.123456789")),
        ("plain", "TEXT", text("2026-01-13T21:25:03Z")),
        ("_sdc_extracted_at", time, text("2026-01-14T00:00:00.500000Z")),
    ];
    place.holds("prices", &expected).await;
    let line = [
        ("_sdc_source_key_id", "BIGINT", Cell::from(1)),
        ("_sdc_level_0_id", "BIGINT", Cell::from(0)),
        ("at", time, text("2026-01-13T00:00:00.000000Z")),
        ("amount", number, decimal("0.10")),
    ];
    place.holds("prices__lines", &line).await;
    place.rejects_nothing().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn streams_in_turn_and_their_states() {
    let place = Place::new().await;
    let mut messages = vec![schema("a", &["id"], USERS), schema("b", &["id"], USERS)];
    messages[1] = with(&messages[1], r#""bookmark_properties": ["id"]"#);
    for id in 1..=40 {
        messages.extend([user("a", id, "x"), user("b", id, "y"), state(&format!(r#"{{"i": {id}}}"#))]);
    }
    // Twenty records of both are two requests, of which five may be under way at once.
    let Some(ended) = run(&place, &["--max-batch-records", "20"], &messages) else { return };
    let states = ended.states();
    assert_eq!(states.last().map(String::as_str), Some(r#"{"i": 40}"#));
    let numbers: Vec<i64> = states.iter().map(|state| state[6..state.len() - 1].parse().unwrap()).collect();
    assert!(numbers.is_sorted_by(|one, next| one < next), "{states:?}");
    assert_eq!(place.statuses(), [201; 8]);
    for (stream, name) in [("a", "x"), ("b", "y")] {
        let expected: Vec<String> = (1..=40).map(|id| format!("{id} {name}")).collect();
        assert_eq!(place.rows(stream, &["id", "name"]).await, expected);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn bodies_are_divided_by_their_size() {
    let place = Place::new().await;
    let mut messages = vec![schema("users", &["id"], USERS)];
    messages.extend((0..2_000).map(|id| user("users", id, &"n".repeat(100))));
    let Some(ended) = run(&place, &["--max-batch-bytes", "50000"], &messages) else { return };
    ended.states();
    let statuses = place.statuses();
    assert!(statuses.len() > 4 && statuses.iter().all(|status| *status == 201), "{statuses:?}");
    assert_eq!(place.rows("users", &["id"]).await, (0..2_000).map(|id| id.to_string()).collect::<Vec<_>>());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_record_against_its_schema_ends_the_target() {
    let place = Place::new().await;
    let messages = [
        schema("users", &["id"], USERS),
        user("users", 1, "Mike"),
        record("users", r#"{"id": "two", "name": "Ann"}"#),
        state(r#"{"bookmark": 2}"#),
    ];
    let Some(ended) = run(&place, &[], &messages) else { return };
    assert_eq!(ended.code, Some(1), "{}", ended.log);
    let told = "CRITICAL Error persisting data to Stitch: 400: {'error': 'Record 1 did not conform to schema: #/id: expected: Integer, found: String'}";
    assert!(ended.log.lines().any(|line| line == told), "{}", ended.log);
    assert_eq!(ended.states, [""; 0]);
    let names: Vec<String> = place.gate.tables().await.unwrap().into_iter().map(|table| table.name).collect();
    assert_eq!(names, ["_sdc_rejected"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_gate_that_is_down_for_a_moment_is_asked_again() {
    let place = Place::new().await;
    place.gate.fault(Fault::answer(503, r#"{"status":"ERROR"}"#).times(2)).unwrap();
    let messages = [schema("users", &["id"], USERS), user("users", 1, "Mike"), state(r#"{"bookmark": 1}"#)];
    let Some(ended) = run(&place, &[], &messages) else { return };
    assert_eq!(ended.states(), [r#"{"bookmark": 1}"#]);
    assert_eq!(place.statuses(), [503, 503, 201]);
    assert_eq!(place.rows("users", &["id", "name"]).await, ["1 Mike"]);
}
