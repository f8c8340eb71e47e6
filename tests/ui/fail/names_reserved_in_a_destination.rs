use backstitch::Push;

// MySQL keeps tables that end so; `__db` is Databricks' alone.
#[derive(Push)]
#[push(table = "customers_old", key = "id", destination("mysql", "bigquery"))]
struct Customer {
    id: i64,
    price__db: f64,
    price__dt: f64,
    _file_name: String,
    #[push(rename = "age__fl ")]
    age: f64,
}

fn main() {}
