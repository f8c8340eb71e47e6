//! Odd lines, and what is told of them.

use crate::messages::{activate, record, row, schema, state, with};
use crate::running::{Running, config, config_at_once, feed_in_turn, run};
use crate::server::{Server, ok};

/// What is told of a line after a good record; nothing is sent, and no state written.
#[track_caller]
fn refused(line: &str, told: &str) {
    let server = Server::start([]);
    let lines = [schema("users"), row("users", 1), state("1"), line.to_owned(), state("2")];
    run(&config(&server), &[], &lines).is(1, &[]).tells(told);
    assert_eq!(server.requests().len(), 0);
}

#[test]
fn a_line_that_is_cut_short() {
    refused(r#"{"type": "RECORD", "stream": "users", "rec"#, "line 4, column 42: this is no JSON: EOF");
}

#[test]
fn a_line_that_is_no_object() {
    refused("42", "line 4, column 1: this is no message");
}

#[test]
fn a_line_of_a_log() {
    refused("INFO Starting sync", "line 4, column 1: this is no message");
}

#[test]
fn a_number_that_is_none() {
    refused(&record("users", r#"{"id": NaN}"#), "line 4, column 56: this is no JSON");
}

#[test]
fn a_record_before_its_schema() {
    refused(&row("visits", 1), "line 4: the stream `visits` had no SCHEMA before");
}

#[test]
fn a_version_before_its_schema() {
    refused(&activate("visits", 1), "line 4: the stream `visits` had no SCHEMA before");
}

#[test]
fn a_record_without_its_key() {
    refused(
        &record("users", r#"{"name": "Finn"}"#),
        "line 4: the key `id` of a record of the stream `users` is missing",
    );
}

#[test]
fn a_record_whose_key_is_null() {
    refused(&record("users", r#"{"id": null}"#), "line 4: the key `id` of a record of the stream `users` is null");
}

#[test]
fn a_record_that_is_no_object() {
    refused(&record("users", "[1]"), "line 4: `record` of RECORD is no object");
}

#[test]
fn a_message_without_a_type() {
    refused(r#"{"stream": "users"}"#, "line 4: a message has no `type`");
}

#[test]
fn a_message_without_a_stream() {
    refused(r#"{"type": "RECORD", "record": {}}"#, "line 4: RECORD has no `stream`");
}

#[test]
fn a_schema_with_keys_that_are_no_list() {
    let line = schema("users").replace(r#"["id"]"#, r#""id""#);
    let server = Server::start([]);
    run(&config(&server), &[], &[line]).is(1, &[]).tells("line 1: `key_properties` of SCHEMA is no array of texts");
}

#[test]
fn a_version_that_is_no_integer() {
    refused(&with(&row("users", 1), r#""version": "one""#), "line 4: `version` is no integer");
}

#[test]
fn bytes_that_are_not_utf_8() {
    let server = Server::start([]);
    let mut running = Running::start(&config(&server), &[]);
    running.feed(&[schema("users"), row("users", 1)]);
    running.feed_bytes(b"{\"type\": \"STATE\", \"value\": \"\xff\"}\n");
    running.end().is(1, &[]).tells("line 3, column 29: the byte 0xff is not UTF-8");
}

#[test]
fn what_is_in_flight_before_a_bad_line_still_counts() {
    let server = Server::start([ok().once_requests(2), ok()]);
    let mut running = feed_in_turn(&server, &config_at_once(&server, 3), &[1, 2]);
    running.feed(&[row("users", 3), state("3"), "nonsense".to_owned()]);
    running.end().is(1, &["1", "2"]).tells("line 11, column 1");
    assert_eq!(server.ids(), [[1], [2]]);
}

#[test]
fn blank_lines_and_windows_line_ends_are_passed_over() {
    let server = Server::start([]);
    let lines = [schema("users"), String::new(), format!("{}\r", row("users", 1)), "  ".to_owned(), state("1")];
    run(&config(&server), &[], &lines).is(0, &["1"]);
    assert_eq!(server.ids(), [[1]]);
}

#[test]
fn the_last_line_needs_no_end() {
    let server = Server::start([]);
    let mut running = Running::start(&config(&server), &[]);
    running.feed(&[schema("users"), row("users", 1)]);
    running.feed_bytes(state("1").as_bytes());
    running.end().is(0, &["1"]);
}

#[test]
fn messages_of_types_to_come_are_passed_over() {
    let server = Server::start([]);
    let other = r#"{"type": "NOTE", "stream": "users"}"#.to_owned();
    let lines = [schema("users"), other.clone(), row("users", 1), other, state("1")];
    let ended = run(&config(&server), &[], &lines);
    ended.is(0, &["1"]).tells("line 2: messages of the type `NOTE` are passed over");
    assert_eq!(ended.told.matches("NOTE").count(), 1, "it is told once: {}", ended.told);
}

#[test]
fn a_type_in_other_letters_is_not_passed_over() {
    refused(
        &row("users", 2).replace("RECORD", "record"),
        "line 4: the type of a message is written in capitals: RECORD",
    );
}

#[test]
fn what_python_takes_is_taken() {
    let server = Server::start([]);
    let lines = [
        format!("\u{feff}{}", schema("users")),
        with(&row("users", 1), r#""version": 1700000000000.0"#),
        with(&row("users", 1), r#""version": 1700000000000, "stream": "users", "record": {"id": 2}"#),
        activate("users", 1_700_000_000_000).replace("1700000000000", "1700000000000.0"),
        activate("users", 0).replace(": 0}", ": null}"),
        state("1"),
    ];
    run(&config(&server), &[], &lines).is(0, &["1"]);
    let requests = server.requests();
    assert_eq!(server.ids(), [vec![1, 2], vec![]]);
    let version = |at: usize| requests[at].json()["table_version"].as_i64();
    assert_eq!((version(0), version(1)), (Some(1_700_000_000_000), None));
    assert_eq!(requests[1].json()["messages"][0]["action"], "activate_version");
}

#[test]
fn records_in_files_are_not_passed_over() {
    let batch = r#"{"type": "BATCH", "stream": "users", "manifest": ["users.jsonl.gz"]}"#;
    refused(batch, "line 4: BATCH has its records in files, which are not read: have the tap write RECORD messages");
}

#[test]
fn a_moment_of_extraction_that_is_none_is_left_out() {
    let server = Server::start([]);
    let lines = [schema("users"), with(&row("users", 1), r#""time_extracted": "yesterday""#), state("1")];
    run(&config(&server), &[], &lines).is(0, &["1"]).tells("line 2: `time_extracted` is no point in time");
    assert!(!server.requests()[0].body.contains("time_extracted"));
}

#[test]
fn values_keep_their_text() {
    let server = Server::start([]);
    let values = r#"{"id": 12345678901234567890123, "price": 1.10, "rate":1E-7, "tiny": 0.1000000000000000055511151231257827, "name": "\u00e9é\ud83d\ude00"}"#;
    run(&config(&server), &[], &[schema("users"), record("users", values)]).is(0, &[]);
    assert!(server.requests()[0].body.contains(&format!(r#""data": {values}, "sequence""#)));
}

#[test]
fn names_are_the_same_however_they_are_escaped() {
    let server = Server::start([]);
    run(&config(&server), &[], &[schema("\\u00fcsers"), row("üsers", 1)]).is(0, &[]);
    assert_eq!(server.requests()[0].json()["table_name"], "üsers");
}

#[test]
fn a_stream_without_keys_is_sent_without_them() {
    for keys in ["[]", "null"] {
        let server = Server::start([]);
        let schema = schema("users").replace(r#"["id"]"#, keys);
        run(&config(&server), &[], &[schema, record("users", r#"{"name": "Finn"}"#)]).is(0, &[]);
        assert!(server.requests()[0].body.contains(&format!(r#""key_names": {keys}"#)));
    }
}
