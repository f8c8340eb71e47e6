//! The constraints that a field states, in JSON Schema's words.

use std::borrow::Cow;
use std::collections::{BTreeSet, BinaryHeap, HashSet, LinkedList, VecDeque};
use std::num::{NonZero, Saturating, Wrapping};

use std::rc::Rc;
use std::sync::Arc;

use backstitch_api::rules::Format;
use backstitch_api::{Attribute, Constraints, Presence};
use serde_json::value::RawValue;

use crate::base64;
use crate::check::Check;
use crate::encode::{Encoder, FieldName, sealed};
use crate::schema::Schema;
use crate::value::Value;

/// What limits a field.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// The least number.
    pub minimum: Option<i64>,
    /// The greatest number.
    pub maximum: Option<i64>,
    /// The least length of a string, in characters.
    pub min_length: Option<usize>,
    /// The greatest length of a string, in characters.
    pub max_length: Option<usize>,
    /// The least number of elements.
    pub min_items: Option<usize>,
    /// The greatest number of elements.
    pub max_items: Option<usize>,
    /// What a string is written as; of the formats, `date-time` is checked.
    pub format: Option<&'static str>,
}

impl Limits {
    /// The same as the rules of an attribute, which know how to check them.
    const fn rules(&self) -> Attribute {
        Attribute {
            name: "",
            types: &[],
            items: &[],
            presence: Presence::Unstated,
            role: None,
            constraints: Constraints {
                minimum: self.minimum,
                maximum: self.maximum,
                min_length: self.min_length,
                max_length: self.max_length,
                min_items: self.min_items,
                max_items: self.max_items,
                constant: None,
                format: None,
            },
        }
    }
}

/// Numbers, which have a least and a greatest.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no number",
    label = "`minimum` and `maximum` are about numbers",
    note = "use `min_length` and `max_length` for strings, `min_items` and `max_items` for arrays"
)]
pub trait IsNumber {}

/// Strings, which have a length.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no string",
    label = "`min_length`, `max_length` and `format` are about strings",
    note = "use `minimum` and `maximum` for numbers, `min_items` and `max_items` for arrays"
)]
pub trait IsText {}

/// Arrays, which have elements.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no array",
    label = "`min_items` and `max_items` are about arrays",
    note = "use `minimum` and `maximum` for numbers, `min_length` and `max_length` for strings"
)]
pub trait IsArray {}

macro_rules! mark {
    ($marker:ident: $($type:ty),*) => {$(impl $marker for $type {})*};
}

mark!(IsNumber: i8, i16, i32, i64, i128, isize, u8, u16, u32, u64, u128, usize, f32, f64);
mark!(IsNumber: serde_json::Number);
#[cfg(feature = "bigdecimal")]
mark!(IsNumber: bigdecimal::BigDecimal);
#[cfg(feature = "rust_decimal")]
mark!(IsNumber: rust_decimal::Decimal);
mark!(IsNumber: NonZero<i8>, NonZero<i16>, NonZero<i32>, NonZero<i64>, NonZero<i128>, NonZero<isize>);
mark!(IsNumber: NonZero<u8>, NonZero<u16>, NonZero<u32>, NonZero<u64>, NonZero<u128>, NonZero<usize>);
impl<T: IsNumber> IsNumber for Wrapping<T> {}
impl<T: IsNumber> IsNumber for Saturating<T> {}
mark!(IsText: char, str, String);
impl<T> IsArray for Vec<T> {}
impl<T> IsArray for [T] {}
impl<T> IsArray for VecDeque<T> {}
impl<T> IsArray for BTreeSet<T> {}
impl<T> IsArray for BinaryHeap<T> {}
impl<T> IsArray for LinkedList<T> {}
impl<T, S> IsArray for HashSet<T, S> {}
impl<T, const N: usize> IsArray for [T; N] {}

macro_rules! through {
    ($($marker:ident),*) => {$(
        impl<T: $marker> $marker for Option<T> {}
        impl<T: $marker + ?Sized> $marker for Box<T> {}
        impl<T: $marker + ?Sized> $marker for Rc<T> {}
        impl<T: $marker + ?Sized> $marker for Arc<T> {}
        impl<T: $marker + ?Sized> $marker for &T {}
        impl<T: $marker + ToOwned + ?Sized> $marker for Cow<'_, T> {}
    )*};
}

through!(IsNumber, IsText, IsArray);

/// Checks a value against the limits of its field.
pub fn check_limits<T: Value + ?Sized>(value: &T, limits: &Limits, check: &mut Check) {
    let mut probe = Probe { rules: limits.rules(), format: limits.format, depth: 0, elements: 0, found: Vec::new() };
    value.write(&mut probe);
    for violation in probe.found {
        check.violation(violation.code, violation.message);
    }
}

