//! The HTTP side of a gate.
//!
//! - [`token`]: who may send.
//! - [`body`], [`held`]: reading a body, within limits of size and time; where it is meanwhile.
//! - [`turn`]: how much is worked on at once.
//! - [`encoding`]: bodies that are compressed.
//! - [`routes`]: the endpoints.
//! - [`observe`], [`note`], [`secrets`]: what the journal learns of a request, and what it does not.
//! - [`misbehave`]: faults on demand.
//! - [`socket`], [`server`]: connections, from the first to a graceful stop.

mod body;
mod encoding;
pub(crate) mod held;
mod misbehave;
pub(crate) mod note;
pub(crate) mod observe;
pub(crate) mod routes;
mod secrets;
pub(crate) mod server;
pub(crate) mod socket;
pub(crate) mod token;
pub(crate) mod turn;
