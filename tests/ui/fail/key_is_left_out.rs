//! A key that is not in every record.

use backstitch::Push;

#[derive(Push)]
#[push(table = "customers", key = "id")]
struct Customer {
    #[push(skip_if = str::is_empty)]
    id: String,
}

#[derive(Push)]
#[push(table = "orders")]
struct Order {
    #[push(key)]
    #[serde(skip_serializing_if = "String::is_empty")]
    id: String,
}

fn main() {}
