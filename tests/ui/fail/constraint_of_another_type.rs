//! Constraints on types that they say nothing of.

use backstitch::Push;

#[derive(Push)]
#[push(table = "customers", key = "id")]
struct Customer {
    #[push(max_length = 3)]
    id: i64,
    #[push(minimum = 3)]
    name: Option<String>,
    #[push(format = "date-time")]
    tags: Vec<String>,
}

fn main() {}
