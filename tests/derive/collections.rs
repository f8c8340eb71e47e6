//! Arrays, tuples, maps, JSON, and structs within structs.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap, HashMap, HashSet, LinkedList, VecDeque};
use std::rc::Rc;
use std::sync::Arc;

use backstitch::{Push, RawValue};
use proptest::collection::{btree_map, hash_map, vec};
use proptest::prelude::{Just, Strategy, any, proptest};
use proptest::{option, prop_oneof};
use serde::Serialize;
use serde_json::Value as Json;

use crate::judge::{as_serde, cases, judge_valid};

#[derive(Debug, Push, Serialize)]
#[push(table = "sequences", key = "id")]
struct Sequences<'a> {
    id: u8,
    vec: Vec<Option<i16>>,
    bytes: Vec<u8>,
    slice: &'a [Option<i16>],
    cow: Cow<'a, [Option<i16>]>,
    boxed: Box<[Option<i16>]>,
    rc: Rc<[Option<i16>]>,
    arc: Arc<[Option<i16>]>,
    deque: VecDeque<Option<i16>>,
    linked: LinkedList<Option<i16>>,
    tree_set: BTreeSet<Option<i16>>,
    hash_set: HashSet<Option<i16>>,
    heap: BinaryHeap<Option<i16>>,
    none: [bool; 0],
    three: [u16; 3],
    most: [i8; 32],
    nested: Vec<[BTreeSet<String>; 2]>,
}

/// An array of 33 elements, as serde writes one of 32 or fewer.
#[derive(Push)]
#[push(table = "long", key = "id")]
struct Long {
    id: u8,
    array: [i64; 33],
}

#[derive(Serialize)]
struct LongPeer<'a> {
    id: u8,
    array: &'a [i64],
}

type Pair = (i64, String);

/// Each a tuple of one element more.
#[derive(Debug, Push, Serialize)]
#[push(table = "tuples", key = "id")]
struct Tuples {
    id: u8,
    one: (Option<i64>,),
    two: (i64, String),
    three: (Pair, bool, ()),
    four: (u8, u8, u8, Pair),
    five: (u8, u8, u8, u8, Option<f64>),
    six: (u8, u8, u8, u8, u8, Pair),
    seven: (u8, u8, u8, u8, u8, u8, Pair),
    eight: (u8, u8, u8, u8, u8, u8, u8, Pair),
    nine: (u8, u8, u8, u8, u8, u8, u8, u8, Pair),
    ten: (u8, u8, u8, u8, u8, u8, u8, u8, u8, Pair),
    eleven: (u8, u8, u8, u8, u8, u8, u8, u8, u8, u8, Pair),
    twelve: (u8, u8, u8, u8, u8, u8, u8, u8, u8, u8, u8, Pair),
}

fn tuples() -> impl Strategy<Value = Tuples> {
    (any::<[u8; 11]>(), any::<Pair>(), any::<bool>(), option::of(-1e9..1e9)).prop_map(
        |([a, b, c, d, e, f, g, h, i, j, k], pair, flag, number)| {
            let pair = || pair.clone();
            Tuples {
                id: a,
                one: (flag.then(|| pair().0),),
                two: pair(),
                three: (pair(), flag, ()),
                four: (a, b, c, pair()),
                five: (a, b, c, d, number),
                six: (a, b, c, d, e, pair()),
                seven: (a, b, c, d, e, f, pair()),
                eight: (a, b, c, d, e, f, g, pair()),
                nine: (a, b, c, d, e, f, g, h, pair()),
                ten: (a, b, c, d, e, f, g, h, i, pair()),
                eleven: (a, b, c, d, e, f, g, h, i, j, pair()),
                twelve: (a, b, c, d, e, f, g, h, i, j, k, pair()),
            }
        },
    )
}

#[derive(Debug, Push, Serialize)]
#[push(table = "json", key("id", "number"))]
struct Trees<'a> {
    id: u8,
    number: serde_json::Number,
    value: serde_json::Value,
    map: serde_json::Map<String, serde_json::Value>,
    raw: Box<backstitch::RawValue>,
    borrowed: &'a RawValue,
    lists: Option<Vec<Json>>,
}

fn numbers() -> impl Strategy<Value = serde_json::Number> {
    let float = any::<f64>().prop_filter_map("finite", serde_json::Number::from_f64);
    prop_oneof![any::<i64>().prop_map(Into::into), any::<u64>().prop_map(Into::into), float]
}

fn trees() -> impl Strategy<Value = Json> {
    let leaf = prop_oneof![
        Just(Json::Null),
        any::<bool>().prop_map(Json::from),
        numbers().prop_map(Json::Number),
        ".{0,8}".prop_map(Json::from),
    ];
    leaf.prop_recursive(4, 16, 4, |inner| {
        prop_oneof![vec(inner.clone(), 0..4).prop_map(Json::from), objects(inner).prop_map(Json::Object)]
    })
}

fn objects(inner: impl Strategy<Value = Json>) -> impl Strategy<Value = serde_json::Map<String, Json>> {
    vec((".{0,4}", inner), 0..4).prop_map(|entries| entries.into_iter().collect())
}

/// A string of our own, which is the key of a map.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
struct Name(String);

