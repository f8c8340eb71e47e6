use backstitch::Push;

#[derive(Push)]
struct Lines {
    lines: Vec<i64>,
}

#[derive(Push)]
#[push(table = "orders", key = "id", destination("snowflake", "redshift"))]
struct Order {
    id: i64,
    first: Lines,
    #[push(rename = "first__lines", max_items = 9, format = "datetime")]
    others: Vec<i64>,
}

#[derive(Push)]
#[push(table = "orders", key = "id", destination("snowflake", "redshift"))]
struct Same {
    id: i64,
    first: Lines,
    #[push(rename = "first__lines")]
    others: Vec<i64>,
}

fn main() {}
