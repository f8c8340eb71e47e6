use backstitch::Push;

#[derive(Push)]
#[push(table = "", key = "id")]
struct Customer {
    id: i64,
    #[push(rename = "")]
    name: String,
}

fn main() {}
