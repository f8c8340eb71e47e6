//! Keys of the struct that are not what they should be.

use backstitch::Push;

#[derive(Push)]
#[push(table = "customers", key = "id", record = "not a name", bound = "T", doc_test = 3)]
struct Customer {
    id: i64,
}

fn main() {}
