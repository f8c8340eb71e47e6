//! A constraint on a type that is another behind its name.

use backstitch::Push;

type Count = u32;

#[derive(Push)]
#[push(table = "customers", key = "id")]
struct Customer {
    id: i64,
    #[push(max_length = 3)]
    count: Count,
}

fn main() {}
