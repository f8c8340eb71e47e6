//! The Stitch Import API as Rust knows it.
//!
//! - [`generated`]: the objects of the API with their attributes and rules, written by
//!   `cargo xtask regenerate` from the definitions under `spec/`.
//! - [`limits`]: how large a request and a record may be.
//! - [`endpoint`]: paths, content types and base URLs.
//!
//! The crate speaks no HTTP; the client and the server that do stand on it.

pub mod endpoint;
#[rustfmt::skip]
pub mod generated;
pub mod limits;

pub use generated::rules;
pub use generated::rules::{Attribute, Code, Constraints, JsonType, Presence, Role, Violation, Violations};
