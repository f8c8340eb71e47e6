use backstitch::Push;

#[derive(Push)]
#[push(
    table = "a_table_whose_name_goes_on_and_on_until_it_is_longer_than_postgres_takes",
    key = "id",
    destination = "postgres"
)]
struct Customer {
    id: i64,
    #[push(rename = "a column whose name goes on and on until it is longer than any")]
    long: String,
    #[push(rename = "#!")]
    nothing: String,
}

fn main() {}
