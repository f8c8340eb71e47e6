//! The gate over real sockets, with a real database.

mod answers;
mod batch;
mod client;
mod encoding;
mod lifecycle;
mod loading;
mod rejections;
mod splits;
mod tokens;
mod transit;
mod wire;
