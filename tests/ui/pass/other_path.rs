//! The runtime under another name.

mod other {
    pub use backstitch as stitch;
}

#[derive(other::stitch::Push)]
#[push(table = "customers", key = "id", crate = "crate::other::stitch")]
struct Customer {
    id: i64,
    name: Option<String>,
}

fn main() {
    use other::stitch::Push as _;
    assert_eq!(Customer::TABLE_NAME, "customers");
    assert!(Customer { id: 1, name: None }.validate().is_ok());
}
