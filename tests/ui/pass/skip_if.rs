//! A value that is left out now and then.

use backstitch::Push;

#[derive(Push)]
#[push(table = "customers", key = "id")]
struct Customer {
    id: i64,
    #[push(skip_if = Option::is_none)]
    mail: Option<String>,
    #[push(skip_if = "Vec::is_empty")]
    tags: Vec<String>,
}

fn main() {
    let mut body = backstitch::PushBody::json(1);
    body.push(&Customer { id: 1, mail: None, tags: Vec::new() }, 1).unwrap();
    let text = String::from_utf8(body.finish()).unwrap();
    assert!(text.contains(r#""data":{"id":1}"#), "{text}");
}
