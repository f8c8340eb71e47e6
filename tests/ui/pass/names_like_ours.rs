//! Fields, parameters and types that are called as the generated code calls its own.

#![deny(warnings)]

use backstitch::Push;

#[derive(Push)]
#[push(table = "odd", key = "__check")]
struct Odd<'__lifetime, Name, __T, const LEN: usize> {
    __check: i64,
    __encoder: Name,
    __serializer: [__T; LEN],
    __fields: &'__lifetime str,
    __types: bool,
    r#type: u8,
    r#match: Option<i64>,
    limits: u16,
}

#[derive(Push)]
struct Type {
    value: i64,
}

#[derive(Push)]
enum Value {
    Check,
    Encoder,
    Some,
    None,
}

#[derive(Push)]
#[push(table = "odder", key = "key")]
pub(crate) struct Odder {
    key: i64,
    table: Type,
    sequence: Value,
    data: Vec<Value>,
}

fn main() {
    let odd = Odd {
        __check: 1,
        __encoder: 2_u8,
        __serializer: [3_i64, 4],
        __fields: "five",
        __types: true,
        r#type: 6,
        r#match: Some(7),
        limits: 8,
    };
    let mut body = backstitch::PushBody::json(1);
    body.push(&odd, 1).unwrap();
    let odder = Odder { key: 1, table: Type { value: 2 }, sequence: Value::Some, data: vec![Value::None, Value::Check, Value::Encoder] };
    body.push(&odder, 1).unwrap();
    let text = String::from_utf8(body.finish()).unwrap();
    let first = r#""data":{"__check":1,"__encoder":2,"__serializer":[3,4],"__fields":"five","__types":true,"type":6,"match":7,"limits":8}"#;
    assert!(text.contains(first), "{text}");
    assert!(text.contains(r#""data":{"key":1,"table":{"value":2},"sequence":"Some","data":["None","Check","Encoder"]}"#), "{text}");
}
