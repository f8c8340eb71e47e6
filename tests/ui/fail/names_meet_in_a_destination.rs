use backstitch::Push;

#[derive(Push)]
#[push(table = "customers", key = "id", destination("postgres", "bigquery"))]
struct Customer {
    id: i64,
    #[push(rename = "full name")]
    full: String,
    full_name: String,
    #[push(rename = "ID")]
    other: i64,
}

fn main() {}
