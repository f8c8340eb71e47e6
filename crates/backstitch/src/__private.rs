//! What the derive's output calls. Not part of the public interface: it changes without notice.

use std::borrow::Cow;
use std::rc::Rc;
use std::sync::Arc;

use backstitch_api::Role;

pub use serde;
pub use std::convert::Into;

use crate::body::PushBody;
use crate::push::name_of;

// What the benchmarks, the tests and the fuzz target hold side by side.
#[cfg(target_arch = "x86_64")]
pub use crate::out::Fast;
pub use crate::{
    json::JsonEncoder,
    out::{Best, Output, Safe},
    records::{BodyFormat, Records},
    transit::TransitEncoder,
};

// What the output of the derive names, by its own names and by those of this crate.
pub use crate::check::Check;
pub use crate::encode::{Encoder, Name};
pub use crate::fields::{Fields, check_object, object_schema, text_schema, write_object};
pub use crate::fit::{Misfit, Parts, Shape, misfit, misfit_in, repeated};
pub use crate::limits::{IsArray, IsNumber, IsText, Number};
pub use crate::push::{Push, PushRecord};
pub use crate::record::{Attributes, Envelope};
pub use crate::schema::{Schema, Types};
pub use crate::sequence::{AsSequence, ClientId, Sequence, check_sequence};
pub use crate::serialize::{check_serde, check_serialize, serialize, write_serde};
pub use crate::value::{Key, Value};
pub use crate::visit::{Describe, Visit};
pub use backstitch_api::Destination;

/// Gives a documentation test the example of a type that it can't name: the derive implements it for
/// `()`, or a tuple of these, with a number of the type's own, and the test lets the compiler find the type.
pub trait Documented<const NUMBER: u64, T: Push> {
    /// The documented example.
    #[must_use]
    fn example() -> T {
        T::example()
    }
}

/// The same for a unit test, with the number of the derive's expansion.
pub trait Tested<const NUMBER: u64, T: Push> {
    /// The documented example.
    #[must_use]
    fn example() -> T {
        T::example()
    }
}

/// A type whose example can be written as a string literal.
#[diagnostic::on_unimplemented(
    message = "the example is a string, and the field is `{Self}`",
    label = "not an example of `{Self}`",
    note = "write an expression of the field's type, as in `example = 1` or `example = Colour::Red`"
)]
pub trait FromText {
    /// The value that `text` stands for.
    fn from_text(text: &'static str) -> Self;
}

macro_rules! from_text {
    ($($type:ty),*) => {$(
        impl FromText for $type {
            fn from_text(text: &'static str) -> Self {
                text.into()
            }
        }
    )*};
}

from_text!(String, &'static str, Cow<'static, str>, Box<str>, Rc<str>, Arc<str>);

/// The value that an example's text was read as; `what` says what the text should be.
///
/// # Panics
///
/// When it was not: the text is a literal of whoever wrote the type, and read in the test of the example.
pub(crate) fn parsed<T, E: std::fmt::Display>(value: Result<T, E>, text: &str, what: &str) -> T {
    match value {
        Ok(value) => value,
        Err(error) => panic!("the example `{text}` must be {what}: {error}"),
    }
}

/// Examples as strings, for types that read themselves from one.
macro_rules! from_parsed {
    ($($type:ty, $what:literal;)*) => {$(
        impl $crate::__private::FromText for $type {
            fn from_text(text: &'static str) -> Self {
                $crate::__private::parsed(text.parse::<$type>(), text, $what)
            }
        }
    )*};
}
pub(crate) use from_parsed;

/// What is not known, or not followed.
pub const OPEN: &Shape = &Shape::Open;

/// The check, where it looks at the field of `T` whose name is at `index`.
#[inline]
pub fn at<T: Fields>(check: &mut Check, index: usize) -> &mut Check {
    if let Some(name) = T::NAMES.get(index) {
        check.at(name);
    }
    check
}

/// The schema of a type that is written as its only field.
pub fn transparent_schema<T: ?Sized>(types: &mut Types, describe: impl FnOnce(&mut Describe<'_>)) -> Schema {
    types.within::<T>(|types| Describe::schemas(types, describe).pop().unwrap_or_default())
}

/// The schema of a type whose fields have no names.
pub fn tuple_schema<T: ?Sized>(types: &mut Types, describe: impl FnOnce(&mut Describe<'_>)) -> Schema {
    types.within::<T>(|types| Schema::tuple(Describe::schemas(types, describe)))
}

/// Checks a string that is a part of a key.
pub fn check_key_text(text: &str, check: &mut Check) {
    check.key_text(text);
}

/// The example of a field that is written by serde and has none.
///
/// # Panics
///
/// Always: what the field's type is, nobody but its author knows.
#[must_use]
pub fn no_example<T>(field: &str) -> T {
    panic!("the field `{field}` needs `#[push(example = …)]`, since it is written by serde")
}

/// What stands around the data of a new typed record.
pub struct Around {
    /// The number of the client.
    pub client: i64,
    /// The name of the table.
    pub table: String,
    /// The number of the sequence.
    pub sequence: i64,
    /// The names of the keys.
    pub keys: Vec<String>,
}

/// What stands around a record of `T`.
pub fn around<T: Push>(client: impl Into<ClientId>, sequence: impl Into<Sequence>) -> Around {
    Around {
        client: client.into().get(),
        table: T::TABLE_NAME.to_owned(),
        sequence: sequence.into().get(),
        keys: T::KEY_NAMES.iter().map(|&name| name.to_owned()).collect(),
    }
}

/// The value of an attribute that has one value alone.
#[inline]
#[must_use]
pub fn the_only_one<T: Default>() -> T {
    T::default()
}

/// What the test of a type's example does: the example is valid, and it is encoded as documented.
///
/// # Panics
///
/// When it is not: this is a test.
pub fn test_example<T: Push>(example: &T, client_id: i64, sequence: i64, expected: Option<&str>) {
    if let Err(violations) = example.validate() {
        panic!(
            "the example of the table `{}` is not valid: {violations}\nhelp: give such a field an example that keeps to its constraints: \
             `#[push(example = …)]`",
            T::TABLE_NAME
        );
    }
    let mut body = PushBody::json(client_id);
    if let Err(error) = body.push(example, sequence) {
        panic!("the example of the table `{}` can't be sent: {error}", T::TABLE_NAME);
    }
    let body = body.finish();
    let body = String::from_utf8_lossy(&body);
    if let Some(expected) = expected {
        assert_eq!(body, expected, "the example of the table `{}` is encoded in another way", T::TABLE_NAME);
    }
    let parsed: serde_json::Value = match serde_json::from_str(&body) {
        Ok(parsed) => parsed,
        Err(error) => panic!("the example of the table `{}` is not JSON: {error}", T::TABLE_NAME),
    };
    for key in T::KEY_NAMES {
        let value = &parsed[0][name_of(Role::Data)][*key];
        assert!(!value.is_null(), "the example of the table `{}` has no key `{key}`", T::TABLE_NAME);
    }
}
