use backstitch::Push;

#[derive(Push)]
#[push(table = "customers", key = "id")]
struct Customer {
    #[push(rename = "customer_id")]
    id: i64,
}

fn main() {}
