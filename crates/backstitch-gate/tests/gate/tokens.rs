//! Who may send, and what is never shown.

use backstitch_gate::{Gate, GateError};

use crate::client::{
    ACCEPTED, Answer, BATCH, CLIENT, Fixture, PUSH, TOKEN, VALIDATE, builder, exchange, record, with_headers,
};

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
    for path in [PUSH, VALIDATE, BATCH] {
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
async fn a_gate_has_at_least_one_token_each_of_one_client() {
    let folder = tempfile::tempdir().expect("a folder");
    let none = Gate::builder().start().await.expect_err("no token");
    assert!(matches!(none, GateError::NoToken));
    let of_two = builder(&folder).token(TOKEN, 1).start().await.expect_err("two clients");
    assert!(matches!(of_two, GateError::TokenOfTwoClients { first: CLIENT, second: 1 }));
    let of_two = builder(&folder).inactive_token(TOKEN, 1).start().await.expect_err("two clients");
    assert!(matches!(of_two, GateError::TokenOfTwoClients { first: CLIENT, second: 1 }));
    let elsewhere = Gate::builder().other_region_token("at_eu").start().await.expect_err("no client");
    assert!(matches!(elsewhere, GateError::NoToken));
    for blank in [builder(&folder).token(" ", CLIENT), builder(&folder).other_region_token("")] {
        assert!(matches!(blank.start().await.expect_err("a blank token"), GateError::BlankToken));
    }
}

async fn push_as(gate: &Gate, token: &str, client_id: i64, id: i64) -> Answer {
    let record = record(1, &format!("{{\"id\":{id}}}")).replace(&CLIENT.to_string(), &client_id.to_string());
    let headers = format!("Authorization: Bearer {token}\r\nContent-Type: application/json\r\n");
    exchange(gate, &with_headers(PUSH, &headers, format!("[{record}]").as_bytes())).await
}

#[tokio::test]
async fn each_client_has_a_schema_of_its_own() {
    let folder = tempfile::tempdir().expect("a folder");
    let start = || builder(&folder).token("at_other", 1).token("at_third", 2).token("at_other_too", 1).start();
    let gate = start().await.expect("a gate");
    push_as(&gate, TOKEN, CLIENT, 1).await.is(201, ACCEPTED);
    push_as(&gate, "at_other", 1, 2).await.is(201, ACCEPTED);
    push_as(&gate, "at_other_too", 1, 3).await.is(201, ACCEPTED);
    push_as(&gate, "at_other", CLIENT, 4).await.is(
        403,
        r#"{"status":"ERROR","error":"Forbidden","errors":{"error":"Access token is not associated with this client."}}"#,
    );
    gate.shutdown().await;
    let gate = start().await.expect("a gate again");
    assert_eq!(gate.client_id(), CLIENT);
    assert_eq!(gate.table("t", 9).await.expect("a table").count, 1);
    assert_eq!(gate.table_of(1, "t", 9).await.expect("a table").count, 2);
    assert!(matches!(gate.table_of(2, "t", 9).await, Err(GateError::NoTable { .. })));
    assert!(matches!(gate.tables_of(3).await, Err(GateError::NoClient { client_id: 3 })));
    let files: Vec<_> = gate
        .databases()
        .map(|(id, path)| (id, std::path::Path::new(path).file_name().and_then(|name| name.to_str())))
        .collect();
    assert_eq!(files, [(CLIENT, Some("gate.db")), (1, Some("gate-1.db")), (2, Some("gate-2.db"))]);
    gate.shutdown().await;
}

#[tokio::test]
async fn any_token_is_taken_where_that_is_asked_for() {
    let folder = tempfile::tempdir().expect("a folder");
    let gate = builder(&folder).allow_any_token(1).start().await.expect("a gate");
    push_as(&gate, TOKEN, CLIENT, 1).await.is(201, ACCEPTED);
    push_as(&gate, "whatever", 1, 1).await.is(201, ACCEPTED);
    assert_eq!(push_as(&gate, "whatever", CLIENT, 1).await.status, 403);
    assert_eq!(push_as(&gate, "", 1, 1).await.status, 401);
    gate.shutdown().await;
    let database = format!("sqlite://{}", folder.path().join("none.db").display());
    let gate = Gate::builder().database(database).allow_any_token(1).start().await.expect("a gate without tokens");
    push_as(&gate, "whatever", 1, 1).await.is(201, ACCEPTED);
    gate.shutdown().await;
}

#[tokio::test]
async fn a_token_that_is_refused_is_so_whatever_else_is_taken() {
    let folder = tempfile::tempdir().expect("a folder");
    let gate = builder(&folder).allow_any_token(CLIENT).inactive_token("at_paused", CLIENT).other_region_token("at_eu");
    let gate = gate.inactive_token("at_alone", 1).token("at_alone", 1).start().await.expect("a gate");
    for token in ["at_paused", "at_alone"] {
        push_as(&gate, token, CLIENT, 1)
            .await
            .is(401, r#"{"error":"Forbidden","errors":{"error":"Connection is not active."}}"#);
    }
    assert_eq!(push_as(&gate, "at_eu", CLIENT, 1).await.status, 401);
    push_as(&gate, "whatever", CLIENT, 1).await.is(201, ACCEPTED);
    push_as(&gate, TOKEN, CLIENT, 2).await.is(201, ACCEPTED);
    // The client of a token that does not count has its tables all the same, and its requests are shown as its own.
    assert_eq!(gate.tables_of(1).await.expect("tables").len(), 1);
    let clients: Vec<_> = gate.requests().iter().map(|request| request.client_id).collect();
    assert_eq!(clients, [Some(CLIENT), Some(CLIENT), None, Some(1), Some(CLIENT)]);
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
