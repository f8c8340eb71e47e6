use backstitch::Push;

#[derive(Push)]
#[push(key = "id")]
struct Customer {
    id: i64,
}

fn main() {}
