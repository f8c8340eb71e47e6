use backstitch::Push;

#[derive(Push)]
#[push(table = "customers", key = "id")]
struct Customer {
    id: i64,
    #[push(rename = "id")]
    number: i64,
}

fn main() {}
