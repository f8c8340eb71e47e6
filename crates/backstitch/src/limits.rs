//! The constraints that a field states, in JSON Schema's words: which types they are about.

use std::borrow::Cow;
use std::collections::{BTreeSet, BinaryHeap, HashSet, LinkedList, VecDeque};
use std::num::{NonZero, Saturating, Wrapping};
use std::rc::Rc;
use std::sync::Arc;

/// A number, as a limit is held against it.
#[derive(Clone, Copy, Debug)]
pub enum Number<'a> {
    /// An integer.
    Integer(i128),
    /// An integer beyond 128 bits with a sign, which is greater than any limit.
    Huge,
    /// A number of floating point.
    Float(f64),
    /// A decimal: its digits, all of which count.
    Digits(&'a str),
}

/// Whole numbers up to here are numbers of double precision as well.
const EXACT: i64 = 1 << 53;

impl Number<'_> {
    /// Whether it is less than a limit.
    #[inline]
    pub(crate) fn is_less(self, least: i64) -> bool {
        match self {
            Number::Integer(value) => value < i128::from(least),
            Number::Huge => false,
            #[allow(clippy::cast_precision_loss)]
            Number::Float(value) if (-EXACT..=EXACT).contains(&least) => value < least as f64 && value.is_finite(),
            Number::Float(_) | Number::Digits(_) => {
                self.neighbours().is_some_and(|(floor, _)| floor < i128::from(least))
            }
        }
    }

    /// Whether it is greater than a limit.
    #[inline]
    pub(crate) fn is_greater(self, greatest: i64) -> bool {
        match self {
            Number::Integer(value) => value > i128::from(greatest),
            Number::Huge => true,
            #[allow(clippy::cast_precision_loss)]
            Number::Float(value) if (-EXACT..=EXACT).contains(&greatest) => {
                value > greatest as f64 && value.is_finite()
            }
            Number::Float(_) | Number::Digits(_) => {
                self.neighbours().is_some_and(|(_, ceiling)| ceiling > i128::from(greatest))
            }
        }
    }

    /// The whole numbers next to it, which are the number itself where it is one: a limit is a whole number, so that
    /// the comparison is exact. Those beyond 128 bits are beyond any limit. Nothing for what is not finite: that is told
    /// of its type.
    fn neighbours(self) -> Option<(i128, i128)> {
        // A conversion keeps within the type's bounds: what is beyond all floats is beyond all limits.
        #[allow(clippy::cast_possible_truncation)]
        let of_float = |value: f64| (value.floor() as i128, value.ceil() as i128);
        match self {
            Number::Integer(value) => Some((value, value)),
            Number::Huge => Some((i128::MAX, i128::MAX)),
            Number::Float(value) => value.is_finite().then(|| of_float(value)),
            Number::Digits(digits) => of_digits(digits).or_else(|| digits.parse().ok().map(of_float)),
        }
    }
}

/// The whole numbers next to a number that is written without an exponent: every digit counts.
fn of_digits(text: &str) -> Option<(i128, i128)> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let is_negative = whole.starts_with('-');
    let digits = whole.trim_start_matches('-');
    if digits.is_empty() || !digits.bytes().chain(fraction.bytes()).all(|digit| digit.is_ascii_digit()) {
        return None;
    }
    let whole = whole.parse().unwrap_or(if is_negative { i128::MIN } else { i128::MAX });
    let is_whole = fraction.bytes().all(|digit| digit == b'0');
    Some(match (is_whole, is_negative) {
        (true, _) => (whole, whole),
        (false, true) => (whole.saturating_sub(1), whole),
        (false, false) => (whole, whole.saturating_add(1)),
    })
}

/// Numbers, which have a least and a greatest.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no number",
    label = "`minimum` and `maximum` are about numbers",
    note = "use `min_length` and `max_length` for strings, `min_items` and `max_items` for arrays"
)]
pub trait IsNumber {
    /// Shows the number, if there is one.
    fn number(&self, see: impl FnOnce(Number<'_>));
}

/// Strings, which have a length.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no string",
    label = "`min_length`, `max_length` and `format` are about strings",
    note = "use `minimum` and `maximum` for numbers, `min_items` and `max_items` for arrays"
)]
pub trait IsText {
    /// Shows the string, if there is one.
    fn text(&self, see: impl FnOnce(&str));
}

/// Arrays, which have elements.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no array",
    label = "`min_items` and `max_items` are about arrays",
    note = "use `minimum` and `maximum` for numbers, `min_length` and `max_length` for strings"
)]
pub trait IsArray {
    /// How many elements there are, if there is an array.
    fn items(&self) -> Option<usize>;
}

