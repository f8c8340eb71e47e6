//! The table that a destination makes of a type's records.

use backstitch_api::Destination;
use backstitch_api::destination::{Nested, Profile, SEPARATOR, StitchType};
use serde_json::Value as Json;

use crate::check::escape;
use crate::push::Push;
use crate::schema::{Schema, Types};

/// A column of a destination table, as [`Push::columns`] tells of it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Column {
    /// Its name in the destination.
    pub name: String,
    /// Its type, in the destination's words. `None` where it depends on the values, or where the destination's
    /// documentation says nothing of it.
    pub data_type: Option<&'static str>,
    /// Where its values are in a record's data: a JSON Pointer (RFC 6901), such as `/address/city`.
    pub pointer: String,
    /// Whether it is (a part of) the primary key.
    pub is_key: bool,
}

/// The columns that `destination` has for the records of a type.
pub(crate) fn of<T: Push>(destination: Destination) -> Vec<Column> {
    let schema = T::value_schema(&mut Types::default());
    let mut walk = Walk { profile: destination.profile(), keys: T::KEY_NAMES, path: Vec::new(), columns: Vec::new() };
    walk.fields(&schema);
    walk.columns
}

struct Walk {
    profile: &'static Profile,
    keys: &'static [&'static str],
    path: Vec<&'static str>,
    columns: Vec<Column>,
}

impl Walk {
    fn fields(&mut self, schema: &Schema) {
        for (name, field) in schema.fields() {
            self.path.push(name);
            self.field(field);
            self.path.pop();
        }
    }

    fn field(&mut self, schema: &Schema) {
        let flattens = self.profile.nested == Nested::Flattened;
        let data_type = match json_type(schema) {
            // A column whose values are all null is never made.
            Some("null") => return,
            Some("object") if flattens => return self.fields(schema),
            // Its elements are rows of a table of their own.
            Some("array") if flattens => return,
            Some(json_type) => self.data_type(json_type, schema),
            None => None,
        };
        let name = self.profile.transform(&self.path.join(SEPARATOR));
        let mut pointer = String::new();
        for name in &self.path {
            pointer.push('/');
            escape(&mut pointer, name);
        }
        let is_key = matches!(self.path.as_slice(), [only] if self.keys.contains(only));
        self.columns.push(Column { name, data_type, pointer, is_key });
    }

    fn data_type(&self, json_type: &str, schema: &Schema) -> Option<&'static str> {
        let is_moment = schema.get("format").and_then(Json::as_str) == Some("date-time");
        let nested = |kept: StitchType| -> &[StitchType] {
            match self.profile.nested {
                Nested::Kept if kept == StitchType::Array => &[StitchType::Array],
                Nested::Kept => &[StitchType::Record],
                Nested::Variant => &[StitchType::Variant],
                Nested::Json => &[StitchType::Json, StitchType::String],
                Nested::Flattened | Nested::Unstated => &[],
            }
        };
        // The first that the destination has.
        let types: &[StitchType] = match json_type {
            "boolean" => &[StitchType::Boolean],
            "integer" => &[StitchType::Bigint, StitchType::Long, StitchType::Integer],
            "number" => &[StitchType::Number],
            "string" if is_moment => &[StitchType::Date],
            "string" => &[StitchType::String],
            "array" => nested(StitchType::Array),
            "object" => nested(StitchType::Record),
            _ => &[],
        };
        types.iter().find_map(|of| self.profile.column_type(*of)).map(|column| column.name)
    }
}

/// The one type that a schema states, null aside.
fn json_type(schema: &Schema) -> Option<&str> {
    match schema.get("type")? {
        Json::String(name) => Some(name),
        Json::Array(names) => match names.iter().filter_map(Json::as_str).collect::<Vec<_>>().as_slice() {
            [only] | [only, "null"] | ["null", only] => Some(*only),
            _ => None,
        },
        _ => None,
    }
}
