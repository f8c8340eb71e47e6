//! Every error that the API's guide documents, body for body, and those that a gate gives where nothing is documented.

use crate::client::{BATCH, CLIENT, PUSH, TOKEN, VALIDATE, builder, exchange, with_headers};

/// A token of another region, one of a paused integration, one that is both.
const OF_OTHER_REGION: &str = "at_region_of_another";
const INACTIVE: &str = "at_paused_or_deleted";
const BOTH: &str = "at_both_of_these";

const RECORD: &str =
    r#"{"client_id":7723,"table_name":"t","sequence":1,"action":"upsert","key_names":["id"],"data":{"id":1}}"#;
const MESSAGES: &str = r#"{"table_name":"t","schema":{"properties":{"id":{"type":"integer"}}},"key_names":["id"],"messages":[{"action":"upsert","sequence":1,"data":{"id":1}}]}"#;

const NOT_AUTHORIZED: &str = r#"{"message":"Not Authorized"}"#;
const REGION_SEEN: &str = r#"{"status":"ERROR","error":"Invalid region.","errors":"Invalid region."}"#;
const NOT_ACTIVE: &str = r#"{"error":"Forbidden","errors":{"error":"Connection is not active."}}"#;
const PUSH_COUNT: &str = r#"{"status":"ERROR","message":"An array of 1 to 20000 records is expected"}"#;

/// A request, and what it is answered.
struct Row {
    name: &'static str,
    path: &'static str,
    headers: String,
    body: String,
    status: u16,
    answer: String,
}

fn headers(content_type: &str) -> String {
    format!("Authorization: Bearer {TOKEN}\r\nContent-Type: {content_type}\r\n")
}

/// A request with this token, of which neither the content type nor the body would pass.
fn with_token(name: &'static str, path: &'static str, token: &str, answer: &str) -> Row {
    let headers = format!("Authorization: Bearer {token}\r\n");
    Row { path, headers, ..push(name, "nonsense", 401, answer) }
}

fn push(name: &'static str, body: impl Into<String>, status: u16, answer: &str) -> Row {
    Row { name, path: PUSH, headers: headers("application/json"), body: body.into(), status, answer: answer.to_owned() }
}

/// A push of one record with some of its text replaced.
fn record(name: &'static str, from: &str, to: &str, reason: &str) -> Row {
    assert!(RECORD.contains(from), "{from}");
    let answer = format!(
        r#"{{"status":"ERROR","error":"Request cannot be processed; see errors.","errors":[{{"reason":{reason}}}]}}"#
    );
    push(name, format!("[{}]", RECORD.replace(from, to)), 422, &answer)
}

