use backstitch::Push;

#[derive(Push)]
struct Address {
    city: String,
    /// The state: `address__st` is the column of an address that is a string.
    st: String,
}

#[derive(Push)]
#[push(table = "customers", key = "id", destination("snowflake", "postgres"))]
struct Customer {
    id: i64,
    address: Option<Address>,
}

fn main() {}
