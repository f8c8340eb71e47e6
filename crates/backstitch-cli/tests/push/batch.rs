//! The Batch endpoint, and schemas.

use crate::Place;

#[tokio::test(flavor = "multi_thread")]
async fn a_schema_that_is_found_is_shown_and_its_types_are_those_of_the_columns() {
    let place = Place::new().await;
    place.write(
        "orders.jsonl",
        "{\"id\":1,\"total\":1,\"at\":\"2026-02-28T12:34:56Z\"}\n{\"id\":2,\"total\":12345678901234567890.50,\"at\":null}\n",
    );
    let said = place.run("push orders.jsonl -t orders -k id --endpoint batch");
    assert_eq!((said.code, said.stdout.as_str()), (Some(0), "2 records accepted\n"), "{said:?}");
    let shown = said.stderr.find("{\"").map(|start| &said.stderr[start..]).expect("a schema");
    let shown: serde_json::Value = serde_json::from_str(shown.trim()).expect("JSON");
    assert_eq!(shown["properties"]["at"], serde_json::json!({"format": "date-time", "type": ["null", "string"]}));
    assert_eq!(place.rows("orders", &["id", "total"]).await, ["1 1", "2 12345678901234567890.50"]);
    let view = place.gate.table("orders", 1).await.unwrap();
    let at = view.columns.iter().position(|column| column == "at").unwrap();
    assert!(view.types[at].to_lowercase().contains("timestamp"), "{:?}", view.types);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_batch_without_a_key_only_adds_rows() {
    let place = Place::new().await;
    place.write("events.jsonl", "{\"name\":\"a\"}\n");
    place.write("schema.json", r#"{"type":"object","properties":{"name":{"type":"string"}}}"#);
    for _ in 0..2 {
        let said = place.run("push events.jsonl -t events --endpoint batch --schema schema.json");
        assert_eq!(said.code, Some(0), "{said:?}");
    }
    assert_eq!(place.rows("events", &["name"]).await, ["a", "a"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_that_is_not_of_the_schema_is_found_among_others() {
    let place = Place::new().await;
    place.write("orders.jsonl", "{\"id\":1}\n{\"id\":\"two\"}\n{\"id\":3}\n");
    place.write("schema.json", r#"{"type":"object","properties":{"id":{"type":"integer"}}}"#);
    let said = place
        .run("push orders.jsonl -t orders -k id --endpoint batch --schema schema.json --dead-letter rejected.jsonl");
    assert_eq!(said.code, Some(3), "{said:?}");
    assert!(said.stderr.contains("orders.jsonl:2: the API refused the request with status 400"), "{said:?}");
    assert_eq!(place.rows("orders", &["id"]).await, ["1", "3"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn bodies_of_batches_are_what_a_dry_run_prints() {
    let place = Place::new().await;
    place.write("orders.jsonl", "{\"id\":1,\"n\":1}\n{\"id\":2,\"n\":2}\n");
    place.write("schema.json", r#"{"properties":{"id":{"type":"integer"}}}"#);
    let said = place
        .run("push orders.jsonl -t orders -k id --endpoint batch --schema schema.json --sequence-field n --dry-run");
    let expected = concat!(
        r#"{"table_name":"orders","schema":{"properties":{"id":{"type":"integer"}}},"messages":["#,
        r#"{"action":"upsert","sequence":1,"data":{"id":1,"n":1}},"#,
        r#"{"action":"upsert","sequence":2,"data":{"id":2,"n":2}}],"key_names":["id"]}"#,
        "\n"
    );
    assert_eq!((said.code, said.stdout.as_str()), (Some(0), expected), "{said:?}");
    assert_eq!(place.count("orders").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_schema_that_is_none_is_told_with_its_place() {
    let place = Place::new().await;
    place.write("orders.jsonl", "{\"id\":1}\n");
    place.write("schema.json", "{\n  \"type\": x}");
    let said = place.run("push orders.jsonl -t orders -k id --endpoint batch --schema schema.json");
    assert_eq!(said.code, Some(2), "{said:?}");
    assert!(said.stderr.contains("schema.json:2:11: not JSON"), "{said:?}");
}

#[test]
fn a_schema_is_of_all_values_of_a_field() {
    let input = concat!(
        r#"{"id":1,"n":1,"mixed":"a","list":[1,2.5],"deep":{"a":[{"b":true}]},"day":"2026-02-28"}"#,
        "\n",
        r#"{"id":2,"n":1.5,"mixed":7,"list":[]}"#,
    );
    let said = crate::said(crate::backstitch().args(["schema", "-", "--key", "id"]), input.as_bytes());
    assert_eq!(said.code, Some(0), "{said:?}");
    let schema: serde_json::Value = serde_json::from_str(&said.stdout).unwrap();
    let expected = serde_json::json!({
        "$schema": "http://json-schema.org/draft-04/schema#",
        "type": "object",
        "required": ["id"],
        "properties": {
            "id": {"type": ["integer"]},
            "n": {"type": ["number"]},
            "mixed": {"type": ["integer", "string"]},
            "list": {"type": ["array"], "items": {"type": ["number"]}},
            "deep": {"type": ["null", "object"], "properties": {
                "a": {"type": ["null", "array"], "items": {"type": ["object"], "properties": {"b": {"type": ["null", "boolean"]}}}},
            }},
            "day": {"type": ["null", "string"]},
        },
    });
    assert_eq!(schema, expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_that_are_values_are_not_listed() {
    let place = Place::new().await;
    let lines = (0..400).map(|id| format!("{{\"id\":{id},\"by\":{{\"{id}\":1,\"u{id}\":2}},\"of\":{{\"a\":1}}}}\n"));
    place.write("orders.jsonl", lines.collect::<String>());
    let said = place.run("schema orders.jsonl");
    let schema: serde_json::Value = serde_json::from_str(&said.stdout).expect("JSON");
    assert_eq!(schema["properties"]["by"], serde_json::json!({"type": ["object"]}), "{said:?}");
    assert!(schema["properties"]["of"]["properties"]["a"].is_object(), "{said:?}");
    let said = place.run("push orders.jsonl -t orders -k id --endpoint batch");
    assert_eq!((said.code, said.stdout.as_str()), (Some(0), "400 records accepted\n"), "{said:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_schema_that_is_none_is_told_before_anything_is_sent() {
    let place = Place::new().await;
    place.write("orders.jsonl", "{\"id\":1}\n");
    place.write("schema.json", r#"{"properties": {"id": {"type": "intger"}}}"#);
    for more in ["", " --dry-run"] {
        let said = place.run(&format!("push orders.jsonl -t orders -k id --endpoint batch --schema schema.json{more}"));
        assert_eq!(said.code, Some(2), "{said:?}");
        assert!(said.stderr.contains("schema.json is no JSON Schema of draft 4: /properties/id/type"), "{said:?}");
    }
    assert_eq!(place.count("orders").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_schema_is_of_records_that_have_its_keys_and_what_is_none_is_told() {
    let place = Place::new().await;
    place.write("orders.jsonl", "{\"id\":1,\"a\":2}\nnone\n[]\n");
    let said = place.run("schema orders.jsonl --key nope");
    assert_eq!((said.code, said.stdout.as_str()), (Some(2), ""), "{said:?}");
    assert!(said.stderr.contains("no record has the field `nope` of the key: there are a, id"), "{said:?}");
    let said = place.run("schema orders.jsonl --key id");
    assert_eq!(said.code, Some(0), "{said:?}");
    assert!(said.stderr.contains("2 of what is read can't be a record"), "{said:?}");
}
