//! Every constraint on every type that it is for, with values on both sides of each limit: the referee of JSON Schema
//! names the same constraints at the same places.

// Pointers to pointers: few would write them, and they are taken.
#![allow(clippy::arc_with_non_send_sync, clippy::box_collection, clippy::redundant_allocation)]

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap, HashSet, LinkedList, VecDeque};
use std::num::{NonZero, Saturating, Wrapping};
use std::rc::Rc;
use std::sync::Arc;

use backstitch::{Code, Push};
use proptest::collection::{btree_map, vec};
use proptest::prelude::{Just, Strategy, any, proptest};
use proptest::{option, prop_oneof};
use serde::Serialize;

use crate::judge::{cases, judge, told_by_validate};

#[derive(Debug, Push, Serialize)]
#[push(table = "numbers", key = "i64")]
struct Numbers<'a> {
    #[push(minimum = -5, maximum = 100)]
    i8: i8,
    #[push(minimum = -5, maximum = 100)]
    i16: i16,
    #[push(minimum = -5, maximum = 100)]
    i32: i32,
    #[push(minimum = -5, maximum = 100)]
    i64: i64,
    #[push(minimum = -5, maximum = 100)]
    i128: i128,
    #[push(minimum = -5, maximum = 100)]
    isize: isize,
    #[push(minimum = 3, maximum = 100, example = 3)]
    u8: u8,
    #[push(minimum = 3, maximum = 100, example = 3)]
    u16: u16,
    #[push(minimum = 3, maximum = 100, example = 3)]
    u32: u32,
    #[push(minimum = 3, maximum = 100, example = 3)]
    u64: u64,
    #[push(minimum = 3, maximum = 100, example = 3)]
    u128: u128,
    #[push(minimum = 3, maximum = 100, example = 3)]
    usize: usize,
    #[push(minimum = -5, maximum = 100)]
    f32: f32,
    #[push(minimum = -5, maximum = 100)]
    f64: f64,
    #[push(minimum = -5, maximum = 100)]
    number: serde_json::Number,
    #[push(minimum = -5)]
    not_zero: NonZero<i64>,
    #[push(maximum = 100)]
    wrapping: Wrapping<i16>,
    #[push(minimum = -5, maximum = 100)]
    saturating: Saturating<i32>,
    #[push(minimum = -5, maximum = 100)]
    optional: Option<f64>,
    #[push(minimum = -5, maximum = 100)]
    boxed: Box<i64>,
    #[push(minimum = -5, maximum = 100)]
    shared: Option<Arc<Rc<i64>>>,
    #[push(minimum = -5, maximum = 100)]
    borrowed: &'a i64,
    #[push(minimum = -5, maximum = 100)]
    cow: Cow<'a, i64>,
    #[push(minimum = -5, maximum = 100)]
    newtype: Plain<i64>,
}

#[derive(Clone, Debug, Push, Serialize)]
struct Plain<T>(T);

/// Limits at the ends of `i64`, and numbers beyond them. Numbers of more than 64 bits are floats to the referee: those
/// here are ones that it reads exactly.
#[derive(Debug, Push, Serialize)]
#[push(table = "wide", key = "id")]
struct Wide {
    id: u8,
    #[push(maximum = 9_223_372_036_854_775_807)]
    u64: u64,
    #[push(minimum = -9_223_372_036_854_775_808)]
    i128: i128,
    #[push(
        minimum = 9_223_372_036_854_775_806,
        maximum = 9_223_372_036_854_775_807,
        example = 9_223_372_036_854_775_806
    )]
    u128: u128,
    #[push(minimum = -9_223_372_036_854_775_808, maximum = 9_223_372_036_854_775_807)]
    f64: f64,
    // What is written of it has fewer digits than it has itself, and is what the limit is about.
    #[push(minimum = 123_456_770, maximum = 123_456_791, example = 123_456_784.0)]
    f32: f32,
}

/// Decimals, whose serde form is a string: the peer has them as they stand.
#[derive(Push)]
#[push(table = "decimals", key = "decimal")]
struct Decimals {
    #[push(minimum = -5, maximum = 100)]
    decimal: rust_decimal::Decimal,
    #[push(minimum = -5, maximum = 100)]
    big: bigdecimal::BigDecimal,
    #[push(maximum = 100)]
    optional: Option<rust_decimal::Decimal>,
}

