//! Values of all types that Transit tells apart.

use backstitch::{Check, Encoder, Value};
use backstitch_api::transit::Transit;
use proptest::prelude::*;
use serde_json::{Value as Json, json};

/// The greatest integer that is a JSON number in Transit.
const GREATEST_PLAIN: i128 = (1 << 53) - 1;

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Tree {
    Null,
    Boolean(bool),
    Integer(i128),
    Double(f64),
    Decimal(String),
    Text(String),
    Instant(i64),
    Uuid(String),
    Bytes(Vec<u8>),
    Array(Vec<Tree>),
    Object(Vec<(String, Tree)>),
}

impl Value for Tree {
    fn write<E: Encoder>(&self, encoder: &mut E) {
        match self {
            Tree::Null => encoder.null(),
            Tree::Boolean(value) => encoder.boolean(*value),
            Tree::Integer(value) => match i64::try_from(*value) {
                Ok(value) => encoder.integer(value),
                Err(_) => encoder.wide(*value),
            },
            Tree::Double(value) => encoder.double(*value),
            Tree::Decimal(digits) => encoder.decimal(digits),
            Tree::Text(text) => encoder.string(text),
            Tree::Instant(milliseconds) => encoder.instant("2026-11-25T00:00:00Z", *milliseconds),
            Tree::Uuid(text) => encoder.uuid(text),
            Tree::Bytes(bytes) => encoder.bytes(bytes),
            Tree::Array(values) => {
                encoder.begin_array();
                for value in values {
                    encoder.element();
                    value.write(encoder);
                }
                encoder.end_array();
            }
            Tree::Object(entries) => {
                encoder.begin_object();
                for (name, value) in entries {
                    encoder.key_text(name);
                    value.write(encoder);
                }
                encoder.end_object();
            }
        }
    }

    fn check(&self, check: &mut Check) {
        check.data_point();
    }

    fn sample() -> Self {
        Tree::Null
    }
}

impl Tree {
    /// The same as our own reader has it.
    pub(crate) fn read_back(&self) -> Transit {
        match self {
            Tree::Null => Transit::Null,
            Tree::Boolean(value) => Transit::Boolean(*value),
            Tree::Integer(value) => {
                i64::try_from(*value).map_or_else(|_| Transit::BigInteger(value.to_string()), Transit::Integer)
            }
            Tree::Double(value) => Transit::Double(*value),
            Tree::Decimal(digits) => Transit::Decimal(digits.clone()),
            Tree::Text(text) => Transit::Text(text.clone()),
            Tree::Instant(milliseconds) => Transit::Instant(*milliseconds),
            Tree::Uuid(text) => Transit::Uuid(text.clone()),
            Tree::Bytes(bytes) => Transit::Bytes(base64(bytes)),
            Tree::Array(values) => Transit::Array(values.iter().map(Tree::read_back).collect()),
            Tree::Object(entries) => Transit::Map(
                entries.iter().map(|(name, value)| (Transit::Text(name.clone()), value.read_back())).collect(),
            ),
        }
    }

    /// The same as the other readers' programs print it.
    pub(crate) fn shown(&self) -> Json {
        match self {
            Tree::Null => Json::Null,
            Tree::Boolean(value) => json!(value),
            Tree::Integer(value) if value.abs() <= GREATEST_PLAIN => json!(*value as f64),
            Tree::Integer(value) => json!({ "integer": value.to_string() }),
            Tree::Double(value) => json!(value),
            Tree::Decimal(digits) => json!({ "decimal": digits }),
            Tree::Text(text) => json!(text),
            Tree::Instant(milliseconds) => json!({ "instant": *milliseconds as f64 }),
            Tree::Uuid(text) => json!({ "uuid": text }),
            Tree::Bytes(bytes) => json!({ "bytes": base64(bytes) }),
            Tree::Array(values) => json!({ "array": values.iter().map(Tree::shown).collect::<Vec<_>>() }),
            Tree::Object(entries) => {
                json!({ "map": entries.iter().map(|(name, value)| json!([name, value.shown()])).collect::<Vec<_>>() })
            }
        }
    }
}

fn base64(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for group in bytes.chunks(3) {
        let bits = (0..3).fold(0, |bits, index| bits << 8 | usize::from(*group.get(index).unwrap_or(&0)));
        for place in 0..4 {
            let is_there = place <= group.len();
            text.push(if is_there { char::from(ALPHABET[bits >> (18 - 6 * place) & 63]) } else { '=' });
        }
    }
    text
}

/// Keys and texts that begin as marks do, and of every length around that of a key that has a code: in characters, in
/// UTF-16 units and in bytes.
pub(crate) fn texts() -> impl Strategy<Value = String> {
    prop_oneof![
        "[~^`]?[a-c]{0,5}",
        "[~^`]?[aé€🦀]{1,4}",
        "[a-z_]{4,20}",
        "[~^` #:$\"\\\\\n]{0,4}",
        Just("~#cmap".to_owned()),
        any::<String>(),
    ]
}

pub(crate) fn trees() -> impl Strategy<Value = Tree> {
    let scalars = prop_oneof![
        Just(Tree::Null),
        any::<bool>().prop_map(Tree::Boolean),
        any::<i64>().prop_map(|value| Tree::Integer(value.into())),
        (any::<i128>(), 0..127_u32).prop_map(|(value, bits)| Tree::Integer(value >> bits)),
        (-3..=3_i128, any::<bool>()).prop_map(|(beside, is_64)| {
            Tree::Integer(if is_64 { i128::from(i64::MAX) + beside } else { GREATEST_PLAIN + beside })
        }),
        any::<f64>().prop_filter("finite", |value| value.is_finite()).prop_map(Tree::Double),
        "-?(0|[1-9][0-9]{0,30})\\.[0-9]{1,12}".prop_map(Tree::Decimal),
        texts().prop_map(Tree::Text),
        (-60_000_000_000_000..200_000_000_000_000_i64).prop_map(Tree::Instant),
        "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}".prop_map(Tree::Uuid),
        prop::collection::vec(any::<u8>(), 0..8).prop_map(Tree::Bytes),
    ];
    scalars.prop_recursive(3, 24, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Tree::Array),
            prop::collection::btree_map(texts(), inner, 0..5).prop_map(|map| Tree::Object(map.into_iter().collect())),
        ]
    })
}
