//! The HTTP side of a gate.
//!
//! - [`token`]: who may send.
//! - [`body`]: reading a body, within limits of size and time.
//! - [`encoding`]: bodies that are compressed.
//! - [`routes`]: the endpoints.
//! - [`server`]: connections, from the first to a graceful stop.

mod body;
mod encoding;
pub(crate) mod routes;
pub(crate) mod server;
pub(crate) mod token;
