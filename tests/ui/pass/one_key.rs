use backstitch::Push;

#[derive(Push)]
#[push(table = "customers", key = "id")]
struct Customer {
    id: i64,
    name: String,
}

fn main() {
    assert_eq!(Customer::TABLE_NAME, "customers");
    assert_eq!(Customer::KEY_NAMES, ["id"]);
    let customer = Customer { id: 1, name: "Finn".into() };
    assert!(customer.validate().is_ok());
}
