//! Every attribute of ours, on structs, enums, fields and variants.

use std::collections::{BTreeMap, HashMap};

use backstitch::{Push, PushBody, PushRecord};
use proptest::collection::{btree_map, hash_map, vec};
use proptest::option;
use proptest::prelude::{Strategy, any, proptest};
use serde::Serialize;

use crate::judge::{as_serde, cases};

/// The runtime under another name.
mod elsewhere {
    pub(crate) use backstitch as stitch;
}

/// All that stands on a struct, but for `bound`, which is for a generic one.
#[derive(Debug, elsewhere::stitch::Push, Serialize)]
#[push(
    table = "every \"attribute\"",
    key("line/~no", "order"),
    sequence = "version",
    destination("postgres", "amazon-s3"),
    rename_all = "SCREAMING_SNAKE_CASE",
    crate = "crate::attributes::elsewhere::stitch",
    record = "EveryRecord",
    doc_test = false
)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
struct Every {
    #[push(rename = "order", example = "A-1")]
    #[serde(rename = "order")]
    order_number: String,
    #[push(rename = "line/~no")]
    #[serde(rename = "line/~no")]
    line: u16,
    #[push(rename = "version")]
    #[serde(rename = "version")]
    r#type: i64,
    two_words: bool,
    #[push(skip)]
    #[serde(skip)]
    #[allow(dead_code)]
    not_sent: std::time::Duration,
    #[push(skip_if = Option::is_none, example = 7)]
    #[serde(skip_serializing_if = "Option::is_none")]
    now_and_then: Option<u8>,
    #[push(skip_if = "Vec::is_empty", example = vec![Some(1.5), None])]
    #[serde(skip_serializing_if = "Vec::is_empty")]
    sometimes: Vec<Option<f64>>,
    #[push(flatten)]
    #[serde(flatten)]
    inner: Inner,
    #[push(serde, example = Shape::Circle { radius: 1.5 })]
    shape: Shape,
    #[push(with = hex, example = 255)]
    #[serde(with = "hex")]
    code: u64,
    #[push(example = Level::TopMost, open)]
    level: Level,
}

/// Written by serde alone.
#[derive(Clone, Debug, Serialize)]
enum Shape {
    Circle { radius: f64 },
    Nothing,
    Sides(Vec<u8>),
}

mod hex {
    pub(super) fn serialize<S: serde::Serializer>(value: &u64, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&format_args!("{value:x}"))
    }
}

#[derive(Clone, Copy, Debug, Push, Serialize)]
#[push(rename_all = "kebab-case")]
#[serde(rename_all = "kebab-case")]
enum Level {
    TopMost,
    #[push(rename = "the \"middle\"")]
    #[serde(rename = "the \"middle\"")]
    Middle,
    Low,
}

/// Keys and the sequence marked on the fields, and no field of it public.
#[derive(Debug, Push, Serialize)]
#[push(table = "marked", destination = "snowflake", doc_test = "derive::attributes::Marked")]
struct Marked {
    #[push(key, rename = "at")]
    #[serde(rename = "at")]
    place: char,
    #[push(sequence)]
    version: u32,
    #[push(key)]
    day: chrono::NaiveDate,
}

#[derive(Clone, Debug, Push, Serialize)]
struct Inner {
    city: String,
    #[push(flatten, skip_if = Option::is_none)]
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    boxed: Option<Box<Innermost>>,
    #[push(flatten)]
    #[serde(flatten)]
    more: BTreeMap<String, Option<i64>>,
}

#[derive(Clone, Debug, Push, Serialize)]
struct Innermost {
    #[push(rename = "zip-code")]
    #[serde(rename = "zip-code")]
    zip: Option<String>,
    level: Option<Level>,
}

