//! A case that there is none of.

use backstitch::Push;

#[derive(Push)]
#[push(table = "customers", key = "id", rename_all = "camelcase")]
struct Customer {
    id: i64,
}

fn main() {}
