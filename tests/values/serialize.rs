//! Any type that is `Serialize`, against `serde_json`.

use std::cell::Cell;
use std::collections::{BTreeMap, HashMap};
use std::fmt;

use backstitch::__private::{check_serde, write_serde};
use backstitch::{Check, Code, Encoder, Push, PushBody, RawValue, Value};
use proptest::prelude::{Just, Strategy, any, proptest};
use proptest::prop_oneof;
use serde::ser::{
    SerializeMap, SerializeSeq, SerializeStruct, SerializeStructVariant, SerializeTuple, SerializeTupleStruct,
    SerializeTupleVariant,
};
use serde::{Serialize, Serializer};

use crate::one::{data_points, json};

/// A field that is written through its `Serialize`.
struct Through<T>(T);

impl<T: Serialize> Value for Through<T> {
    fn write<E: Encoder>(&self, encoder: &mut E) {
        write_serde(&self.0, encoder);
    }

    fn check(&self, check: &mut Check) {
        check_serde(&self.0, check);
    }

    fn sample() -> Self {
        unimplemented!("no example is asked for")
    }
}

/// The bytes are serde_json's, and the data points those of its JSON.
fn same<T: Serialize>(value: T) {
    let expected = serde_json::to_string(&value).expect("JSON");
    let through = Through(value);
    let raw = RawValue::from_string(expected.clone()).expect("JSON");
    assert_eq!(data_points(&through), data_points(&raw), "{expected}");
    assert_eq!(json(through).expect("valid"), expected);
}

/// Everything that a `Serialize` can do.
#[derive(Clone, Debug)]
enum Tree {
    Unit,
    Bool(bool),
    Signed(i8, i16, i32, i64, i128),
    Unsigned(u8, u16, u32, u64, u128),
    Floats(f32, f64),
    Char(char),
    Text(String),
    Display(String),
    Bytes(Vec<u8>),
    None,
    Some(Box<Tree>),
    UnitStruct,
    UnitVariant,
    Newtype(Box<Tree>),
    NewtypeVariant(Box<Tree>),
    Seq(Vec<Tree>),
    Tuple(Vec<Tree>),
    TupleStruct(Vec<Tree>),
    TupleVariant(Vec<Tree>),
    Map(Vec<(MapKey, Tree)>),
    Struct(Vec<Tree>),
    StructVariant(Vec<Tree>),
}

/// What can be the key of a map.
#[derive(Clone, Debug, Serialize)]
#[serde(untagged)]
enum MapKey {
    Text(String),
    Bool(bool),
    Char(char),
    Single(f32),
    Double(f64),
    Signed(i64),
    Wide(i128),
    WideUnsigned(u128),
    Some(Option<u8>),
    Variant(Variant),
    Newtype(Newtype),
}

#[derive(Clone, Debug, Serialize)]
enum Variant {
    #[serde(rename = "a \"variant\"")]
    Unit,
}

#[derive(Clone, Debug, Serialize)]
struct Newtype(u16);

const NAME: &str = "a \"name\"\n";

impl Serialize for Tree {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Tree::Unit => serializer.serialize_unit(),
            Tree::Bool(value) => serializer.serialize_bool(*value),
            Tree::Signed(a, b, c, d, e) => (a, b, c, d, e).serialize(serializer),
            Tree::Unsigned(a, b, c, d, e) => (a, b, c, d, e).serialize(serializer),
            Tree::Floats(a, b) => (a, b).serialize(serializer),
            Tree::Char(value) => serializer.serialize_char(*value),
            Tree::Text(value) => serializer.serialize_str(value),
            Tree::Display(value) => serializer.collect_str(value),
            Tree::Bytes(value) => serializer.serialize_bytes(value),
            Tree::None => serializer.serialize_none(),
            Tree::Some(value) => serializer.serialize_some(value),
            Tree::UnitStruct => serializer.serialize_unit_struct(NAME),
            Tree::UnitVariant => serializer.serialize_unit_variant(NAME, 0, NAME),
            Tree::Newtype(value) => serializer.serialize_newtype_struct(NAME, value),
            Tree::NewtypeVariant(value) => serializer.serialize_newtype_variant(NAME, 0, NAME, value),
            Tree::Seq(values) => {
                let mut seq = serializer.serialize_seq(None)?;
                values.iter().try_for_each(|value| seq.serialize_element(value))?;
                seq.end()
            }
            Tree::Tuple(values) => {
                let mut tuple = serializer.serialize_tuple(values.len())?;
                values.iter().try_for_each(|value| tuple.serialize_element(value))?;
                tuple.end()
            }
            Tree::TupleStruct(values) => {
                let mut tuple = serializer.serialize_tuple_struct(NAME, values.len())?;
                values.iter().try_for_each(|value| tuple.serialize_field(value))?;
                tuple.end()
            }
            Tree::TupleVariant(values) => {
                let mut tuple = serializer.serialize_tuple_variant(NAME, 0, NAME, values.len())?;
                values.iter().try_for_each(|value| tuple.serialize_field(value))?;
                tuple.end()
            }
            Tree::Map(entries) => {
                let mut map = serializer.serialize_map(None)?;
                for (key, value) in entries {
                    map.serialize_key(key)?;
                    map.serialize_value(value)?;
                }
                map.end()
            }
            Tree::Struct(values) => {
                let mut fields = serializer.serialize_struct(NAME, values.len())?;
                values.iter().try_for_each(|value| fields.serialize_field(NAME, value))?;
                fields.skip_field("skipped")?;
                fields.end()
            }
            Tree::StructVariant(values) => {
                let mut fields = serializer.serialize_struct_variant(NAME, 0, NAME, values.len())?;
                values.iter().try_for_each(|value| fields.serialize_field(NAME, value))?;
                fields.end()
            }
        }
    }
}

