//! Type parameters, lifetimes, constants; bounds are found.

use backstitch::Push;

use std::borrow::Cow;

#[derive(Push)]
#[push(table = "rows", key = "id")]
struct Row<'a, T, const N: usize> {
    id: i64,
    name: &'a str,
    text: Cow<'a, str>,
    value: Option<T>,
    window: [T; N],
}

#[derive(Push)]
#[push(table = "keyed", key = "key")]
struct Keyed<K> {
    key: K,
}

#[derive(Push)]
#[push(table = "bounded", key = "id", bound = "T: backstitch::Value + Clone")]
struct Bounded<T> {
    id: i64,
    inner: Vec<T>,
}

fn main() {
    let row = Row { id: 1, name: "a", text: "b".into(), value: Some(2.5), window: [1.0, 2.0] };
    assert!(row.validate().is_ok());
    let record = RowPush::new(7, 1, row);
    let mut body = backstitch::PushBody::json(7);
    body.push_record(&record).unwrap();
    assert!(Keyed { key: "k" }.validate().is_ok());
    assert!(Bounded { id: 1, inner: vec![true] }.validate().is_ok());
}
