//! What happens where requests are refused, fail, or are not answered.

use std::time::Duration;

use crate::messages::{apart, row, schema, state};
use crate::running::{Running, config, config_at_once, run, run_in_turn};
use crate::server::{Server, answer, bad, busy, cut, down, ok, silence};

#[test]
fn a_refusal_ends_the_run_without_a_state() {
    let server = Server::start([bad()]);
    run(&config(&server), &[], &apart(&[1])).is(1, &[]).tells("status 400: it is bad").tells("line 2 of the input");
    assert_eq!(server.requests().len(), 1, "it is not sent again");
}

#[test]
fn a_record_that_the_api_names_is_told_by_its_line() {
    let told = r#"{"error":"Record 1 did not conform to schema: #/id: expected: Integer, found: String"}"#;
    let server = Server::start([answer(400, told)]);
    let lines = [schema("users"), row("users", 1), state("1"), row("users", 2), row("users", 3)];
    let ended = run(&config(&server), &[], &lines);
    ended.is(1, &[]).tells("Record 1 did not conform").tells("stream `users` is line 4 of the input");
}

#[test]
fn the_first_of_two_is_refused_first() {
    let server = Server::start([bad().once_requests(2), ok().after_answers(1)]);
    run_in_turn(&server, &config_at_once(&server, 2), &[1, 2]).is(1, &[]).tells("line 2 of the input");
}

#[test]
fn the_first_of_two_is_refused_after_the_second_was_accepted() {
    let server = Server::start([bad().after_answers(1), ok()]);
    run_in_turn(&server, &config_at_once(&server, 2), &[1, 2]).is(1, &[]).tells("line 2 of the input");
}

#[test]
fn the_second_of_two_is_refused_after_the_first_was_accepted() {
    let server = Server::start([ok().once_requests(2), bad().after_answers(1)]);
    run_in_turn(&server, &config_at_once(&server, 2), &[1, 2]).is(1, &["1"]).tells("line 6 of the input");
}

#[test]
fn the_second_of_two_is_refused_before_the_first_is_accepted() {
    let server = Server::start([ok().after_answers(1), bad()]);
    run_in_turn(&server, &config_at_once(&server, 2), &[1, 2]).is(1, &["1"]).tells("line 6 of the input");
}

#[test]
fn the_second_of_two_is_refused_while_the_first_is_tried_again() {
    let server = Server::start([down().after_answers(1), bad(), ok()]);
    run_in_turn(&server, &config_at_once(&server, 2), &[1, 2]).is(1, &["1"]);
    assert_eq!(server.ids(), [[1], [2], [1]]);
}

#[test]
fn both_of_two_are_refused() {
    let server = Server::start([bad().after_answers(1), bad()]);
    run_in_turn(&server, &config_at_once(&server, 2), &[1, 2]).is(1, &[]).tells("line 2 of the input");
}

#[test]
fn the_middle_one_of_three_is_refused() {
    let server = Server::start([ok().after_answers(2), bad().once_requests(3), ok()]);
    run_in_turn(&server, &config_at_once(&server, 3), &[1, 2, 3]).is(1, &["1"]).tells("line 6 of the input");
}

/// A server that refuses the second request at once, and accepts the first one after that.
fn refuses_the_second() -> Server {
    Server::start([ok().after_answers(1).after(Duration::from_millis(500)), bad()])
}

/// Two users, each in a request of its own, and a state that is none of either's body.
fn two_and_a_state() -> Vec<String> {
    vec![schema("users"), row("users", 1), row("users", 2), state("2")]
}

#[test]
fn no_state_is_written_at_the_end_where_a_request_was_refused_before() {
    let server = refuses_the_second();
    run(&config_at_once(&server, 2), &["--max-batch-records", "1"], &two_and_a_state()).is(1, &[]);
}

#[test]
fn no_state_is_written_for_a_schema_where_a_request_was_refused_before() {
    let server = refuses_the_second();
    let mut lines = two_and_a_state();
    lines.push(schema("users"));
    run(&config_at_once(&server, 2), &["--max-batch-records", "1"], &lines).is(1, &[]);
}

#[test]
fn no_state_is_written_in_time_where_a_request_was_refused_before() {
    let server = refuses_the_second();
    let arguments = ["--max-batch-records", "1", "--batch-delay-seconds", "0.2"];
    let mut running = Running::start(&config_at_once(&server, 2), &arguments);
    running.feed(&two_and_a_state());
    running.ended().is(1, &[]);
}

#[test]
fn nothing_is_sent_after_a_refusal() {
    let server = Server::start([bad()]);
    let mut running = Running::start(&config(&server), &[]);
    running.feed(&apart(&[1]));
    running.feed(&[schema("users")]);
    // Its input goes on, and it ends all the same.
    let ended = running.ended();
    ended.is(1, &[]);
    assert_eq!(server.requests().len(), 1);
}

