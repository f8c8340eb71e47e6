//! A sequence that is no integer.

use backstitch::Push;

#[derive(Push)]
#[push(table = "customers", key = "id", sequence = "version")]
struct Customer {
    id: i64,
    version: String,
}

fn main() {}
