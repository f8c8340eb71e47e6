//! What serde is told of the output holds for the record too.

use backstitch::Push;

#[derive(Push, serde::Serialize)]
#[serde(rename_all(serialize = "SCREAMING_SNAKE_CASE"), deny_unknown_fields)]
#[push(table = "customers", key = "ID")]
struct Customer {
    id: i64,
    #[serde(rename(serialize = "mail", deserialize = "e-mail"), alias = "m", default)]
    e_mail: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    nick: Option<String>,
    #[serde(skip)]
    cached: u64,
    #[serde(flatten)]
    inner: Inner,
}

#[derive(Push, serde::Serialize)]
#[serde(transparent)]
struct Id {
    id: i64,
}

#[derive(Push, serde::Serialize)]
struct Inner {
    x: Id,
}

fn main() {
    let customer =
        Customer { id: 1, e_mail: "a".into(), nick: None, cached: 0, inner: Inner { x: Id { id: 2 } } };
    let mut body = backstitch::PushBody::json(1);
    body.push(&customer, 1).unwrap();
    let text = String::from_utf8(body.finish()).unwrap();
    assert!(text.contains(&serde_json::to_string(&customer).unwrap()), "{text}");
}
