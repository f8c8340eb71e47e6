//! Typed, validated upserts for the Stitch Import API: *your struct is the table*.
//!
//! ```
//! use backstitch::Push;
//!
//! /// A customer.
//! #[derive(Push)]
//! #[push(table = "customers", key = "id")]
//! pub struct Customer {
//!     #[push(example = 1)]
//!     pub id: i64,
//!     #[push(example = "Finn")]
//!     pub name: String,
//! }
//!
//! let mut body = backstitch::PushBody::json(7723);
//! body.push(&Customer { id: 1, name: "Finn".into() }, 1565880017i64)?;
//! assert_eq!(
//!     body.finish(),
//!     br#"[{"client_id":7723,"table_name":"customers","sequence":1565880017,"data":{"id":1,"name":"Finn"},"key_names":["id"],"action":"upsert"}]"#,
//! );
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! A record's way to the API: it is checked ([`Push::validate`]), encoded straight into the body of a
//! request ([`PushBody`]), and sent ([`Client`]). What the API is (attributes, rules, order on the
//! wire) comes from `backstitch_api`, which is generated from the API's definitions.
//!
//! Features: `derive` and `client` are on by default. Without `client` the crate needs no
//! asynchronous runtime and speaks no HTTP. `sender` adds `Sender`, which delivers in the background and sends again
//! until records are accepted; `spool` its records on disk; `metrics` what it tells through the `metrics` facade.
//! `blocking` adds a client and a sender for programs without such a runtime (`backstitch::blocking`). `bigdecimal`, `bytes`, `chrono`, `jiff`, `rust_decimal`,
//! `time` and `uuid` each make the types of the crate of that name fields of records ([`Value`]).

// The derive writes `::backstitch`, here too.
extern crate self as backstitch;

mod base64;
mod batch;
#[cfg(feature = "blocking")]
pub mod blocking;
mod body;
mod check;
#[cfg(feature = "client")]
mod client;
mod columns;
mod encode;
mod envelope;
mod fields;
mod fit;
mod json;
mod limits;
mod out;
mod push;
mod raw;
mod record;
mod records;
mod row;
mod schema;
#[cfg(feature = "sender")]
mod sender;
mod sequence;
mod serialize;
mod table;
mod text;
mod transit;
mod value;
mod visit;

#[doc(hidden)]
pub mod __private;

/// What the API is: objects, attributes and their rules, limits, endpoints. Generated from the
/// definitions under `spec/`.
pub use backstitch_api as api;

pub use backstitch_api::{Code, Destination, Pointer, Violation, Violations};
#[cfg(feature = "derive")]
pub use backstitch_derive::Push;
pub use batch::BatchBody;
pub use body::{BodyError, PushBody, WireFormat};
pub use check::Check;
#[cfg(feature = "client")]
pub use client::{Client, ClientBuilder, ClientError, PushError, Reason, Refusal, Region, TableClient};
pub use columns::Column;
pub use encode::{Encoder, FieldName};
pub use push::{Push, PushRecord};
pub use row::Row;
pub use schema::{Schema, Types};
#[cfg(feature = "spool")]
pub use sender::spool;
#[cfg(feature = "sender")]
pub use sender::{
    Accepted, Level, NotAccepted, Receipt, Receipts, Rejection, Replay, Replayed, Replaying, Retry, SendAllError,
    SendError, Sender, SenderBuilder, SenderError, Status, StoreError, Summary, Undelivered, WhenFull,
};
pub use sequence::{AsSequence, ClientId, ProducerError, Sequence, Sequences, Taken};
/// JSON as it is written, from `serde_json`: numbers keep their digits.
pub use serde_json::value::RawValue;
pub use table::Table;
pub use value::{Key, Value};
