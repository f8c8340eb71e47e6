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
mod rejections;
mod rows;
mod samples;
mod splits;
mod subtables;
mod tables;
mod tokens;
mod transit;
mod wire;
