//! No field and no variant is called nothing.

use backstitch::Push;

#[derive(Push)]
struct Address {
    #[serde(rename = "")]
    city: String,
}

fn main() {}