/// Maps of each kind among the fields, and an `Option` that is nothing.
#[derive(Debug, Push, Serialize)]
#[push(table = "flattened", key = "id")]
struct Flattened {
    id: u8,
    #[push(flatten)]
    #[serde(flatten)]
    hashed: HashMap<String, Vec<u8>>,
    #[push(flatten)]
    #[serde(flatten)]
    json: serde_json::Map<String, serde_json::Value>,
    #[push(flatten)]
    #[serde(flatten)]
    optional: Option<Innermost>,
    #[push(flatten)]
    #[serde(flatten)]
    optional_map: Option<BTreeMap<Box<str>, bool>>,
}

/// A parameter that is written, one that is skipped, one that serde writes, a lifetime and a constant.
#[derive(Debug, Push, Serialize)]
#[push(table = "generic", key = "key")]
struct Generic<'a, K, T, D, S, const N: usize> {
    key: K,
    values: Vec<T>,
    window: [&'a str; 2],
    #[push(skip)]
    #[serde(skip)]
    #[allow(dead_code)]
    skipped: [D; N],
    #[push(serde)]
    shape: S,
}

/// The same with the bounds written out.
#[derive(Debug, Push, Serialize)]
#[push(table = "bounded", key = "id", bound = "T: backstitch::Value + Clone")]
struct Bounded<T: Clone> {
    id: u8,
    values: Vec<T>,
}

/// A struct and an enum for each case, with the same names.
macro_rules! cased {
    ($($case:literal: $struct:ident, $enum:ident;)*) => {
        $(
            #[derive(Clone, Copy, Debug, Push, Serialize)]
            #[push(rename_all = $case)]
            #[serde(rename_all = $case)]
            enum $enum {
                Plain,
                TwoWords,
                #[allow(non_camel_case_types)]
                under_score,
                HTTP2Status,
            }

            #[derive(Debug, Push, Serialize)]
            #[push(table = $case, rename_all = $case)]
            #[serde(rename_all = $case)]
            #[allow(non_snake_case)]
            struct $struct {
                #[push(key)]
                plain: $enum,
                two_words: $enum,
                three_2_words: u8,
                _first: u8,
                last_: u8,
                inner__gap: u8,
                camelCase: u8,
                r#type: u8,
            }
        )*

        /// The cases that are tried.
        pub(crate) const CASES: &[&str] = &[$($case),*];

        #[test]
        fn every_case_is_serdes() {
            $(
                for name in [$enum::Plain, $enum::TwoWords, $enum::under_score, $enum::HTTP2Status] {
                    as_serde(&$struct {
                        plain: name,
                        two_words: name,
                        three_2_words: 1,
                        _first: 2,
                        last_: 3,
                        inner__gap: 4,
                        camelCase: 5,
                        r#type: 6,
                    });
                }
            )*
        }
    };
}

cased! {
    "lowercase": Lower, LowerLevel;
    "UPPERCASE": Upper, UpperLevel;
    "PascalCase": Pascal, PascalLevel;
    "camelCase": Camel, CamelLevel;
    "snake_case": Snake, SnakeLevel;
    "SCREAMING_SNAKE_CASE": ScreamingSnake, ScreamingSnakeLevel;
    "kebab-case": Kebab, KebabLevel;
    "SCREAMING-KEBAB-CASE": ScreamingKebab, ScreamingKebabLevel;
}

fn level() -> impl Strategy<Value = Level> {
    (0..3_usize).prop_map(|index| [Level::TopMost, Level::Middle, Level::Low][index])
}

fn innermost() -> impl Strategy<Value = Innermost> {
    (any::<Option<String>>(), option::of(level())).prop_map(|(zip, level)| Innermost { zip, level })
}

/// A map's entries have names that no field has: two of one name are as wrong for serde as for us.
fn inner() -> impl Strategy<Value = Inner> {
    let more = btree_map("[^a-z]{0,4}", any::<Option<i64>>(), 0..3);
    (any::<String>(), option::of(innermost()), more).prop_map(|(city, boxed, more)| Inner {
        city,
        boxed: boxed.map(Box::new),
        more: more.into_iter().map(|(name, value)| (format!("more {name}"), value)).collect(),
    })
}

