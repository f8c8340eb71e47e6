//! Types around one value, which is all that is written of them, and types without a value.

use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::cmp::Reverse;
use std::marker::PhantomData;
use std::num::{NonZero, Saturating, Wrapping};
use std::sync::atomic::{self, Ordering};

use backstitch_api::Code;

use crate::check::Check;
use crate::encode::Encoder;
use crate::fit::Shape;
use crate::out::Scalar;
use crate::schema::{Schema, Types};
use crate::value::{Key, Value};

macro_rules! around {
    ($($type:ident),*) => {$(
        impl<T: Value> Value for $type<T> {
            const SHAPE: &'static Shape = T::SHAPE;
            const IS_PLAIN: bool = T::IS_PLAIN;

            fn write<E: Encoder>(&self, encoder: &mut E) {
                self.0.write(encoder);
            }

            fn check(&self, check: &mut Check) {
                self.0.check(check);
            }

            fn sample() -> Self {
                $type(T::sample())
            }

            fn value_schema(types: &mut Types) -> Schema {
                T::value_schema(types)
            }
        }

        impl<T: Key> Key for $type<T> {
            fn check_key(&self, check: &mut Check) {
                self.0.check_key(check);
            }
        }
    )*};
}

around!(Reverse, Saturating, Wrapping);

macro_rules! not_zero {
    ($($type:ty),*) => {$(
        impl Value for NonZero<$type> {
            const SHAPE: &'static Shape = &Shape::Scalar;

            fn write<E: Encoder>(&self, encoder: &mut E) {
                self.get().write(encoder);
            }

            fn check(&self, check: &mut Check) {
                check.data_point();
            }

            fn sample() -> Self {
                const { NonZero::new(1).unwrap() }
            }

            fn value_schema(types: &mut Types) -> Schema {
                <$type>::value_schema(types)
            }
        }

        impl Key for NonZero<$type> {
            fn check_key(&self, _check: &mut Check) {}
        }
    )*};
}

not_zero!(i8, i16, i32, i64, i128, isize, u8, u16, u32, u64, u128, usize);

impl<T: Value> Value for &T {
    const IS_PLAIN: bool = T::IS_PLAIN;

    fn write<E: Encoder>(&self, encoder: &mut E) {
        T::write(self, encoder);
    }

    #[inline(always)]
    fn scalar(&self) -> Scalar<'_> {
        T::scalar(self)
    }

    fn check(&self, check: &mut Check) {
        T::check(self, check);
    }

    /// A reference to a sample that is never freed: nothing else can own it.
    fn sample() -> Self {
        Box::leak(Box::new(T::sample()))
    }

    fn value_schema(types: &mut Types) -> Schema {
        T::value_schema(types)
    }
}

impl<T: Key> Key for &T {
    fn check_key(&self, check: &mut Check) {
        T::check_key(self, check);
    }
}

impl<T: Value + Clone> Value for Cow<'_, T> {
    const IS_PLAIN: bool = T::IS_PLAIN;

    fn write<E: Encoder>(&self, encoder: &mut E) {
        T::write(self, encoder);
    }

    #[inline(always)]
    fn scalar(&self) -> Scalar<'_> {
        T::scalar(self)
    }

    fn check(&self, check: &mut Check) {
        T::check(self, check);
    }

    fn sample() -> Self {
        Cow::Owned(T::sample())
    }

    fn value_schema(types: &mut Types) -> Schema {
        T::value_schema(types)
    }
}

impl<T: Key + Clone> Key for Cow<'_, T> {
    fn check_key(&self, check: &mut Check) {
        T::check_key(self, check);
    }
}

impl<T: Value + Copy> Value for Cell<T> {
    const SHAPE: &'static Shape = T::SHAPE;
    const IS_PLAIN: bool = T::IS_PLAIN;

    fn write<E: Encoder>(&self, encoder: &mut E) {
        self.get().write(encoder);
    }

    fn check(&self, check: &mut Check) {
        self.get().check(check);
    }

    fn sample() -> Self {
        Cell::new(T::sample())
    }

    fn value_schema(types: &mut Types) -> Schema {
        T::value_schema(types)
    }
}

/// One that is borrowed for a change is refused.
impl<T: Value> Value for RefCell<T> {
    const SHAPE: &'static Shape = T::SHAPE;

    fn write<E: Encoder>(&self, encoder: &mut E) {
        match self.try_borrow() {
            Ok(value) => value.write(encoder),
            Err(_) => encoder.refuse(),
        }
    }

    fn check(&self, check: &mut Check) {
        match self.try_borrow() {
            Ok(value) => value.check(check),
            Err(_) => check.violation(Code::Serialize, "must not be borrowed for a change while it is sent"),
        }
    }

    fn sample() -> Self {
        RefCell::new(T::sample())
    }

    fn value_schema(types: &mut Types) -> Schema {
        T::value_schema(types)
    }
}

macro_rules! atomics {
    ($($width:literal: $($type:ident $sample:literal),*;)*) => {$($(
        /// No key: it may change after it was checked.
        #[cfg(target_has_atomic = $width)]
        impl Value for atomic::$type {
            const SHAPE: &'static Shape = &Shape::Scalar;

            fn write<E: Encoder>(&self, encoder: &mut E) {
                self.load(Ordering::Relaxed).write(encoder);
            }

            fn check(&self, check: &mut Check) {
                check.data_point();
            }

            fn sample() -> Self {
                atomic::$type::new($sample)
            }

            fn value_schema(types: &mut Types) -> Schema {
                schema_of(atomic::$type::into_inner, types)
            }
        }
    )*)*};
}

/// The schema of what `_inner` gives.
fn schema_of<A, T: Value>(_inner: fn(A) -> T, types: &mut Types) -> Schema {
    T::value_schema(types)
}

atomics! {
    "8": AtomicBool true, AtomicI8 1, AtomicU8 1;
    "16": AtomicI16 1, AtomicU16 1;
    "32": AtomicI32 1, AtomicU32 1;
    "64": AtomicI64 1, AtomicU64 1;
    "ptr": AtomicIsize 1, AtomicUsize 1;
}

macro_rules! nothing {
    ($([$($generics:tt)*] $type:ty, $value:expr;)*) => {$(
        impl<$($generics)*> Value for $type {
            const SHAPE: &'static Shape = &Shape::Null;
            const IS_PLAIN: bool = true;

            fn write<E: Encoder>(&self, encoder: &mut E) {
                encoder.null();
            }

            fn check(&self, check: &mut Check) {
                check.data_point();
            }

            fn sample() -> Self {
                $value
            }

            fn value_schema(_types: &mut Types) -> Schema {
                Schema::of("null")
            }
        }
    )*};
}

nothing! {
    [] (), ();
    [T: ?Sized] PhantomData<T>, PhantomData;
}
