//! What has fields: a struct, a map. Its fields can stand among those of another.

use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;
use std::sync::Arc;

use serde_json::json;

use crate::check::Check;
use crate::encode::{Encoder, Name};
use crate::fit::{Parts, Shape};
use crate::schema::{Schema, Types};
use crate::value::Value;
use crate::visit::{Describe, Visit};

/// A type whose fields can stand among those of a record. The derive implements it for structs.
#[diagnostic::on_unimplemented(
    message = "`{Self}` can't be flattened: it has no fields of its own",
    label = "no struct with fields, and no map",
    note = "take `flatten` away: it is for a struct with `#[derive(backstitch::Push)]`, for a map with string keys, and for an `Option` of these"
)]
pub trait Fields {
    /// The names of the fields that are known; an empty one where the fields of another type stand.
    const NAMES: &'static [Name] = &[];

    /// What the fields are, as far as names and counts go.
    const SHAPE: &'static Shape = &Shape::Open;

    /// The names of the fields that are known, those of flattened ones among them.
    const PARTS: &'static Parts = &Parts { names: Self::NAMES, flattened: &[] };

    /// Shows each field.
    fn visit<V: Visit>(&self, visit: &mut V);

    /// Tells what the fields that are known are on the wire.
    fn describe(describe: &mut Describe<'_>);

    /// The same, as fields that stand among others.
    fn describe_flat(describe: &mut Describe<'_>)
    where
        Self: Sized,
    {
        describe.flat::<Self>();
    }
}

/// Writes a value with fields as an object.
#[inline]
pub fn write_object<T: Fields, E: Encoder>(value: &T, encoder: &mut E) {
    let opened = encoder.open();
    value.visit(encoder);
    encoder.close(opened);
}

/// Checks a value with fields.
#[inline]
pub fn check_object<T: Fields>(value: &T, check: &mut Check) {
    check.fields(|check| value.visit(check));
}

/// The schema of a struct.
pub fn object_schema<T: Fields>(types: &mut Types) -> Schema {
    types.within::<T>(|types| Schema::object(Describe::fields::<T>(types)))
}

/// The schema of one of these strings.
#[must_use]
pub fn text_schema(names: &[&'static str]) -> Schema {
    Schema::of("string").with("enum", names.iter().map(|name| json!(name)).collect::<Vec<_>>())
}

impl<T: Fields> Fields for Option<T> {
    const NAMES: &'static [Name] = T::NAMES;
    const SHAPE: &'static Shape = &Shape::Maybe(T::SHAPE);
    /// None: what is there now and then may stand in another's place.
    const PARTS: &'static Parts = &Parts { names: &[], flattened: &[] };

    fn visit<V: Visit>(&self, visit: &mut V) {
        if let Some(value) = self {
            value.visit(visit);
        }
    }

    fn describe(describe: &mut Describe<'_>) {
        T::describe(describe);
    }
}

macro_rules! pointers {
    ($($pointer:ident),*) => {$(
        impl<T: Fields> Fields for $pointer<T> {
            const NAMES: &'static [Name] = T::NAMES;
            const SHAPE: &'static Shape = T::SHAPE;
            const PARTS: &'static Parts = T::PARTS;

            fn visit<V: Visit>(&self, visit: &mut V) {
                T::visit(self, visit);
            }

            fn describe(describe: &mut Describe<'_>) {
                T::describe(describe);
            }
        }
    )*};
}

pointers!(Box, Rc, Arc);

macro_rules! maps {
    ($($map:ty, [$($parameter:tt)*];)*) => {$(
        impl<K: AsRef<str>, V: Value, $($parameter)*> Fields for $map {
            fn visit<W: Visit>(&self, visit: &mut W) {
                for (name, value) in self {
                    visit.entry(name.as_ref(), value);
                }
            }

            fn describe(_describe: &mut Describe<'_>) {}
        }
    )*};
}

maps! {
    BTreeMap<K, V>, [];
    HashMap<K, V, S>, [S];
}
