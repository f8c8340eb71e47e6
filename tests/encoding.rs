//! Bytes on the wire, against `serde_json` as the referee.

use backstitch::{BodyError, Code, Push, PushBody, Table};
use proptest::prelude::{any, proptest};
use proptest::strategy::Strategy;
use serde::Serialize;

/// The same struct for both sides.
#[derive(Clone, Debug, Push, Serialize)]
struct Inner {
    text: Option<String>,
    numbers: Vec<f64>,
}

#[derive(Clone, Debug, Push, Serialize)]
#[push(table = "rows \"quoted\"", key("id", "name"))]
struct Row {
    id: i64,
    name: String,
    #[push(rename = "a \\ b")]
    #[serde(rename = "a \\ b")]
    flag: bool,
    small: i8,
    large: u64,
    wide: i128,
    single: f32,
    double: f64,
    letter: char,
    inner: Inner,
    list: Vec<Option<Inner>>,
    array: [u16; 3],
    map: std::collections::BTreeMap<String, Option<i32>>,
}

/// The envelope as the documented example orders it.
#[derive(Serialize)]
struct Envelope<'a, T> {
    client_id: i64,
    table_name: &'a str,
    sequence: i64,
    data: &'a T,
    key_names: &'a [&'a str],
    action: &'a str,
}

fn inner() -> impl Strategy<Value = Inner> {
    let number = any::<f64>().prop_filter("finite", |number| number.is_finite());
    (any::<Option<String>>(), proptest::collection::vec(number, 0..4))
        .prop_map(|(text, numbers)| Inner { text, numbers })
}

fn row() -> impl Strategy<Value = Row> {
    let scalars = (any::<i64>(), ".{0,20}", any::<bool>(), any::<i8>(), any::<u64>(), any::<i128>());
    let floats = (any::<f32>(), any::<f64>()).prop_filter("finite", |(a, b)| a.is_finite() && b.is_finite());
    let parts = (
        any::<char>(),
        inner(),
        proptest::collection::vec(proptest::option::of(inner()), 0..3),
        any::<[u16; 3]>(),
        proptest::collection::btree_map(any::<String>(), any::<Option<i32>>(), 0..4),
    );
    (scalars, floats, parts).prop_map(
        |((id, name, flag, small, large, wide), (single, double), (letter, inner, list, array, map))| Row {
            id,
            name,
            flag,
            small,
            large,
            wide,
            single,
            double,
            letter,
            inner,
            list,
            array,
            map,
        },
    )
}

proptest! {
    #[test]
    fn a_body_is_what_serde_json_writes(rows in proptest::collection::vec((row(), any::<i64>()), 0..5)) {
        let mut body = PushBody::json(7723);
        for (row, sequence) in &rows {
            body.push(row, *sequence).expect("a valid row");
        }
        assert_eq!(body.records(), rows.len());
        let size = body.bytes();
        let bytes = body.finish();
        assert_eq!(bytes.len(), size);
        let envelopes: Vec<_> = rows
            .iter()
            .map(|(row, sequence)| Envelope {
                client_id: 7723,
                table_name: Row::TABLE_NAME,
                sequence: *sequence,
                data: row,
                key_names: Row::KEY_NAMES,
                action: "upsert",
            })
            .collect();
        assert_eq!(String::from_utf8(bytes).unwrap(), serde_json::to_string(&envelopes).unwrap());
    }
}

#[derive(Push)]
#[push(table = "t", key = "k")]
struct Keyed {
    k: String,
    v: Vec<f64>,
}

fn keyed(k: &str, v: &[f64]) -> Keyed {
    Keyed { k: k.to_owned(), v: v.to_vec() }
}

#[test]
fn every_violation_is_told_with_its_place_and_not_its_value() {
    let mut body = PushBody::json(1);
    body.push(&keyed("ok", &[]), 1).unwrap();
    let before = body.bytes();
    let secret = "s".repeat(1_025);
    let error = body.push(&keyed(&secret, &[1.0, f64::NAN, f64::INFINITY]), 2).unwrap_err();
    let BodyError::Invalid(violations) = &error else { panic!("{error}") };
    let found: Vec<_> = violations.iter().map(|violation| (violation.pointer.as_str(), violation.code)).collect();
    assert_eq!(
        found,
        [("/1/data/v/1", Code::NotFinite), ("/1/data/v/2", Code::NotFinite), ("/1/data/k", Code::KeyLength)]
    );
    assert!(!error.to_string().contains(&secret));
    assert_eq!((body.records(), body.bytes()), (1, before), "a refused record leaves the body as it was");
}

#[test]
fn data_points_are_limited() {
    assert!(keyed("k", &vec![0.0; 9_999]).validate().is_ok());
    let violations = keyed("k", &vec![0.0; 10_000]).validate().unwrap_err();
    assert_eq!(violations.as_slice()[0].code, Code::DataPoints);
    assert_eq!(violations.as_slice()[0].pointer, "/data");
}

#[test]
fn a_key_of_1024_characters_is_taken_whatever_its_bytes() {
    assert!(keyed(&"é".repeat(1_024), &[]).validate().is_ok());
    assert!(keyed(&"é".repeat(1_025), &[]).validate().is_err());
}

