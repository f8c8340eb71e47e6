#![deny(warnings, missing_docs)]
#![allow(dead_code)]
//! Nothing that the derive writes is held against its user.

/// A row of an old table.
#[derive(backstitch::Push)]
#[push(table = "rows", key = "id")]
#[deprecated = "use another"]
pub struct OldRow {
    /// The number.
    pub id: i64,
    /// Something that nobody should use.
    #[deprecated = "use another"]
    pub old: i64,
}

/// A name of another style.
#[derive(backstitch::Push)]
#[push(table = "rows", key = "id")]
#[allow(non_camel_case_types)]
struct row_x {
    id: i64,
}

fn main() {}
