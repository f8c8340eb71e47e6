//! The fields of a struct, one after the other, for whoever wants to write, check or describe them: the derive says
//! once what a struct has, and the same words serve all.

use backstitch_api::Code;
use backstitch_api::rules::Format;

use crate::check::Check;
use crate::encode::{Encoder, Name};
use crate::fields::Fields;
use crate::limits::{IsArray, IsNumber, IsText};
use crate::schema::{Schema, Types};
use crate::serialize::{Done, Serializer, Sink, Writer, check_serialize, serialize};
use crate::value::Value;

/// What sees the fields of a value. Limits are about the field that was seen last; `told` is what is told where one is not met.
pub trait Visit: Sized {
    /// What a value that serde writes goes to.
    type Sink<'a>: Sink
    where
        Self: 'a;

    /// The field whose name is at `index`.
    fn field<T: Value + ?Sized>(&mut self, names: &'static [Name], index: usize, value: &T);

    /// The entries to come stand among fields of these names.
    #[inline]
    fn among(&mut self, _names: &'static [Name]) {}

    /// An entry of a map whose entries stand among the fields.
    fn entry<T: Value + ?Sized>(&mut self, name: &str, value: &T);

    /// A field that serde writes, whose name is at `index`.
    fn serialized(
        &mut self,
        names: &'static [Name],
        index: usize,
        write: impl for<'a, 'b> FnOnce(Serializer<'a, Self::Sink<'b>>) -> Done,
    );

    /// The least number.
    #[inline]
    fn minimum(&mut self, _value: &(impl IsNumber + ?Sized), _limit: i64, _told: &'static str) {}

    /// The greatest number.
    #[inline]
    fn maximum(&mut self, _value: &(impl IsNumber + ?Sized), _limit: i64, _told: &'static str) {}

    /// The least and the greatest number: one call where there are both is less work for the compiler.
    #[inline]
    fn range(&mut self, _value: &(impl IsNumber + ?Sized), _least: i64, _greatest: i64, _told: [&'static str; 2]) {}

    /// The least length of a string, in characters.
    #[inline]
    fn min_length(&mut self, _value: &(impl IsText + ?Sized), _limit: usize, _told: &'static str) {}

    /// The greatest length of a string, in characters.
    #[inline]
    fn max_length(&mut self, _value: &(impl IsText + ?Sized), _limit: usize, _told: &'static str) {}

    /// The least and the greatest length of a string, in characters.
    #[inline]
    fn length(&mut self, _value: &(impl IsText + ?Sized), _least: usize, _greatest: usize, _told: [&'static str; 2]) {}

    /// The least number of elements.
    #[inline]
    fn min_items(&mut self, _value: &(impl IsArray + ?Sized), _limit: usize, _told: &'static str) {}

    /// The greatest number of elements.
    #[inline]
    fn max_items(&mut self, _value: &(impl IsArray + ?Sized), _limit: usize, _told: &'static str) {}

    /// The least and the greatest number of elements.
    #[inline]
    fn items(&mut self, _value: &(impl IsArray + ?Sized), _least: usize, _greatest: usize, _told: [&'static str; 2]) {}

    /// What a string is written as.
    #[inline]
    fn format(&mut self, _value: &(impl IsText + ?Sized), _format: &'static str) {}
}

impl<E: Encoder> Visit for E {
    type Sink<'a>
        = Writer<'a, E>
    where
        E: 'a;

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn field<T: Value + ?Sized>(&mut self, names: &'static [Name], index: usize, value: &T) {
        self.member(names, index, value);
    }

    #[inline]
    fn entry<T: Value + ?Sized>(&mut self, name: &str, value: &T) {
        Encoder::entry(self, name, value);
    }

    fn serialized(
        &mut self,
        names: &'static [Name],
        index: usize,
        write: impl for<'a, 'b> FnOnce(Serializer<'a, Writer<'b, E>>) -> Done,
    ) {
        self.member_name(names, index);
        serialize(self, write);
    }
}

impl Visit for Check {
    type Sink<'a> = Check;

    #[inline]
    fn field<T: Value + ?Sized>(&mut self, names: &'static [Name], index: usize, value: &T) {
        // The derive gives every field that is sent its name.
        let Some(name) = names.get(index) else { return };
        self.at(name);
        if T::IS_PLAIN {
            self.data_point();
        } else {
            value.check(self);
        }
    }

    #[inline]
    fn among(&mut self, names: &'static [Name]) {
        self.stands_among(names);
    }

    fn entry<T: Value + ?Sized>(&mut self, name: &str, value: &T) {
        self.entry_among(name, |check| value.check(check));
    }

    fn serialized(
        &mut self,
        names: &'static [Name],
        index: usize,
        write: impl for<'a, 'b> FnOnce(Serializer<'a, Check>) -> Done,
    ) {
        if let Some(name) = names.get(index) {
            self.at(name);
            check_serialize(self, write);
        }
    }

    #[inline]
    fn minimum(&mut self, value: &(impl IsNumber + ?Sized), limit: i64, told: &'static str) {
        value.number(|number| {
            if number.is_less(limit) {
                self.beyond(Code::Minimum, told);
            }
        });
    }

    #[inline]
    fn maximum(&mut self, value: &(impl IsNumber + ?Sized), limit: i64, told: &'static str) {
        value.number(|number| {
            if number.is_greater(limit) {
                self.beyond(Code::Maximum, told);
            }
        });
    }

    #[inline(always)]
    fn range(&mut self, value: &(impl IsNumber + ?Sized), least: i64, greatest: i64, told: [&'static str; 2]) {
        self.minimum(value, least, told[0]);
        self.maximum(value, greatest, told[1]);
    }

    #[inline]
    fn min_length(&mut self, value: &(impl IsText + ?Sized), limit: usize, told: &'static str) {
        value.text(|text| {
            if has_fewer_characters(text, limit) {
                self.beyond(Code::MinLength, told);
            }
        });
    }

    #[inline]
    fn max_length(&mut self, value: &(impl IsText + ?Sized), limit: usize, told: &'static str) {
        value.text(|text| {
            if has_more_characters(text, limit) {
                self.beyond(Code::MaxLength, told);
            }
        });
    }

    #[inline(always)]
    fn length(&mut self, value: &(impl IsText + ?Sized), least: usize, greatest: usize, told: [&'static str; 2]) {
        self.min_length(value, least, told[0]);
        self.max_length(value, greatest, told[1]);
    }

    #[inline]
    fn min_items(&mut self, value: &(impl IsArray + ?Sized), limit: usize, told: &'static str) {
        if value.items().is_some_and(|items| items < limit) {
            self.beyond(Code::MinItems, told);
        }
    }

    #[inline]
    fn max_items(&mut self, value: &(impl IsArray + ?Sized), limit: usize, told: &'static str) {
        if value.items().is_some_and(|items| items > limit) {
            self.beyond(Code::MaxItems, told);
        }
    }

    #[inline(always)]
    fn items(&mut self, value: &(impl IsArray + ?Sized), least: usize, greatest: usize, told: [&'static str; 2]) {
        self.min_items(value, least, told[0]);
        self.max_items(value, greatest, told[1]);
    }

    fn format(&mut self, value: &(impl IsText + ?Sized), format: &'static str) {
        if format != Format::DateTime.name() {
            return;
        }
        value.text(|text| {
            if !Format::DateTime.accepts(text) {
                self.violation(Code::Format, format!("must be a {format}"));
            }
        });
    }
}

/// What a struct's fields are on the wire, as the derive tells it: in the order of their names.
pub struct Describe<'a> {
    names: std::slice::Iter<'static, Name>,
    types: &'a mut Types,
    fields: Vec<(&'static str, Schema)>,
}

impl<'a> Describe<'a> {
    /// The names and schemas of the fields of `T`.
    pub(crate) fn fields<T: Fields>(types: &'a mut Types) -> Vec<(&'static str, Schema)> {
        let mut describe = Describe { names: T::NAMES.iter(), types, fields: Vec::with_capacity(T::NAMES.len()) };
        T::describe(&mut describe);
        describe.fields
    }

    /// The schemas of fields without names.
    pub(crate) fn schemas(types: &'a mut Types, describe: impl FnOnce(&mut Describe<'_>)) -> Vec<Schema> {
        let mut this = Describe { names: [].iter(), types, fields: Vec::new() };
        describe(&mut this);
        this.fields.into_iter().map(|(_, schema)| schema).collect()
    }

    fn add(&mut self, schema: Schema) {
        let name = self.names.next().map_or("", |name| name[0]);
        self.fields.push((name, schema));
    }

    /// A field of the type `T` with the limits of its own.
    pub fn field<T: Value + ?Sized>(&mut self, limits: &'static str) {
        let schema = T::value_schema(self.types);
        self.add(within(schema, limits));
    }

    /// A field that may hold anything within limits.
    pub fn anything(&mut self, limits: &'static str) {
        self.add(within(Schema::any(), limits));
    }

    /// The fields of `T`, which stand among the others.
    pub fn flat<T: Fields>(&mut self) {
        self.names.next();
        let fields = Describe::fields::<T>(self.types);
        self.fields.extend(fields);
    }
}

/// The schema with limits more, which are written as `minLength=1 maxLength=80 format=date-time`: a format, which may be
/// any text, is the last of them.
fn within(mut schema: Schema, limits: &'static str) -> Schema {
    let mut rest = limits;
    while let Some((keyword, after)) = rest.split_once('=') {
        if keyword == "format" {
            return schema.with(keyword, after);
        }
        let (limit, after) = after.split_once(' ').unwrap_or((after, ""));
        // The derive writes numbers alone.
        if let Ok(limit) = limit.parse() {
            let narrow = if keyword.starts_with("min") { Schema::least } else { Schema::greatest };
            schema = narrow(schema, keyword, limit);
        }
        rest = after;
    }
    schema
}

/// Whether a text has fewer characters. They are counted only where their bytes do not tell: no character is longer than
/// four, and none is shorter than one.
#[inline]
fn has_fewer_characters(text: &str, limit: usize) -> bool {
    let bytes = text.len();
    bytes < limit || (bytes.div_ceil(4) < limit && !text.is_ascii() && text.chars().count() < limit)
}

/// Whether a text has more characters.
#[inline]
fn has_more_characters(text: &str, limit: usize) -> bool {
    text.len() > limit && (text.is_ascii() || text.chars().count() > limit)
}
