//! What the library shows, under the names under which it shows it.

use backstitch::{Push, PushBody};
use outside_crate::orders::lines::Line;
use outside_crate::orders::{Order, OrderRecord};
use outside_crate::twins::{Left, Right};
use outside_crate::{Borrowed, Customer, Deep, Other, Page, Shown};

#[derive(Push)]
#[push(table = "of_a_test", key = "id")]
pub struct OfATest {
    id: i64,
}

fn data<T: Push>(record: &T) -> String {
    let mut body = PushBody::json(1);
    body.push(record, 1).unwrap();
    let body = String::from_utf8(body.finish()).unwrap();
    let (_, after) = body.split_once("\"data\":").unwrap();
    after.split_once(",\"key_names\"").unwrap().0.to_owned()
}

#[test]
fn records_are_sent_under_every_name() {
    assert_eq!(data(&Customer { id: 1, name: "Finn".to_owned() }), r#"{"id":1,"name":"Finn"}"#);
    assert_eq!(data(&Borrowed { name: &String::from("short") }), r#"{"name":"short"}"#);
    assert_eq!(data(&Page { id: 1, content: vec![1.5] }), r#"{"id":1,"content":[1.5]}"#);
    assert_eq!(data(&Page { id: 1, content: vec!["a"] }), r#"{"id":1,"content":["a"]}"#);
    assert_eq!(data(&Deep { id: 1, some_text: None }), r#"{"id":1,"someText":null}"#);
    assert_eq!(data(&Other { a: String::new(), b: false }), r#"{"a":"","b":false}"#);
    assert_eq!(data(&Line { order: 1, number: 2 }), r#"{"order":1,"line":2}"#);
    for one in [data(&Shown { id: 1 }), data(&Order { id: 1 }), data(&OfATest { id: 1 })] {
        assert_eq!(one, r#"{"id":1}"#);
    }
    for twin in [data(&Left { id: 1 }), data(&Right { id: 1 })] {
        assert_eq!(twin, r#"{"id":1}"#);
    }
    assert_eq!(OrderRecord::new(1, 1, Order { id: 1 }).table_name, "orders");
    assert!(outside_crate::bytes_of_a_local_type() > 100);
}
