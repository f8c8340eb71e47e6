//! Constraints that are no whole numbers, or that no value can meet.

use backstitch::Push;

#[derive(Push)]
#[push(table = "customers", key = "id")]
struct Customer {
    #[push(minimum = "one")]
    id: i64,
    #[push(max_length)]
    name: String,
    #[push(min_items = -1)]
    tags: Vec<String>,
    #[push(minimum = 9, maximum = 3)]
    age: u8,
}

fn main() {}
