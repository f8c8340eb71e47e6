//! Who may look at what a gate has besides the API.

use backstitch_gate::Gate;

use crate::ask::{ask, ask_with, read};
use crate::client::{ACCEPTED, Fixture, PUSH, TOKEN, builder, exchange, record, with_headers};

const LIST: &str = "GET /_gate/requests";

/// A gate that listens to other machines.
async fn open(folder: &tempfile::TempDir) -> Gate {
    builder(folder).listen("0.0.0.0:0").token("at_other", 1).start().await.expect("a gate")
}

#[tokio::test]
async fn a_host_that_is_not_the_gates_is_refused() {
    let it = Fixture::start().await;
    let port = it.gate.address().port();
    for host in ["localhost".to_owned(), format!("localhost:{port}"), format!("127.0.0.1:{port}"), "[::1]".to_owned()] {
        assert_eq!(ask_with(&it.gate, LIST, &format!("Host: {host}\r\n"), "").await.status, 200, "{host}");
    }
    for host in ["evil.test", "127.0.0.1.evil.test", "192.168.1.1", ""] {
        let answer = ask_with(&it.gate, LIST, &format!("Host: {host}\r\n"), "").await;
        assert_eq!(answer.status, 403, "{host}");
        assert!(answer.body.contains("Host"), "{}", answer.body);
    }
    assert_eq!(ask_with(&it.gate, LIST, "Host: localhost\r\nHost: localhost\r\n", "").await.status, 403);
    // The API itself does not mind.
    assert_eq!(ask_with(&it.gate, "GET /v2/import/status", "Host: evil.test\r\n", "").await.status, 200);
}

#[tokio::test]
async fn a_gate_has_the_names_that_it_is_given() {
    let folder = tempfile::tempdir().expect("a folder");
    let gate = builder(&folder).name("gate.test").start().await.expect("a gate");
    assert_eq!(ask_with(&gate, LIST, "Host: Gate.test:80\r\n", "").await.status, 200);
    assert_eq!(ask_with(&gate, LIST, "Host: other.test\r\n", "").await.status, 403);
}

#[tokio::test]
async fn a_token_is_needed_where_other_machines_are_listened_to() {
    let folder = tempfile::tempdir().expect("a folder");
    let gate = open(&folder).await;
    for headers in ["", "Authorization: Bearer at_wrong\r\n"] {
        let answer = ask_with(&gate, LIST, &format!("Host: localhost\r\n{headers}"), "").await;
        assert_eq!(answer.status, 401);
        assert!(answer.body.contains("Authorization: Bearer"), "{}", answer.body);
    }
    let headers = format!("Host: localhost\r\nAuthorization: Bearer {TOKEN}\r\n");
    assert_eq!(ask_with(&gate, LIST, &headers, "").await.status, 200);
    assert_eq!(ask_with(&gate, LIST, &headers.replace("localhost", "evil.test"), "").await.status, 403);
}

#[tokio::test]
async fn a_token_shows_what_its_client_has_alone() {
    let folder = tempfile::tempdir().expect("a folder");
    let gate = open(&folder).await;
    let headers = format!("Authorization: Bearer {TOKEN}\r\nContent-Type: application/json\r\n");
    let body = format!("[{}]", record(1, r#"{"id":1}"#));
    exchange(&gate, &with_headers(PUSH, &headers, body.as_bytes())).await.is(201, ACCEPTED);
    let shown = async |token: &str| {
        let headers = format!("Host: localhost\r\nAuthorization: Bearer {token}\r\n");
        ask_with(&gate, LIST, &headers, "").await.body
    };
    assert!(shown(TOKEN).await.contains(PUSH));
    assert_eq!(shown("at_other").await, "[]");
}

#[tokio::test]
async fn answers_are_taken_for_what_they_are_alone() {
    let it = Fixture::start().await;
    read(&it.gate, "/_gate/requests").await;
    for answer in [ask(&it.gate, LIST, "").await, ask_with(&it.gate, LIST, "Host: evil.test\r\n", "").await] {
        let policy = answer.header("content-security-policy").expect("a policy");
        assert!(policy.starts_with("default-src 'none';") && !policy.contains("unsafe"), "{policy}");
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
        assert_eq!(answer.header("access-control-allow-origin"), None);
    }
}

#[tokio::test]
async fn another_method_is_405() {
    let it = Fixture::start().await;
    assert_eq!(ask(&it.gate, "DELETE /_gate/requests", "").await.status, 405);
    assert_eq!(ask(&it.gate, "GET /_gate/unknown", "").await.status, 404);
}
