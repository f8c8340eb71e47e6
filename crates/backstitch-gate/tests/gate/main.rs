//! The gate over real sockets, with a real database.

mod actions;
mod answers;
mod batch;
mod client;
mod encoding;
mod errors;
mod lifecycle;
mod loading;
mod rejections;
mod rows;
mod splits;
mod subtables;
mod tokens;
mod transit;
mod wire;
