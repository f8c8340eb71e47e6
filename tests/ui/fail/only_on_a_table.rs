//! Keys of a table on a nested object.

use backstitch::Push;

#[derive(Push)]
#[push(sequence = "version", record = "Other", doc_test = false)]
struct Address {
    version: i64,
}

fn main() {}