#[test]
fn refusals_of_any_kind_end_the_run() {
    for status in [401, 402, 403, 404, 409, 413, 415, 422, 301] {
        let server = Server::start([answer(status, "{}")]);
        run(&config(&server), &[], &apart(&[1])).is(1, &[]).tells(&format!("status {status}"));
        assert_eq!(server.requests().len(), 1, "{status}");
    }
}

#[test]
fn any_success_is_one() {
    for (status, body) in [(200, "{}"), (202, r#"{"status":"Accepted"}"#), (201, "no JSON"), (204, "")] {
        let server = Server::start([answer(status, body)]);
        run(&config(&server), &[], &apart(&[1])).is(0, &["1"]);
        assert_eq!(server.requests().len(), 1, "{status}");
    }
}

#[test]
fn what_may_pass_is_tried_again_with_the_same_bytes() {
    for status in [500, 502, 503, 504, 408, 425, 429] {
        let server = Server::start([busy(status, ""), ok()]);
        run(&config(&server), &[], &apart(&[1])).is(0, &["1"]).tells(&format!("status {status}"));
        let bodies: Vec<String> = server.requests().into_iter().map(|request| request.body).collect();
        assert_eq!((bodies.len(), &bodies[0]), (2, &bodies[1]), "{status}");
    }
}

#[test]
fn a_server_that_stays_down_is_given_up() {
    let server = Server::start(vec![down(); 50]);
    let ended = run(&config(&server), &["--retry-seconds", "1"], &apart(&[1]));
    ended.is(1, &[]).tells("status 503").tells("tried again for 1 seconds");
    assert!(server.requests().len() > 1);
}

#[test]
fn without_patience_nothing_is_tried_again() {
    let server = Server::start([down()]);
    run(&config(&server), &["--retry-seconds", "0"], &apart(&[1])).is(1, &[]);
    assert_eq!(server.requests().len(), 1);
}

#[test]
fn a_server_says_when_to_come_back() {
    let server = Server::start([busy(429, "Retry-After: 3600\r\n")]);
    // That is longer than the patience: it is not even waited for.
    let ended = run(&config(&server), &[], &apart(&[1]));
    ended.is(1, &[]).tells("status 429").tells("to wait for 3600 seconds, which is longer than --retry-seconds 60");
    assert_eq!(server.requests().len(), 1);
}

#[test]
fn a_connection_that_breaks_is_made_again() {
    let server = Server::start([cut(), cut(), ok()]);
    run(&config(&server), &[], &apart(&[1])).is(0, &["1"]);
}

#[test]
fn a_connection_that_is_refused_is_made_again() {
    let address = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
    let nobody = serde_json::json!({
        "client_id": 3, "token": "at_secret1", "small_batch_url": format!("http://{address}/v2/import/batch"),
    });
    let mut running = Running::start(&nobody, &[]);
    running.feed(&apart(&[1]));
    running.feed(&[schema("users")]);
    running.until_told("can't reach");
    let server = Server::at(&address, []);
    running.until_states(1);
    running.end().is(0, &["1"]);
    assert_eq!(server.ids(), [[1]]);
}

#[test]
fn nobody_at_the_address_is_given_up() {
    let address = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let nobody = serde_json::json!({ "client_id": 3, "token": "at_secret1" });
    let url = format!("http://{address}");
    let ended = run(&nobody, &["--url", &url, "--retry-seconds", "0.5"], &apart(&[1]));
    ended.is(1, &[]).tells(&format!("can't reach {url}"));
}

#[test]
fn an_answer_that_does_not_come_is_asked_for_again() {
    let server = Server::start([silence(), ok()]);
    run(&config(&server), &["--timeout", "0.5"], &apart(&[1])).is(0, &["1"]).tells("it took too long");
    assert_eq!(server.ids(), [[1], [1]]);
}

#[test]
fn a_slow_answer_is_waited_for_while_lines_are_read() {
    let server = Server::start([ok().once_requests(2)]);
    let mut lines = apart(&[1]);
    lines.extend((2..200).flat_map(|id| [row("users", id), state(&id.to_string())]));
    run(&config_at_once(&server, 2), &["--max-batch-records", "150"], &lines).is(0, &["149", "199"]);
}

#[test]
fn no_more_requests_are_under_way_than_the_config_says() {
    // Each is answered once two have come that were not answered.
    let script: Vec<_> = (0..6).map(|number| ok().once_requests((number / 2 + 1) * 2)).collect();
    let server = Server::start(script);
    run_in_turn(&server, &config_at_once(&server, 2), &[1, 2, 3, 4, 5, 6]).is(0, &["1", "2", "3", "4", "5", "6"]);
    for (number, request) in server.requests().iter().enumerate() {
        assert!(number - request.answered_before < 2, "request {number} came after {}", request.answered_before);
    }
}

#[test]
fn one_request_is_made_at_once_unless_the_config_says_more() {
    let server = Server::start([]);
    run(&config(&server), &[], &apart(&[1, 2, 3])).is(0, &["1", "2", "3"]);
    let before: Vec<usize> = server.requests().iter().map(|request| request.answered_before).collect();
    assert_eq!(before, [0, 1, 2]);
}
