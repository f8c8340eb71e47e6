use backstitch::Push;

#[derive(Push)]
#[push(tabel = "customers", key = "number")]
struct Customer {
    #[push(exampel = 1)]
    id: i64,
    #[push(rename = "id", skip = 1)]
    name: String,
}

fn main() {}
