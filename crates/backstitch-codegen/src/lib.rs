//! The engine of Backstitch.
//!
//! Everything that turns a description of the Import API into Rust is here, as plain functions
//! from a model to text or tokens; the derive macro and `cargo xtask` only adapt input and output.
//! The crate knows no YAML and touches no file.
//!
//! Its parts, in the order in which a description passes through them:
//!
//! 1. [`rules`]: the vocabulary of a definition (types, presence, constraints, roles) and the check
//!    of a value against it. The file is also emitted, as it stands, into generated module trees.
//!    [`destination`] is the same for destinations: what they allow as names, and what they make of them.
//! 2. [`model`]: an API object as its definition describes it, read-only once it is made.
//! 3. [`record`]: the part of the Push object's model that the derive needs, as a constant.
//! 4. [`mod@derive`]: `#[derive(Push)]`, from a struct and the record's model to tokens.
//! 5. `emit` (feature `emit`): from the model to whole files, path by path.
//! 6. `diff` (feature `emit`): what changed between two models, and whether it breaks anything.

pub mod derive;
pub mod destination;
#[cfg(feature = "emit")]
pub mod diff;
#[cfg(feature = "emit")]
pub mod emit;
pub mod model;
pub mod name;
pub mod record;
pub mod rules;
pub mod text;
