//! All names in one case, and one that is another.

use backstitch::Push;

#[derive(Push)]
#[push(table = "customers", key = "customerId", rename_all = "camelCase")]
struct Customer {
    customer_id: i64,
    first_name: String,
    #[push(rename = "E-Mail")]
    mail: Option<String>,
}

fn main() {
    let mut body = backstitch::PushBody::json(1);
    body.push(&Customer { customer_id: 1, first_name: "Finn".into(), mail: None }, 1).unwrap();
    let text = String::from_utf8(body.finish()).unwrap();
    assert!(text.contains(r#""data":{"customerId":1,"firstName":"Finn","E-Mail":null}"#), "{text}");
}
