//! Transit+JSON: what is written is read back as it was, by our own reader and by others.

mod bodies;
mod readers;
mod samples;
mod tree;
