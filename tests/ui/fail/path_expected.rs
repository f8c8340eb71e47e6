//! Keys that take a path.

use backstitch::Push;

#[derive(Push)]
#[push(table = "customers", key = "id")]
struct Customer {
    id: i64,
    #[push(skip_if = "not a path")]
    name: Option<String>,
    #[push(with)]
    mail: String,
}

fn main() {}
