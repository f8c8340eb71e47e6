use backstitch::Push;

#[derive(Push)]
#[push(table = "customers")]
struct Customer {
    number: i64,
}

fn main() {}
