use backstitch::Push;

#[derive(Push)]
#[push(table = "colours", key = "id")]
enum Colour {
    Red,
}

#[derive(Push)]
#[push(table = "points", key = "id")]
struct Point(i64, i64);

#[derive(Push)]
#[push(table = "nothings", key = "id")]
struct Nothing;

#[derive(Push)]
#[push(table = "bits", key = "id")]
union Bits {
    id: i64,
}

fn main() {}
