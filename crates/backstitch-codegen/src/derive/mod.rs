//! `#[derive(Push)]`: from a struct and the model of the record to tokens.
