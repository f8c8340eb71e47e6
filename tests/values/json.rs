//! UUIDs, bytes, and JSON as `serde_json` holds it.

use backstitch::{Code, RawValue, Value};
use bytes::{Bytes, BytesMut};
use proptest::prelude::{Strategy, any, proptest};
use serde_json::{Map, Number, Value as Json};
use uuid::Uuid;

use crate::one::{as_serde, data_points, json, valid};

fn trees() -> impl Strategy<Value = Json> {
    let leaf = proptest::prop_oneof![
        proptest::strategy::Just(Json::Null),
        any::<bool>().prop_map(Json::from),
        any::<i64>().prop_map(Json::from),
        any::<u64>().prop_map(Json::from),
        any::<f64>().prop_map(Json::from),
        ".{0,8}".prop_map(Json::from),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        proptest::prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Json::from),
            proptest::collection::vec((".{0,4}", inner), 0..4)
                .prop_map(|entries| Json::Object(entries.into_iter().collect())),
        ]
    })
}

fn scalars(tree: &Json) -> usize {
    match tree {
        Json::Array(values) => values.iter().map(scalars).sum(),
        Json::Object(entries) => entries.values().map(scalars).sum(),
        _ => 1,
    }
}

proptest! {
    #[test]
    fn uuids_are_as_serde(number in any::<u128>()) {
        as_serde(Uuid::from_u128(number));
    }

    #[test]
    fn bytes_are_base64(bytes in any::<Vec<u8>>()) {
        let text: String = serde_json::from_str(&valid(Bytes::from(bytes.clone()))).unwrap();
        assert_eq!(decoded(&text), bytes);
        assert_eq!(valid(BytesMut::from(bytes.as_slice())), format!("\"{text}\""));
    }

    #[test]
    fn json_is_as_serde(tree in trees()) {
        as_serde(tree.clone());
        assert_eq!(data_points(&tree), scalars(&tree));
        let text = serde_json::to_string_pretty(&tree).unwrap();
        let raw = RawValue::from_string(text.clone()).unwrap();
        assert_eq!(valid(&*raw), text);
        assert_eq!(data_points(&raw), scalars(&tree));
        as_serde(raw);
        match tree {
            Json::Object(entries) => as_serde(entries),
            Json::Number(number) => as_serde(number),
            _ => {}
        }
    }
}

/// A reader of base64 that knows its own way: bit by bit.
fn decoded(text: &str) -> Vec<u8> {
    assert_eq!(text.len() % 4, 0, "{text}");
    let digits = text.trim_end_matches('=');
    let bits: Vec<u8> = digits
        .chars()
        .flat_map(|character| {
            let digit = match character {
                'A'..='Z' => character as u8 - b'A',
                'a'..='z' => character as u8 - b'a' + 26,
                '0'..='9' => character as u8 - b'0' + 52,
                '+' => 62,
                '/' => 63,
                _ => panic!("{text}"),
            };
            (0..6).rev().map(move |bit| digit >> bit & 1)
        })
        .collect();
    bits.chunks_exact(8).map(|bits| bits.iter().fold(0, |byte, bit| byte << 1 | bit)).collect()
}

#[test]
fn raw_numbers_keep_their_digits() {
    let text = r#"{"price":1.10,"big":18446744073709551616,"huge":1E400}"#;
    assert_eq!(json(RawValue::from_string(text.to_owned()).unwrap()).unwrap(), text);
}

#[test]
fn json_that_is_too_deep_is_refused() {
    let mut tree = Json::Null;
    for _ in 0..1_000 {
        tree = Json::from(vec![tree]);
    }
    let violations = json(&tree).unwrap_err();
    assert_eq!(violations[0].1, Code::Depth);
    let raw = RawValue::from_string(format!("{}{}", "[".repeat(126), "]".repeat(126))).unwrap();
    assert_eq!(json(raw).unwrap_err()[0].1, Code::Depth);
}

#[test]
fn samples_are_as_documented() {
    assert_eq!(valid(Uuid::sample()), "\"67e55044-10b1-426f-9247-bb680e5fe0c8\"");
    assert_eq!(valid(Bytes::sample()), "\"Ynl0ZXM=\"");
    assert_eq!(valid(BytesMut::sample()), "\"Ynl0ZXM=\"");
    assert_eq!(valid(Json::sample()), "null");
    assert_eq!(valid(Map::sample()), "{}");
    assert_eq!(valid(Number::sample()), "1");
    assert_eq!(valid(Box::<RawValue>::sample()), "null");
    assert_eq!(valid(<&RawValue>::sample()), "null");
}