fn shape() -> impl Strategy<Value = Shape> {
    proptest::prop_oneof![
        (-1e6..1e6).prop_map(|radius| Shape::Circle { radius }),
        proptest::strategy::Just(Shape::Nothing),
        any::<[u8; 3]>().prop_map(|sides| Shape::Sides(sides.to_vec())),
    ]
}

fn every() -> impl Strategy<Value = Every> {
    let named = any::<(String, u16, i64, bool)>();
    let sometimes = vec(option::of(-1e300..1e300), 0..3);
    (named, any::<Option<u8>>(), sometimes, inner(), shape(), any::<u64>(), level()).prop_map(
        |((order_number, line, version, two_words), now_and_then, sometimes, inner, shape, code, level)| Every {
            order_number,
            line,
            r#type: version,
            two_words,
            #[allow(dead_code)]
            not_sent: std::time::Duration::from_nanos(code),
            now_and_then,
            sometimes,
            inner,
            shape,
            code,
            level,
        },
    )
}

fn flattened() -> impl Strategy<Value = Flattened> {
    let hashed = hash_map("h[^a-z]{0,3}", any::<[u8; 2]>().prop_map(|bytes| bytes.to_vec()), 0..3);
    let json = btree_map("j[^a-z]{0,3}", any::<Option<bool>>(), 0..3);
    let optional_map = option::of(btree_map("o[^a-z]{0,3}", any::<bool>(), 0..3));
    (any::<u8>(), hashed, json, option::of(innermost()), optional_map).prop_map(
        |(id, hashed, json, optional, optional_map)| Flattened {
            id,
            hashed,
            json: json
                .into_iter()
                .map(|(name, value)| (name, serde_json::json!([value, { "in": name_of(value) }])))
                .collect(),
            optional,
            optional_map: optional_map
                .map(|entries| entries.into_iter().map(|(name, value)| (name.into_boxed_str(), value)).collect()),
        },
    )
}

fn name_of(value: Option<bool>) -> &'static str {
    match value {
        Some(true) => "yes",
        Some(false) => "no",
        None => "nobody knows",
    }
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn all_attributes_at_once_are_as_serde(record in every()) {
        as_serde(&record);
        assert_eq!(record.own_sequence().unwrap(), record.r#type);
        // The typed record writes the same.
        let mut bodies = [PushBody::json(7723), PushBody::json(7723)];
        bodies[0].push(&record, 5).unwrap();
        let typed = EveryRecord::new(7723, 5, record);
        typed.validate().unwrap();
        bodies[1].push_record(&typed).unwrap();
        let [plain, typed] = bodies.map(|body| String::from_utf8(body.finish()).unwrap());
        assert_eq!(plain, typed);
    }

    #[test]
    fn fields_among_others_are_as_serde(record in flattened()) {
        as_serde(&record);
    }

    #[test]
    fn marked_fields_are_as_named_ones(place in any::<char>(), version in any::<u32>(), day in 0..3_000_000_i32) {
        assert_eq!(Marked::KEY_NAMES, ["at", "day"]);
        let day = chrono::NaiveDate::from_num_days_from_ce_opt(day).unwrap();
        let record = Marked { place, version, day };
        as_serde(&record);
        assert_eq!(record.own_sequence().unwrap(), i64::from(version));
    }

    #[test]
    fn generic_structs_are_as_serde(key in any::<i64>(), text in any::<String>(), values in any::<[Option<u8>; 3]>(), shape in shape()) {
        let window = [text.as_str(); 2];
        as_serde(&Generic { key, values: values.to_vec(), window, skipped: [0_u8; 3], shape: shape.clone() });
        as_serde(&Generic { key: text.as_str(), values: vec![Level::Low], window, skipped: [true], shape: Some(shape) });
        as_serde(&Bounded { id: 1, values: values.to_vec() });
    }
}

#[test]
fn examples_are_what_the_attributes_say() {
    let example = Every::example();
    assert_eq!((example.order_number.as_str(), example.now_and_then, example.code), ("A-1", Some(7), 255));
    as_serde(&example);
    as_serde(&Marked::example());
    as_serde(&Flattened::example());
}
