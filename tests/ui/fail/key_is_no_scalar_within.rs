//! A key whose newtype holds no scalar.

use backstitch::Push;

#[derive(Push)]
struct Tags(Vec<String>);

#[derive(Push)]
#[push(table = "customers", key = "tags")]
struct Customer {
    tags: Tags,
}

fn main() {}
