use backstitch::Push;

#[derive(Push)]
#[push(table = "customers", key = "id")]
#[push(table = "clients")]
struct Customer {
    #[push(rename = "id", rename = "number")]
    id: i64,
}

fn main() {}
