//! Every type that can be a field, one by one: its bytes against `serde_json` where its form is serde's, its schema against
//! its values, and what is refused.

mod dates;
mod decimals;
mod json;
mod one;
mod record;
mod serialize;
mod standard;
