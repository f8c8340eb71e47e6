use backstitch::Push;

#[derive(Push)]
#[push(table = 7, key = true)]
struct Customer {
    #[push(key = "yes", rename)]
    id: i64,
    #[push(skip = true, example)]
    name: String,
}

#[derive(Push)]
#[push(table, key)]
struct Order {
    id: i64,
}

fn main() {}
