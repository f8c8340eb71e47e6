//! A run that is stopped.

use std::time::Duration;

use crate::messages::{apart, row, schema, state};
use crate::running::{Running, config, config_at_once};
use crate::server::{Server, bad, down, ok};

#[test]
fn what_was_read_is_sent_when_it_is_told_to_stop() {
    for signal in ["TERM", "INT"] {
        let server = Server::start([ok()]);
        let mut running = Running::start(&config(&server), &["-v"]);
        running.feed(&apart(&[1]));
        // All before the next SCHEMA was sent once its answer is known; what comes after it waits.
        running.feed(&[schema("users"), row("users", 2), state("2")]);
        running.until_states(1);
        running.signal(signal);
        let ended = running.ended();
        assert_eq!(ended.code, Some(1), "{}", ended.told);
        ended.tells("it was stopped before the end of the input");
        let ids: Vec<i64> = server.ids().concat();
        let states: Vec<i64> = ended.states.iter().map(|state| state.parse().unwrap()).collect();
        assert_eq!(ids, states, "{signal}: a state for each that was accepted");
    }
}

#[test]
fn it_stops_while_the_server_is_down() {
    let server = Server::start(vec![down(); 100]);
    let mut running = Running::start(&config(&server), &["--retry-seconds", "1"]);
    running.feed(&apart(&[1]));
    running.feed(&[schema("users")]);
    server.until_requests(1);
    running.signal("TERM");
    let ended = running.ended();
    ended.is(1, &[]).tells("it was stopped before the end of the input");
}

#[test]
fn no_state_is_written_where_a_request_was_refused_before() {
    let server = Server::start([ok().after_answers(1).after(Duration::from_millis(700)), bad()]);
    let mut running = Running::start(&config_at_once(&server, 2), &["--max-batch-records", "1"]);
    running.feed(&[schema("users"), row("users", 1), row("users", 2), state("2")]);
    server.until_answers(1);
    running.signal("TERM");
    running.ended().is(1, &[]);
}
