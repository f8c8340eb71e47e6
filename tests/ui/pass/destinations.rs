//! Names and counts that fit the destinations.

use std::collections::BTreeMap;

use backstitch::{Code, Column, Destination, Push};

#[derive(Push)]
struct Address {
    city: String,
    #[push(rename = "Zip Code")]
    zip: Option<String>,
    /// Only as a column of its own it would be too much: `address__st` is not made in Snowflake.
    st: String,
}

#[derive(Push)]
#[push(table = "customers", key("id", "Region"), destination = "snowflake", rename_all = "PascalCase")]
struct Customer<'a> {
    #[push(rename = "id")]
    id: i64,
    region: &'a str,
    address: Option<Address>,
    tags: Vec<String>,
    total: f64,
    _sdc_deleted_at: Option<String>,
}

#[derive(Push)]
struct Line {
    article: u32,
    notes: Vec<String>,
}

#[derive(Push)]
#[push(table = "orders", key = "id", destination("postgres", "redshift", "mysql", "amazon-s3"))]
struct Order {
    id: u64,
    lines: Vec<Line>,
    first: Line,
    more: BTreeMap<String, i64>,
    nothing: (),
    #[push(skip_if = Option::is_none, format = "date-time")]
    at: Option<String>,
}

// What holds itself has an end: its own type, and the field that says so.
#[derive(Push)]
#[push(table = "nodes", key = "id", destination = "postgres")]
struct Node {
    id: i64,
    next: Option<Box<Node>>,
    other: Option<Box<Other>>,
}

#[derive(Push)]
struct Other {
    #[push(open)]
    node: Option<Box<Node>>,
    // Told where a table is made of it, and only where one of the destinations keeps such names.
    price__db: f64,
}

#[derive(Push)]
#[push(table = "people", key = "id", destination = "postgres")]
struct Person {
    id: i64,
    parents: Vec<Option<Box<Self>>>,
}

// An array is a table of its own in PostgreSQL: its name is as long as a table's may be, and no column. What may be an
// object is no column either, and of two that may be missing one may stand in the other's place.
#[derive(Push)]
struct Card {
    last4: String,
}

#[derive(Push)]
#[push(table = "t", key = "id", destination = "postgres")]
struct NotColumns {
    id: i64,
    #[push(rename = "a list whose name is longer than the name of a column may be")]
    list: Vec<i64>,
    inner: NotFollowed,
    #[push(flatten)]
    card: Option<Card>,
    #[push(flatten)]
    bank: Option<Card>,
    uncertain: [Option<Vec<i64>>; 10_001],
}

#[derive(Push)]
struct NotFollowed {
    st: BTreeMap<String, String>,
    bo: (i64, i64),
    #[push(open)]
    ti: Card,
}

#[derive(Push)]
#[push(table = "open", key = "id")]
struct OpenEnded {
    id: i64,
    #[push(flatten)]
    more: BTreeMap<String, f64>,
}

// A generic type is known where it is used.
#[derive(Push)]
#[push(table = "generic", key = "id", destination = "postgres")]
struct Generic<T> {
    id: i64,
    address: T,
}

fn shown(columns: &[Column]) -> Vec<(&str, Option<&str>)> {
    columns.iter().map(|column| (column.name.as_str(), column.data_type)).collect()
}

fn main() {
    assert_eq!(Customer::DESTINATIONS, [Destination::Snowflake]);
    assert_eq!(Order::DESTINATIONS.len(), 4);
    let columns = Customer::columns(Destination::Snowflake);
    let expected = [
        ("ID", Some("number")),
        ("REGION", Some("varchar")),
        ("ADDRESS", Some("variant")),
        ("TAGS", Some("variant")),
        ("TOTAL", Some("decimal")),
        ("SDCDELETEDAT", Some("varchar")),
    ];
    assert_eq!(shown(&columns), expected);
    let keys: Vec<&str> = columns.iter().filter(|column| column.is_key).map(|column| column.pointer.as_str()).collect();
    assert_eq!(keys, ["/id", "/Region"]);

    let columns = Order::columns(Destination::Postgres);
    assert_eq!(
        shown(&columns),
        [("id", Some("bigint")), ("first__article", Some("bigint")), ("at", Some("timestamp"))]
    );
    assert_eq!(shown(&Order::columns(Destination::AmazonS3))[0], ("id", None));

    // A flattened map stands among the fields, and must not repeat them.
    let more = BTreeMap::from([("id".to_owned(), 2.0), ("price".to_owned(), f64::NAN)]);
    let told: Vec<String> = OpenEnded { id: 1, more }.validate().unwrap_err().iter().map(ToString::to_string).collect();
    assert_eq!(
        told,
        ["/data/id must not have the name of another field (repeated)", "/data/price must be a finite number (not_finite)"]
    );
    assert!(Person { id: 1, parents: Vec::new() }.validate().is_ok());

    let good = Generic { id: 1, address: 2 };
    assert!(good.validate().is_ok());
    let address = Address { city: String::new(), zip: None, st: String::new() };
    let told: Vec<_> = Generic { id: 1, address }.validate().unwrap_err().into_iter().collect();
    assert_eq!(told.len(), 1);
    assert_eq!(told[0].code, Code::Destination);
    assert_eq!(told[0].pointer, "/data");
    assert!(told[0].message.contains("`address__st`"), "{}", told[0].message);
}
