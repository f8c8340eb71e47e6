use backstitch::Push;

#[derive(Push)]
struct Address {
    street: String,
}

fn main() {
    let mut body = backstitch::PushBody::json(7723);
    body.push(&Address { street: String::new() }, 1).unwrap();
}
