//! A flattened field with keys that are about one name.

use backstitch::Push;

#[derive(Push)]
struct Address {
    city: String,
}

#[derive(Push)]
#[push(table = "customers", key = "id")]
struct Customer {
    id: i64,
    #[push(flatten, rename = "x")]
    address: Address,
    #[push(flatten, max_items = 3)]
    more: std::collections::BTreeMap<String, bool>,
}

fn main() {}