/// The schema with the limits of its field.
#[must_use]
pub fn limited(mut schema: Schema, limits: &Limits) -> Schema {
    let count = |count: Option<usize>| count.and_then(|count| i64::try_from(count).ok());
    let least =
        [("minimum", limits.minimum), ("minLength", count(limits.min_length)), ("minItems", count(limits.min_items))];
    let greatest =
        [("maximum", limits.maximum), ("maxLength", count(limits.max_length)), ("maxItems", count(limits.max_items))];
    // The type may have limits of its own, which hold as well: the narrower of the two says it all.
    let narrower = |schema: Schema, keyword, limit: Option<i64>, of: fn(i64, i64) -> i64| {
        let Some(limit) = limit else { return schema };
        let own = schema.get(keyword).and_then(serde_json::Value::as_i64).unwrap_or(limit);
        schema.with(keyword, of(own, limit))
    };
    for (keyword, limit) in least {
        schema = narrower(schema, keyword, limit, i64::max);
    }
    for (keyword, limit) in greatest {
        schema = narrower(schema, keyword, limit, i64::min);
    }
    match limits.format {
        Some(format) => schema.with("format", format),
        None => schema,
    }
}

/// Looks at a value as it is written: at what it is itself, not at what is within it.
struct Probe {
    rules: Attribute,
    format: Option<&'static str>,
    depth: usize,
    elements: usize,
    found: Vec<backstitch_api::Violation>,
}

impl Probe {
    fn number(&mut self, text: &str) {
        if self.depth > 0 {
            return;
        }
        match neighbours(text) {
            Some((floor, ceiling)) => self.rules.check_neighbours(floor, ceiling, &mut self.found),
            None => self.rules.check_number(text.parse().unwrap_or(f64::NAN), &mut self.found),
        }
    }
}

/// The whole numbers next to a number that is written without an exponent: every digit counts. Those that are beyond
/// 128 bits are far beyond any limit.
fn neighbours(text: &str) -> Option<(i128, i128)> {
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

impl sealed::Sealed for Probe {}

impl Encoder for Probe {
    fn null(&mut self) {}

    fn boolean(&mut self, _: bool) {}

    fn integer(&mut self, value: i64) {
        if self.depth == 0 {
            self.rules.check_integer(value, &mut self.found);
        }
    }

    fn unsigned(&mut self, value: u64) {
        match i64::try_from(value) {
            Ok(value) => self.integer(value),
            Err(_) => self.number(&value.to_string()),
        }
    }

    fn wide(&mut self, value: i128) {
        self.number(&value.to_string());
    }

    fn wide_unsigned(&mut self, value: u128) {
        self.number(&value.to_string());
    }

    fn single(&mut self, value: f32) {
        // What is written has fewer digits than the value as a `f64`, and is what the limit is about.
        if value.is_finite() {
            self.number(&value.to_string());
        }
    }

    fn double(&mut self, value: f64) {
        // That a number is not finite is told of its type already.
        if self.depth == 0 && value.is_finite() {
            self.rules.check_number(value, &mut self.found);
        }
    }

    fn string(&mut self, value: &str) {
        if self.depth > 0 {
            return;
        }
        self.rules.check_string(value, &mut self.found);
        if self.format == Some(Format::DateTime.name()) && !Format::DateTime.accepts(value) {
            let message = format!("must be a {}", Format::DateTime.name());
            self.found.push(backstitch_api::Violation::new("", backstitch_api::Code::Format, message));
        }
    }

    fn decimal(&mut self, digits: &str) {
        self.number(digits);
    }

    fn instant(&mut self, text: &str, _: i64) {
        self.string(text);
    }

    fn uuid(&mut self, text: &str) {
        self.string(text);
    }

    fn bytes(&mut self, bytes: &[u8]) {
        let mut text = Vec::new();
        base64::append(&mut text, bytes);
        self.string(&String::from_utf8_lossy(&text));
    }

    fn begin_array(&mut self) {
        self.depth += 1;
    }

    fn element(&mut self) {
        self.elements += usize::from(self.depth == 1);
    }

    fn end_array(&mut self) {
        self.depth -= 1;
        if self.depth == 0 {
            self.rules.check_array(self.elements, &mut self.found);
        }
    }

    fn begin_object(&mut self) {
        self.depth += 1;
    }

    fn key(&mut self, _: &FieldName) {}

    fn key_text(&mut self, _: &str) {}

    fn end_object(&mut self) {
        self.depth -= 1;
    }

    fn raw_json(&mut self, _: &RawValue) {}

    // Told of its type already.
    fn refuse(&mut self) {}
}