#[test]
fn a_full_body_says_so_and_stays_whole() {
    let mut body = PushBody::json(1).limit_bytes(200);
    body.push(&keyed("a", &[]), 1).unwrap();
    let before = body.bytes();
    assert!(matches!(body.push(&keyed("b", &[]), 2), Err(BodyError::Full { records: 1, .. })));
    assert_eq!(body.bytes(), before);
    let error = body.push(&keyed(&"c".repeat(300), &[]), 3).unwrap_err();
    let BodyError::TooLarge { size, limit: 200 } = error else { panic!("{error}") };
    let bytes = body.finish();
    assert_eq!(bytes.len(), before);
    serde_json::from_slice::<serde_json::Value>(&bytes).unwrap();

    let mut alone = PushBody::json(1);
    alone.push(&keyed(&"c".repeat(300), &[]), 3).unwrap();
    assert_eq!(alone.finish().len(), size, "the size is that of a body with the record alone");
}

#[test]
fn a_record_that_fits_a_body_of_its_own_is_not_too_large() {
    let record = keyed(&"c".repeat(300), &[]);
    let mut alone = PushBody::json(1);
    alone.push(&record, 3).unwrap();
    let size = alone.bytes();
    let mut body = PushBody::json(1).limit_bytes(size);
    body.push(&record, 3).unwrap();
    assert!(matches!(body.push(&record, 3), Err(BodyError::Full { records: 1, .. })));
    let mut body = PushBody::json(1).limit_bytes(size - 1);
    assert_eq!(body.push(&record, 3), Err(BodyError::TooLarge { size, limit: size - 1 }));
}

#[test]
fn a_record_with_very_many_mistakes_is_told_with_the_first_of_them() {
    let violations = keyed("k", &vec![f64::NAN; 9_000]).validate().unwrap_err();
    assert_eq!(violations.as_slice().len(), 100);
}

#[test]
fn a_body_ends_at_20000_records() {
    let mut body = PushBody::json(1);
    for sequence in 0..20_000 {
        body.push(&keyed("k", &[]), sequence).unwrap();
    }
    assert!(matches!(body.push(&keyed("k", &[]), 1), Err(BodyError::Full { records: 20_000, .. })));
}

#[test]
fn a_list_without_end_in_sight_is_refused_not_overflowed() {
    #[derive(Push)]
    #[push(table = "t", key = "id")]
    struct Link {
        id: i64,
        next: Option<Box<Link>>,
    }
    let mut link = Link { id: 0, next: None };
    for id in 1..10_000 {
        link = Link { id, next: Some(Box::new(link)) };
    }
    let violations = link.validate().unwrap_err();
    assert_eq!(violations.as_slice()[0].code, Code::Depth);
    // Dropping such a list is recursive as well: take it apart.
    while let Some(next) = link.next.take() {
        link = *next;
    }
}

#[test]
fn numbers_of_a_run_time_table_stay_as_they_are_written() {
    let table = Table::new("prices").keys(["id"]);
    let text = r#"{"id":18446744073709551616,"price":1.10,"big":1E400,"n":null}"#;
    let row = serde_json::value::RawValue::from_string(text.to_owned()).unwrap();
    let mut body = PushBody::json(7723);
    body.push_json(&table, 5, &row).unwrap();
    let body = String::from_utf8(body.finish()).unwrap();
    assert_eq!(
        body,
        format!(
            r#"[{{"client_id":7723,"table_name":"prices","sequence":5,"data":{text},"key_names":["id"],"action":"upsert"}}]"#
        )
    );
}

#[test]
fn rows_of_a_run_time_table_are_checked() {
    let table = Table::new("prices").keys(["id"]);
    let cases = [
        ("[1]", "/0/data", Code::Type),
        ("7", "/0/data", Code::Type),
        (r#"{"price":1}"#, "/0/data/id", Code::Key),
        (r#"{"id":null}"#, "/0/data/id", Code::Key),
        (r#"{"id":[1]}"#, "/0/data/id", Code::Key),
        (r#"{"id":1,"id":null}"#, "/0/data/id", Code::Key),
    ];
    for (text, pointer, code) in cases {
        let row = serde_json::value::RawValue::from_string(text.to_owned()).unwrap();
        let error = PushBody::json(1).push_json(&table, 1, &row).unwrap_err();
        let BodyError::Invalid(violations) = &error else { panic!("{text}: {error}") };
        let first = &violations.as_slice()[0];
        assert_eq!((first.pointer.as_str(), first.code), (pointer, code), "{text}");
    }
    let row = serde_json::value::RawValue::from_string("{}".to_owned()).unwrap();
    let error = PushBody::json(1).push_json(&Table::new(""), 1, &row).unwrap_err();
    let BodyError::Invalid(violations) = &error else { panic!("{error}") };
    let pointers: Vec<_> = violations.iter().map(|violation| violation.pointer.as_str()).collect();
    assert_eq!(pointers, ["/0/table_name", "/0/key_names"]);
    let deep = format!("{{\"id\":1,\"deep\":{}{}}}", "[".repeat(100_000), "]".repeat(100_000));
    if let Ok(row) = serde_json::value::RawValue::from_string(deep) {
        assert!(PushBody::json(1).push_json(&table, 1, &row).is_err());
    }
}
