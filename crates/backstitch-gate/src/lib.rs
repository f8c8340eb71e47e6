//! A local Stitch Import API with a real database behind it, for tests, development and self-hosting.
//!
//! A request goes through these phases; the first that refuses it answers it:
//!
//! 1. `http`: path, method, token, content type, content encoding, size.
//! 2. `json`: the body's text, of which values stay borrowed and numbers keep every digit.
//! 3. `request`: the records against the definitions of the Push and Batch objects, then as rows of columns.
//! 4. `store`: the rows in the tables of a SQLite or PostgreSQL database, committed before the answer goes out.
//!
//! ```
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! use backstitch_gate::Gate;
//!
//! let gate = Gate::builder().database("sqlite://gate.db").token("at_local", 7723).start().await?;
//! println!("send to {}", gate.url());
//! for table in gate.tables().await? {
//!     println!("{}: {} rows", table.name, table.count);
//! }
//! gate.shutdown().await;
//! # Ok(())
//! # }
//! ```

mod admin;
mod batch;
mod cell;
mod clients;
mod error;
mod fault;
mod gate;
mod http;
mod journal;
mod json;
mod metrics;
mod names;
mod refusal;
mod request;
mod store;
mod timestamp;
mod warnings;

pub use cell::Cell;
pub use error::GateError;
pub use fault::{Fault, Moment};
pub use gate::{Gate, GateBuilder};
pub use journal::JournalEntry;
pub use store::view::{TableSummary, TableView};
