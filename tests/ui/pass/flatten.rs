//! Fields of another struct, and of a map, among those of the record.

use backstitch::Push;

use std::collections::BTreeMap;

#[derive(Push)]
struct Address {
    city: String,
    zip: Option<String>,
}

#[derive(Push)]
#[push(table = "customers", key = "id")]
struct Customer {
    id: i64,
    #[push(flatten)]
    address: Address,
    #[push(flatten)]
    billing: Option<Box<Address>>,
    #[push(flatten)]
    more: BTreeMap<String, i64>,
}

fn main() {
    let customer = Customer {
        id: 1,
        address: Address { city: "Ghent".into(), zip: None },
        billing: None,
        more: [("x".to_owned(), 2)].into(),
    };
    let mut body = backstitch::PushBody::json(1);
    body.push(&customer, 1).unwrap();
    let text = String::from_utf8(body.finish()).unwrap();
    assert!(text.contains(r#""data":{"id":1,"city":"Ghent","zip":null,"x":2}"#), "{text}");
}
