//! The Batch endpoint: every answer, body for body.

use backstitch_api::responses::{Response, batch as answers};

use crate::client::{ACCEPTED, Answer, BATCH, Fixture, TOKEN, exchange, request, with_headers};

const SCHEMA: &str = r#"{"type":"object","properties":{"id":{"type":"integer"},"name":{"type":["null","string"]},"at":{"type":"string","format":"date-time"}}}"#;

async fn send(it: &Fixture, body: &str) -> Answer {
    exchange(&it.gate, &request(BATCH, body.as_bytes())).await
}

fn error(text: &str) -> String {
    format!("{{\"error\":{}}}", serde_json::Value::from(text))
}

/// What the API's definition says of an answer.
fn documented(response: &Response, values: &[(&str, &str)]) -> String {
    response.fill(values)
}

/// A good batch with one argument's text replaced, or left out.
fn altered(name: &str, value: Option<&str>) -> String {
    let arguments = [
        ("table_name", "\"t\""),
        ("schema", SCHEMA),
        ("messages", r#"[{"action":"upsert","sequence":1,"data":{"id":1}}]"#),
        ("key_names", "[\"id\"]"),
        (name, "null"),
    ];
    let known = arguments[..4].iter().any(|(known, _)| *known == name);
    let parts: Vec<String> = arguments[..if known { 4 } else { 5 }]
        .iter()
        .filter_map(|(known, good)| {
            let value = if *known == name { value? } else { good };
            Some(format!("\"{known}\":{value}"))
        })
        .collect();
    format!("{{{}}}", parts.join(","))
}

/// A good batch with one argument of its message replaced, or left out.
fn message(name: &str, value: Option<&str>) -> String {
    let arguments = [
        ("action", "\"upsert\""),
        ("sequence", "1"),
        ("data", "{\"id\":1}"),
        ("time_extracted", "\"2020-01-13T21:25:03Z\""),
    ];
    let parts: Vec<String> = arguments
        .iter()
        .filter_map(|(known, good)| {
            let value = if *known == name { value? } else { good };
            Some(format!("\"{known}\":{value}"))
        })
        .collect();
    altered("messages", Some(&format!("[{{{}}}]", parts.join(","))))
}

/// A good batch with this record, and this schema of its field `f`.
fn field(schema: &str, value: &str) -> String {
    let body = altered("schema", Some(&format!(r#"{{"properties":{{"id":{{"type":"integer"}},"f":{schema}}}}}"#)));
    body.replace(r#"{"id":1}"#, &format!(r#"{{"id":1,"f":{value}}}"#))
}

#[tokio::test]
async fn a_batch_is_201_and_its_records_are_stored() {
    let it = Fixture::start().await;
    let answer = send(&it, &altered("", None)).await;
    answer.is(201, ACCEPTED);
    assert_eq!(answer.header("content-type"), Some("application/json"));
    assert_eq!(it.table("t").await.count, 1);
    for (name, value) in [
        ("client_id", "\"ignored\""),
        ("client_id", "null"),
        ("table_version", "0"),
        ("table_version", "-1"),
        ("bookmark_names", "[\"id\"]"),
        ("bookmark_names", "[]"),
    ] {
        send(&it, &altered(name, Some(value))).await.is(201, ACCEPTED);
    }
    for value in ["\"2020-01-13T21:25:03+0000\"", "\"2020-01-13 21:25:03+02\""] {
        send(&it, &message("time_extracted", Some(value))).await.is(201, ACCEPTED);
    }
}

#[tokio::test]
async fn only_json_is_taken() {
    let it = Fixture::start().await;
    for content_type in ["Content-Type: application/transit+json\r\n", "Content-Type: text/plain\r\n", ""] {
        let headers = format!("Authorization: Bearer {TOKEN}\r\n{content_type}");
        let answer = exchange(&it.gate, &with_headers(BATCH, &headers, b"{")).await;
        answer.is(415, &documented(&answers::CONTENT_TYPE, &[]));
        assert_eq!(answer.header("content-type"), Some("text/plain"));
    }
}

#[tokio::test]
async fn what_is_no_object_is_400() {
    let it = Fixture::start().await;
    for (root, found) in
        [("[]", "JSONArray"), ("[1]", "JSONArray"), ("null", "Null"), ("1.5", "Double"), ("\"x\"", "String")]
    {
        send(&it, root).await.is(400, &documented(&answers::NOT_AN_OBJECT, &[("<FOUND>", found)]));
    }
    let deep = "{\"a\":".repeat(10_000);
    for malformed in ["", "{", "{\"table_name\":}", &deep, "{\"a\":\"\\ud800\"}"] {
        let answer = send(&it, malformed).await;
        assert_eq!(answer.status, 400);
        assert!(answer.body.starts_with(r#"{"status":"ERROR","message":"Malformed json in the body!","error":""#));
    }
}

#[tokio::test]
async fn arguments_that_are_missing_or_not_allowed_have_their_words() {
    let it = Fixture::start().await;
    for name in ["table_name", "schema", "messages"] {
        let expected = documented(&answers::MISSING_ARGUMENT, &[("<ARGUMENT>", name)]);
        assert_eq!(expected, error(&format!("Request failed validation:#: required key [{name}] not found")));
        send(&it, &altered(name, None)).await.is(400, &expected);
    }
    for name in ["action", "key_properties", "Schema"] {
        let expected = documented(&answers::EXTRA_ARGUMENT, &[("<ARGUMENT>", name)]);
        send(&it, &altered(name, Some("1"))).await.is(400, &expected);
    }
    send(&it, "{}").await.is(
        400,
        &error(
            "Request failed validation:#: 3 schema violations found #: required key [table_name] not found \
             #: required key [schema] not found #: required key [messages] not found",
        ),
    );
}

#[tokio::test]
async fn arguments_of_another_type_have_their_words() {
    let it = Fixture::start().await;
    for (name, value, expected, found) in [
        ("table_name", "1", "String", "Integer"),
        ("table_name", "null", "String", "Null"),
        ("schema", "\"x\"", "JSONObject", "String"),
        ("schema", "[]", "JSONObject", "JSONArray"),
        ("messages", "{}", "JSONArray", "JSONObject"),
        ("key_names", "\"id\"", "JSONArray", "String"),
        ("key_names", "{}", "JSONArray", "JSONObject"),
        ("table_version", "\"1\"", "Integer", "String"),
        ("table_version", "1.5", "Integer", "Double"),
        ("table_version", "null", "Integer", "Null"),
        ("bookmark_names", "true", "JSONArray", "Boolean"),
    ] {
        let values = [("<ARGUMENT>", name), ("<EXPECTED>", expected), ("<FOUND>", found)];
        send(&it, &altered(name, Some(value))).await.is(400, &documented(&answers::ARGUMENT_TYPE, &values));
    }
    send(&it, &altered("schema", Some("[]"))).await.is(400, &documented(&answers::SCHEMA_IS_AN_ARRAY, &[]));
    for (name, value, text) in [
        ("key_names", "[\"id\",1]", "#/key_names/1: expected type: String, found: Integer"),
        ("table_name", "\"\"", "#/table_name: expected minLength: 1, actual: 0"),
        ("table_name", "\" \"", "#/table_name: expected minLength: 1, actual: 0"),
        (
            "table_version",
            "9223372036854775808",
            "#/table_version: 9223372036854775808 is not less or equal to 9223372036854775807",
        ),
    ] {
        send(&it, &altered(name, Some(value))).await.is(400, &error(&format!("Request failed validation:{text}")));
    }
}

#[tokio::test]
async fn a_message_that_misses_an_argument_has_the_documented_words() {
    let it = Fixture::start().await;
    for name in ["action", "sequence", "data"] {
        let expected = documented(&answers::MESSAGE_ARGUMENT, &[("<INDEX>", "0"), ("<ARGUMENT>", name)]);
        send(&it, &message(name, None)).await.is(400, &expected);
    }
    let second = r#"[{"action":"upsert","sequence":1,"data":{"id":1}},{"action":"upsert","data":{"id":1}}]"#;
    let expected = documented(&answers::MESSAGE_ARGUMENT, &[("<INDEX>", "1"), ("<ARGUMENT>", "sequence")]);
    send(&it, &altered("messages", Some(second))).await.is(400, &expected);
}

#[tokio::test]
async fn a_message_of_neither_kind_has_the_words_of_both() {
    let it = Fixture::start().await;
    let neither = |wrong: &str| {
        error(&format!(
            "Request failed validation:#/messages/0: #: 0 subschemas matched instead of one #/messages/0: 2 schema violations found \
             {wrong} #/messages/0: extraneous key [data] is not permitted {wrong}"
        ))
    };
    for (name, value, wrong) in [
        ("action", "\"delete\"", "#/messages/0/action: delete is not a valid enum value"),
        ("action", "1", "#/messages/0/action: expected type: String, found: Integer"),
        ("sequence", "\"1\"", "#/messages/0/sequence: expected type: Integer, found: String"),
        ("sequence", "1.0", "#/messages/0/sequence: expected type: Integer, found: Double"),
        ("data", "[]", "#/messages/0/data: expected type: JSONObject, found: JSONArray"),
        ("time_extracted", "1", "#/messages/0/time_extracted: expected type: String, found: Integer"),
        ("time_extracted", "\"now\"", "#/messages/0/time_extracted: [now] is not a valid date-time"),
    ] {
        send(&it, &message(name, Some(value))).await.is(400, &neither(wrong));
    }
    send(&it, &altered("messages", Some(r#"[{"action":"activate_version","sequence":1,"data":{}}]"#)))
        .await
        .is(400, &error("Request failed validation:#/messages/0: extraneous key [data] is not permitted"));
}

#[tokio::test]
async fn sequences_beyond_64_bits_are_refused() {
    let it = Fixture::start().await;
    let expected = documented(&answers::SEQUENCE_ABOVE, &[("<MAXIMUM>", "9223372036854775807")]);
    assert_eq!(expected, error("Request failed validation:#: sequence can not be above 9223372036854775807"));
    send(&it, &message("sequence", Some("9223372036854775808"))).await.is(400, &expected);
    let expected = documented(&answers::SEQUENCE_BELOW, &[("<MINIMUM>", "-9223372036854775808")]);
    send(&it, &message("sequence", Some("-9223372036854775809"))).await.is(400, &expected);
    send(&it, &message("sequence", Some("9223372036854775807"))).await.is(201, ACCEPTED);
}

#[tokio::test]
async fn a_batch_has_1_to_20000_messages() {
    let it = Fixture::start().await;
    send(&it, &altered("messages", Some("[]"))).await.is(400, &documented(&answers::NO_MESSAGES, &[]));
    let many = |count: usize| {
        let messages: Vec<String> =
            (0..count).map(|id| format!(r#"{{"action":"upsert","sequence":{id},"data":{{"id":{id}}}}}"#)).collect();
        altered("messages", Some(&format!("[{}]", messages.join(","))))
    };
    let expected = documented(&answers::TOO_MANY_MESSAGES, &[("<RECORDS>", "20000"), ("<FOUND>", "20005")]);
    send(&it, &many(20_005)).await.is(400, &expected);
    send(&it, &many(20_000)).await.is(201, ACCEPTED);
    assert_eq!(it.table("t").await.count, 20_000);
}

#[tokio::test]
async fn schemas_that_are_none_are_refused() {
    let it = Fixture::start().await;
    for (schema, unknown) in [
        (r#"{"properties":{"id":{"type":"int"}}}"#, "int"),
        (r#"{"type":"Object"}"#, "Object"),
        (r#"{"properties":{"id":{"type":["null","date"]}}}"#, "date"),
        (r#"{"properties":{"id":{"items":[{"anyOf":[{"type":"any"}]}]}}}"#, "any"),
    ] {
        let expected = documented(&answers::UNKNOWN_TYPE, &[("<TYPE>", unknown)]);
        assert_eq!(expected, error(&format!("Invalid JSON schema: unknown type: [{unknown}]")));
        send(&it, &altered("schema", Some(schema))).await.is(400, &expected);
    }
    for schema in [
        r#"{"properties":{"id":{"type":1}}}"#,
        r#"{"properties":[]}"#,
        r##"{"properties":{"id":{"$ref":"#/definitions/none"}}}"##,
        r#"{"properties":{"id":{"$ref":"http://127.0.0.1:9/schema"}}}"#,
        r#"{"properties":{"id":{"pattern":"("}}}"#,
        r#"{"properties":{"id":{}},"required":[]}"#,
    ] {
        let answer = send(&it, &altered("schema", Some(schema))).await;
        assert_eq!(answer.status, 400, "{schema}");
        assert!(answer.body.starts_with(r#"{"error":"Invalid JSON schema: "#), "{schema} {}", answer.body);
    }
    let said = r#"{"$schema":"https://json-schema.org/draft/2020-12/schema","properties":{"id":{"type":"integer","format":"odd"}}}"#;
    send(&it, &altered("schema", Some(said))).await.is(201, ACCEPTED);
}

#[tokio::test]
async fn schemas_that_refer_to_themselves_end() {
    let it = Fixture::start().await;
    for schema in [
        r##"{"properties":{"id":{}},"allOf":[{"$ref":"#"}]}"##,
        r##"{"properties":{"id":{"$ref":"#/properties/id"}}}"##,
        r##"{"properties":{"id":{"$ref":"#/definitions/a"}},"definitions":{"a":{"$ref":"#/definitions/b"},"b":{"anyOf":[{"$ref":"#/definitions/a"}]}}}"##,
        r##"{"properties":{"id":{},"f":{"$ref":"#"}}}"##,
    ] {
        let status = send(&it, &altered("schema", Some(schema))).await.status;
        assert!(matches!(status, 201 | 400), "{schema}: {status}");
    }
}

#[tokio::test]
async fn schemas_that_refer_to_themselves_twice_end_too() {
    let it = Fixture::start().await;
    let told = error("Record 0 did not conform to schema: #: not valid against a schema with recursive references");
    let nested = format!("{}1{}", "{\"f\":".repeat(100), "}".repeat(100));
    let body = altered(
        "schema",
        Some(r##"{"type":"object","properties":{"id":{"type":"integer"},"f":{"anyOf":[{"$ref":"#"},{"$ref":"#"}]}}}"##),
    );
    send(&it, &body.replace(r#"{"id":1}"#, &format!("{{\"id\":1,\"f\":{nested}}}"))).await.is(400, &told);
    let chain: Vec<String> = (0..60)
        .map(|n| {
            format!(r##""d{n}":{{"anyOf":[{{"$ref":"#/definitions/d{0}"}},{{"$ref":"#/definitions/d{0}"}}]}}"##, n + 1)
        })
        .collect();
    let schema = format!(
        r##"{{"properties":{{"id":{{"$ref":"#/definitions/d0"}}}},"definitions":{{{},"d60":{{"type":"string"}}}}}}"##,
        chain.join(",")
    );
    let answer = send(&it, &altered("schema", Some(&schema))).await;
    assert!(answer.body.starts_with(r#"{"error":"Invalid JSON schema: more than 100000 schemas"#), "{}", answer.body);
}

#[tokio::test]
async fn no_schema_and_no_record_are_too_deep_for_the_stack() {
    let it = Fixture::start().await;
    // As deep as both may be: each level of the record goes through all levels of the schema.
    let inner = (0..8).fold(r##"{"$ref":"#"}"##.to_owned(), |inner, _| format!(r#"{{"allOf":[{inner}]}}"#));
    let schema = format!(r#"{{"properties":{{"id":{{}},"f":{inner}}},"type":"object"}}"#);
    let nested = format!("{}{{}}{}", "{\"f\":".repeat(120), "}".repeat(120));
    let body = altered("schema", Some(&schema));
    send(&it, &body.replace(r#"{"id":1}"#, &format!("{{\"id\":1,\"f\":{nested}}}"))).await.is(201, ACCEPTED);
    let chain: Vec<String> =
        (0..50_000).map(|n| format!(r##""d{n}":{{"$ref":"#/definitions/d{}"}}"##, n + 1)).collect();
    let schema = format!(
        r##"{{"properties":{{"id":{{"$ref":"#/definitions/d0"}}}},"definitions":{{{},"d50000":{{}}}}}}"##,
        chain.join(",")
    );
    assert_eq!(send(&it, &altered("schema", Some(&schema))).await.status, 400);
}

#[tokio::test]
async fn a_record_that_does_not_conform_is_told_in_the_documented_words() {
    let it = Fixture::start().await;
    for (kind, value, expected, found) in [
        ("integer", "\"1\"", "Integer", "String"),
        ("integer", "1.0", "Integer", "Double"),
        ("string", "1", "String", "Integer"),
        ("string", "3000000000", "String", "Long"),
        ("string", "30000000000000000000", "String", "BigInteger"),
        ("string", "null", "String", "Null"),
        ("number", "true", "Number", "Boolean"),
        ("boolean", "0.5", "Boolean", "Double"),
        ("object", "[]", "JSONObject", "JSONArray"),
        ("array", "{}", "JSONArray", "JSONObject"),
        ("null", "1", "Null", "Integer"),
    ] {
        let values = [("<INDEX>", "0"), ("<FIELD>", "f"), ("<EXPECTED>", expected), ("<FOUND>", found)];
        let body = field(&format!(r#"{{"type":"{kind}"}}"#), value);
        send(&it, &body).await.is(400, &documented(&answers::RECORD_TYPE, &values));
    }
}

#[tokio::test]
async fn other_rules_of_a_schema_have_their_words() {
    let it = Fixture::start().await;
    for (schema, value, words) in [
        (
            r#"{"type":["string","null"]}"#,
            "1",
            "#/f: #: no subschema matched out of the total 2 subschemas #/f: expected: String, found: Integer #/f: expected: Null, found: Integer",
        ),
        (
            r#"{"anyOf":[{"type":"string"},{"minimum":5}]}"#,
            "1",
            "#/f: #: no subschema matched out of the total 2 subschemas #/f: expected: String, found: Integer #/f: 1 is not greater or equal to 5",
        ),
        (r#"{"oneOf":[{"type":"integer"},{"minimum":0}]}"#, "1", "#/f: #: 2 subschemas matched instead of one"),
        (r##"{"$ref":"#/properties/id"}"##, "true", "#/f: expected: Integer, found: Boolean"),
        (r#"{"enum":["a"]}"#, "\"b\"", "#/f: b is not a valid enum value"),
        (r#"{"maximum":5}"#, "6", "#/f: 6 is not less or equal to 5"),
        (r#"{"minimum":5,"exclusiveMinimum":true}"#, "5", "#/f: 5 is not greater than 5"),
        (r#"{"multipleOf":2}"#, "3", "#/f: 3 is not a multiple of 2"),
        (r#"{"maxLength":1}"#, "\"äö\"", "#/f: expected maxLength: 1, actual: 2"),
        (r#"{"pattern":"^a"}"#, "\"b\"", "#/f: string [b] does not match pattern ^a"),
        (r#"{"minItems":2}"#, "[1]", "#/f: expected minimum item count: 2, found: 1"),
        (r#"{"uniqueItems":true}"#, "[1,1]", "#/f: array items are not unique"),
        (r#"{"format":"date-time"}"#, "\"soon\"", "#/f: [soon] is not a valid date-time"),
        (r#"{"required":["x"]}"#, "{}", "#/f: required key [x] not found"),
        (r#"{"properties":{"a":{"type":"string"}}}"#, r#"{"a":1}"#, "#/f/a: expected: String, found: Integer"),
        (r#"{"additionalProperties":false}"#, r#"{"x":1}"#, "#/f: extraneous key [x] is not permitted"),
        (
            r#"{"required":["x","y"]}"#,
            "{}",
            "#: 2 schema violations found #/f: required key [x] not found #/f: required key [y] not found",
        ),
    ] {
        let expected = error(&format!("Record 0 did not conform to schema: {words}"));
        send(&it, &field(schema, value)).await.is(400, &expected);
    }
}

#[tokio::test]
async fn what_conforms_is_taken() {
    let it = Fixture::start().await;
    for (schema, value) in [
        (r#"{"type":"integer"}"#, "99999999999999999999"),
        (r#"{"type":"number"}"#, "1e999"),
        (r#"{"type":"number"}"#, "1"),
        (r#"{"type":["null","string"],"format":"date-time"}"#, "null"),
        (r#"{"format":"date-time"}"#, "\"2020-01-13T21:25:03+0000\""),
        (r#"{"format":"email"}"#, "\"none\""),
        (r#"{"format":"singer.decimal","type":"string"}"#, "\"1.5\""),
        ("{}", "{\"any\":[1]}"),
    ] {
        send(&it, &field(schema, value)).await.is(201, ACCEPTED);
    }
}

#[tokio::test]
async fn the_first_record_that_does_not_conform_is_named() {
    let it = Fixture::start().await;
    let messages = r#"[{"action":"upsert","sequence":1,"data":{"id":1}},{"action":"upsert","sequence":2,"data":{"id":"x"}},{"action":"upsert","sequence":3,"data":{}}]"#;
    let values = [("<INDEX>", "1"), ("<FIELD>", "id"), ("<EXPECTED>", "Integer"), ("<FOUND>", "String")];
    send(&it, &altered("messages", Some(messages))).await.is(400, &documented(&answers::RECORD_TYPE, &values));
    assert!(it.gate.table("t", 1).await.is_err(), "one bad record refuses all");
}

#[tokio::test]
async fn keys_are_in_the_schema_and_in_each_record() {
    let it = Fixture::start().await;
    let missing = documented(&answers::KEY_MISSING, &[("<KEY>", "id")]);
    assert_eq!(missing, error("Record is missing key property id"));
    for data in ["{}", "{\"id\":null}", "{\"ID\":1}"] {
        send(&it, &message("data", Some(data))).await.is(400, &missing);
    }
    let body = altered("key_names", Some("[\"id\",\"id2\"]"));
    send(&it, &body).await.is(400, &documented(&answers::KEY_NOT_IN_SCHEMA, &[("<KEY>", "id2")]));
    let free = altered("schema", Some(r#"{"properties":{"id":{}}}"#));
    let with = |id: &str| free.replace(r#"{"id":1}"#, &format!(r#"{{"id":{id}}}"#));
    let record = [("<INDEX>", "0"), ("<KEY>", "id"), ("<CHARACTERS>", "1024")];
    send(&it, &with("[1]")).await.is(400, &documented(&answers::KEY_NOT_SCALAR, &record));
    let long = format!("\"{}\"", "ä".repeat(1_025));
    send(&it, &with(&long)).await.is(400, &documented(&answers::KEY_TOO_LONG, &record));
}

#[tokio::test]
async fn a_record_with_too_many_data_points_is_refused() {
    let it = Fixture::start().await;
    let points = |count: usize| field("{}", &format!("[{}0]", "0,".repeat(count - 2)));
    let expected = documented(&answers::DATA_POINTS, &[("<INDEX>", "0"), ("<DATA-POINTS>", "10000")]);
    send(&it, &points(10_001)).await.is(400, &expected);
    send(&it, &points(10_000)).await.is(201, ACCEPTED);
}

#[tokio::test]
async fn too_large_a_batch_is_413_and_a_wrong_token_401() {
    let it = Fixture::start().await;
    let body = vec![b' '; 20 * 1024 * 1024 + 1];
    let answer = exchange(&it.gate, &request(BATCH, &body)).await;
    answer.is(413, &documented(&answers::TOO_LARGE, &[("<BYTE>", &body.len().to_string())]));
    let headers = "Authorization: Bearer at_wrong\r\n";
    let answer = exchange(&it.gate, &with_headers(BATCH, headers, b"")).await;
    answer.is(401, &documented(&answers::NOT_AUTHORIZED, &[]));
}

#[tokio::test]
async fn a_schema_has_an_end() {
    let it = Fixture::start().await;
    let of = |bytes: usize| format!(r#"{{"properties":{{"id":{{}}}},"title":"{}"}}"#, "x".repeat(bytes - 35));
    assert_eq!(of(100).len(), 100);
    send(&it, &altered("schema", Some(&of(2_000_000)))).await.is(201, ACCEPTED);
    let long = error("Invalid JSON schema: more than 2000000 bytes");
    send(&it, &altered("schema", Some(&of(2_000_001)))).await.is(400, &long);
}
