//! What serde is told of a variant, and `Push` can't follow.

use backstitch::Push;

#[derive(Push)]
enum Colour {
    #[serde(skip)]
    Red,
    #[serde(other)]
    Green,
    #[serde(serialize_with = "a::b")]
    Blue,
    #[push(key)]
    White,
    #[push(rename = "black")]
    #[serde(rename = "noir")]
    Black,
}

fn main() {}