#[derive(Serialize)]
struct DecimalsPeer {
    decimal: serde_json::Number,
    big: serde_json::Number,
    optional: Option<serde_json::Number>,
}

#[derive(Debug, Push, Serialize)]
#[push(table = "texts", key = "string")]
struct Texts<'a> {
    #[push(min_length = 2, max_length = 5)]
    string: String,
    #[push(min_length = 2, max_length = 5)]
    borrowed: &'a str,
    #[push(min_length = 2)]
    cow: Cow<'a, str>,
    #[push(max_length = 5)]
    boxed: Box<str>,
    #[push(min_length = 2, max_length = 5)]
    rc: Rc<str>,
    #[push(min_length = 2, max_length = 5)]
    arc: Arc<str>,
    #[push(min_length = 2, max_length = 5)]
    optional: Option<String>,
    #[push(min_length = 2, max_length = 5)]
    deep: Option<Box<Arc<&'a str>>>,
    #[push(min_length = 1, max_length = 1)]
    char: char,
    #[push(max_length = 0)]
    never: Option<char>,
    #[push(min_length = 2, max_length = 5, example = Name::Four)]
    name: Name,
    #[push(min_length = 2, max_length = 5)]
    newtype: Plain<String>,
    #[push(format = "date-time", example = "2020-01-13T21:25:03Z")]
    moment: String,
    #[push(format = "date-time", max_length = 24)]
    short_moment: Option<&'a str>,
    #[push(format = "date-time", example = Plain("2020-01-13T21:25:03Z".into()))]
    wrapped_moment: Plain<Box<str>>,
}

/// Names of 1, 4 and 6 letters.
#[derive(Clone, Copy, Debug, Push, Serialize)]
enum Name {
    A,
    Four,
    Sixsix,
}

#[derive(Debug, Push, Serialize)]
#[push(table = "lists", key = "id")]
struct Lists<'a> {
    id: u8,
    #[push(min_items = 1, max_items = 3, example = vec![1])]
    vec: Vec<u8>,
    #[push(min_items = 1, max_items = 3, example = &[1])]
    slice: &'a [u8],
    #[push(min_items = 1, max_items = 3, example = Cow::Borrowed(&[1]))]
    cow: Cow<'a, [u8]>,
    #[push(min_items = 1, example = [1].into())]
    boxed: Box<[u8]>,
    #[push(max_items = 3)]
    rc: Rc<[u8]>,
    #[push(min_items = 1, max_items = 3, example = [1].into())]
    arc: Arc<[u8]>,
    #[push(min_items = 1, max_items = 3, example = [1].into())]
    deque: VecDeque<u8>,
    #[push(min_items = 1, max_items = 3, example = [1].into())]
    linked: LinkedList<u8>,
    #[push(min_items = 1, max_items = 3, example = [1].into())]
    tree_set: BTreeSet<u8>,
    #[push(min_items = 1, max_items = 3, example = [1].into())]
    hash_set: HashSet<u8>,
    #[push(min_items = 1, max_items = 3, example = [1].into())]
    heap: BinaryHeap<u8>,
    #[push(min_items = 1, max_items = 3)]
    array: [u8; 2],
    #[push(max_items = 1)]
    long_array: Option<[u8; 2]>,
    #[push(min_items = 1, max_items = 3)]
    optional: Option<Vec<u8>>,
    // How many there are within an element is of no matter.
    #[push(min_items = 1, max_items = 3, example = Box::new(vec![Vec::new()]))]
    nested: Box<Vec<Vec<u8>>>,
    #[push(min_items = 1, max_items = 3, example = Plain(vec![1]))]
    newtype: Plain<Vec<u8>>,
}

/// Constraints within what is within a record.
#[derive(Debug, Push, Serialize)]
#[push(table = "nested", key = "id")]
struct Nested {
    id: u8,
    item: Item,
    #[push(rename = "a/b~c")]
    #[serde(rename = "a/b~c")]
    odd: Item,
    #[push(flatten)]
    #[serde(flatten)]
    flattened: Option<Flat>,
    list: Vec<Option<Item>>,
    array: [Item; 2],
    tuple: (Item, Pair, Option<Twice>),
    maps: BTreeMap<String, BTreeMap<String, Item>>,
    pairs: Vec<Pair>,
    #[push(skip_if = is_low, minimum = 0, maximum = 50)]
    #[serde(skip_serializing_if = "is_low")]
    sometimes: i64,
    twice: Twice,
    #[push(minimum = -2, maximum = 60)]
    thrice: Twice,
    #[push(min_items = 1, example = Items(vec![None, None]))]
    items: Items,
    #[push(max_length = 3, example = Text("a".to_owned()))]
    text: Text,
}

