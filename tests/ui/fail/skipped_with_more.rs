use backstitch::Push;

#[derive(Push)]
#[push(table = "customers", key = "id")]
struct Customer {
    id: i64,
    #[push(skip, rename = "n", example = "Finn")]
    name: String,
    #[push(skip, min_length = 1, format = "date-time")]
    since: String,
}

fn main() {}
