use backstitch::Push;

#[derive(Push)]
struct Address {
    city: String,
}

#[derive(Push)]
#[push(table = "customers", key = "id", destination = "postgres")]
struct Customer {
    id: i64,
    address__city: String,
    address: Address,
}

#[derive(Push)]
#[push(table = "people", key = "id", destination = "mysql")]
struct Person {
    id: i64,
    City: String,
    #[push(flatten)]
    address: Address,
}

fn main() {}
