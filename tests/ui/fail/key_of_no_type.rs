use backstitch::Push;

struct Number(i64);

#[derive(Push)]
#[push(table = "customers", key = "id")]
struct Customer {
    id: Number,
}

fn main() {}
