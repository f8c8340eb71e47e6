//! Two ways to write one field.

use backstitch::Push;

mod hex {
    pub fn serialize<S: serde::Serializer>(value: &u64, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&format_args!("{value:x}"))
    }
}

#[derive(Push)]
#[push(table = "customers", key = "id")]
struct Customer {
    id: i64,
    #[push(serde, with = hex, example = 1)]
    code: u64,
}

fn main() {}
