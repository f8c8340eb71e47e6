//! The gate over real sockets, with a real database.

mod actions;
mod answers;
mod ask;
mod batch;
mod client;
mod console;
mod door;
mod encoding;
mod errors;
mod faults;
mod journal;
mod lifecycle;
mod loading;
mod metrics;
mod postgres;
mod queue;
mod rejections;
mod restarts;
mod rows;
mod samples;
mod server;
mod splits;
mod store;
mod subtables;
mod tables;
#[cfg(feature = "tls")]
mod tls;
mod tokens;
mod transit;
mod unwell;
mod warnings;
mod wire;
