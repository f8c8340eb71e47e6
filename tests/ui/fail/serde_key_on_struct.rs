//! Keys of serde that change the output in a way that is not followed.

use backstitch::Push;

#[derive(Push, serde::Serialize)]
#[serde(tag = "kind")]
#[push(table = "customers", key = "id")]
struct Customer {
    id: i64,
}

fn main() {}
