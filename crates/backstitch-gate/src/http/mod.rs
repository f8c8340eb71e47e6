//! The HTTP side of a gate.
//!
//! - [`token`]: who may send.
//! - [`body`]: reading a body, within limits of size and time.
//! - [`encoding`]: bodies that are compressed.
//! - [`routes`]: the endpoints.
//! - [`observe`], [`note`], [`secrets`]: what the journal learns of a request, and what it does not.
//! - [`misbehave`]: faults on demand.
//! - [`socket`], [`server`]: connections, from the first to a graceful stop.

mod body;
mod encoding;
mod misbehave;
pub(crate) mod note;
pub(crate) mod observe;
pub(crate) mod routes;
mod secrets;
pub(crate) mod server;
pub(crate) mod socket;
pub(crate) mod token;
