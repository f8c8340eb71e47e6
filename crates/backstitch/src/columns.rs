//! The table that a destination makes of a type's records.

use backstitch_api::Destination;
use backstitch_api::destination::{Nested, Profile, SEPARATOR, StitchType};
use serde_json::{Map, Value as Json};

use crate::fit::Shape;
use crate::push::Push;

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
    let mut walk = Walk { profile: destination.profile(), path: Vec::new(), columns: Vec::new() };
    walk.fields(T::schema(), T::SHAPE);
    for column in &mut walk.columns {
        let name = column.pointer.get(1..).unwrap_or_default().replace("~1", "/").replace("~0", "~");
        column.is_key = T::KEY_NAMES.contains(&name.as_str());
    }
    walk.columns
}

struct Walk<'a> {
    profile: &'static Profile,
    path: Vec<&'a str>,
    columns: Vec<Column>,
}

impl<'a> Walk<'a> {
    fn fields(&mut self, schema: &'a Json, shape: &'static Shape) {
        let Some(Json::Object(fields)) = schema.get("properties") else { return };
        for (name, field, shape) in ordered(fields, shape) {
            self.path.push(name);
            self.field(field, shape);
            self.path.pop();
        }
    }

    fn field(&mut self, schema: &'a Json, shape: &'static Shape) {
        let flattens = self.profile.nested == Nested::Flattened;
        let data_type = match json_type(schema) {
            // A column whose values are all null is never made.
            Some("null") => return,
            Some("object") if flattens => return self.fields(schema, shape),
            // Its elements are rows of a table of their own.
            Some("array") if flattens => return,
            Some(json_type) => self.data_type(json_type, schema),
            None => None,
        };
        let name = self.profile.transform(&self.path.join(SEPARATOR));
        let escaped: Vec<String> = self.path.iter().map(|name| name.replace('~', "~0").replace('/', "~1")).collect();
        let pointer = format!("/{}", escaped.join("/"));
        self.columns.push(Column { name, data_type, pointer, is_key: false });
    }

    fn data_type(&self, json_type: &str, schema: &Json) -> Option<&'static str> {
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
fn json_type(schema: &Json) -> Option<&str> {
    match schema.get("type")? {
        Json::String(name) => Some(name),
        Json::Array(names) => match names.iter().filter_map(Json::as_str).collect::<Vec<_>>().as_slice() {
            [only] | [only, "null"] | ["null", only] => Some(*only),
            _ => None,
        },
        _ => None,
    }
}

/// The fields in the order of the struct, as far as its shape tells, each with its own shape.
fn ordered<'a>(fields: &'a Map<String, Json>, shape: &'static Shape) -> Vec<(&'a str, &'a Json, &'static Shape)> {
    let mut known = Vec::new();
    named(shape, &mut known);
    let mut result: Vec<(&str, &Json, &'static Shape)> = Vec::new();
    for (name, shape) in known {
        if let Some((name, schema)) = fields.get_key_value(name) {
            result.push((name, schema, shape));
        }
    }
    for (name, schema) in fields {
        if !result.iter().any(|(other, ..)| other == name) {
            result.push((name, schema, &Shape::Open));
        }
    }
    result
}

/// The fields with names, those that stand flat among them.
fn named(shape: &'static Shape, found: &mut Vec<(&'static str, &'static Shape)>) {
    match shape {
        Shape::Optional(shape) | Shape::Maybe(shape) => named(shape, found),
        Shape::Object(names, shapes) => {
            for (name, shape) in names.iter().zip(*shapes) {
                match name[0] {
                    "" => named(shape, found),
                    name => found.push((name, shape)),
                }
            }
        }
        Shape::Open | Shape::Scalar | Shape::Array(..) => {}
    }
}
