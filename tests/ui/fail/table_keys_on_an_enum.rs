//! What is about a table, on an enum and on a struct without names.

use backstitch::Push;

#[derive(Push)]
#[push(key = "id", sequence = "version", record = "Other", doc_test = false)]
enum Colour {
    Red,
}

#[derive(Push)]
#[push(key("a", "b"))]
struct Pair(i64, i64);

fn main() {}
