//! Every answer that a request can get, body for body.

use crate::client::{ACCEPTED, CLIENT, Fixture, PUSH, TOKEN, VALIDATE, exchange, record, request, with_headers};

/// A good record with one attribute's text replaced, or left out.
fn altered(name: &str, value: Option<&str>) -> String {
    let attributes = [
        ("client_id", "7723"),
        ("table_name", "\"t\""),
        ("sequence", "1"),
        ("action", "\"upsert\""),
        ("key_names", "[\"id\"]"),
        ("data", "{\"id\":1}"),
    ];
    let parts: Vec<String> = attributes
        .iter()
        .filter_map(|(known, good)| {
            let value = if *known == name { value? } else { good };
            Some(format!("\"{known}\":{value}"))
        })
        .collect();
    format!("[{{{}}}]", parts.join(","))
}

#[tokio::test]
async fn status_needs_no_token() {
    let it = Fixture::start().await;
    let answer = exchange(&it.gate, b"GET /v2/import/status HTTP/1.1\r\nHost: gate\r\n\r\n").await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("content-type"), Some("application/json"));
    let version = env!("CARGO_PKG_VERSION");
    assert_eq!(
        answer.body,
        format!(
            r#"{{"name":"pipeline.gate","version":"{version}","revision":"backstitch","status":"OK","reason":null}}"#
        )
    );
}

