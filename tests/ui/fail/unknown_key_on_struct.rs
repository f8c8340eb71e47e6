use backstitch::Push;

#[derive(Push)]
#[push(tabel = "customers", key = "id")]
struct Customer {
    id: i64,
}

fn main() {}
