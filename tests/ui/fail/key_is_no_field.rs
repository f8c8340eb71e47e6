use backstitch::Push;

#[derive(Push)]
#[push(table = "customers", key("id", "nmae"))]
struct Customer {
    id: i64,
    name: String,
}

fn main() {}
