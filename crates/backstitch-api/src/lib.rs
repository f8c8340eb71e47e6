//! The Stitch Import API as Rust knows it.
//!
//! All of it is [`generated`] by `cargo xtask regenerate` from the definitions under `spec/`: the objects of the
//! API with their attributes and rules, its [`endpoints`] and what they answer ([`responses`]), its [`limits`], its [`regions`], and the [`destinations`] that it loads
//! records into.
//!
//! The crate speaks no HTTP; the client and the server that do stand on it.

#[rustfmt::skip]
pub mod generated;
pub mod transit;

pub use generated::destinations::Destination;
pub use generated::rules::{Attribute, Code, Constraints, JsonType, Pointer, Presence, Role, Violation, Violations};
pub use generated::{destination, destinations, endpoints, limits, regions, responses, rules};

/// The content type of JSON.
pub const JSON: &str = "application/json";

/// The content type of Transit+JSON, which the Push and Validate endpoints take too.
pub const TRANSIT: &str = "application/transit+json";
