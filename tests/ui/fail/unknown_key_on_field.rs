use backstitch::Push;

#[derive(Push)]
#[push(table = "customers", key = "id")]
struct Customer {
    #[push(renamed = "ID")]
    id: i64,
    #[push(colour)]
    name: String,
}

fn main() {}
