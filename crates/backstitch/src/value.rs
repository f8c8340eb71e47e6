//! Types that can be fields of a record.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;
use std::sync::Arc;

use crate::check::Check;
use crate::encode::{Encoder, Name};
use crate::fit::Shape;
use crate::out::Scalar;
use crate::schema::{Schema, Types};
use crate::visit::{Describe, Visit};

#[cfg(feature = "bigdecimal")]
mod bigdecimal;
#[cfg(feature = "bytes")]
mod bytes;
#[cfg(any(feature = "chrono", feature = "jiff", feature = "time"))]
mod calendar;
#[cfg(feature = "chrono")]
mod chrono;
#[cfg(feature = "jiff")]
mod jiff;
mod json;
mod net;
#[cfg(feature = "rust_decimal")]
mod rust_decimal;
mod sequences;
#[cfg(feature = "time")]
mod time;
#[cfg(feature = "uuid")]
mod uuid;
mod wrappers;

/// A type that can be a field of a record.
///
/// It is implemented for the standard library's scalars, strings and network addresses, for `Option`, arrays, slices,
/// tuples and collections, pointers, cells and maps with string keys of such types, for the values of `serde_json`, and
/// for every struct with `#[derive(Push)]`. The features `bigdecimal`, `bytes`, `chrono`, `jiff`, `rust_decimal`, `time`
/// and `uuid` add the types of the crate of that name. The table in `docs/derive.md` says what each is on the wire.
#[diagnostic::on_unimplemented(
    message = "`{Self}` can't be a field of a record",
    label = "not a type that Backstitch can send",
    note = "`#[derive(backstitch::Push)]` on a struct of your own makes it a nested object; for a type from elsewhere hold a string or a number instead",
    note = "types of bigdecimal, bytes, chrono, jiff, rust_decimal, time and uuid are sent with the feature of `backstitch` of that name",
    note = "or leave the field out of the record with `#[push(skip)]`"
)]
pub trait Value {
    /// What the type is, as far as names and counts go. What lies behind a pointer or in a collection is not followed
    /// here, since types can hold each other there without end.
    #[doc(hidden)]
    const SHAPE: &'static Shape = &Shape::Open;

    /// Whether every value of the type can be sent, and is one data point.
    #[doc(hidden)]
    const IS_PLAIN: bool = false;

    /// Writes the value.
    fn write<E: Encoder>(&self, encoder: &mut E);

    /// Reports all that would keep the API from taking the value, and counts its data points.
    fn check(&self, check: &mut Check);

    /// A value of the type for examples.
    fn sample() -> Self
    where
        Self: Sized;

    /// What a value of the type is on the wire. A type that says nothing may be any JSON.
    fn value_schema(types: &mut Types) -> Schema {
        let _ = types;
        Schema::any()
    }

    /// The value, where it is a scalar of a type that every format knows. What [`write`](Value::write) writes is the same.
    #[doc(hidden)]
    #[inline(always)]
    fn scalar(&self) -> Scalar<'_> {
        Scalar::Other
    }

    /// Shows the value as the field whose name is at `index`.
    #[doc(hidden)]
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn show<V: Visit>(&self, names: &'static [Name], index: usize, visit: &mut V) {
        visit.field(names, index, self);
    }

    /// Tells what the type is as the next field, within limits of the field's own.
    #[doc(hidden)]
    fn tell(describe: &mut Describe<'_>, limits: &'static str) {
        describe.field::<Self>(limits);
    }
}

/// A type that can be a key field: a scalar that is never null.
#[diagnostic::on_unimplemented(
    message = "`{Self}` can't be a key field",
    label = "a key field holds a scalar that is never null",
    note = "use an integer, a string, a `bool`, a decimal, a date or a UUID; for a nullable field choose another key"
)]
pub trait Key: Value {
    /// Reports what keeps the value from being a part of a key.
    fn check_key(&self, check: &mut Check);
}

macro_rules! scalars {
    ($($type:ty: $method:ident as $as:ty, $scalar:expr, $name:literal, $sample:expr;)*) => {$(
        impl Value for $type {
            const SHAPE: &'static Shape = &Shape::Scalar;
            const IS_PLAIN: bool = true;

            fn write<E: Encoder>(&self, encoder: &mut E) {
                encoder.$method(<$as>::from(*self));
            }

            #[inline(always)]
            fn scalar(&self) -> Scalar<'_> {
                let of: fn($as) -> Scalar<'static> = $scalar;
                of((*self).into())
            }

            #[inline]
            fn check(&self, check: &mut Check) {
                check.data_point();
            }

            fn sample() -> Self {
                $sample
            }

            fn value_schema(_types: &mut Types) -> Schema {
                Schema::of($name)
            }
        }

        impl Key for $type {
            #[inline]
            fn check_key(&self, _check: &mut Check) {}
        }
    )*};
}