fn keys() -> impl Strategy<Value = MapKey> {
    prop_oneof![
        any::<String>().prop_map(MapKey::Text),
        any::<bool>().prop_map(MapKey::Bool),
        any::<char>().prop_map(MapKey::Char),
        any::<f32>().prop_filter("finite", |key| key.is_finite()).prop_map(MapKey::Single),
        any::<f64>().prop_filter("finite", |key| key.is_finite()).prop_map(MapKey::Double),
        any::<i64>().prop_map(MapKey::Signed),
        any::<i128>().prop_map(MapKey::Wide),
        any::<u128>().prop_map(MapKey::WideUnsigned),
        any::<u8>().prop_map(|key| MapKey::Some(Some(key))),
        Just(MapKey::Variant(Variant::Unit)),
        any::<u16>().prop_map(|key| MapKey::Newtype(Newtype(key))),
    ]
}

fn trees() -> impl Strategy<Value = Tree> {
    let floats = (any::<f32>(), any::<f64>()).prop_filter("finite", |(a, b)| a.is_finite() && b.is_finite());
    let leaf = prop_oneof![
        Just(Tree::Unit),
        Just(Tree::None),
        Just(Tree::UnitStruct),
        Just(Tree::UnitVariant),
        any::<bool>().prop_map(Tree::Bool),
        any::<(i8, i16, i32, i64, i128)>().prop_map(|(a, b, c, d, e)| Tree::Signed(a, b, c, d, e)),
        any::<(u8, u16, u32, u64, u128)>().prop_map(|(a, b, c, d, e)| Tree::Unsigned(a, b, c, d, e)),
        floats.prop_map(|(a, b)| Tree::Floats(a, b)),
        any::<char>().prop_map(Tree::Char),
        any::<String>().prop_map(Tree::Text),
        any::<String>().prop_map(Tree::Display),
        proptest::collection::vec(any::<u8>(), 0..5).prop_map(Tree::Bytes),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        let boxed = || inner.clone().prop_map(Box::new);
        let several = || proptest::collection::vec(inner.clone(), 0..4);
        prop_oneof![
            boxed().prop_map(Tree::Some),
            boxed().prop_map(Tree::Newtype),
            boxed().prop_map(Tree::NewtypeVariant),
            several().prop_map(Tree::Seq),
            several().prop_map(Tree::Tuple),
            several().prop_map(Tree::TupleStruct),
            several().prop_map(Tree::TupleVariant),
            several().prop_map(Tree::Struct),
            several().prop_map(Tree::StructVariant),
            proptest::collection::vec((keys(), inner.clone()), 0..4).prop_map(Tree::Map),
        ]
    })
}

proptest! {
    #[test]
    fn any_serialize_is_as_serde_json_writes_it(tree in trees()) {
        same(tree);
    }
}

/// What serde's derive makes of attributes.
#[derive(Serialize)]
#[serde(tag = "kind")]
enum Tagged {
    Struct { a: u8 },
    Unit,
}

#[derive(Serialize)]
#[serde(tag = "kind", content = "of")]
enum Adjacent {
    Newtype(Option<Option<u8>>),
    Tuple(u8, f32),
}

#[derive(Serialize)]
struct Flat {
    id: u64,
    #[serde(flatten)]
    rest: BTreeMap<String, i128>,
    #[serde(flatten)]
    tagged: Tagged,
    #[serde(skip_serializing_if = "Option::is_none")]
    none: Option<u8>,
    adjacent: [Adjacent; 2],
    unit: Tagged,
}

#[test]
fn derived_types_are_as_serde_json_writes_them() {
    same(Flat {
        id: u64::MAX,
        rest: [("low".to_owned(), i128::MIN)].into(),
        tagged: Tagged::Struct { a: 1 },
        none: None,
        adjacent: [Adjacent::Newtype(Some(None)), Adjacent::Tuple(1, 0.1)],
        unit: Tagged::Unit,
    });
    same(HashMap::from([(7, vec![Some(1.5)])]));
    same(serde_json::json!({"a": [1, {"b": null}], "c": 1.25, "d": -1}));
    same((u128::MAX, f32::MAX, f64::MIN_POSITIVE, -0.0));
}

