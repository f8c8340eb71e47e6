//! The rules that come with a type or a key, with values that break them: each is told at a field that is there. A schema
//! knows nothing of most of them.

use std::cell::RefCell;
use std::collections::BTreeMap;

use backstitch::{Code, Push};
use proptest::collection::{btree_map, vec};
use proptest::prelude::{Just, Strategy, any, proptest};
use proptest::prop_oneof;
use serde::Serialize;
use serde_json::Value as Json;

use crate::judge::{cases, judge, told_by_validate};

/// Floats in places that can't be null, where the schema refuses the null that `serde_json` makes of them.
#[derive(Debug, Push, Serialize)]
#[push(table = "floats", key = "single")]
struct Floats {
    single: f32,
    #[push(minimum = 0, maximum = 9)]
    double: f64,
    list: Vec<f64>,
    pair: (f32, [f64; 1]),
    map: BTreeMap<String, f64>,
    #[push(rename = "~/")]
    #[serde(rename = "~/")]
    point: Point,
}

#[derive(Debug, Push, Serialize)]
struct Point(f32, f64);

fn floats() -> impl Strategy<Value = f64> {
    prop_oneof![4 => -1.0..10.0, 1 => Just(f64::NAN), 1 => Just(f64::INFINITY), 1 => Just(f64::NEG_INFINITY)]
}

fn records() -> impl Strategy<Value = Floats> {
    let plain = proptest::array::uniform6(floats());
    (plain, vec(floats(), 0..3), btree_map("[a/~]{0,2}", floats(), 0..3)).prop_map(
        |([single, double, first, second, x, y], list, map)| {
            #[allow(clippy::cast_possible_truncation)]
            let narrow = |number: f64| number as f32;
            Floats {
                single: narrow(single),
                double,
                list,
                pair: (narrow(first), [second]),
                map,
                point: Point(narrow(x), y),
            }
        },
    )
}

/// A field for each of the other rules.
#[derive(Debug, Push)]
#[push(table = "rules", key("name", "a/b"), sequence = "version")]
struct Rules {
    name: String,
    #[push(rename = "a/b")]
    other: bytes::Bytes,
    version: u64,
    maybe: Option<f64>,
    day: chrono::NaiveDate,
    moment: Vec<Option<jiff::Timestamp>>,
    big: bigdecimal::BigDecimal,
    cell: RefCell<u8>,
    #[push(serde, example = BTreeMap::new())]
    keys: BTreeMap<Key, f64>,
}

/// Written as a number or as an array, which is no key of a map in JSON.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(untagged)]
enum Key {
    Number(u8),
    Array([u8; 1]),
}

/// A record that breaks no rule.
fn sound() -> Rules {
    Rules {
        name: "name".to_owned(),
        other: bytes::Bytes::new(),
        version: 1,
        maybe: None,
        day: chrono::NaiveDate::from_ymd_opt(9_999, 12, 31).unwrap(),
        moment: vec![None, Some(jiff::Timestamp::UNIX_EPOCH)],
        big: "1.5".parse().unwrap(),
        cell: RefCell::new(1),
        keys: [(Key::Number(1), 1.5)].into(),
    }
}

/// The data of a record that breaks no rule, whose places are those of one that does.
fn data(record: &Rules) -> Json {
    let mut body = backstitch::PushBody::json(1);
    body.push(record, 1).unwrap();
    let body: Json = serde_json::from_slice(&body.finish()).unwrap();
    body[0]["data"].clone()
}

/// Breaks a rule; its code, and the place where it is told.
type Break = (fn(&mut Rules), Code, &'static str);

const BREAKS: &[Break] = &[
    (|record| record.name = "x".repeat(1_025), Code::KeyLength, "/name"),
    (|record| record.other = vec![0; 769].into(), Code::KeyLength, "/a~1b"),
    (|record| record.version = u64::MAX, Code::Maximum, "/version"),
    (|record| record.maybe = Some(f64::NAN), Code::NotFinite, "/maybe"),
    (|record| record.day = chrono::NaiveDate::MAX, Code::Format, "/day"),
    (|record| record.moment[1] = Some(jiff::Timestamp::MIN), Code::Format, "/moment/1"),
    (|record| record.big = bigdecimal::BigDecimal::new(1.into(), 16_384), Code::Digits, "/big"),
    (|record| std::mem::forget(record.cell.borrow_mut()), Code::Serialize, "/cell"),
    (|record| record.keys.extend([(Key::Array([1]), 1.0)]), Code::Serialize, "/keys"),
    (|record| record.keys.extend([(Key::Number(1), f64::INFINITY)]), Code::NotFinite, "/keys/1"),
];

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn numbers_that_are_not_finite_are_told_where_they_are(record in records()) {
        judge(&record, &record);
    }

    #[test]
    fn rules_that_are_broken_are_told_where_they_are(broken in any::<[bool; 10]>()) {
        let mut record = sound();
        let data = data(&record);
        let broken: Vec<&Break> = BREAKS.iter().zip(broken).filter_map(|(all, is)| is.then_some(all)).collect();
        for (break_rule, ..) in &broken {
            break_rule(&mut record);
        }
        let expected = broken.iter().map(|(_, code, pointer)| ((*pointer).to_owned(), *code)).collect();
        let told = told_by_validate(&record);
        assert_eq!(told, expected);
        for (pointer, code) in &told {
            assert!(data.pointer(pointer).is_some(), "{code:?}: nothing is at {pointer} of {data}");
        }
    }
}

