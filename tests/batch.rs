//! Bodies of batch requests.

use backstitch::{BatchBody, BodyError, Push, RawValue, Table};
use backstitch_api::generated::{Batch, batch};
use serde_json::{Value as Json, json};

#[derive(Debug, Push)]
#[push(table = "customers", key = "id")]
struct Customer {
    id: i64,
    name: Option<String>,
    #[push(maximum = 10)]
    stars: u8,
}

#[derive(Debug, Push)]
#[push(table = "customers", key = "id")]
struct Other {
    id: i64,
}

fn customer(id: i64) -> Customer {
    Customer { id, name: (id % 2 == 0).then(|| format!("Finn {id}")), stars: 5 }
}

#[test]
fn a_batch_is_what_its_definition_and_its_schema_say() {
    let mut body = BatchBody::of::<Customer>();
    for id in 0..100 {
        body.push(&customer(id), 1_795_457_147_263_348_200 + id).expect("a valid record");
    }
    let expected = body.bytes();
    let bytes = body.finish();
    assert_eq!(bytes.len(), expected);
    let text = std::str::from_utf8(&bytes).expect("UTF-8");
    let batch: Batch = serde_json::from_str(text).expect("a batch");
    assert_eq!((batch.table_name.as_str(), batch.messages.len()), ("customers", 100));
    let found: Json = serde_json::from_str(text).expect("JSON");
    let definition: Json = serde_json::from_str(batch::JSON_SCHEMA).expect("a schema");
    assert!(jsonschema::draft4::is_valid(&definition, &found), "{text}");
    let schema = jsonschema::draft4::new(&found["schema"]).expect("a schema");
    for (id, message) in found["messages"].as_array().expect("messages").iter().enumerate() {
        assert!(schema.is_valid(&message["data"]), "{message}");
        let id = id as i64;
        assert_eq!(message["sequence"], json!(1_795_457_147_263_348_200 + id));
        assert_eq!(message["data"], json!({ "id": id, "name": customer(id).name, "stars": 5 }));
    }
}

#[test]
fn a_table_without_keys_has_none_in_its_batch() {
    let schema = json!({ "properties": { "page": { "type": "string" } } });
    let mut body = BatchBody::new(&Table::new("visits"), &schema);
    let row = RawValue::from_string(r#"{"page":"/","took":1.10}"#.to_owned()).expect("JSON");
    body.push_json(1_565_880_017, &row).expect("a valid record");
    assert_eq!(
        String::from_utf8_lossy(&body.finish()),
        r#"{"table_name":"visits","schema":{"properties":{"page":{"type":"string"}}},"messages":[{"action":"upsert","sequence":1565880017,"data":{"page":"/","took":1.10}}]}"#
    );
}

#[test]
fn what_breaks_a_rule_is_told_with_its_place_and_leaves_the_body() {
    let mut body = BatchBody::of::<Customer>();
    body.push(&customer(1), 1).expect("a valid record");
    let before = body.clone().finish();
    let Err(BodyError::Invalid(found)) = body.push(&Customer { id: 2, name: None, stars: 11 }, 2) else {
        panic!("it is refused");
    };
    assert_eq!(found.as_slice()[0].pointer, "/1/data/stars");
    let Err(BodyError::Invalid(found)) = body.push(&Other { id: 2 }, 2) else { panic!("it is refused") };
    assert!(found.to_string().contains("of the type that the batch is of"), "{found}");
    let table = Table::new("customers").keys(["id"]);
    let mut by_hand = BatchBody::new(&table, Customer::schema());
    let row = RawValue::from_string(r#"{"name":"Finn"}"#.to_owned()).expect("JSON");
    let Err(BodyError::Invalid(found)) = by_hand.push_json(1, &row) else { panic!("it is refused") };
    assert_eq!(found.as_slice()[0].pointer, "/0/data/id");
    by_hand.push(&Other { id: 2 }, 2).expect("a record of any type that has the keys");
    let mut others = BatchBody::new(&Table::new("customers").keys(["uuid"]), Customer::schema());
    let Err(BodyError::Invalid(found)) = others.push(&Other { id: 2 }, 2) else { panic!("it is refused") };
    assert!(found.to_string().contains("the keys of the batch's table"), "{found}");
    let mut nameless = BatchBody::new(&Table::new(""), Customer::schema());
    let Err(BodyError::Invalid(found)) = nameless.push_json(1, &row) else { panic!("it is refused") };
    assert_eq!(found.as_slice()[0].pointer, "/0/table_name");
    assert_eq!(body.finish(), before);
}

#[test]
fn limits_are_those_of_the_whole_body() {
    let alone = {
        let mut body = BatchBody::of::<Customer>();
        body.push(&customer(2), 1).expect("a valid record");
        body.finish().len()
    };
    let mut body = BatchBody::of::<Customer>().limit_bytes(alone);
    body.push(&customer(2), 1).expect("a record that fits exactly");
    let Err(BodyError::Full { records: 1, bytes }) = body.push(&customer(2), 2) else { panic!("it is full") };
    assert_eq!(bytes, alone);
    let mut body = BatchBody::of::<Customer>().limit_bytes(alone - 1);
    let Err(BodyError::TooLarge { size, limit }) = body.push(&customer(2), 1) else { panic!("it is too large") };
    assert_eq!((size, limit), (alone, alone - 1));
    let mut body = BatchBody::of::<Customer>().limit_bytes(10);
    assert!(matches!(body.push(&customer(2), 1), Err(BodyError::TooLarge { size, limit: 10 }) if size == alone));
    assert!(body.is_empty());
    let mut body = BatchBody::of::<Customer>();
    for id in 0..20_000 {
        body.push(&customer(id), id).expect("a valid record");
    }
    assert!(matches!(body.push(&customer(1), 1), Err(BodyError::Full { records: 20_000, .. })));
    body.clear();
    assert!(body.is_empty());
    body.push(&customer(2), 1).expect("a valid record");
    assert_eq!(body.finish().len(), alone);
}
