//! Structs in all places where a library can have them. Twelve of those with an example are public, eight are not.
#![deny(missing_docs, warnings)]

use backstitch::Push;

pub mod by_a_macro;
mod hidden;
mod many;
mod nobody;
pub mod orders;
pub mod twins;

pub use hidden::Renamed as Other;
pub use hidden::deeper::Deep;
pub use many::*;

/// At the root.
#[derive(Push)]
#[push(table = "customers", key = "id")]
pub struct Customer {
    /// The number.
    #[push(example = 1)]
    pub id: i64,
    /// The name.
    #[push(example = "Finn \"the\" first")]
    pub name: String,
}

/// With a lifetime: its example is `'static`.
#[derive(Push)]
#[push(table = "borrowed", key = "name")]
pub struct Borrowed<'a> {
    /// The name.
    pub name: &'a str,
}

/// Of any type, so that no one of them stands for all: there is no test of its example.
#[derive(Push)]
#[push(table = "pages", key = "id")]
pub struct Page<T> {
    /// The number.
    pub id: u64,
    /// What is on it.
    pub content: Vec<T>,
}

#[derive(Push)]
#[push(table = "secrets", key = "id")]
struct Secret {
    id: i64,
}

/// How many bytes a record takes whose type is within the function.
pub fn bytes_of_a_local_type() -> usize {
    #[derive(Push)]
    #[push(table = "local", key = "id")]
    struct Local {
        id: i64,
    }
    let mut body = backstitch::PushBody::json(1);
    let pushed = [body.push(&Local { id: 1 }, 1), body.push(&Secret { id: 2 }, 2), hidden::push_all(&mut body)];
    if pushed.iter().all(Result::is_ok) { body.bytes() } else { 0 }
}
