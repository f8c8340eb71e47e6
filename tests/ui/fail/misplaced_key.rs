use backstitch::Push;

#[derive(Push)]
#[push(table = "customers", key = "id", rename = "Customer")]
struct Customer {
    #[push(table = "numbers")]
    id: i64,
}

fn main() {}
