//! A sequence that no field is.

use backstitch::Push;

#[derive(Push)]
#[push(table = "customers", key = "id", sequence = "updated")]
struct Customer {
    id: i64,
    updated_at: i64,
}

fn main() {}
