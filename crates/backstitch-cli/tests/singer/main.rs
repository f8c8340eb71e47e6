//! `backstitch singer`, from outside: what it writes and sends for what a tap writes and a server answers.

mod messages;
mod running;
mod samples;
mod server;
