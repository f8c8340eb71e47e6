//! How much goes into a request, and where it goes.

use crate::messages::{record, row, row_of, schema, state};
use crate::running::{config, config_at_once, run};
use crate::server::{Server, ok};

fn long(id: i64, bytes: usize) -> String {
    record("users", &format!(r#"{{"id": {id}, "name": "{}"}}"#, "x".repeat(bytes)))
}

fn paths(server: &Server) -> Vec<String> {
    server.requests().iter().map(|request| request.path().to_owned()).collect()
}

const SMALL: &str = "/v2/import/batch";
const BIG: &str = "/v2/import/batch-big";

#[test]
fn so_many_records_are_sent_together() {
    let server = Server::start([]);
    let lines: Vec<String> = std::iter::once(schema("users")).chain((1..=5).map(|id| row("users", id))).collect();
    run(&config(&server), &["--max-batch-records", "2"], &lines).is(0, &[]);
    assert_eq!(server.ids(), [vec![1, 2], vec![3, 4], vec![5]]);
}

#[test]
fn records_are_counted_across_streams() {
    let server = Server::start([]);
    let lines = [schema("a"), schema("b"), row("a", 1), row("b", 2), row("a", 3), state("3")];
    run(&config(&server), &["--max-batch-records", "3"], &lines).is(0, &["3"]);
    assert_eq!(server.ids(), [vec![1, 3], vec![2]]);
}

#[test]
fn a_batch_of_more_bytes_than_allowed_goes_in_halves() {
    let server = Server::start([]);
    let mut lines = vec![schema("users")];
    lines.extend((1..=4).map(|id| long(id, 100)));
    lines.push(state("4"));
    run(&config(&server), &["--max-batch-bytes", "700"], &lines).is(0, &["4"]);
    assert_eq!(server.ids(), [[1, 2], [3, 4]]);
    assert!(server.requests().iter().all(|request| request.body.len() < 700));
}

#[test]
fn halves_of_a_switch_are_one_after_the_other() {
    let server = Server::start([ok().once_requests(2), ok()]);
    let mut lines = vec![schema("users")];
    lines.extend((1..=4).map(|id| row_of("users", id, 1)));
    lines.push(crate::messages::activate("users", 1));
    run(&config_at_once(&server, 5), &["--max-batch-bytes", "430"], &lines).is(0, &[]);
    let requests = server.requests();
    let last = requests.last().unwrap();
    assert_eq!(last.answered_before, requests.len() - 1, "the switch comes after all others");
    assert!(last.body.contains("activate_version"));
}

#[test]
fn a_body_of_more_than_4_000_000_bytes_goes_to_the_big_address() {
    let server = Server::start([]);
    let lines = [schema("users"), row("users", 1), schema("users"), long(2, 4_000_000), state("2")];
    run(&config(&server), &[], &lines).is(0, &["2"]);
    assert_eq!(paths(&server), [SMALL, BIG]);
}

#[test]
fn a_larger_batch_may_be_asked_for() {
    let server = Server::start([]);
    let mut lines = vec![schema("users")];
    lines.extend((1..=5).map(|id| long(id, 1_000_000)));
    run(&config(&server), &["--max-batch-bytes", "10000000"], &lines).is(0, &[]);
    assert_eq!((paths(&server), server.ids()), (vec![BIG.to_owned()], vec![vec![1, 2, 3, 4, 5]]));
}

#[test]
fn without_a_big_address_all_go_to_the_small_one() {
    let server = Server::start([]);
    let mut config = config(&server);
    config.as_object_mut().unwrap().remove("big_batch_url");
    run(&config, &[], &[schema("users"), long(2, 4_000_000)]).is(0, &[]);
    assert_eq!(paths(&server), [SMALL]);
}

#[test]
fn a_stream_that_prefers_the_big_address_goes_there() {
    let server = Server::start([]);
    let mut config = config(&server);
    config["batch_size_preferences"] = serde_json::json!({ "full_table_streams": ["b"] });
    run(&config, &[], &[schema("a"), schema("b"), row("a", 1), row("b", 2)]).is(0, &[]);
    assert_eq!(paths(&server), [SMALL, BIG]);
}

#[test]
fn a_record_that_fits_no_request_is_told_by_its_line() {
    let server = Server::start([]);
    let lines = [schema("users"), row("users", 1), long(2, 20_000_000), state("2")];
    run(&config(&server), &[], &lines).is(1, &[]).tells("line 3: a message of the stream `users` takes 20000");
    assert_eq!(server.requests().len(), 0);
}

#[test]
fn no_request_has_more_records_than_the_api_takes() {
    let server = Server::start([]);
    let lines: Vec<String> = std::iter::once(schema("users")).chain((1..=20_001).map(|id| row("users", id))).collect();
    run(&config(&server), &["--max-batch-records", "50000"], &lines).is(0, &[]);
    let counts: Vec<usize> = server.ids().iter().map(Vec::len).collect();
    assert_eq!(counts, [10_000, 10_001]);
}

/// However many streams there are, they share the memory that their bodies are written in.
#[cfg(target_os = "linux")]
#[test]
fn streams_that_are_done_keep_no_memory() {
    let server = Server::start([]);
    let mut running = crate::running::Running::start(&config(&server), &["--max-batch-bytes", "1000000"]);
    let text = "x".repeat(100_000);
    for stream in 0..80 {
        let name = format!("stream{stream}");
        let mut lines = vec![schema(&name)];
        lines.extend((0..12).map(|id| record(&name, &format!(r#"{{"id": {id}, "name": "{text}"}}"#))));
        running.feed(&lines);
    }
    server.until_requests(80);
    let peak = running.most_memory();
    running.end().is(0, &[]);
    assert!(peak < 60_000_000, "{peak} bytes");
}
