//! When states are written.

use std::time::Duration;

use crate::messages::{activate, apart, record, row, row_of, schema, state, with};
use crate::running::{Running, config, config_at_once, run, run_in_turn};
use crate::server::{Server, down, ok};

#[test]
fn a_state_follows_the_records_before_it() {
    let server = Server::start([]);
    let lines = [schema("users"), row("users", 1), state(r#"{"bookmark": 1}"#)];
    run(&config(&server), &[], &lines).is(0, &[r#"{"bookmark": 1}"#]);
    assert_eq!(server.ids(), [[1]]);
}

#[test]
fn of_states_that_are_due_at_once_the_last_is_written() {
    let server = Server::start([]);
    let lines = [schema("users"), row("users", 1), state("1"), row("users", 2), state("2"), state("3")];
    run(&config(&server), &[], &lines).is(0, &["3"]);
    assert_eq!(server.ids(), [[1, 2]]);
}

#[test]
fn a_state_keeps_its_text() {
    let server = Server::start([]);
    let text = r#"{"price": 1.10,"big":12345678901234567890123,  "é":"\u00e9"}"#;
    run(&config(&server), &[], &[state(text)]).is(0, &[text]);
}

#[test]
fn an_empty_state_takes_no_other_ones_place() {
    let server = Server::start([]);
    run(&config(&server), &[], &[state("null"), state("{}")]).is(0, &[]);
}

#[test]
fn no_state_is_made_up() {
    let server = Server::start([]);
    run(&config(&server), &[], &[schema("users"), row("users", 1)]).is(0, &[]);
}

#[test]
fn nothing_is_nothing() {
    let server = Server::start([]);
    run(&config(&server), &[], &[]).is(0, &[]);
    assert_eq!(server.requests().len(), 0);
}

#[test]
fn a_state_waits_for_an_answer() {
    let server = Server::start([ok().once_requests(2)]);
    let mut running = Running::start(&config_at_once(&server, 2), &[]);
    running.feed(&apart(&[1]));
    running.feed(&[schema("users")]);
    server.until_requests(1);
    running.feed(&[row("users", 2), schema("users")]);
    running.until_states(1);
    running.end().is(0, &["1"]);
}

#[test]
fn states_are_in_order_where_answers_are_not() {
    let server = Server::start([ok().after_answers(2), ok().after_answers(1), ok()]);
    run_in_turn(&server, &config_at_once(&server, 3), &[1, 2, 3]).is(0, &["1", "2", "3"]);
}

#[test]
fn a_state_waits_for_an_earlier_request_that_is_tried_again() {
    let server = Server::start([down().once_requests(2), ok()]);
    run_in_turn(&server, &config_at_once(&server, 2), &[1, 2]).is(0, &["1", "2"]);
    assert_eq!(server.ids(), [[1], [2], [1]]);
}

#[test]
fn a_state_waits_for_all_streams() {
    let server = Server::start([ok().after_answers(1), ok()]);
    let lines = [schema("a"), schema("b"), row("a", 1), row("b", 2), state("1")];
    run(&config_at_once(&server, 2), &[], &lines).is(0, &["1"]);
    let tables: Vec<String> =
        server.requests().iter().map(|request| request.json()["table_name"].as_str().unwrap().to_owned()).collect();
    assert_eq!(tables.len(), 2, "{tables:?}");
}

#[test]
fn a_state_after_the_last_request_waits_for_it() {
    let server = Server::start([ok().once_requests(2), ok()]);
    let mut lines = vec![schema("users"), row("users", 1), schema("users"), state("1")];
    lines.extend([schema("users"), row("users", 2)]);
    run(&config_at_once(&server, 3), &[], &lines).is(0, &["1"]);
}

#[test]
fn a_timer_sends_records_and_writes_the_state_without_new_input() {
    let server = Server::start([]);
    let mut running = Running::start(&config(&server), &["--batch-delay-seconds", "0.5"]);
    running.feed(&[schema("users"), row("users", 1), state("1")]);
    running.until_states(1);
    assert_eq!(server.ids(), [[1]]);
    running.end().is(0, &["1"]);
}

#[test]
fn a_timer_writes_a_state_alone() {
    let server = Server::start([]);
    let mut running = Running::start(&config(&server), &["--batch-delay-seconds", "0.5"]);
    running.feed(&[state("1")]);
    running.until_states(1);
    running.feed(&[state("2")]);
    running.until_states(2);
    running.end().is(0, &["1", "2"]);
}

#[test]
fn a_state_is_written_when_an_answer_comes_though_no_input_does() {
    let server = Server::start([]);
    let mut running = Running::start(&config(&server), &[]);
    running.feed(&apart(&[1]));
    running.feed(&[schema("users")]);
    running.until_states(1);
    running.end().is(0, &["1"]);
}

#[test]
fn without_a_delay_each_message_is_sent_at_once() {
    let server = Server::start([]);
    let lines = [schema("users"), row("users", 1), row("users", 2), state("2")];
    run(&config(&server), &["--batch-delay-seconds", "0"], &lines).is(0, &["2"]);
    assert_eq!(server.ids(), [[1], [2]]);
}

#[test]
fn a_version_switch_waits_for_what_is_in_flight() {
    let server = Server::start([ok().once_requests(2), ok()]);
    let mut lines = vec![schema("users"), row_of("users", 1, 1), schema("users"), row_of("users", 2, 1)];
    lines.extend([schema("users"), activate("users", 1), state("1")]);
    run(&config_at_once(&server, 5), &[], &lines).is(0, &["1"]);
    let requests = server.requests();
    assert_eq!(requests.iter().map(|request| request.answered_before).collect::<Vec<_>>(), [0, 0, 2]);
    assert_eq!(requests[2].json()["messages"][0]["action"], "activate_version");
}

#[test]
fn a_version_switch_waits_for_a_request_that_is_tried_again() {
    let server = Server::start([down(), ok()]);
    let lines = [schema("users"), row_of("users", 1, 1), schema("users"), activate("users", 1)];
    run(&config_at_once(&server, 5), &[], &lines).is(0, &[]);
    let requests = server.requests();
    assert_eq!(requests.len(), 3);
    assert_eq!((requests[1].ids(), requests[2].answered_before), (vec![1], 2));
}

#[test]
fn nothing_overtakes_a_version() {
    let late = || ok().after(Duration::from_millis(200));
    let server = Server::start([late(), late(), late(), late()]);
    let mut lines = vec![schema("users"), row_of("users", 1, 1), activate("users", 1), row_of("users", 2, 2)];
    lines.extend([row("users", 3), schema("users"), row("users", 4), state("1")]);
    run(&config_at_once(&server, 5), &[], &lines).is(0, &["1"]);
    let mut requests: Vec<_> =
        server.requests().iter().map(|request| (request.ids(), request.answered_before)).collect();
    // The last two are of one version, and come in any order.
    requests.sort();
    assert_eq!(requests, [(vec![1], 0), (vec![2], 1), (vec![3], 2), (vec![4], 2)]);
}

#[test]
fn records_of_another_version_are_another_request() {
    let server = Server::start([]);
    let lines = [schema("users"), row("users", 1), row_of("users", 2, 1), row_of("users", 3, 2), row("users", 4)];
    run(&config(&server), &[], &lines).is(0, &[]);
    let versions: Vec<_> =
        server.requests().iter().map(|request| request.json().get("table_version").cloned()).collect();
    assert_eq!(versions, [None, Some(1.into()), Some(2.into()), None]);
}

#[test]
fn a_version_without_records_is_activated_alone() {
    let server = Server::start([]);
    run(&config(&server), &[], &[schema("users"), activate("users", 7), state("1")]).is(0, &["1"]);
    let body = server.requests()[0].json();
    assert_eq!((&body["table_version"], body["messages"].as_array().unwrap().len()), (&7.into(), 1));
}

#[test]
fn another_schema_has_what_waits_sent_with_the_old_one() {
    let server = Server::start([]);
    let wider = schema("users").replace(r#""id": {"type": "integer"}"#, r#""id": {"type": "integer"}, "age": {}"#);
    let lines = [schema("users"), row("users", 1), wider, record("users", r#"{"id": 2, "age": 3}"#)];
    run(&config(&server), &[], &lines).is(0, &[]);
    let has_age: Vec<bool> =
        server.requests().iter().map(|request| request.json()["schema"]["properties"].get("age").is_some()).collect();
    assert_eq!(has_age, [false, true]);
}

#[test]
fn sequences_grow() {
    let server = Server::start([]);
    let lines = [schema("a"), schema("b"), row_of("a", 1, 1), row("b", 1), row_of("a", 1, 1), activate("a", 1)];
    run(&config(&server), &[], &lines).is(0, &[]);
    for request in server.requests() {
        let messages = request.json()["messages"].as_array().unwrap().clone();
        let sequences: Vec<i64> = messages.iter().map(|message| message["sequence"].as_i64().unwrap()).collect();
        assert!(sequences.is_sorted_by(|one, next| one < next), "{sequences:?}");
    }
}

#[test]
fn a_moment_of_extraction_has_any_offset() {
    let server = Server::start([]);
    let mut lines = vec![schema("users")];
    for time in ["2026-01-14T00:00:00Z", "2026-01-14T05:45:00.5+05:45", "2026-01-13 22:00:00-0200"] {
        lines.push(with(&row("users", 1), &format!(r#""time_extracted": "{time}""#)));
    }
    run(&config(&server), &[], &lines).is(0, &[]);
    let messages = server.requests()[0].json()["messages"].as_array().unwrap().clone();
    let times: Vec<&str> = messages.iter().map(|message| message["time_extracted"].as_str().unwrap()).collect();
    let expected = ["2026-01-14T00:00:00.000000Z", "2026-01-14T00:00:00.500000Z", "2026-01-14T00:00:00.000000Z"];
    assert_eq!(times, expected);
}