#[test]
fn data_points_and_levels_are_counted_through_all_there_is() {
    #[derive(Push, Serialize)]
    #[push(table = "counted", key = "id")]
    struct Counted {
        id: u8,
        lists: Vec<[Option<u8>; 2]>,
        deep: Json,
    }
    let row = |lists, deep| Counted { id: 1, lists: vec![[None, Some(1)]; lists], deep };
    // The id, two of each list, and what is deep.
    assert!(judge(&row(4_999, Json::Null), &row(4_999, Json::Null)));
    let told = told_by_validate(&row(4_999, serde_json::json!([1, 2])));
    assert_eq!(told, [(String::new(), Code::DataPoints)].into());

    let nested = |levels| (0..levels).fold(Json::Null, |inner, _| serde_json::json!([inner]));
    let depth = (0..200).find(|depth| row(0, nested(*depth)).validate().is_err()).unwrap();
    let told = told_by_validate(&row(0, nested(depth)));
    let (pointer, code) = told.iter().next().unwrap();
    assert_eq!((told.len(), *code), (1, Code::Depth));
    assert!(serde_json::to_value(row(0, nested(depth))).unwrap().pointer(pointer).is_some(), "{pointer}");
    assert!(judge(&row(0, nested(depth - 1)), &row(0, nested(depth - 1))));
}

/// A node of a chain with what ends it: a list of strings, which are one value each; one of floats, which are looked at;
/// what serde writes.
#[derive(Debug, Default, Push)]
#[push(table = "chains", key = "id")]
struct Chain {
    id: i64,
    #[push(skip_if = Option::is_none)]
    next: Option<Box<Chain>>,
    #[push(skip_if = Option::is_none)]
    texts: Option<Vec<String>>,
    #[push(skip_if = Option::is_none)]
    floats: Option<Vec<f64>>,
    #[push(skip_if = Option::is_none, serde, example = None)]
    json: Option<Json>,
}

#[test]
fn what_is_not_too_deep_is_what_readers_of_json_take() {
    type End = (&'static str, fn(&mut Chain));
    let ends: [End; 5] = [
        ("no strings", |end| end.texts = Some(Vec::new())),
        ("strings", |end| end.texts = Some(vec!["a".to_owned()])),
        ("no floats", |end| end.floats = Some(Vec::new())),
        ("floats", |end| end.floats = Some(vec![0.5])),
        ("JSON", |end| end.json = Some(serde_json::json!([1]))),
    ];
    for (what, put) in ends {
        let mut refused = 0;
        for links in 115..130 {
            let mut chain = Chain::default();
            put(&mut chain);
            for _ in 0..links {
                chain = Chain { next: Some(Box::new(chain)), ..Chain::default() };
            }
            let mut body = backstitch::PushBody::json(1);
            // The list is one level more than the objects, the record and the request.
            let is_taken = body.push(&chain, 1).is_ok();
            assert_eq!(is_taken, links + 4 <= 127, "{what} within {links}");
            if is_taken {
                serde_json::from_slice::<Json>(&body.finish()).expect("no deeper than readers go");
            }
            refused += usize::from(!is_taken);
        }
        assert!(refused > 0);
    }
}

#[derive(Debug, Push)]
#[push(table = "flat", key = "id")]
struct AfterAField {
    id: i64,
    note: String,
    #[push(flatten)]
    more: BTreeMap<String, f64>,
    within: Vec<Within>,
}

#[derive(Debug, Push)]
struct Within {
    note: String,
    #[push(flatten)]
    more: BTreeMap<String, f64>,
}

#[test]
fn entries_of_a_flattened_map_are_where_they_stand() {
    let more = || BTreeMap::from([("x/y".to_owned(), f64::NAN)]);
    let within = vec![Within { note: String::new(), more: more() }];
    let told = AfterAField { id: 1, note: String::new(), more: more(), within }.validate().expect_err("not finite");
    let pointers: Vec<&str> = told.iter().map(|told| told.pointer.as_str()).collect();
    assert_eq!(pointers, ["/data/x~1y", "/data/within/0/x~1y"]);
}
