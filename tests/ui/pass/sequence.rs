//! A field of the record orders its versions.

use backstitch::Push;

#[derive(Push)]
#[push(table = "customers", key = "id", sequence = "updated_at")]
struct Customer {
    id: i64,
    updated_at: u64,
}

#[derive(Push)]
#[push(table = "customers", key = "id")]
struct Marked {
    id: i64,
    #[push(sequence)]
    version: i32,
}

fn main() {
    assert_eq!(Customer { id: 1, updated_at: 7 }.own_sequence().unwrap(), 7);
    assert_eq!(Marked { id: 1, version: 8 }.own_sequence().unwrap(), 8);
    assert!(Customer { id: 1, updated_at: u64::MAX }.validate().is_err());
}
