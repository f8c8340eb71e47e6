//! What the journal says of requests that are odd and taken all the same.

use crate::ask::{ask, read};
use crate::client::{
    ACCEPTED, BATCH, Fixture, PUSH, TOKEN, VALIDATE, exchange, record, record_of, request, with_headers,
};

/// The warnings of the latest request.
fn warnings(it: &Fixture) -> Vec<String> {
    it.gate.requests().remove(0).warnings
}

fn mixed(table: &str, other: i64, size: &str, others: &str) -> String {
    format!(
        "sequences of the table `{table}` mix magnitudes: {other} is of the size of {size}, others of {others}; only a greater \
         sequence replaces a row"
    )
}

const SECONDS: i64 = 1_565_880_017;
const MILLISECONDS: i64 = 1_565_880_017_123;

#[tokio::test]
async fn a_usual_request_has_none() {
    let it = Fixture::start().await;
    it.load(&[record(SECONDS, r#"{"id":1}"#), record(SECONDS + 1, r#"{"id":"k"}"#)]).await;
    assert_eq!(warnings(&it), [""; 0]);
    assert_eq!(read(&it.gate, "/_gate/requests").await[0]["warnings"], serde_json::json!([]));
}

#[tokio::test]
async fn a_token_after_a_colon() {
    let it = Fixture::start().await;
    let headers = format!("Authorization: Bearer: {TOKEN}\r\nContent-Type: application/json\r\n");
    let body = format!("[{}]", record(1, r#"{"id":1}"#));
    exchange(&it.gate, &with_headers(PUSH, &headers, body.as_bytes())).await.is(201, ACCEPTED);
    let requests = read(&it.gate, "/_gate/requests").await;
    assert!(requests[0]["warnings"][0].as_str().is_some_and(|text| text.contains("`Bearer: <token>`")), "{requests}");
    assert!(!requests.to_string().contains(TOKEN));
}

#[tokio::test]
async fn a_string_in_a_key_from_256_characters_on() {
    let it = Fixture::start().await;
    let key = |length: usize| record_of("t", r#"["id"]"#, 1, &format!(r#"{{"id":"{}"}}"#, "é".repeat(length)));
    it.load(&[key(255)]).await;
    assert_eq!(warnings(&it), [""; 0]);
    it.load(&[key(255), key(256), key(300), key(2)]).await;
    assert_eq!(
        warnings(&it),
        ["a string in a key of the table `t` has 300 characters: the guide wants fewer than 256"]
    );
    let batch = format!(
        r#"{{"table_name":"u","schema":{{"properties":{{"id":{{"type":"string"}}}}}},"key_names":["id"],"messages":[{{"action":"upsert","sequence":1,"data":{{"id":"{}"}}}}]}}"#,
        "k".repeat(256)
    );
    exchange(&it.gate, &request(BATCH, batch.as_bytes())).await.is(201, ACCEPTED);
    assert_eq!(
        warnings(&it),
        ["a string in a key of the table `u` has 256 characters: the guide wants fewer than 256"]
    );
}

#[tokio::test]
async fn a_table_with_sequences_of_several_magnitudes() {
    let it = Fixture::start().await;
    it.load(&[record(SECONDS, r#"{"id":1}"#), record(MILLISECONDS, r#"{"id":2}"#)]).await;
    assert_eq!(warnings(&it), [mixed("t", MILLISECONDS, "milliseconds", "seconds")]);
    it.load(&[record(7, r#"{"id":1}"#)]).await;
    assert_eq!(warnings(&it), [mixed("t", 7, "a count", "seconds")]);
    it.load(&[record(SECONDS + 9, r#"{"id":1}"#)]).await;
    assert_eq!(warnings(&it), [""; 0]);
    it.load(&[record_of("other", r#"["id"]"#, MILLISECONDS, r#"{"id":1}"#)]).await;
    assert_eq!(warnings(&it), [""; 0]);
}

#[tokio::test]
async fn what_is_not_kept_does_not_say_what_others_are() {
    let it = Fixture::start().await;
    let one = |sequence| format!("[{}]", record(sequence, r#"{"id":1}"#));
    let validate = async |sequence| {
        assert_eq!(exchange(&it.gate, &request(VALIDATE, one(sequence).as_bytes())).await.status, 200);
        warnings(&it)
    };
    assert_eq!(validate(MILLISECONDS).await, [""; 0]);
    it.push(&one(SECONDS)).await.is(201, ACCEPTED);
    assert_eq!(warnings(&it), [""; 0]);
    assert_eq!(validate(MILLISECONDS).await, [mixed("t", MILLISECONDS, "milliseconds", "seconds")]);
    assert_eq!(ask(&it.gate, "POST /_gate/reset", "").await.status, 204);
    it.push(&one(MILLISECONDS)).await.is(201, ACCEPTED);
    assert_eq!(warnings(&it), [""; 0]);
}

#[tokio::test]
async fn there_are_not_more_than_somebody_reads() {
    let it = Fixture::start().await;
    let key = "k".repeat(256);
    let records: Vec<String> =
        (0..25).map(|n| record_of(&format!("t{n}"), r#"["id"]"#, 1, &format!(r#"{{"id":"{key}"}}"#))).collect();
    it.load(&records).await;
    let warnings = warnings(&it);
    assert_eq!((warnings.len(), warnings[20].as_str()), (21, "5 more warnings of these kinds"));
}