/// A batch with some of its text replaced.
fn batch(name: &'static str, from: &str, to: &str, error: &str) -> Row {
    assert!(MESSAGES.contains(from), "{from}");
    Row {
        name,
        path: BATCH,
        headers: headers("application/json"),
        body: MESSAGES.replace(from, to),
        status: 400,
        answer: format!(r#"{{"error":"{error}"}}"#),
    }
}

fn rows() -> Vec<Row> {
    let second = RECORD.replace("7723", "1");
    let long = format!("\"id\":\"{}\"", "k".repeat(1_025));
    let messages = vec![r#"{"action":"upsert","sequence":1,"data":{"id":1}}"#; 20_001].join(",");
    let too_large = " ".repeat(20_971_521);
    let size = r#"{"status":"ERROR","message":"Request rejected: request size (20971521s bytes) exceeds the maximum"}"#;
    vec![
        push("push: not an array", MESSAGES, 400, r#"{"status":"ERROR","message":"An array of records is expected"}"#),
        push(
            "push: malformed",
            "[{]",
            400,
            r#"{"status":"ERROR","message":"Malformed json in the body!","error":"key must be a string at line 1 column 3","input":null}"#,
        ),
        push(
            "push: client_id missing",
            format!("[{}]", RECORD.replace(r#""client_id":7723,"#, "")),
            401,
            r#"{"status":"ERROR","error":"Not Authenticated.","errors":null}"#,
        ),
        push(
            "push: token of another client",
            format!("[{second}]"),
            403,
            r#"{"status":"ERROR","error":"Forbidden","errors":{"error":"Access token is not associated with this client."}}"#,
        ),
        with_token("push: wrong region", PUSH, OF_OTHER_REGION, REGION_SEEN),
        with_token("validate: wrong region", VALIDATE, OF_OTHER_REGION, REGION_SEEN),
        with_token("push: region before activity", PUSH, BOTH, REGION_SEEN),
        with_token("push: not active", PUSH, INACTIVE, NOT_ACTIVE),
        with_token("validate: not active", VALIDATE, INACTIVE, NOT_ACTIVE),
        with_token("push: token", PUSH, "at_wrong", NOT_AUTHORIZED),
        push("push: no records", "[]", 400, PUSH_COUNT),
        push("push: too many records", format!("[{}{RECORD}]", "{},".repeat(20_000)), 400, PUSH_COUNT),
        record(
            "push: data points",
            r#""id":1"#,
            &format!(r#""id":1,"points":[{}0]"#, "0,".repeat(9_999)),
            r#"{"data":["data cannot have more than 10000 data points"]}"#,
        ),
        record(
            "push: sequence beyond 64 bits",
            r#""sequence":1"#,
            r#""sequence":9223372036854775808"#,
            r#"{"sequence":["sequence can not be above 9223372036854775807"]}"#,
        ),
        Row {
            path: "/v2/import/pusch",
            ..push("unknown path", "", 404, r#"{"status":"ERROR","message":"Not found"}"#)
        },
        Row {
            path: VALIDATE,
            ..push(
                "validate: a batch",
                MESSAGES,
                400,
                r#"{"status":"ERROR","message":"An array of records is expected"}"#,
            )
        },
        push("push: too large", too_large.as_str(), 413, size),
        Row {
            headers: headers("application/xml"),
            ..push(
                "push: content type",
                "",
                415,
                r#"{"status":"ERROR","message":"Unsupported content-type application/xml. Please send application/json or application/transit+json"}"#,
            )
        },
        push(
            "push: several client ids",
            format!("[{RECORD},{second}]"),
            422,
            r#"{"status":"ERROR","error":"Request cannot be processed; see errors.","errors":[{"reason":"The batch contains data points for multiple clients. Only client_id 7723 is allowed"}]}"#,
        ),
        record("push: blank", r#""t""#, r#""""#, r#"{"table_name":["can't be blank"]}"#),
        record("push: missing", r#""sequence":1,"#, "", r#"{"sequence":["can't be blank"]}"#),
        record(
            "push: sequence",
            r#""sequence":1"#,
            r#""sequence":"1""#,
            r#"{"sequence":["should be an integer","should be a number"]}"#,
        ),
        record("push: data", r#"{"id":1}"#, "[1]", r#"{"data":["data must be an object"]}"#),
        record("push: key absent", r#"{"id":1}"#, r#"{"x":1}"#, r#"{"data":["data must include keys"]}"#),
        record("push: key null", r#"{"id":1}"#, r#"{"id":null}"#, r#"{"data":["keys cannot not be null in data"]}"#),
        record(
            "push: key_names absent",
            r#""key_names":["id"],"#,
            "",
            r#"{"key_names":["can't be blank"],"key_properties":["unknown key"]}"#,
        ),
        record(
            "push: key too long",
            r#""id":1"#,
            &long,
            r#"{"data":["String keys cannot be longer than 1024 characters"]}"#,
        ),
        batch(
            "batch: argument missing",
            r#""table_name":"t","#,
            "",
            "Request failed validation:#: required key [table_name] not found",
        ),
        batch(
            "batch: argument not allowed",
            r#""table_name":"t","#,
            r#""table_name":"t","extra":1,"#,
            "Request failed validation:#: extraneous key [extra] is not permitted",
        ),
        batch(
            "batch: argument's type",
            r#""t""#,
            "[]",
            "Request failed validation:#/table_name: expected type: String, found: JSONArray",
        ),
        batch(
            "batch: message misses an argument",
            r#""sequence":1,"#,
            "",
            "Request failed validation:#/messages/0: #: 0 subschemas matched instead of one #/messages/0: 2 schema violations found #/messages/0: required key [sequence] not found #/messages/0: extraneous key [data] is not permitted #/messages/0: required key [sequence] not found",
        ),
        batch(
            "batch: record against schema",
            r#"{"id":1}"#,
            r#"{"id":"x"}"#,
            "Record 0 did not conform to schema: #/id: expected: Integer, found: String",
        ),
        batch("batch: key missing", r#"{"id":1}"#, "{}", "Record is missing key property id"),
        batch("batch: key null", r#"{"id":1}"#, r#"{"id":null}"#, "Record is missing key property id"),
        batch("batch: unknown type", r#""integer""#, r#""int""#, "Invalid JSON schema: unknown type: [int]"),
        batch(
            "batch: sequence too large",
            r#""sequence":1"#,
            r#""sequence":9223372036854775808"#,
            "Request failed validation:#: sequence can not be above 9223372036854775807",
        ),
        batch(
            "batch: schema is an array",
            r#"{"properties":{"id":{"type":"integer"}}}"#,
            "[]",
            "Request failed validation:#/schema: expected type: JSONObject, found: JSONArray",
        ),
        batch(
            "batch: no records",
            r#"[{"action":"upsert","sequence":1,"data":{"id":1}}]"#,
            "[]",
            "Request failed validation:#/messages: expected minimum item count: 1, found: 0",
        ),
        batch(
            "batch: too many records",
            r#"{"action":"upsert","sequence":1,"data":{"id":1}}"#,
            &messages,
            "Request failed validation:#/messages: expected maximum item count: 20000, found: 20001",
        ),
        batch(
            "batch: data points",
            r#""data":{"id":1}"#,
            &format!(r#""data":{{"id":1,"points":[{}0]}}"#, "0,".repeat(9_999)),
            "Record 0 has more than 10000 data points",
        ),
        with_token("batch: token", BATCH, "at_wrong", NOT_AUTHORIZED),
        with_token("batch: wrong region", BATCH, OF_OTHER_REGION, r#"{"message":"Invalid region."}"#),
        with_token("batch: not active", BATCH, INACTIVE, NOT_ACTIVE),
        Row { path: BATCH, ..push("batch: too large", too_large, 413, size) },
        Row {
            path: BATCH,
            headers: headers("application/transit+json"),
            ..push("batch: content type", "", 415, "Content-Type must be application/json")
        },
    ]
}

#[tokio::test]
async fn every_documented_error_has_its_body() {
    let folder = tempfile::tempdir().expect("a folder");
    let gate = builder(&folder).other_region_token(OF_OTHER_REGION).other_region_token(BOTH);
    let gate = gate.inactive_token(INACTIVE, CLIENT).inactive_token(BOTH, CLIENT).start().await.expect("a gate");
    for row in rows() {
        let answer = exchange(&gate, &with_headers(row.path, &row.headers, row.body.as_bytes())).await;
        assert_eq!((answer.status, answer.body.as_str()), (row.status, row.answer.as_str()), "{}", row.name);
        let is_json = row.answer.starts_with('{');
        let content_type = if is_json { "application/json" } else { "text/plain" };
        assert_eq!(answer.header("content-type"), Some(content_type), "{}", row.name);
    }
    assert_eq!(gate.tables().await.expect("tables").len(), 1, "nothing was stored");
    let line = format!("GET {PUSH} HTTP/1.1\r\nHost: gate\r\n\r\n");
    exchange(&gate, line.as_bytes()).await.is(405, "Method not allowed.");
}
