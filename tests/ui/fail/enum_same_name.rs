//! Two variants of one name.

use backstitch::Push;

#[derive(Push)]
#[push(rename_all = "lowercase")]
enum Colour {
    Red,
    #[push(rename = "red")]
    Crimson,
}

fn main() {}
