//! Where the object is called `Upsert`, `table_name` is called `destination_table`, and there is a `table_version`.
#![deny(warnings, missing_docs)]

/// A customer.
#[derive(backstitch::Push)]
#[push(table = "customers", key = "id")]
pub struct Customer {
    /// The number.
    #[push(example = 1)]
    pub id: i64,
}

/// Generated modules bear the lints and the edition of whoever includes them.
#[path = "../../tests/definitions/odd/expected/mod.rs"]
pub mod odd;
