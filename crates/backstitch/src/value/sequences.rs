//! Collections and tuples: arrays.

use std::borrow::Cow;
use std::collections::{BTreeSet, BinaryHeap, HashSet, LinkedList, VecDeque};
use std::hash::{BuildHasher, Hash};
use std::rc::Rc;
use std::sync::Arc;

use crate::check::Check;
use crate::encode::Encoder;
use crate::fit::Shape;
use crate::schema::{Schema, Types};
use crate::value::{Value, check_all, write_all};

macro_rules! sequences {
    ($([$($generics:tt)*] $type:ty;)*) => {$(
        impl<$($generics)*> Value for $type {
            const SHAPE: &'static Shape = &Shape::Array(&Shape::Open, 0);

            fn write<E: Encoder>(&self, encoder: &mut E) {
                write_all(self.iter(), encoder);
            }

            fn check(&self, check: &mut Check) {
                check_all(self.iter(), check);
            }

            /// Empty: a type that holds itself has no end otherwise.
            fn sample() -> Self {
                FromIterator::from_iter(std::iter::empty::<T>())
            }

            fn value_schema(types: &mut Types) -> Schema {
                Schema::array(T::value_schema(types))
            }
        }
    )*};
}

sequences! {
    [T: Value] Box<[T]>;
    [T: Value] Rc<[T]>;
    [T: Value] Arc<[T]>;
    [T: Value + Clone] Cow<'_, [T]>;
    [T: Value] VecDeque<T>;
    [T: Value] LinkedList<T>;
    [T: Value + Ord] BTreeSet<T>;
    [T: Value + Ord] BinaryHeap<T>;
    [T: Value + Eq + Hash, S: BuildHasher + Default] HashSet<T, S>;
}

macro_rules! tuples {
    ($($($name:ident $index:tt),+;)*) => {$(
        impl<$($name: Value),+> Value for ($($name,)+) {
            const SHAPE: &'static Shape = &Shape::Array(&Shape::Open, 0);

            fn write<E: Encoder>(&self, encoder: &mut E) {
                encoder.begin_array();
                $(
                    encoder.element();
                    self.$index.write(encoder);
                )+
                encoder.end_array();
            }

            fn check(&self, check: &mut Check) {
                if check.is_too_deep() {
                    return;
                }
                $(check.element($index, |check| self.$index.check(check));)+
            }

            fn sample() -> Self {
                ($($name::sample(),)+)
            }

            fn value_schema(types: &mut Types) -> Schema {
                Schema::tuple([$($name::value_schema(types)),+])
            }
        }
    )*};
}

tuples! {
    A 0;
    A 0, B 1;
    A 0, B 1, C 2;
    A 0, B 1, C 2, D 3;
    A 0, B 1, C 2, D 3, F 4;
    A 0, B 1, C 2, D 3, F 4, G 5;
    A 0, B 1, C 2, D 3, F 4, G 5, H 6;
    A 0, B 1, C 2, D 3, F 4, G 5, H 6, I 7;
    A 0, B 1, C 2, D 3, F 4, G 5, H 6, I 7, J 8;
    A 0, B 1, C 2, D 3, F 4, G 5, H 6, I 7, J 8, K 9;
    A 0, B 1, C 2, D 3, F 4, G 5, H 6, I 7, J 8, K 9, L 10;
    A 0, B 1, C 2, D 3, F 4, G 5, H 6, I 7, J 8, K 9, L 10, M 11;
}
