//! What has fields: a struct, a map. Its fields can stand among those of another.

use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;
use std::sync::Arc;

use serde_json::json;

use crate::check::Check;
use crate::encode::Encoder;
use crate::schema::{Schema, Types};
use crate::value::Value;

/// The names and schemas of fields.
pub type FieldSchemas = Vec<(&'static str, Schema)>;

/// A type whose fields can stand among those of a record. The derive implements it for structs.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no fields that could stand among others",
    label = "can't be flattened",
    note = "`flatten` is for a struct with `#[derive(backstitch::Push)]`, for a map with string keys, and for an `Option` of these"
)]
pub trait Fields {
    /// Writes each field, without the braces.
    fn write_fields<E: Encoder>(&self, encoder: &mut E);
    /// Checks each field.
    fn check_fields(&self, check: &mut Check);
    /// The fields that are known.
    fn field_schemas(types: &mut Types) -> FieldSchemas;
}

/// Writes a value with fields as an object.
pub fn write_object<T: Fields, E: Encoder>(value: &T, encoder: &mut E) {
    encoder.begin_object();
    value.write_fields(encoder);
    encoder.end_object();
}

/// The schema of a struct.
pub fn object_schema<T: Fields>(types: &mut Types) -> Schema {
    types.within::<T>(|types| Schema::object(T::field_schemas(types)))
}

/// The schema of one of these strings.
#[must_use]
pub fn text_schema(names: &[&'static str]) -> Schema {
    Schema::of("string").with("enum", names.iter().map(|name| json!(name)).collect::<Vec<_>>())
}

impl<T: Fields> Fields for Option<T> {
    fn write_fields<E: Encoder>(&self, encoder: &mut E) {
        if let Some(value) = self {
            value.write_fields(encoder);
        }
    }

    fn check_fields(&self, check: &mut Check) {
        if let Some(value) = self {
            value.check_fields(check);
        }
    }

    fn field_schemas(types: &mut Types) -> FieldSchemas {
        T::field_schemas(types)
    }
}

macro_rules! pointers {
    ($($pointer:ident),*) => {$(
        impl<T: Fields> Fields for $pointer<T> {
            fn write_fields<E: Encoder>(&self, encoder: &mut E) {
                T::write_fields(self, encoder);
            }

            fn check_fields(&self, check: &mut Check) {
                T::check_fields(self, check);
            }

            fn field_schemas(types: &mut Types) -> FieldSchemas {
                T::field_schemas(types)
            }
        }
    )*};
}

pointers!(Box, Rc, Arc);

macro_rules! maps {
    ($($map:ty, [$($parameter:tt)*];)*) => {$(
        impl<K: AsRef<str>, V: Value, $($parameter)*> Fields for $map {
            fn write_fields<E: Encoder>(&self, encoder: &mut E) {
                for (name, value) in self {
                    encoder.key_text(name.as_ref());
                    value.write(encoder);
                }
            }

            fn check_fields(&self, check: &mut Check) {
                for (name, value) in self {
                    check.name(name.as_ref(), |check| value.check(check));
                }
            }

            fn field_schemas(_types: &mut Types) -> FieldSchemas {
                FieldSchemas::new()
            }
        }
    )*};
}

maps! {
    BTreeMap<K, V>, [];
    HashMap<K, V, S>, [S];
}
