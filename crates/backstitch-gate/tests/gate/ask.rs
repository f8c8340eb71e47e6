//! Asks a gate for what it has besides the API.

use backstitch_gate::Gate;
use serde_json::Value;

use crate::client::{Answer, exchange};

/// A request with these headers.
pub(crate) async fn ask_with(gate: &Gate, line: &str, headers: &str, body: &str) -> Answer {
    let length = body.len();
    exchange(gate, format!("{line} HTTP/1.1\r\n{headers}Content-Length: {length}\r\n\r\n{body}").as_bytes()).await
}

/// A request as `curl` sends it.
pub(crate) async fn ask(gate: &Gate, line: &str, body: &str) -> Answer {
    ask_with(gate, line, &format!("Host: {}\r\n", gate.address()), body).await
}

/// What is at a path, as JSON.
pub(crate) async fn read(gate: &Gate, path: &str) -> Value {
    let answer = ask(gate, &format!("GET {path}"), "").await;
    assert_eq!((answer.status, answer.header("content-type")), (200, Some("application/json")), "{}", answer.body);
    serde_json::from_str(&answer.body).expect("JSON")
}
