//! JSON as `serde_json` holds it: written as it is.

use serde_json::value::RawValue;
use serde_json::{Map, Number, Value as Json};

use crate::check::Check;
use crate::encode::Encoder;
use crate::fields::Fields;
use crate::fit::Shape;
use crate::raw;
use crate::schema::{Schema, Types};
use crate::value::{Key, Value, check_all, check_map, write_all, write_map};
use crate::visit::{Describe, Visit};

impl Value for Json {
    fn write<E: Encoder>(&self, encoder: &mut E) {
        match self {
            Json::Null => encoder.null(),
            Json::Bool(value) => encoder.boolean(*value),
            Json::Number(number) => number.write(encoder),
            Json::String(text) => encoder.string(text),
            Json::Array(values) => write_all(values, encoder),
            Json::Object(entries) => entries.write(encoder),
        }
    }

    fn check(&self, check: &mut Check) {
        match self {
            Json::Array(values) => check_all(values.iter(), check),
            Json::Object(entries) => entries.check(check),
            Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => check.data_point(),
        }
    }

    /// `null`.
    fn sample() -> Self {
        Json::Null
    }
}

impl Value for Map<String, Json> {
    fn write<E: Encoder>(&self, encoder: &mut E) {
        write_map(self, encoder);
    }

    fn check(&self, check: &mut Check) {
        check_map(self, check);
    }

    fn sample() -> Self {
        Map::new()
    }

    fn value_schema(_types: &mut Types) -> Schema {
        Schema::of("object")
    }
}

impl Fields for Map<String, Json> {
    fn visit<V: Visit>(&self, visit: &mut V) {
        for (name, value) in self {
            visit.entry(name, value);
        }
    }

    fn describe(_describe: &mut Describe<'_>) {}
}

impl Value for Number {
    const SHAPE: &'static Shape = &Shape::Scalar;
    const IS_PLAIN: bool = true;

    fn write<E: Encoder>(&self, encoder: &mut E) {
        if let Some(number) = self.as_u64() {
            encoder.unsigned(number);
        } else if let Some(number) = self.as_i64() {
            encoder.integer(number);
        } else {
            match self.as_f64() {
                Some(number) if Number::from_f64(number).as_ref() == Some(self) => encoder.double(number),
                // With serde_json's `arbitrary_precision`, which whoever uses this crate may have enabled, a number
                // is its text.
                _ => encoder.decimal(&self.to_string()),
            }
        }
    }

    fn check(&self, check: &mut Check) {
        check.data_point();
    }

    fn sample() -> Self {
        1.into()
    }

    fn value_schema(_types: &mut Types) -> Schema {
        Schema::of("number")
    }
}

impl Key for Number {
    fn check_key(&self, _check: &mut Check) {}
}

macro_rules! raw_values {
    ($($type:ty, $sample:expr;)*) => {$(
        impl Value for $type {
            fn write<E: Encoder>(&self, encoder: &mut E) {
                encoder.raw_json(self);
            }

            fn check(&self, check: &mut Check) {
                raw::count(self.get(), check);
            }

            /// `null`.
            fn sample() -> Self {
                $sample
            }
        }
    )*};
}

raw_values! {
    Box<RawValue>, RawValue::NULL.to_owned();
    &RawValue, RawValue::NULL;
}
