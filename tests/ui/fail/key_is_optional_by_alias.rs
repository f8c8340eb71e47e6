use backstitch::Push;

type Number = Option<i64>;

#[derive(Push)]
#[push(table = "customers", key = "id")]
struct Customer {
    id: Number,
}

fn main() {}