#[derive(Clone, Debug, Push, Serialize)]
struct Item {
    #[push(minimum = 0)]
    number: i64,
    #[push(max_length = 2)]
    text: Option<String>,
    #[push(min_items = 1, example = vec![Pair(1, 7, None)])]
    list: Vec<Pair>,
}

#[derive(Clone, Debug, Push, Serialize)]
struct Flat {
    #[push(maximum = 50)]
    flat: i64,
    #[push(flatten)]
    #[serde(flatten)]
    deeper: Box<Deeper>,
}

#[derive(Clone, Debug, Push, Serialize)]
struct Deeper {
    #[push(min_length = 2)]
    deeper: String,
}

/// An array of two: what is not sent is no element.
#[derive(Clone, Debug, Push, Serialize)]
struct Pair(
    #[push(minimum = 0, maximum = 50)] i64,
    #[push(skip)]
    #[serde(skip)]
    #[allow(dead_code)]
    u8,
    #[push(min_length = 1)] Option<String>,
);

/// Limits of its own, and others where it is a field: the narrower hold, on each side.
#[derive(Clone, Debug, Push, Serialize)]
struct Twice(#[push(minimum = 0, maximum = 80)] i64);

#[derive(Clone, Debug, Push, Serialize)]
struct Items(#[push(min_items = 2, max_items = 3)] Vec<Option<Item>>);

#[derive(Clone, Debug, Push, Serialize)]
struct Text(#[push(min_length = 1, max_length = 5)] String);

fn is_low(number: &i64) -> bool {
    *number < -3
}

/// Integers on both sides of the limits.
fn near() -> impl Strategy<Value = i64> {
    prop_oneof![4 => 0..=100_i64, 1 => -8..=8_i64, 1 => 97..=104_i64]
}

/// The same and eighths between them, which a float holds exactly.
fn eighths() -> impl Strategy<Value = i32> {
    prop_oneof![2 => 0..=800_i32, 1 => -48..=-32, 1 => 792..=808]
}

fn numbers() -> impl Strategy<Value = ([i64; 12], [i32; 4], [Option<i64>; 6])> {
    let integers = proptest::array::uniform12(near());
    let floats = proptest::array::uniform4(eighths());
    (integers, floats, proptest::array::uniform6(option::weighted(0.8, near())))
}

fn eighth(number: i32) -> f64 {
    f64::from(number) / 8.0
}

/// `number` as a smaller type, as near as that comes.
fn small<T: TryFrom<i64> + Default>(number: i64) -> T {
    T::try_from(number).unwrap_or_default()
}

fn texts() -> impl Strategy<Value = String> {
    prop_oneof![3 => "\\PC{2,5}", 1 => "\\PC{0,8}", 1 => "[ä€𝄞]{0,7}"]
}

const MOMENTS: &[&str] = &[
    "2020-01-13T21:25:03Z",
    "2020-01-13T21:25:03.250+01:00",
    "2020-02-29t23:59:60.5+00:00",
    "2016-12-31T15:59:60-08:00",
    "2016-12-31T22:59:60Z",
    "2021-02-29T00:00:00Z",
    "2020-01-13T21:25:03+0000",
    "2020-01-13 21:25:03Z",
    "2020-01-13",
    "yesterday",
    "",
];

fn moments() -> impl Strategy<Value = &'static str> {
    prop_oneof![3 => 0..4_usize, 2 => 0..MOMENTS.len()].prop_map(|index| MOMENTS[index])
}

fn list() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![3 => vec(any::<u8>(), 1..4), 1 => vec(any::<u8>(), 0..6)]
}

fn pair() -> impl Strategy<Value = Pair> {
    (near(), option::of(texts())).prop_map(|(number, text)| Pair(number, 7, text))
}

fn item() -> impl Strategy<Value = Item> {
    (near(), option::of("[ab]{0,3}"), vec(pair(), 0..3)).prop_map(|(number, text, list)| Item { number, text, list })
}

fn flat() -> impl Strategy<Value = Flat> {
    (near(), texts()).prop_map(|(flat, deeper)| Flat { flat, deeper: Box::new(Deeper { deeper }) })
}

fn nested() -> impl Strategy<Value = Nested> {
    let items = (item(), item(), vec(option::of(item()), 0..3), [item(), item()]);
    let tuple = (item(), pair(), option::of(near().prop_map(Twice)));
    // Names that a pointer has to escape.
    let maps = btree_map("[a/~01\"]{0,3}", btree_map("[a/~]{0,2}", item(), 0..2), 0..2);
    let newtypes = (near(), near(), near(), vec(option::of(item()), 0..5), "[ab]{0,6}");
    (items, option::of(flat()), tuple, maps, vec(pair(), 0..3), newtypes).prop_map(
        |((item, odd, list, array), flattened, tuple, maps, pairs, (sometimes, twice, thrice, items, text))| Nested {
            id: 1,
            item,
            odd,
            flattened,
            list,
            array,
            tuple,
            maps,
            pairs,
            sometimes,
            twice: Twice(twice),
            thrice: Twice(thrice),
            items: Items(items),
            text: Text(text),
        },
    )
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn limits_of_numbers((integers, floats, others) in numbers()) {
        let [i8, i16, i32, i64, i128, isize, u8, u16, u32, u64, u128, usize] = integers;
        let [f32, f64, number, optional] = floats.map(eighth);
        let [not_zero, wrapping, saturating, boxed, shared, borrowed] = others;
        let borrowed = borrowed.unwrap_or_default();
        let record = Numbers {
            i8: small(i8),
            i16: small(i16),
            i32: small(i32),
            i64,
            i128: i128.into(),
            isize: small(isize),
            u8: small(u8),
            u16: small(u16),
            u32: small(u32),
            u64: small(u64),
            u128: small(u128),
            usize: small(usize),
            // Eighths are no more digits than it has.
            f32: f32.to_string().parse().unwrap(),
            f64,
            number: match shared {
                Some(integer) => integer.into(),
                None => serde_json::Number::from_f64(number).unwrap(),
            },
            not_zero: not_zero.and_then(NonZero::new).unwrap_or(NonZero::<i64>::MIN),
            wrapping: Wrapping(small(wrapping.unwrap_or_default())),
            saturating: Saturating(small(saturating.unwrap_or_default())),
            optional: boxed.map(|_| optional),
            boxed: Box::new(boxed.unwrap_or_default()),
            shared: shared.map(|number| Arc::new(Rc::new(number))),
            borrowed: &borrowed,
            cow: Cow::Borrowed(&borrowed),
            newtype: Plain(borrowed),
        };
        judge(&record, &record);
    }

    #[test]
    fn limits_at_the_ends_of_the_integers(
        (above, below, beside) in (0..4_u64, 0..4_i64, -12..12_i16),
        far in any::<bool>(),
        float in prop_oneof![Just(9_223_372_036_854_775_807.0), Just(-9_223_372_036_854_775_808.0), Just(1e300), Just(-1e300), -1e19..1e19],
    ) {
        let middle = i64::MAX.unsigned_abs() - 2;
        let record = Wide {
            id: 1,
            u64: if far { u64::MAX - above } else { middle + above },
            i128: if far { i128::from(i64::MIN) * 4 } else { i128::from(i64::MIN + below) },
            u128: if far { 1 << 100 } else { u128::from(middle + above) },
            f64: float,
            f32: 123_456_784.0 + f32::from(beside),
        };
        judge(&record, &record);
    }

    #[test]
    fn limits_of_decimals(numbers in proptest::array::uniform3(eighths()), optional in any::<bool>()) {
        let [decimal, big, other] = numbers.map(eighth);
        let number = |number: f64| serde_json::Number::from_f64(number).unwrap();
        // As `serde_json` writes them, with a zero after the point where there is nothing else.
        let text = |number: f64| format!("{number:?}");
        let record = Decimals {
            decimal: text(decimal).parse().unwrap(),
            big: text(big).parse().unwrap(),
            optional: optional.then(|| text(other).parse().unwrap()),
        };
        judge(&record, &DecimalsPeer {
            decimal: number(decimal),
            big: number(big),
            optional: optional.then(|| number(other)),
        });
    }

    #[test]
    fn limits_of_texts(
        texts in proptest::array::uniform8(texts()),
        (moment, short, wrapped) in (moments(), option::of(moments()), moments()),
        (letter, never, name) in (any::<char>(), option::of(any::<char>()), 0..3_usize),
    ) {
        let [string, borrowed, cow, boxed, rc, arc, optional, newtype] = texts;
        let record = Texts {
            string,
            borrowed: &borrowed,
            cow: Cow::Borrowed(&cow),
            boxed: boxed.as_str().into(),
            rc: rc.as_str().into(),
            arc: arc.as_str().into(),
            optional: never.map(|_| optional),
            deep: short.map(|_| Box::new(Arc::new(borrowed.as_str()))),
            char: letter,
            never,
            name: [Name::A, Name::Four, Name::Sixsix][name],
            newtype: Plain(newtype),
            moment: moment.to_owned(),
            short_moment: short,
            wrapped_moment: Plain(wrapped.into()),
        };
        judge(&record, &record);
    }

    #[test]
    fn limits_of_lists(lists in proptest::array::uniform10(list()), array in any::<[u8; 2]>(), several in 0..5_usize) {
        let [vec, slice, cow, boxed, rc, arc, set, heap, optional, newtype] = lists;
        let record = Lists {
            id: 1,
            slice: &slice,
            cow: Cow::Borrowed(&cow),
            boxed: boxed.clone().into(),
            rc: rc.clone().into(),
            arc: arc.into(),
            deque: rc.into(),
            linked: vec.iter().copied().collect(),
            tree_set: set.iter().copied().collect(),
            hash_set: set.into_iter().collect(),
            heap: heap.into(),
            array,
            long_array: (several > 2).then_some(array),
            optional: (several > 1).then_some(optional),
            nested: Box::new(vec![boxed; several]),
            newtype: Plain(newtype),
            vec,
        };
        judge(&record, &record);
    }

    #[test]
    fn limits_within_a_record(record in nested()) {
        judge(&record, &record);
    }
}

/// Of a decimal every digit counts, those too that a float has no room for: where the referee, whose numbers are floats,
/// would see the limit itself.
#[test]
fn limits_of_decimals_are_exact() {
    let told = |text: &str| {
        let record = Decimals { decimal: text.parse().unwrap(), big: text.parse().unwrap(), optional: None };
        told_by_validate(&record).into_iter().map(|(_, code)| code).collect::<Vec<_>>()
    };
    assert_eq!(told("100.00000000000000000001"), [Code::Maximum; 2]);
    assert_eq!(told("99.99999999999999999999"), []);
    assert_eq!(told("100.00000000000000000000"), []);
    assert_eq!(told("-5.00000000000000000001"), [Code::Minimum; 2]);
    assert_eq!(told("-4.99999999999999999999"), []);
    assert_eq!(told("1000000000000000000000000000"), [Code::Maximum; 2]);
    assert_eq!(told("-1000000000000000000000000000.5"), [Code::Minimum; 2]);
    assert_eq!(told("-0.00000000000000000001"), []);
}

/// `date-time` alone is checked of the formats: what the schema takes in another, `validate()` takes, and more.
#[test]
fn other_formats_stand_in_the_schema_alone() {
    #[derive(Push, Serialize)]
    #[push(table = "formats", key = "mail")]
    struct Formats {
        #[push(format = "email")]
        mail: String,
        #[push(format = "uri")]
        home: Option<&'static str>,
    }
    let good = Formats { mail: "a@example.com".to_owned(), home: Some("https://example.com") };
    assert!(judge(&good, &good));
    let bad = Formats { mail: "nobody".to_owned(), home: Some("nowhere") };
    assert!(bad.validate().is_ok());
    crate::judge::is_written_as(&bad, &bad);
    let data = serde_json::to_value(&bad).unwrap();
    let told: Vec<_> = crate::judge::told_by_schema::<Formats>(&data).into_iter().collect();
    assert_eq!(told, [("/home".to_owned(), Code::Format), ("/mail".to_owned(), Code::Format)]);
}
