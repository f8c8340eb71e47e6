use backstitch::Push;

#[derive(Push)]
#[push(table = "customers")]
struct Customer {
    #[push(key)]
    ids: Vec<i64>,
}

fn main() {}
