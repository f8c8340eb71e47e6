//! An enum whose variants have fields.

use backstitch::Push;

#[derive(Push)]
enum Shape {
    Circle(f64),
    Square { side: f64 },
    Point,
}

fn main() {}
