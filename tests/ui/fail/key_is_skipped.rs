use backstitch::Push;

#[derive(Push)]
#[push(table = "customers", key = "id")]
struct Customer {
    #[push(skip)]
    id: i64,
    name: String,
}

fn main() {}
