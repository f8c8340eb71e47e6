use backstitch::Push;

#[derive(Push)]
#[push(table = "customers", key = "id", destination("postgress", "postgres", "postgres"))]
struct Customer {
    id: i64,
}

#[derive(Push)]
#[push(table = "orders", key = "id", destination = 5)]
struct Order {
    id: i64,
}

#[derive(Push)]
#[push(destination = "postgres")]
struct Address {
    city: String,
}

fn main() {}
