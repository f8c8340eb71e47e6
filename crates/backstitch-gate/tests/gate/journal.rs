//! The journal of requests, over HTTP and in the library.

use std::time::SystemTime;

use serde_json::{Value, json};

use crate::ask::{ask, ask_with, read};
use crate::client::{
    ACCEPTED, CLIENT, Fixture, PUSH, TOKEN, VALIDATE, builder, exchange, record, request, with_headers,
};

/// Three requests: one accepted, one refused for its record, one without a token.
async fn three() -> Fixture {
    let it = Fixture::start().await;
    it.load(&[record(1, r#"{"id":1}"#), record(1, r#"{"id":2}"#)]).await;
    it.push(&format!("[{}]", record(1, r#"{"name":"no key"}"#))).await;
    exchange(&it.gate, &with_headers(VALIDATE, "", b"[]")).await;
    it
}

#[tokio::test]
async fn requests_are_shown_with_what_became_of_them() {
    let it = three().await;
    let requests = read(&it.gate, "/_gate/requests").await;
    let column = |name: &str| -> Vec<Value> {
        requests.as_array().expect("an array").iter().map(|request| request[name].clone()).collect()
    };
    assert_eq!(column("id"), [json!(3), json!(2), json!(1)]);
    assert_eq!(column("method"), [json!("POST"), json!("POST"), json!("POST")]);
    assert_eq!(column("path"), [json!(VALIDATE), json!(PUSH), json!(PUSH)]);
    assert_eq!(column("status"), [json!(401), json!(422), json!(201)]);
    assert_eq!(column("records"), [json!(null), json!(1), json!(2)]);
    assert_eq!(column("client_id"), [json!(null), json!(CLIENT), json!(CLIENT)]);
    let body = format!("[{}]", record(1, r#"{"name":"no key"}"#));
    assert_eq!(column("body")[1], json!(body));
    assert_eq!(column("bytes")[1], json!(body.len()));
    assert_eq!(column("rejected"), [json!(null), json!(null), json!(0)]);
    assert_eq!(column("answer")[2], json!(ACCEPTED));
    assert_eq!(column("answer")[..2], column("reason")[..2]);
    assert_eq!(column("reason")[2], json!(null));
    assert!(column("reason")[1].as_str().expect("a reason").contains("data must include keys"));
    assert_eq!(column("reason")[0], json!(r#"{"message":"Not Authorized"}"#));
    assert!(column("time").iter().all(|time| time.as_str().is_some_and(|time| time.ends_with('Z'))));
    // To the microsecond.
    let is_short =
        |time: &Value| time.is_number() && time.to_string().split('.').nth(1).is_none_or(|digits| digits.len() <= 3);
    assert!(column("duration_ms").iter().all(is_short), "{requests}");
}

#[tokio::test]
async fn requests_are_chosen_by_status_and_number() {
    let it = three().await;
    let ids = async |query: &str| -> Vec<u64> {
        let requests = read(&it.gate, &format!("/_gate/requests?{query}")).await;
        requests.as_array().expect("an array").iter().filter_map(|request| request["id"].as_u64()).collect()
    };
    assert_eq!(ids("status=422").await, [2]);
    assert_eq!(ids("status=4xx").await, [3, 2]);
    assert_eq!(ids("limit=1").await, [3]);
    assert_eq!(ids("status=4xx&limit=1").await, [3]);
    assert_eq!(ids("after=2").await, [3]);
    for query in ["status=bad", "status=xx", "limit=-1", "stat=1"] {
        assert_eq!(ask(&it.gate, &format!("GET /_gate/requests?{query}"), "").await.status, 400, "{query}");
    }
}

#[tokio::test]
async fn one_request_is_shown_and_many_without_their_bodies() {
    let it = three().await;
    let requests = read(&it.gate, "/_gate/requests").await;
    assert_eq!(read(&it.gate, "/_gate/requests/2").await, requests[1]);
    for (id, status) in [("4", 404), ("0", 404), ("-1", 400), ("x", 400)] {
        assert_eq!(ask(&it.gate, &format!("GET /_gate/requests/{id}"), "").await.status, status, "{id}");
    }
    let mut shown = requests[1].clone();
    shown.as_object_mut().expect("an object").remove("body");
    assert_eq!(read(&it.gate, "/_gate/requests?body=false").await[1], shown);
}

#[tokio::test]
async fn fields_are_in_the_documented_order() {
    let it = three().await;
    let shown = ask(&it.gate, "GET /_gate/requests/1", "").await.body;
    let fields = "id time method path status bytes records rejected duration_ms client_id answer reason warnings fault body body_is_cut";
    let places: Vec<_> = fields.split(' ').map(|field| shown.find(&format!("\"{field}\":"))).collect();
    assert!(places.iter().all(Option::is_some) && places.is_sorted(), "{shown}");
}

#[tokio::test]
async fn requests_are_chosen_by_client() {
    let folder = tempfile::tempdir().expect("a folder");
    let gate = builder(&folder).token("at_other", 1).start().await.expect("a gate");
    for token in [TOKEN, "at_other", "at_nobody"] {
        let headers = format!("Authorization: Bearer {token}\r\nContent-Type: application/json\r\n");
        exchange(&gate, &with_headers(PUSH, &headers, b"[]")).await;
    }
    let ids = async |query: &str| -> Vec<u64> {
        let requests = read(&gate, &format!("/_gate/requests?{query}")).await;
        requests.as_array().expect("an array").iter().filter_map(|request| request["id"].as_u64()).collect()
    };
    assert_eq!(ids("").await, [3, 2, 1]);
    assert_eq!(ids("client=1").await, [2]);
    assert_eq!(ids("client=1&strangers=true").await, [3, 2]);
    assert_eq!(ids("client=1&strangers=true&after=2").await, [3]);
    assert_eq!(ask(&gate, "GET /_gate/requests?client=2", "").await.status, 404);
}

#[tokio::test]
async fn the_rejected_records_of_a_request_are_counted() {
    let it = Fixture::start().await;
    it.load(&[record(1, r#"{"id":1}"#), record(1, r#"{"id":2,"a__b":1,"a":{"b":2}}"#)]).await;
    // One whose column is left out, and whose subtable too, is one record.
    let long = "x".repeat(70);
    it.load(&[record(1, &format!(r#"{{"id":3,"{long}":1,"{long}s":[1]}}"#))]).await;
    assert_eq!(it.gate.requests().iter().map(|request| request.rejected).collect::<Vec<_>>(), [Some(1), Some(1)]);
}

#[tokio::test]
async fn looking_is_not_among_the_requests_and_an_unknown_path_is() {
    let it = Fixture::start().await;
    read(&it.gate, "/_gate/requests").await;
    for path in ["/_gate", "/_gate/", "/_gate/nothing", "/_gate/tables/t/rows"] {
        assert_eq!(ask(&it.gate, &format!("GET {path}"), "").await.status, 404, "{path}");
        assert_eq!(ask(&it.gate, &format!("POST {path}"), "").await.status, 404, "{path}");
    }
    assert_eq!(ask_with(&it.gate, "GET /_gate/nothing", "Host: evil.test\r\n", "").await.status, 403);
    exchange(&it.gate, &request("/v2/import/pusch", b"[]")).await;
    let requests = it.gate.requests();
    assert_eq!(requests.len(), 1);
    assert_eq!((requests[0].path.as_str(), requests[0].status), ("/v2/import/pusch", Some(404)));
}

#[tokio::test]
async fn the_library_shows_the_same() {
    let before = SystemTime::now();
    let it = three().await;
    let requests = it.gate.requests();
    assert_eq!(requests.iter().map(|request| request.status).collect::<Vec<_>>(), [Some(401), Some(422), Some(201)]);
    assert!(requests[2].time >= before && requests[2].time <= SystemTime::now());
    assert_eq!(requests[2].client_id, Some(CLIENT));
    let body = format!("[{},{}]", record(1, r#"{"id":1}"#), record(1, r#"{"id":2}"#));
    assert_eq!(requests[2].body.as_deref(), Some(body.as_str()));
}

#[tokio::test]
async fn the_journal_is_bounded() {
    let folder = tempfile::tempdir().expect("a folder");
    let gate = builder(&folder).journal(2).journal_bytes(50).start().await.expect("a gate");
    for _ in 0..3 {
        exchange(&gate, &request(PUSH, &[b' '; 30])).await;
    }
    let bodies: Vec<_> = gate.requests().into_iter().map(|request| (request.id, request.body.is_some())).collect();
    assert_eq!(bodies, [(3, true), (2, false)]);
}

#[tokio::test]
async fn a_large_body_is_shown_in_part() {
    let it = Fixture::start().await;
    exchange(&it.gate, &request(PUSH, &vec![b' '; 1_000_000])).await;
    let request = it.gate.requests().remove(0);
    assert_eq!((request.bytes, request.body.map(|body| body.len())), (1_000_000, Some(262_144)));
    assert!(request.body_is_cut);
}

#[tokio::test]
async fn no_token_is_in_the_journal() {
    let it = Fixture::start().await;
    let headers = "Authorization: Bearer wrong_token\r\nContent-Type: application/json\r\n";
    exchange(&it.gate, &with_headers(&format!("{PUSH}/wrong_token?token={TOKEN}"), headers, b"[]")).await;
    let headers = format!("Authorization: Bearer {TOKEN}\r\nContent-Type: application/{TOKEN}\r\n");
    exchange(&it.gate, &with_headers(PUSH, &headers, b"[]")).await;
    it.push(&format!("[{}, \"{TOKEN}\"]", record(1, r#"{"id":1}"#))).await;
    let escaped: String = TOKEN.chars().map(|c| format!("\\u{:04x}", u32::from(c))).collect();
    it.push(&format!("[{}, \"{escaped}\"]", record(1, r#"{"id":1}"#))).await;
    exchange(&it.gate, &request(&format!("{PUSH}/{}", TOKEN.replace('_', "%5F")), b"[]")).await;
    let mut requests = read(&it.gate, "/_gate/requests").await;
    assert_eq!(requests[0]["path"], format!("{PUSH}/[token]"));
    let hidden = |request: &Value| request["body"].as_str().is_some_and(|body| body.ends_with("\"[token]\"]"));
    assert!(hidden(&requests[1]) && hidden(&requests[2]), "{requests}");
    requests = json!(requests.as_array().expect("an array")[2..]);
    assert!(requests[1]["reason"].as_str().is_some_and(|reason| reason.contains("application/[token]")), "{requests}");
    assert_eq!(requests[2]["path"], format!("{PUSH}/[token]"));
    let shown = format!("{requests} {:?}", it.gate.requests());
    assert!(!shown.contains(TOKEN) && !shown.contains("wrong_token"), "{shown}");
}
