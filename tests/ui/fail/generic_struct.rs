use backstitch::Push;

#[derive(Push)]
#[push(table = "customers", key = "id")]
struct Customer<T> {
    id: T,
}

fn main() {}
