use backstitch::Push;

#[derive(Push)]
#[push(table = "customers", key = "id", rename = "Customer")]
struct Customer {
    #[push(table = "numbers")]
    id: i64,
}

#[derive(Push)]
#[push(rename = "colour", flatten)]
enum Colour {
    Red,
}

#[derive(Push)]
#[push(flatten)]
struct Address {
    city: String,
}

fn main() {}
