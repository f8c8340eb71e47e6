//! Parameters with bounds, defaults, where clauses and associated types.

use std::collections::BTreeMap;
use std::fmt::Debug;

use backstitch::Push;

trait Unit {
    type Amount: backstitch::Value + Debug;
}

#[derive(Debug)]
struct Cents;

impl Unit for Cents {
    type Amount = i64;
}

#[derive(Push, Debug)]
#[push(table = "prices", key = "id", bound = "U: Unit, T: backstitch::Value + Clone")]
struct Price<U: Unit, T: Clone = String>
where
    T: Debug,
{
    id: i64,
    amount: U::Amount,
    tags: BTreeMap<String, T>,
}

#[derive(Push)]
#[push(table = "pairs", key = "id")]
struct Pair<A = i64, B: Default = A> {
    id: i64,
    first: A,
    #[push(skip)]
    second: B,
}

fn main() {
    let price = Price::<Cents> { id: 1, amount: 250, tags: [("a".to_owned(), "b".to_owned())].into() };
    let mut body = backstitch::PushBody::json(1);
    body.push(&price, 1).unwrap();
    body.push(&Pair { id: 1, first: "x", second: 2_u8 }, 1).unwrap();
    let text = String::from_utf8(body.finish()).unwrap();
    assert!(text.contains(r#""data":{"id":1,"amount":250,"tags":{"a":"b"}}"#), "{text}");
    assert!(text.contains(r#""data":{"id":1,"first":"x"}"#), "{text}");
}
