use backstitch::Push;

#[derive(Push)]
struct Inner {
    id: i64,
    city: String,
}

#[derive(Push)]
#[push(table = "customers", key = "id")]
struct Customer {
    id: i64,
    #[push(flatten)]
    inner: Inner,
}

#[derive(Push)]
struct Twice {
    #[push(flatten)]
    first: Box<Inner>,
    name: String,
    #[push(flatten)]
    second: Inner,
}

fn main() {}
