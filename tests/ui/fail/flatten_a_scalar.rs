//! A type without fields can not be flattened.

use backstitch::Push;

#[derive(Push)]
#[push(table = "customers", key = "id")]
struct Customer {
    id: i64,
    #[push(flatten)]
    name: String,
}

fn main() {}