macro_rules! numbers {
    ($($type:ty: $value:ident => $number:expr;)*) => {$(
        impl IsNumber for $type {
            #[inline]
            fn number(&self, see: impl FnOnce(Number<'_>)) {
                let $value = *self;
                see($number);
            }
        }
    )*};
}

numbers! {
    i8: value => Number::Integer(value.into());
    i16: value => Number::Integer(value.into());
    i32: value => Number::Integer(value.into());
    i64: value => Number::Integer(value.into());
    i128: value => Number::Integer(value);
    isize: value => Number::Integer(value as i128);
    u8: value => Number::Integer(value.into());
    u16: value => Number::Integer(value.into());
    u32: value => Number::Integer(value.into());
    u64: value => Number::Integer(value.into());
    u128: value => i128::try_from(value).map_or(Number::Huge, Number::Integer);
    usize: value => Number::Integer(value as i128);
    f64: value => Number::Float(value);
    // What is written has fewer digits than the value as a `f64`, and is what the limit is about.
    f32: value => Number::Float(value.to_string().parse().unwrap_or(f64::NAN));
}

macro_rules! not_zero {
    ($($type:ty),*) => {$(
        impl IsNumber for NonZero<$type> {
            #[inline]
            fn number(&self, see: impl FnOnce(Number<'_>)) {
                self.get().number(see);
            }
        }
    )*};
}

not_zero!(i8, i16, i32, i64, i128, isize, u8, u16, u32, u64, u128, usize);

impl IsNumber for serde_json::Number {
    fn number(&self, see: impl FnOnce(Number<'_>)) {
        see(Number::Digits(&self.to_string()));
    }
}

impl IsText for str {
    #[inline]
    fn text(&self, see: impl FnOnce(&str)) {
        see(self);
    }
}

impl IsText for String {
    #[inline]
    fn text(&self, see: impl FnOnce(&str)) {
        see(self);
    }
}

impl IsText for char {
    fn text(&self, see: impl FnOnce(&str)) {
        see(self.encode_utf8(&mut [0; 4]));
    }
}

macro_rules! arrays {
    ($([$($generics:tt)*] $type:ty;)*) => {$(
        impl<$($generics)*> IsArray for $type {
            #[inline]
            fn items(&self) -> Option<usize> {
                Some(self.len())
            }
        }
    )*};
}

arrays! {
    [T] Vec<T>;
    [T] [T];
    [T] VecDeque<T>;
    [T] BTreeSet<T>;
    [T] BinaryHeap<T>;
    [T] LinkedList<T>;
    [T, S] HashSet<T, S>;
    [T, const N: usize] [T; N];
}

macro_rules! through {
    ($([$($generics:tt)*] $type:ty, [$($bound:tt)*];)*) => {$(
        impl<$($generics)* T: IsNumber + $($bound)*> IsNumber for $type {
            #[inline]
            fn number(&self, see: impl FnOnce(Number<'_>)) {
                T::number(self, see);
            }
        }

        impl<$($generics)* T: IsText + $($bound)*> IsText for $type {
            #[inline]
            fn text(&self, see: impl FnOnce(&str)) {
                T::text(self, see);
            }
        }

        impl<$($generics)* T: IsArray + $($bound)*> IsArray for $type {
            #[inline]
            fn items(&self) -> Option<usize> {
                T::items(self)
            }
        }
    )*};
}

through! {
    [] Box<T>, [?Sized];
    [] Rc<T>, [?Sized];
    [] Arc<T>, [?Sized];
    [] &T, [?Sized];
    [] Cow<'_, T>, [ToOwned + ?Sized];
}

impl<T: IsNumber> IsNumber for Option<T> {
    #[inline]
    fn number(&self, see: impl FnOnce(Number<'_>)) {
        if let Some(value) = self {
            value.number(see);
        }
    }
}

impl<T: IsText> IsText for Option<T> {
    #[inline]
    fn text(&self, see: impl FnOnce(&str)) {
        if let Some(value) = self {
            value.text(see);
        }
    }
}

impl<T: IsArray> IsArray for Option<T> {
    #[inline]
    fn items(&self) -> Option<usize> {
        self.as_ref().and_then(IsArray::items)
    }
}

impl<T: IsNumber> IsNumber for Wrapping<T> {
    #[inline]
    fn number(&self, see: impl FnOnce(Number<'_>)) {
        self.0.number(see);
    }
}

impl<T: IsNumber> IsNumber for Saturating<T> {
    #[inline]
    fn number(&self, see: impl FnOnce(Number<'_>)) {
        self.0.number(see);
    }
}
