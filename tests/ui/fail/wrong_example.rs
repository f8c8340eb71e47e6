use backstitch::Push;

#[derive(Push)]
#[push(table = "customers", key = "id")]
struct Customer {
    #[push(example = "one")]
    id: i64,
}

fn main() {}
