//! The derive on random values of every type and with every attribute: `serde_json` is the referee of the bytes, a
//! library for JSON Schema the referee of `validate()`. `PROPTEST_CASES` sets how many values are tried.

mod attributes;
mod collections;
mod coverage;
mod features;
mod judge;
mod limits;
mod rules;
mod scalars;
mod serde_keys;
mod wrappers;
