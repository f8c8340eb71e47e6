//! The name of the typed record, and no documentation test.

use backstitch::Push;

/// A customer.
#[derive(Push)]
#[push(table = "customers", key = "id", record = "CustomerRecord", doc_test = false)]
pub struct Customer {
    /// The number.
    pub id: i64,
}

fn main() {
    let _ = CustomerRecord::new(1, 2, Customer { id: 3 });
}
