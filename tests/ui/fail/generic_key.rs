//! A generic key that is used with a type that is none.

use backstitch::Push;

#[derive(Push)]
#[push(table = "rows", key = "id")]
struct Row<K> {
    id: K,
}

fn send(row: &Row<Vec<String>>) {
    let _ = row.validate();
}

fn main() {}