#[test]
fn a_field_of_a_record_is_written_by_serde() {
    #[derive(Push, Serialize)]
    #[push(table = "t", key = "id")]
    struct Row {
        id: u8,
        #[push(serde, example = Adjacent::Tuple(1, 0.1))]
        adjacent: Adjacent,
        // Without the attribute: base64, an exact number, RFC 3339.
        #[push(serde, example = rust_decimal::Decimal::new(150, 2))]
        price: rust_decimal::Decimal,
        #[push(serde, example = "2026-01-31T12:30:00Z".parse::<jiff::Timestamp>().unwrap().to_zoned_datetime(jiff::tz::TimeZone::UTC))]
        zoned: jiff::ZonedDateTime,
    }
    let row = Row::example();
    let mut body = PushBody::json(1);
    body.push(&row, 1).unwrap();
    let body = String::from_utf8(body.finish()).unwrap();
    let expected = serde_json::to_string(&row).unwrap();
    assert!(expected.contains(r#""price":"1.50","zoned":"2026-01-31T12:30:00+00:00[UTC]""#), "{expected}");
    assert!(body.contains(&format!("\"data\":{expected},")), "{body}");
}

#[test]
fn raw_json_within_is_written_as_it_is() {
    #[derive(Serialize)]
    struct Row {
        raw: Box<RawValue>,
    }
    same(Row { raw: RawValue::from_string(r#"{"n": 1.10, "big": 1e400}"#.to_owned()).unwrap() });
}

#[test]
fn a_type_with_the_name_of_serde_jsons_own_is_checked() {
    struct Impostor(&'static str);
    impl Serialize for Impostor {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            let mut fields = serializer.serialize_struct("$serde_json::private::RawValue", 1)?;
            fields.serialize_field("$serde_json::private::RawValue", self.0)?;
            fields.end()
        }
    }
    assert_eq!(json(Through(Impostor("[1]"))).unwrap(), "[1]");
    assert_eq!(json(Through(Impostor("}"))), Err(vec![("/0/data/v".to_owned(), Code::Serialize)]));
}

/// A value that refuses.
struct Refuses;

impl Serialize for Refuses {
    fn serialize<S: Serializer>(&self, _serializer: S) -> Result<S::Ok, S::Error> {
        Err(serde::ser::Error::custom("a secret"))
    }
}

impl fmt::Display for Refuses {
    fn fmt(&self, _f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Err(fmt::Error)
    }
}

#[test]
fn all_that_refuses_is_told_at_its_place_and_nothing_is_sent() {
    #[derive(Serialize)]
    struct Row {
        list: (u8, Refuses),
        map: HashMap<&'static str, Refuses>,
        keys: BTreeMap<Vec<u8>, u8>,
        number: f64,
        variant: Kind,
        fine: u8,
    }
    #[derive(Serialize)]
    enum Kind {
        Tuple(u8, Refuses),
    }
    let row = Row {
        list: (1, Refuses),
        map: [("a/b", Refuses)].into(),
        keys: [(vec![1], 1)].into(),
        number: f64::NAN,
        variant: Kind::Tuple(1, Refuses),
        fine: 1,
    };
    let expected = [
        ("/0/data/v/list/1", Code::Serialize),
        ("/0/data/v/map/a~1b", Code::Serialize),
        ("/0/data/v/keys", Code::Serialize),
        ("/0/data/v/number", Code::NotFinite),
        ("/0/data/v/variant/Tuple/1", Code::Serialize),
    ];
    let found = json(Through(row)).unwrap_err();
    let found: Vec<_> = found.iter().map(|(pointer, code)| (pointer.as_str(), *code)).collect();
    assert_eq!(found, expected);
}

#[test]
fn text_that_refuses_to_be_displayed_is_no_panic() {
    struct Shown;
    impl Serialize for Shown {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            serializer.collect_str(&Refuses)
        }
    }
    assert_eq!(json(Through(Shown)), Err(vec![("/0/data/v".to_owned(), Code::Serialize)]));
}

#[test]
fn keys_that_json_has_no_strings_for_are_refused_as_serde_json_refuses_them() {
    fn refused<K: Serialize>(key: K) {
        struct One<K>(K);
        impl<K: Serialize> Serialize for One<K> {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                let mut map = serializer.serialize_map(Some(1))?;
                map.serialize_entry(&self.0, &1)?;
                map.end()
            }
        }
        assert!(serde_json::to_string(&One(&key)).is_err());
        assert_eq!(json(Through(One(key))), Err(vec![("/0/data/v".to_owned(), Code::Serialize)]));
    }
    refused(());
    refused(None::<u8>);
    refused([1]);
    refused(f32::NAN);
    refused(f64::INFINITY);
    refused(BTreeMap::from([("a", 1)]));
    refused(Tree::Bytes(vec![1]));
    refused(Tree::NewtypeVariant(Box::new(Tree::Unit)));
    refused(Tree::StructVariant(vec![]));
}

#[test]
fn a_value_that_changes_its_mind_is_taken_back() {
    struct Once(Cell<bool>);
    impl Serialize for Once {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            if self.0.replace(true) {
                return Err(serde::ser::Error::custom("no more"));
            }
            serializer.serialize_u8(1)
        }
    }
    let error = json(Through(vec![Once(Cell::new(false))])).unwrap_err();
    assert_eq!(error, [("/0/data".to_owned(), Code::Serialize)]);
}
