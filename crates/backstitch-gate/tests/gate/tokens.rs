//! Who may send, and what is never shown.

use backstitch_gate::{Gate, GateError};

use crate::client::{ACCEPTED, CLIENT, Fixture, PUSH, TOKEN, VALIDATE, builder, exchange, record, with_headers};

#[tokio::test]
async fn a_wrong_or_missing_token_is_401_before_anything_is_read() {
    let it = Fixture::start().await;
    let shorter = &TOKEN[..TOKEN.len() - 1];
    let headers = [
        String::new(),
        "Authorization: Bearer\r\n".to_owned(),
        "Authorization: Bearer at_wrong\r\n".to_owned(),
        format!("Authorization: Bearer {shorter}\r\n"),
        format!("Authorization: Bearer {TOKEN}x\r\n"),
        format!("Authorization: Basic {TOKEN}\r\n"),
        format!("Authorization: {TOKEN}\r\n"),
    ];
    for path in [PUSH, VALIDATE] {
        for headers in &headers {
            // Neither the content type nor the body would pass.
            let answer = exchange(&it.gate, &with_headers(path, headers, b"nonsense")).await;
            answer.is(401, r#"{"message":"Not Authorized"}"#);
            assert_eq!(answer.header("content-type"), Some("application/json"));
        }
    }
}

#[tokio::test]
async fn each_token_of_a_client_is_taken() {
    let folder = tempfile::tempdir().expect("a folder");
    let gate = builder(&folder).token("at_second", CLIENT).start().await.expect("a gate");
    let body = format!("[{}]", record(1, r#"{"id":1}"#));
    for authorization in [
        format!("Bearer {TOKEN}"),
        "Bearer at_second".to_owned(),
        "Bearer: at_second".to_owned(),
        "bearer at_second".to_owned(),
    ] {
        let headers = format!("Authorization: {authorization}\r\nContent-Type: application/json\r\n");
        exchange(&gate, &with_headers(PUSH, &headers, body.as_bytes())).await.is(201, ACCEPTED);
    }
}

#[tokio::test]
async fn a_gate_has_tokens_of_one_client() {
    let folder = tempfile::tempdir().expect("a folder");
    let none = Gate::builder().start().await.expect_err("no token");
    assert!(matches!(none, GateError::NoToken));
    let several = builder(&folder).token("at_second", 1).start().await.expect_err("two clients");
    assert!(matches!(several, GateError::SeveralClients { first: CLIENT, second: 1 }));
    assert!(several.to_string().contains("start one gate a client"));
    let blank = builder(&folder).token(" ", CLIENT).start().await.expect_err("a blank token");
    assert!(matches!(blank, GateError::BlankToken));
}

#[tokio::test]
async fn nothing_shows_a_token_or_a_password() {
    let folder = tempfile::tempdir().expect("a folder");
    let shown = format!("{:?}", builder(&folder).database("postgres://me:secret@host/db"));
    assert!(!shown.contains(TOKEN) && !shown.contains("secret"), "{shown}");
    let error = builder(&folder).database("postgres://me:secret@host/db").start().await.expect_err("unsupported");
    assert!(!format!("{error} {error:?}").contains("secret"));
    let gate = builder(&folder).start().await.expect("a gate");
    assert!(!format!("{gate:?}").contains(TOKEN));
}
