//! Every key of `#[serde(…)]` that is followed, without a word of our own beside it, and every key that is passed over.

use std::borrow::Cow;
use std::collections::BTreeMap;

use backstitch::Push;
use proptest::collection::btree_map;
use proptest::option;
use proptest::prelude::{Strategy, any, proptest};
use serde::{Deserialize, Serialize};

use crate::judge::{as_serde, cases};

#[derive(Debug, Push, Serialize)]
#[push(table = "followed", key("Id", "N"))]
#[serde(rename_all = "PascalCase")]
struct Followed {
    id: Wrapped,
    #[serde(rename = "N")]
    number: u8,
    #[serde(rename(serialize = "out", deserialize = "in"))]
    renamed: Option<bool>,
    #[serde(skip)]
    #[allow(dead_code)]
    skipped: Vec<u8>,
    #[serde(skip_serializing)]
    #[allow(dead_code)]
    not_written: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    now_and_then: Option<String>,
    #[serde(flatten)]
    inner: Inner,
    #[serde(flatten, skip_serializing_if = "BTreeMap::is_empty")]
    more: BTreeMap<String, u8>,
    #[serde(serialize_with = "doubled")]
    by_a_function: i32,
    #[serde(with = "shown")]
    by_a_module: u16,
    #[serde(skip_serializing_if = "Option::is_none", with = "shown_option")]
    sometimes_by_a_module: Option<u16>,
    pair: Pair,
    level: Level,
}

/// The only field that is sent is the value.
#[derive(Debug, Push, Serialize)]
#[serde(transparent)]
struct Wrapped {
    #[serde(skip)]
    #[allow(dead_code)]
    cached: u8,
    id: i64,
}

#[derive(Debug, Push, Serialize)]
#[serde(rename_all(serialize = "SCREAMING-KEBAB-CASE", deserialize = "camelCase"))]
struct Inner {
    first_name: Option<String>,
    #[serde(with = "shown")]
    house_number: u16,
}

/// An array, some of whose elements serde writes in another way.
#[derive(Debug, Push, Serialize)]
struct Pair(#[serde(serialize_with = "doubled")] i32, bool, #[serde(with = "shown")] u16);

#[derive(Clone, Copy, Debug, Push, Serialize)]
#[serde(rename_all = "lowercase")]
enum Level {
    Top,
    #[serde(rename = "the middle")]
    Middle,
    #[serde(rename(serialize = "out", deserialize = "in"))]
    Low,
}

fn doubled<S: serde::Serializer>(value: &i32, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_i64(i64::from(*value) * 2)
}

mod shown {
    pub(super) fn serialize<S: serde::Serializer>(value: &u16, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(value)
    }

    pub(super) fn deserialize<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<u16, D::Error> {
        let text = <String as serde::Deserialize>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

mod shown_option {
    pub(super) fn serialize<S: serde::Serializer>(value: &Option<u16>, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&format_args!("{value:?}"))
    }
}

fn level() -> impl Strategy<Value = Level> {
    (0..3_usize).prop_map(|index| [Level::Top, Level::Middle, Level::Low][index])
}

fn followed() -> impl Strategy<Value = Followed> {
    let numbers = any::<(i64, u8, i32, u16, u64, bool)>();
    // Names that no field has.
    let more = btree_map("[^a-zA-Z]{1,3}", any::<u8>(), 0..3);
    let texts = any::<(Option<String>, Option<String>, Option<bool>, Option<u16>)>();
    (numbers, texts, more, level()).prop_map(
        |((id, number, other, small, large, flag), (first, now_and_then, renamed, sometimes), more, level)| Followed {
            id: Wrapped { cached: number, id },
            number,
            renamed,
            skipped: vec![number],
            not_written: large,
            now_and_then,
            inner: Inner { first_name: first, house_number: small },
            more,
            by_a_function: other,
            by_a_module: small,
            sometimes_by_a_module: sometimes,
            pair: Pair(other, flag, small),
            level,
        },
    )
}

/// What is of no matter for the output.
#[derive(Debug, PartialEq, Push, Serialize, Deserialize)]
#[push(table = "passed_over", key = "id")]
#[serde(
    bound = "T: Serialize + serde::de::DeserializeOwned + Default",
    crate = "serde",
    default,
    deny_unknown_fields,
    expecting = "a row",
    rename = "Row"
)]
struct PassedOver<'a, T: Default> {
    id: u8,
    #[serde(alias = "title", borrow)]
    name: Cow<'a, str>,
    #[serde(default = "one")]
    value: T,
    #[serde(bound(deserialize = ""), deserialize_with = "shown::deserialize", serialize_with = "shown::serialize")]
    number: u16,
    #[serde(skip_deserializing)]
    written_alone: u8,
    kind: Kind,
}

impl<T: Default> Default for PassedOver<'_, T> {
    fn default() -> Self {
        PassedOver {
            id: 1,
            name: Cow::Borrowed("text"),
            value: T::default(),
            number: 0,
            written_alone: 0,
            kind: Kind::Other,
        }
    }
}

fn one<T: Default>() -> T {
    T::default()
}

#[derive(Clone, Copy, Debug, PartialEq, Push, Serialize, Deserialize)]
enum Kind {
    #[serde(alias = "first")]
    First,
    #[serde(other)]
    Other,
}

/// Read from another type, written as it is.
#[derive(Clone, Debug, Push, Serialize, Deserialize)]
#[serde(from = "i64")]
struct From64(i64);

impl From<i64> for From64 {
    fn from(number: i64) -> Self {
        From64(number)
    }
}

#[derive(Clone, Debug, Push, Serialize, Deserialize)]
#[serde(try_from = "String")]
struct Short(String);

impl TryFrom<String> for Short {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        if text.len() < 10 { Ok(Short(text)) } else { Err("too long") }
    }
}

#[derive(Debug, Push, Serialize, Deserialize)]
#[push(table = "read", key("number", "short"))]
struct Read {
    number: From64,
    short: Short,
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn what_serde_is_told_is_followed(record in followed()) {
        as_serde(&record);
    }

    #[test]
    fn what_is_of_no_matter_is_passed_over(
        (id, number, written_alone) in any::<(u8, u16, u8)>(),
        name in any::<String>(),
        value in option::of(any::<i64>()),
        first in any::<bool>(),
    ) {
        let kind = if first { Kind::First } else { Kind::Other };
        let record = PassedOver { id, name: Cow::Borrowed(name.as_str()), value, number, written_alone, kind };
        as_serde(&record);
        let text = serde_json::to_string(&record).unwrap();
        // What is written alone is not read again: serde then has a word to say against it.
        let error = serde_json::from_str::<PassedOver<'_, Option<i64>>>(&text).unwrap_err();
        assert!(error.to_string().contains("written_alone"), "{error}");
        as_serde(&Read { number: From64(value.unwrap_or_default()), short: Short(name) });
    }
}
