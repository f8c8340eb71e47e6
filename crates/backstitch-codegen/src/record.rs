//! What the derive needs of the definitions, as constants that `cargo xtask regenerate` writes: the Push record, and
//! what destinations make of names.

use crate::destination::Profile;
use crate::rules::{JsonType, Presence, Role};

/// All that the derive knows of the API.
#[derive(Clone, Copy, Debug)]
pub struct Definitions {
    /// The Push record.
    pub record: &'static RecordModel,
    /// The destinations, in the order of their keys.
    pub destinations: &'static [Profile],
    /// The most data points in the data of one record.
    pub data_points: Option<usize>,
}

/// The Push record.
#[derive(Clone, Copy, Debug)]
pub struct RecordModel {
    /// The title of the object, such as `Push`.
    pub title: &'static str,
    /// What it is, in Markdown that is safe for rustdoc.
    pub description: &'static str,
    /// The definition's path within the spec folder.
    pub source: &'static str,
    /// The attributes in the order of the wire.
    pub attributes: &'static [RecordAttribute],
    /// The client id of the documented example.
    pub example_client_id: i64,
    /// The sequence of the documented example.
    pub example_sequence: i64,
}

/// An attribute of the Push record.
#[derive(Clone, Copy, Debug)]
pub struct RecordAttribute {
    /// Its name on the wire.
    pub name: &'static str,
    /// The name of the Rust field that holds it.
    pub field: &'static str,
    /// The JSON types that it may have; empty where any will do.
    pub types: &'static [JsonType],
    /// The JSON types of the elements of an array; empty where any will do.
    pub items: &'static [JsonType],
    /// Whether it must be there.
    pub presence: Presence,
    /// Its part in the record; without one it is an optional field.
    pub role: Option<Role>,
    /// The only string allowed.
    pub constant: Option<&'static str>,
    /// What it is, in Markdown that is safe for rustdoc, with its rules as sentences.
    pub description: &'static str,
}

impl RecordAttribute {
    /// The attribute's constant, if it has no role and yet must be there: every record has it.
    #[must_use]
    pub fn constant_that_must_be_there(&self) -> Option<&'static str> {
        self.constant.filter(|_| self.role.is_none() && self.presence == Presence::Required)
    }
}
