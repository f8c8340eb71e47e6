//! Faults on demand, over HTTP and in the library.

use std::io::ErrorKind;
use std::time::{Duration, Instant};

use backstitch_gate::{Fault, Gate, GateError, Moment};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::ask::{ask, ask_with, read};
use crate::client::{ACCEPTED, Fixture, PUSH, TOKEN, VALIDATE, answer, builder, exchange, record, request};

fn good() -> Vec<u8> {
    request(PUSH, format!("[{}]", record(1, r#"{"id":1}"#)).as_bytes())
}

async fn plan(gate: &Gate, method: &str, faults: &Value) -> u16 {
    ask(gate, &format!("{method} /_gate/faults"), &faults.to_string()).await.status
}

/// Sends bytes; how reading the answer ends where there is none.
async fn ends(gate: &Gate, bytes: &[u8]) -> ErrorKind {
    let mut stream = TcpStream::connect(gate.address()).await.expect("connected");
    stream.write_all(bytes).await.expect("sent");
    let mut read = Vec::new();
    let error = stream.read_to_end(&mut read).await.expect_err("no answer");
    assert_eq!(read, b"", "nothing is answered");
    error.kind()
}

#[tokio::test]
async fn faults_happen_in_their_order_and_then_no_more() {
    let it = Fixture::start().await;
    let faults = json!([
        {"then": {"answer": {"status": 503, "headers": {"X-Which": "first"}, "body": "down"}}, "times": 2},
        {},
        {"then": {"answer": {"status": 500}}}
    ]);
    assert_eq!(plan(&it.gate, "POST", &faults).await, 200);
    let mut statuses = Vec::new();
    for _ in 0..5 {
        let answer = exchange(&it.gate, &good()).await;
        if answer.status == 503 {
            assert_eq!((answer.header("x-which"), answer.body.as_str()), (Some("first"), "down"));
        }
        statuses.push(answer.status);
    }
    assert_eq!(statuses, [503, 503, 201, 500, 201]);
}

#[tokio::test]
async fn nothing_is_kept_of_a_request_that_a_fault_answers_and_the_journal_has_it() {
    let it = Fixture::start().await;
    it.gate.fault(Fault::answer(503, "down")).expect("a fault");
    assert_eq!(exchange(&it.gate, &good()).await.status, 503);
    assert!(it.gate.table("t", 1).await.is_err());
    let request = it.gate.requests().remove(0);
    assert_eq!((request.status, request.fault, request.reason.as_deref()), (Some(503), Some("answer"), Some("down")));
    assert_eq!(request.body.as_deref(), Some(format!("[{}]", record(1, r#"{"id":1}"#)).as_str()));
}

#[tokio::test]
async fn the_connection_lives_on_after_an_answer() {
    let it = Fixture::start().await;
    it.gate.fault(Fault::answer(503, "")).expect("a fault");
    let mut stream = TcpStream::connect(it.gate.address()).await.expect("connected");
    stream.write_all(&good()).await.expect("sent");
    assert_eq!(answer(&mut stream).await.status, 503);
    stream.write_all(&good()).await.expect("sent");
    answer(&mut stream).await.is(201, ACCEPTED);
}

#[tokio::test]
async fn a_proxy_refuses_in_html_and_a_limit_says_when_to_come_back() {
    let it = Fixture::start().await;
    plan(&it.gate, "PUT", &json!([{"then": "html_413"}, {"then": {"too_many_requests": {"retry_after": 7}}}])).await;
    let html = exchange(&it.gate, &good()).await;
    assert_eq!((html.status, html.header("content-type")), (413, Some("text/html")));
    assert!(html.body.starts_with("<html>"), "{}", html.body);
    let limited = exchange(&it.gate, &good()).await;
    assert_eq!((limited.status, limited.header("retry-after")), (429, Some("7")));
}

#[tokio::test]
async fn a_delay_comes_before_what_follows() {
    let it = Fixture::start().await;
    let started = Instant::now();
    plan(&it.gate, "PUT", &json!([{"delay_ms": 50}, {"delay_ms": 50, "then": {"answer": {"status": 503}}}])).await;
    exchange(&it.gate, &good()).await.is(201, ACCEPTED);
    assert_eq!(exchange(&it.gate, &good()).await.status, 503);
    assert!(started.elapsed() >= Duration::from_millis(100));
    assert!(it.gate.requests().iter().all(|request| request.duration >= Duration::from_millis(50)));
}

#[tokio::test]
async fn a_connection_is_reset_before_the_body_within_it_and_after_it() {
    let it = Fixture::start().await;
    let whole = good();
    let head = whole.windows(4).position(|window| window == b"\r\n\r\n").expect("a head") + 4;
    let half = head + (whole.len() - head).div_ceil(2);
    for (moment, sent) in [("before_body", head), ("within_body", half), ("after_body", whole.len())] {
        plan(&it.gate, "PUT", &json!([{"then": {"reset": moment}}])).await;
        assert_eq!(ends(&it.gate, &whole[..sent]).await, ErrorKind::ConnectionReset, "{moment}");
    }
    assert!(it.gate.table("t", 1).await.is_err(), "nothing is kept");
    let requests = it.gate.requests();
    assert!(requests.iter().all(|request| (request.status, request.fault) == (None, Some("reset"))), "{requests:?}");
    exchange(&it.gate, &whole).await.is(201, ACCEPTED);
}

#[tokio::test]
async fn a_reply_is_dropped_after_its_rows_are_kept() {
    let it = Fixture::start().await;
    plan(&it.gate, "PUT", &json!([{"then": "drop_reply"}])).await;
    assert_eq!(ends(&it.gate, &good()).await, ErrorKind::ConnectionReset);
    assert_eq!(it.table("t").await.count, 1);
    let request = it.gate.requests().remove(0);
    assert_eq!((request.status, request.answer.as_deref(), request.fault), (None, None, Some("drop_reply")));
    assert_eq!(request.rejected, Some(0), "it was loaded");
}

#[tokio::test]
async fn a_fault_waits_for_its_path() {
    let it = Fixture::start().await;
    let faults =
        json!([{"path": VALIDATE, "then": {"answer": {"status": 500}}}, {"then": {"answer": {"status": 503}}}]);
    plan(&it.gate, "PUT", &faults).await;
    assert_eq!(exchange(&it.gate, &good()).await.status, 503);
    assert_eq!(exchange(&it.gate, &good()).await.status, 201);
    assert_eq!(exchange(&it.gate, &request(VALIDATE, b"[]")).await.status, 500);
}

#[tokio::test]
async fn what_is_not_of_the_api_meets_no_fault() {
    let it = Fixture::start().await;
    plan(&it.gate, "PUT", &json!([{"then": {"answer": {"status": 503}}}])).await;
    exchange(&it.gate, &request("/v2/other", b"[]")).await;
    read(&it.gate, "/_gate/tables").await;
    assert_eq!(it.gate.faults().len(), 1);
}

#[tokio::test]
async fn what_is_left_can_be_seen_added_to_replaced_and_forgotten() {
    let it = Fixture::start().await;
    plan(&it.gate, "POST", &json!([{"then": "drop_reply", "times": 3}])).await;
    plan(&it.gate, "POST", &json!([{"delay_ms": 5, "path": PUSH}])).await;
    ends(&it.gate, &good()).await;
    let left = json!([
        {"times": 2, "delay_ms": 0, "then": "drop_reply"},
        {"path": PUSH, "times": 1, "delay_ms": 5, "then": "pass"}
    ]);
    assert_eq!(read(&it.gate, "/_gate/faults").await, left);
    // What is shown can be sent again.
    assert_eq!(plan(&it.gate, "PUT", &left).await, 200);
    assert_eq!(read(&it.gate, "/_gate/faults").await, left);
    assert_eq!(ask(&it.gate, "DELETE /_gate/faults", "").await.status, 204);
    assert_eq!(read(&it.gate, "/_gate/faults").await, json!([]));
    plan(&it.gate, "PUT", &left).await;
    it.gate.reset().await.expect("a reset");
    assert_eq!(it.gate.faults(), []);
}

#[tokio::test]
async fn a_fault_that_cannot_happen_is_refused_with_all_that_came_with_it() {
    let it = Fixture::start().await;
    for fault in [
        json!({"then": "explode"}),
        json!({"than": "pass"}),
        json!({"times": 0}),
        json!({"times": -1}),
        json!({"delay_ms": 1e12}),
        json!({"path": "/_gate/reset"}),
        json!({"then": {"answer": {"status": 99}}}),
        json!({"then": {"answer": {"status": 200, "headers": {"a b": "c"}}}}),
        json!({"then": {"answer": {"status": 200, "headers": {"a": "b\r\nc: d"}}}}),
        json!({"then": {"answer": {"status": 200, "headers": {"Content-Length": "7"}}}}),
        json!({"then": {"reset": "never"}}),
        json!(7),
    ] {
        assert_eq!(plan(&it.gate, "POST", &json!([{}, fault])).await, 400, "{fault}");
    }
    assert_eq!(plan(&it.gate, "PUT", &json!({})).await, 400);
    assert_eq!(it.gate.faults(), []);
    let error = it.gate.fault(Fault::answer(1_000, "")).expect_err("no status");
    assert!(matches!(error, GateError::Fault { .. }) && error.to_string().contains("1000"), "{error}");
}

#[tokio::test]
async fn the_library_has_all_faults() {
    let it = Fixture::start().await;
    let faults = [
        Fault::none().delay(Duration::from_millis(1)),
        Fault::answer(503, "down").header("Retry-After", "1").times(2),
        Fault::html_413(),
        Fault::too_many_requests(1),
        Fault::reset(Moment::WithinBody),
        Fault::drop_reply().path(PUSH),
    ];
    for fault in faults.clone() {
        it.gate.fault(fault).expect("a fault");
    }
    assert_eq!(it.gate.faults(), faults);
    let shown = read(&it.gate, "/_gate/faults").await;
    assert_eq!(shown[4], json!({"times": 1, "delay_ms": 0, "then": {"reset": "within_body"}}));
}

#[tokio::test]
async fn from_other_machines_a_token_brings_faults_to_its_client_alone() {
    let folder = tempfile::tempdir().expect("a folder");
    let gate = builder(&folder).listen("0.0.0.0:0").token("at_other", 1).start().await.expect("a gate");
    let headers = "Host: localhost\r\nAuthorization: Bearer at_other\r\n";
    let faults = json!([{"then": {"answer": {"status": 503}}}]).to_string();
    assert_eq!(ask_with(&gate, "PUT /_gate/faults", headers, &faults).await.status, 200);
    exchange(&gate, &good()).await.is(201, ACCEPTED);
    let headers = format!("Host: localhost\r\nAuthorization: Bearer {TOKEN}\r\n");
    ask_with(&gate, "GET /_gate/faults", &headers, "").await.is(200, "[]");
    assert_eq!(gate.faults().len(), 1);
}