scalars! {
    bool: boolean as bool, Scalar::Boolean, "boolean", true;
    i8: integer as i64, Scalar::Integer, "integer", 1;
    i16: integer as i64, Scalar::Integer, "integer", 1;
    i32: integer as i64, Scalar::Integer, "integer", 1;
    i64: integer as i64, Scalar::Integer, "integer", 1;
    i128: wide as i128, |_| Scalar::Other, "integer", 1;
    u8: unsigned as u64, Scalar::Unsigned, "integer", 1;
    u16: unsigned as u64, Scalar::Unsigned, "integer", 1;
    u32: unsigned as u64, Scalar::Unsigned, "integer", 1;
    u64: unsigned as u64, Scalar::Unsigned, "integer", 1;
    u128: wide_unsigned as u128, |_| Scalar::Other, "integer", 1;
}

macro_rules! sizes {
    ($($type:ty: $wide:ident as $as:ty, $scalar:ident;)*) => {$(
        impl Value for $type {
            const SHAPE: &'static Shape = &Shape::Scalar;
            const IS_PLAIN: bool = true;

            fn write<E: Encoder>(&self, encoder: &mut E) {
                // No processor that Rust knows has wider addresses.
                encoder.$wide(*self as $as);
            }

            #[inline(always)]
            fn scalar(&self) -> Scalar<'_> {
                Scalar::$scalar(*self as $as)
            }

            #[inline]
            fn check(&self, check: &mut Check) {
                check.data_point();
            }

            fn sample() -> Self {
                1
            }

            fn value_schema(_types: &mut Types) -> Schema {
                Schema::of("integer")
            }
        }

        impl Key for $type {
            #[inline]
            fn check_key(&self, _check: &mut Check) {}
        }
    )*};
}

sizes! {
    isize: integer as i64, Integer;
    usize: unsigned as u64, Unsigned;
}

macro_rules! floats {
    ($($type:ty: $method:ident, $scalar:expr;)*) => {$(
        impl Value for $type {
            const SHAPE: &'static Shape = &Shape::Scalar;

            fn write<E: Encoder>(&self, encoder: &mut E) {
                encoder.$method(*self);
            }

            #[inline(always)]
            fn scalar(&self) -> Scalar<'_> {
                let of: fn($type) -> Scalar<'static> = $scalar;
                of(*self)
            }

            #[inline]
            fn check(&self, check: &mut Check) {
                check.data_point();
                check.finite(self.is_finite());
            }

            fn sample() -> Self {
                1.5
            }

            fn value_schema(_types: &mut Types) -> Schema {
                Schema::of("number")
            }
        }

        impl Key for $type {
            #[inline]
            fn check_key(&self, _check: &mut Check) {}
        }
    )*};
}

floats! {
    f32: single, |_| Scalar::Other;
    f64: double, Scalar::Double;
}

impl Value for char {
    const SHAPE: &'static Shape = &Shape::Scalar;
    const IS_PLAIN: bool = true;

    fn write<E: Encoder>(&self, encoder: &mut E) {
        encoder.string(self.encode_utf8(&mut [0; 4]));
    }

    #[inline]
    fn check(&self, check: &mut Check) {
        check.data_point();
    }

    fn sample() -> Self {
        'a'
    }

    fn value_schema(_types: &mut Types) -> Schema {
        Schema::of("string").with("minLength", 1).with("maxLength", 1)
    }
}

impl Key for char {
    #[inline]
    fn check_key(&self, _check: &mut Check) {}
}

macro_rules! texts {
    ($($type:ty),*) => {$(
        impl Value for $type {
            const SHAPE: &'static Shape = &Shape::Scalar;
            const IS_PLAIN: bool = true;

            fn write<E: Encoder>(&self, encoder: &mut E) {
                encoder.string(self);
            }

            #[inline(always)]
            fn scalar(&self) -> Scalar<'_> {
                Scalar::Text(self)
            }

            #[inline]
            fn check(&self, check: &mut Check) {
                check.data_point();
            }

            fn sample() -> Self {
                "text".into()
            }

            fn value_schema(_types: &mut Types) -> Schema {
                Schema::of("string")
            }
        }

        impl Key for $type {
            #[inline]
            fn check_key(&self, check: &mut Check) {
                check.key_text(self);
            }
        }
    )*};
}

texts!(String, &str, Cow<'_, str>, Box<str>, Rc<str>, Arc<str>);

impl<T: Value> Value for Option<T> {
    const SHAPE: &'static Shape = &Shape::Optional(T::SHAPE);
    const IS_PLAIN: bool = T::IS_PLAIN;

    fn write<E: Encoder>(&self, encoder: &mut E) {
        match self {
            Some(value) => value.write(encoder),
            None => encoder.null(),
        }
    }

    #[inline(always)]
    fn scalar(&self) -> Scalar<'_> {
        match self {
            Some(value) => value.scalar(),
            None => Scalar::Null,
        }
    }

    #[inline]
    fn check(&self, check: &mut Check) {
        match self {
            Some(value) => value.check(check),
            None => check.data_point(),
        }
    }

    /// `None`: a type that holds itself has no end otherwise.
    fn sample() -> Self {
        None
    }

    fn value_schema(types: &mut Types) -> Schema {
        T::value_schema(types).or_null()
    }
}

