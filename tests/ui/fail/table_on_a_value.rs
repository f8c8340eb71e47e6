//! Tables of what is no object.

use backstitch::Push;

#[derive(Push)]
#[push(table = "ids")]
struct Id(i64);

#[derive(Push)]
#[push(table = "points")]
struct Point(f64, f64);

#[derive(Push)]
#[push(table = "colours")]
enum Colour {
    Red,
}

fn main() {}
