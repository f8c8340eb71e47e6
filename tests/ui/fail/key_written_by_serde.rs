//! A key that serde writes can't be proved to be one value.

use backstitch::Push;

mod hex {
    pub fn serialize<S: serde::Serializer>(id: &u64, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&format!("{id:x}"))
    }
}

#[derive(Push)]
#[push(table = "customers", key("id", "other"))]
struct Customer {
    #[push(with = hex, example = 1)]
    id: u64,
    #[push(serde, example = 1)]
    other: u64,
}

#[derive(Push)]
#[push(table = "orders")]
struct Order {
    #[push(key, example = 1)]
    #[serde(serialize_with = "hex::serialize")]
    id: u64,
}

fn main() {}
