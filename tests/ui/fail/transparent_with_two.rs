//! A transparent struct with two fields.

use backstitch::Push;

#[derive(Push, serde::Serialize)]
#[push(rename_all = "lowercase")]
struct Id {
    id: i64,
    other: i64,
}

#[derive(Push)]
#[serde(transparent)]
struct Pair {
    a: i64,
    b: i64,
}

#[derive(Push)]
#[serde(transparent)]
struct Nothing {
    #[push(skip)]
    a: i64,
}

#[derive(Push)]
#[serde(transparent)]
struct Unclear {
    #[push(skip(true))]
    a: i64,
    b: i64,
    #[push(skip =)]
    c: i64,
}

fn main() {}
