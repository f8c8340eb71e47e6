//! `backstitch singer`, from outside: what it writes and sends for what a tap writes and a server answers.

mod failures;
mod gate;
mod lines;
mod messages;
mod running;
mod samples;
mod server;
mod settings;
#[cfg(unix)]
mod signals;
mod sizes;
mod states;
