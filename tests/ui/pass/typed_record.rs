use backstitch::{Push, PushBody, PushRecord};

#[derive(Push)]
#[push(table = "customers", key = "id")]
pub struct Customer {
    id: i64,
}

fn main() {
    let mut record = CustomerPush::new(7723, 1565880017i64, Customer { id: 1 });
    assert_eq!(record.client_id, 7723);
    assert_eq!(record.table_name, "customers");
    assert_eq!(record.sequence, 1565880017);
    assert_eq!(record.key_names, ["id"]);
    assert_eq!(record.action.as_str(), "upsert");
    assert_eq!(record.data.id, 1);
    assert!(record.validate().is_ok());

    record.table_name.clear();
    record.key_names.clear();
    let violations: Vec<String> =
        record.validate().unwrap_err().iter().map(|violation| violation.pointer.clone()).collect();
    assert_eq!(violations, ["/table_name", "/key_names"]);
    assert!(PushBody::json(7723).push_record(&record).is_err());
}
