use backstitch::Push;

#[derive(Push)]
#[push(table = "customers", key = "id")]
struct Customer {
    #[push(key)]
    id: i64,
}

#[derive(Push)]
#[push(table = "orders", key("id", "id"))]
struct Order {
    id: i64,
}

fn main() {}