impl AsRef<str> for Name {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

#[derive(Clone, Debug, Push, Serialize)]
struct Inner {
    text: Option<String>,
    point: Point,
    id: Id,
    level: Level,
    more: Vec<Inner>,
}

/// An array.
#[derive(Clone, Debug, Push, Serialize)]
struct Point(
    i32,
    #[push(skip)]
    #[serde(skip)]
    #[allow(dead_code)]
    u8,
    Option<bool>,
);

/// What its field is.
#[derive(Clone, Debug, Push, Serialize)]
struct Id(u64);

/// A string.
#[derive(Clone, Copy, Debug, Push, Serialize)]
enum Level {
    Low,
    High,
}

/// A list of lists, which ends where a list is empty.
#[derive(Clone, Debug, Push, Serialize)]
struct Branches(Vec<Branches>);

/// The same as an array of two.
#[derive(Clone, Debug, Push, Serialize)]
struct Chain(u8, Option<Box<Chain>>);

#[derive(Debug, Push, Serialize)]
#[push(table = "structs", key("id", "level"))]
struct Structs {
    id: Id,
    level: Level,
    inner: Inner,
    optional: Option<Inner>,
    shared: Arc<Inner>,
    branches: Branches,
    chain: Chain,
    sorted: BTreeMap<String, Option<Inner>>,
    hashed: HashMap<Name, Point>,
    of_maps: BTreeMap<Box<str>, HashMap<String, Vec<Level>>>,
}

fn inner() -> impl Strategy<Value = Inner> {
    let plain = (any::<Option<String>>(), any::<(i32, Option<bool>)>(), any::<(u64, bool)>());
    let plain = plain.prop_map(|(text, (x, y), (id, high))| Inner {
        text,
        point: Point(x, 7, y),
        id: Id(id),
        level: if high { Level::High } else { Level::Low },
        more: Vec::new(),
    });
    plain.prop_recursive(3, 8, 3, |inner| {
        (inner.clone(), vec(inner, 0..3)).prop_map(|(inner, more)| Inner { more, ..inner })
    })
}

fn branches() -> impl Strategy<Value = Branches> {
    Just(Branches(Vec::new())).prop_recursive(4, 16, 3, |inner| vec(inner, 0..3).prop_map(Branches))
}

fn chain() -> impl Strategy<Value = Chain> {
    vec(any::<u8>(), 1..6).prop_map(|numbers| {
        let linked = numbers.into_iter().fold(None, |next, number| Some(Chain(number, next.map(Box::new))));
        linked.expect("one number at least")
    })
}

fn structs() -> impl Strategy<Value = Structs> {
    let of_maps = btree_map(any::<Box<str>>(), hash_map(any::<String>(), vec(Just(Level::High), 0..3), 0..3), 0..3);
    let maps = (btree_map(any::<String>(), option::of(inner()), 0..3), hash_map(".{0,3}", any::<i32>(), 0..3), of_maps);
    (any::<(u64, bool)>(), inner(), option::of(inner()), branches(), chain(), maps).prop_map(
        |((id, high), inner, optional, branches, chain, (sorted, hashed, of_maps))| Structs {
            id: Id(id),
            level: if high { Level::High } else { Level::Low },
            shared: Arc::new(inner.clone()),
            inner,
            optional,
            branches,
            chain,
            sorted,
            hashed: hashed.into_iter().map(|(name, x)| (Name(name), Point(x, 0, None))).collect(),
            of_maps,
        },
    )
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn sequences_are_as_serde(
        list in vec(any::<Option<i16>>(), 0..5),
        (bytes, three, most) in any::<([u8; 4], [u16; 3], [i8; 32])>(),
        nested in vec(any::<[BTreeSet<String>; 2]>(), 0..2),
    ) {
        as_serde(&Sequences {
            id: 1,
            vec: list.clone(),
            bytes: bytes.to_vec(),
            slice: &list,
            cow: Cow::Borrowed(&list),
            boxed: list.clone().into(),
            rc: list.clone().into(),
            arc: list.clone().into(),
            deque: list.clone().into(),
            linked: list.iter().copied().collect(),
            tree_set: list.iter().copied().collect(),
            hash_set: list.iter().copied().collect(),
            heap: list.iter().copied().collect(),
            none: [],
            three,
            most,
            nested,
        });
    }

    #[test]
    fn long_arrays_are_as_short_ones(id in any::<u8>(), first in any::<[i64; 11]>()) {
        let array = std::array::from_fn(|index| first[index % first.len()]);
        judge_valid(&Long { id, array }, &LongPeer { id, array: &array });
    }

    #[test]
    fn tuples_are_as_serde(record in tuples()) {
        as_serde(&record);
    }

    #[test]
    fn json_is_as_serde(
        (id, number) in (any::<u8>(), numbers()),
        (value, map) in (trees(), objects(trees())),
        lists in option::of(vec(trees(), 0..2)),
    ) {
        let pretty = serde_json::to_string_pretty(&value).unwrap();
        let raw = RawValue::from_string(pretty).unwrap();
        as_serde(&Trees { id, number, value, map, borrowed: &raw.clone(), raw, lists });
    }

    #[test]
    fn structs_are_as_serde(record in structs()) {
        as_serde(&record);
    }
}

/// A struct of the same name in another block: what is known of one is not taken for the other.
#[test]
fn two_structs_of_one_name_have_a_schema_each() {
    {
        #[derive(Push)]
        #[push(table = "first", key = "id")]
        struct Row {
            id: i64,
        }
        assert_eq!(Row::schema()["properties"]["id"]["type"], "integer");
        assert!(Row { id: 1 }.validate().is_ok());
    }
    {
        #[derive(Push)]
        #[push(table = "second", key = "name")]
        struct Row {
            name: String,
        }
        assert_eq!(Row::schema()["properties"]["name"]["type"], "string");
        assert_eq!(Row::schema()["required"], serde_json::json!(["name"]));
        assert!(Row { name: String::new() }.validate().is_ok());
    }
}
