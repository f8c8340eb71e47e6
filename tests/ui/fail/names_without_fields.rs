//! What is about names, on fields that have none.

use backstitch::Push;

#[derive(Push)]
struct Inner {
    a: i64,
}

#[derive(Push)]
#[push(rename_all = "camelCase")]
struct Pair(#[push(rename = "first")] i64, #[push(flatten)] Inner);

#[derive(Push)]
struct Wrapped(#[push(key, skip_if = Option::is_none)] Option<i64>);

#[derive(Push)]
struct Listed(#[push(sequence)] i64, #[serde(skip_serializing_if = "Option::is_none")] Option<i64>);

fn main() {}
