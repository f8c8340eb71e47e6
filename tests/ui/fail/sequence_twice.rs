//! Two sequences.

use backstitch::Push;

#[derive(Push)]
#[push(table = "customers", key = "id", sequence = "updated_at")]
struct Customer {
    id: i64,
    updated_at: i64,
    #[push(sequence)]
    version: i64,
}

fn main() {}
