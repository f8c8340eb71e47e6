//! The gate over real sockets, with a real database.

mod answers;
mod client;
mod lifecycle;
mod loading;
mod rejections;
mod splits;
mod subtables;
mod tokens;
mod wire;