#[tokio::test]
async fn an_unknown_path_is_404_before_anything_else() {
    let it = Fixture::start().await;
    for path in ["/", "/v2/import", "/v2/import/push/", "/v2/import/batches", "/v2/import/PUSH"] {
        let answer = exchange(&it.gate, &with_headers(path, "", b"[]")).await;
        answer.is(404, r#"{"status":"ERROR","message":"Not found"}"#);
        assert_eq!(answer.header("content-type"), Some("application/json"));
    }
}

#[tokio::test]
async fn another_method_is_405_before_the_token() {
    let it = Fixture::start().await;
    for line in ["GET /v2/import/push", "PUT /v2/import/batch", "DELETE /v2/import/validate", "POST /v2/import/status"]
    {
        let answer = exchange(&it.gate, format!("{line} HTTP/1.1\r\nHost: gate\r\n\r\n").as_bytes()).await;
        answer.is(405, "Method not allowed.");
        assert_eq!(answer.header("content-type"), Some("text/plain"));
    }
}

#[tokio::test]
async fn push_is_201_and_validate_200() {
    let it = Fixture::start().await;
    let body = format!("[{}]", record(1, r#"{"id":1}"#));
    let answer = exchange(&it.gate, &request(VALIDATE, body.as_bytes())).await;
    answer.is(200, r#"{"status":"OK","message":"Batch is valid!"}"#);
    assert_eq!(answer.header("content-type"), Some("application/json"));
    assert!(it.gate.table("t", 1).await.is_err(), "validate stores nothing");
    let answer = it.push(&body).await;
    answer.is(201, ACCEPTED);
    assert_eq!(answer.header("content-type"), Some("application/json"));
    assert_eq!(it.table("t").await.count, 1);
}

#[tokio::test]
async fn a_content_type_is_compared_by_its_essence() {
    let it = Fixture::start().await;
    let body = format!("[{}]", record(1, r#"{"id":1}"#));
    let send = async |headers: &str| {
        let headers = format!("Authorization: Bearer {TOKEN}\r\n{headers}");
        exchange(&it.gate, &with_headers(PUSH, &headers, body.as_bytes())).await
    };
    for good in ["application/json", "application/json; charset=utf-8", "Application/JSON;charset=latin1"] {
        send(&format!("Content-Type: {good}\r\n")).await.is(201, ACCEPTED);
    }
    for (bad, essence) in [
        ("text/plain", "text/plain"),
        ("application/xml; a=b", "application/xml"),
        ("application/jsonx", "application/jsonx"),
    ] {
        send(&format!("Content-Type: {bad}\r\n")).await.is(
            415,
            &format!(r#"{{"status":"ERROR","message":"Unsupported content-type {essence}. Please send application/json or application/transit+json"}}"#),
        );
    }
    send("").await.is(
        415,
        r#"{"status":"ERROR","message":"The request has no content-type. Please send application/json or application/transit+json"}"#,
    );
}

#[tokio::test]
async fn what_is_no_array_of_records_is_400() {
    let it = Fixture::start().await;
    for root in ["{}", "1", "null", "\"[]\"", r#"{"table_name":"t","schema":{},"messages":[]}"#, "[1]", "[{},null]"] {
        it.push(root).await.is(400, r#"{"status":"ERROR","message":"An array of records is expected"}"#);
    }
}

#[tokio::test]
async fn what_is_no_json_is_400_with_the_parsers_text() {
    let it = Fixture::start().await;
    it.push("").await.is(
        400,
        r#"{"status":"ERROR","message":"Malformed json in the body!","error":"EOF while parsing a value at line 1 column 0","input":null}"#,
    );
    let deep = "[".repeat(1_000_000);
    let closed = format!("{deep}{}", "]".repeat(1_000_000));
    let nested_data =
        format!("[{}]", record(1, &format!("{{\"id\":1,\"a\":{}1{}}}", "{\"a\":".repeat(500), "}".repeat(500))));
    for malformed in
        ["[", "[{\"a\":1}", "[1] []", "[{'a':1}]", "[{\"id\":01}]", r#"[{"a":"\ud800"}]"#, &deep, &closed, &nested_data]
    {
        let answer = it.push(malformed).await;
        assert_eq!(answer.status, 400, "{malformed:.50}");
        assert!(answer.body.starts_with(r#"{"status":"ERROR","message":"Malformed json in the body!","error":""#));
        assert!(answer.body.ends_with(r#"","input":null}"#));
    }
    let answer = exchange(&it.gate, &request(PUSH, b"[{\"a\":\"\xff\"}]")).await;
    assert_eq!(answer.status, 400);
    assert!(answer.body.contains("invalid utf-8"), "{}", answer.body);
}

#[tokio::test]
async fn a_request_has_1_to_20000_records() {
    let it = Fixture::start().await;
    let count = r#"{"status":"ERROR","message":"An array of 1 to 20000 records is expected"}"#;
    it.push("[]").await.is(400, count);
    it.push(&format!("[{}{{}}]", "{},".repeat(20_000))).await.is(400, count);
    let records: Vec<String> = (0..20_000).map(|id| record(id, &format!("{{\"id\":{id}}}"))).collect();
    it.load(&records).await;
    assert_eq!(it.table("t").await.count, 20_000);
}

#[tokio::test]
async fn a_missing_client_id_is_401() {
    let it = Fixture::start().await;
    let body = r#"{"status":"ERROR","error":"Not Authenticated.","errors":null}"#;
    it.push(&altered("client_id", None)).await.is(401, body);
    it.push(&altered("client_id", Some("null"))).await.is(401, body);
    it.push("[{}]").await.is(401, body);
}

#[tokio::test]
async fn another_client_is_403_and_several_are_422() {
    let it = Fixture::start().await;
    let forbidden = r#"{"status":"ERROR","error":"Forbidden","errors":{"error":"Access token is not associated with this client."}}"#;
    it.push(&altered("client_id", Some("1"))).await.is(403, forbidden);
    it.push(&altered("client_id", Some("99999999999999999999"))).await.is(403, forbidden);
    let other = record(1, r#"{"id":1}"#).replace(&CLIENT.to_string(), "1");
    it.push(&format!("[{},{other}]", record(1, r#"{"id":1}"#))).await.refuses(
        r#"[{"reason":"The batch contains data points for multiple clients. Only client_id 7723 is allowed"}]"#,
    );
}

#[tokio::test]
async fn each_fault_of_a_record_has_its_words() {
    let it = Fixture::start().await;
    let long_key = format!("{{\"id\":\"{}\"}}", "ä".repeat(1_025));
    let points: Vec<String> = (0..10_000).map(|n| format!("\"f{n}\":null")).collect();
    let points = format!("{{\"id\":1,{}}}", points.join(","));
    let rows: &[(&str, Option<&str>, &str)] = &[
        ("client_id", Some("\"7723\""), r#"{"client_id":["should be an integer","should be a number"]}"#),
        ("table_name", None, r#"{"table_name":["can't be blank"]}"#),
        ("table_name", Some("null"), r#"{"table_name":["can't be blank"]}"#),
        ("table_name", Some("\"\""), r#"{"table_name":["can't be blank"]}"#),
        ("table_name", Some("\" \""), r#"{"table_name":["can't be blank"]}"#),
        ("table_name", Some("1"), r#"{"table_name":["should be a string"]}"#),
        ("sequence", None, r#"{"sequence":["can't be blank"]}"#),
        ("sequence", Some("null"), r#"{"sequence":["can't be blank"]}"#),
        ("sequence", Some("\"1\""), r#"{"sequence":["should be an integer","should be a number"]}"#),
        ("sequence", Some("1.0"), r#"{"sequence":["should be an integer","should be a number"]}"#),
        ("sequence", Some("1e3"), r#"{"sequence":["should be an integer","should be a number"]}"#),
        ("sequence", Some("9223372036854775808"), r#"{"sequence":["sequence can not be above 9223372036854775807"]}"#),
        (
            "sequence",
            Some("1000000000000000000000000"),
            r#"{"sequence":["sequence can not be above 9223372036854775807"]}"#,
        ),
        (
            "sequence",
            Some("-9223372036854775809"),
            r#"{"sequence":["sequence can not be below -9223372036854775808"]}"#,
        ),
        ("action", None, r#"{"action":["can't be blank"]}"#),
        ("action", Some("\"delete\""), r#"{"action":["should be upsert"]}"#),
        ("action", Some("true"), r#"{"action":["should be a string"]}"#),
        ("key_names", None, r#"{"key_names":["can't be blank"],"key_properties":["unknown key"]}"#),
        ("key_names", Some("null"), r#"{"key_names":["can't be blank"]}"#),
        ("key_names", Some("[]"), r#"{"key_names":["can't be blank"]}"#),
        ("key_names", Some("\"id\""), r#"{"key_names":["should be an array of strings"]}"#),
        ("key_names", Some("[\"id\",1]"), r#"{"key_names":["should be an array of strings"]}"#),
        ("data", None, r#"{"data":["can't be blank"]}"#),
        ("data", Some("null"), r#"{"data":["can't be blank"]}"#),
        ("data", Some("[1]"), r#"{"data":["data must be an object"]}"#),
        ("data", Some("\"x\""), r#"{"data":["data must be an object"]}"#),
        ("data", Some("{}"), r#"{"data":["data must include keys"]}"#),
        ("data", Some("{\"ID\":1}"), r#"{"data":["data must include keys"]}"#),
        ("data", Some("{\"id\":null}"), r#"{"data":["keys cannot not be null in data"]}"#),
        ("data", Some("{\"id\":[1]}"), r#"{"data":["keys must be scalar in data"]}"#),
        ("data", Some("{\"id\":{}}"), r#"{"data":["keys must be scalar in data"]}"#),
        ("data", Some(&long_key), r#"{"data":["String keys cannot be longer than 1024 characters"]}"#),
        ("data", Some(&points), r#"{"data":["data cannot have more than 10000 data points"]}"#),
    ];
    for (name, value, reason) in rows {
        let body = altered(name, *value);
        let expected = format!("[{{\"reason\":{reason}}}]");
        it.push(&body).await.refuses(&expected);
        exchange(&it.gate, &request(VALIDATE, body.as_bytes())).await.refuses(&expected);
    }
    assert_eq!(it.gate.tables().await.expect("tables").len(), 1, "nothing but _sdc_rejected");
}

#[tokio::test]
async fn all_faults_of_all_records_are_listed_and_nothing_is_stored() {
    let it = Fixture::start().await;
    let good = record(1, r#"{"id":1}"#);
    let bad =
        r#"{"client_id":7723,"table_name":"","sequence":"x","action":"upsert","key_names":["id"],"data":{"id":1}}"#;
    let other = record(1, "{}");
    it.push(&format!("[{good},{bad},{other}]")).await.refuses(
        r#"[{"reason":{"table_name":["can't be blank"],"sequence":["should be an integer","should be a number"]}},{"reason":{"data":["data must include keys"]}}]"#,
    );
    assert!(it.gate.table("t", 1).await.is_err());
    let answer = it.push(&format!("[{}]", vec![other.as_str(); 500].join(","))).await;
    assert_eq!(answer.body.matches("reason").count(), 100);
}

#[tokio::test]
async fn the_greatest_values_that_are_allowed_pass() {
    let it = Fixture::start().await;
    it.push(&altered("sequence", Some("9223372036854775807"))).await.is(201, ACCEPTED);
    it.push(&altered("sequence", Some("-9223372036854775808"))).await.is(201, ACCEPTED);
    let key = "ä".repeat(1_024);
    it.load(&[crate::client::record_of("k", "[\"id\"]", 1, &format!("{{\"id\":\"{key}\"}}"))]).await;
    let points: Vec<String> = (0..9_999).map(|n| format!("{n}")).collect();
    it.load(&[record(1, &format!("{{\"id\":2,\"a\":[{}]}}", points.join(",")))]).await;
}

#[tokio::test]
async fn unknown_attributes_and_repeated_ones_are_no_fault() {
    let it = Fixture::start().await;
    let record = record(1, r#"{"id":1,"id":2}"#)
        .replace("\"action\"", "\"namespace\":null,\"sdc_extra\":[1],\"sequence\":5,\"action\"");
    it.load(&[record]).await;
    let view = it.table("t").await;
    assert_eq!(view.cell(0, "id"), Some(&2_i64.into()));
    assert_eq!(view.cell(0, "_sdc_sequence"), Some(&5_i64.into()));
}
