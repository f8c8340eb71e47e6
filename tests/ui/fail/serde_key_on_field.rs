//! A key of serde that can not be followed.

use backstitch::Push;

#[derive(Push)]
#[push(table = "customers", key = "id")]
struct Customer {
    id: i64,
    #[serde(getter = "name")]
    name: String,
}

fn main() {}
