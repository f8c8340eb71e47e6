use backstitch::Push;

struct Opaque;

#[derive(Push)]
#[push(table = "customers", key = "id")]
struct Customer {
    id: i64,
    opaque: Opaque,
}

fn main() {}