macro_rules! pointers {
    ($($pointer:ident),*) => {$(
        impl<T: Value> Value for $pointer<T> {
            const IS_PLAIN: bool = T::IS_PLAIN;

            fn write<E: Encoder>(&self, encoder: &mut E) {
                T::write(self, encoder);
            }

            #[inline(always)]
            fn scalar(&self) -> Scalar<'_> {
                T::scalar(self)
            }

            #[inline]
            fn check(&self, check: &mut Check) {
                T::check(self, check);
            }

            fn sample() -> Self {
                $pointer::new(T::sample())
            }

            fn value_schema(types: &mut Types) -> Schema {
                T::value_schema(types)
            }
        }

        impl<T: Key> Key for $pointer<T> {
            #[inline]
            fn check_key(&self, check: &mut Check) {
                T::check_key(self, check);
            }
        }
    )*};
}

pointers!(Box, Rc, Arc);

fn write_all<'a, T: Value + 'a, E: Encoder>(values: impl IntoIterator<Item = &'a T>, encoder: &mut E) {
    encoder.list(values);
}

fn check_all<'a, T: Value + 'a>(values: impl ExactSizeIterator<Item = &'a T>, check: &mut Check) {
    if check.is_too_deep() {
        return;
    }
    if T::IS_PLAIN {
        check.data_points(values.len());
        return;
    }
    for (index, value) in values.enumerate() {
        check.element(index, |check| value.check(check));
    }
}

impl<T: Value> Value for Vec<T> {
    const SHAPE: &'static Shape = &Shape::Array(&Shape::Open, 0);

    fn write<E: Encoder>(&self, encoder: &mut E) {
        write_all(self, encoder);
    }

    #[inline]
    fn check(&self, check: &mut Check) {
        check_all(self.iter(), check);
    }

    /// Empty: a type that holds itself has no end otherwise.
    fn sample() -> Self {
        Vec::new()
    }

    fn value_schema(types: &mut Types) -> Schema {
        Schema::array(T::value_schema(types))
    }
}

impl<T: Value> Value for &[T] {
    const SHAPE: &'static Shape = &Shape::Array(&Shape::Open, 0);

    fn write<E: Encoder>(&self, encoder: &mut E) {
        write_all(*self, encoder);
    }

    #[inline]
    fn check(&self, check: &mut Check) {
        check_all(self.iter(), check);
    }

    fn sample() -> Self {
        &[]
    }

    fn value_schema(types: &mut Types) -> Schema {
        Schema::array(T::value_schema(types))
    }
}

impl<T: Value, const N: usize> Value for [T; N] {
    const SHAPE: &'static Shape = &Shape::Array(T::SHAPE, N);

    fn write<E: Encoder>(&self, encoder: &mut E) {
        write_all(self, encoder);
    }

    #[inline]
    fn check(&self, check: &mut Check) {
        check_all(self.iter(), check);
    }

    fn sample() -> Self {
        std::array::from_fn(|_| T::sample())
    }

    fn value_schema(types: &mut Types) -> Schema {
        Schema::array(T::value_schema(types)).with("minItems", N).with("maxItems", N)
    }
}

fn write_map<'a, K, V, E>(entries: impl IntoIterator<Item = (&'a K, &'a V)>, encoder: &mut E)
where
    K: AsRef<str> + 'a,
    V: Value + 'a,
    E: Encoder,
{
    let opened = encoder.open();
    for (name, value) in entries {
        encoder.entry(name.as_ref(), value);
    }
    encoder.close(opened);
}

fn check_map<'a, K, V>(entries: impl IntoIterator<Item = (&'a K, &'a V)>, check: &mut Check)
where
    K: AsRef<str> + 'a,
    V: Value + 'a,
{
    if check.is_too_deep() {
        return;
    }
    for (name, value) in entries {
        check.name(name.as_ref(), |check| value.check(check));
    }
}

impl<K: AsRef<str> + Ord, V: Value> Value for BTreeMap<K, V> {
    fn write<E: Encoder>(&self, encoder: &mut E) {
        write_map(self, encoder);
    }

    #[inline]
    fn check(&self, check: &mut Check) {
        check_map(self, check);
    }

    fn sample() -> Self {
        BTreeMap::new()
    }

    fn value_schema(types: &mut Types) -> Schema {
        Schema::map(V::value_schema(types))
    }
}

impl<K: AsRef<str> + Eq + std::hash::Hash, V: Value, S: std::hash::BuildHasher + Default> Value for HashMap<K, V, S> {
    fn write<E: Encoder>(&self, encoder: &mut E) {
        write_map(self, encoder);
    }

    #[inline]
    fn check(&self, check: &mut Check) {
        check_map(self, check);
    }

    fn sample() -> Self {
        HashMap::default()
    }

    fn value_schema(types: &mut Types) -> Schema {
        Schema::map(V::value_schema(types))
    }
}
