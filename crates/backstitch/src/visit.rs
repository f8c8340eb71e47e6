//! The fields of a struct, one after the other, for whoever wants to write, check or describe them: the derive says
//! once what a struct has, and the same words serve all.

use backstitch_api::Code;
use backstitch_api::rules::Format;

use crate::check::Check;
use crate::encode::{Encoder, FieldName};
use crate::fields::Fields;
use crate::limits::{IsArray, IsNumber, IsText, Told, ToldCount};
use crate::schema::{Schema, Types};
use crate::serialize::{Done, Serializer, Sink, Writer, check_serialize, serialize};
use crate::value::Value;

/// What sees the fields of a value. Limits are about the field that was seen last.
pub trait Visit: Sized {
    /// What a value that serde writes goes to.
    type Sink<'a>: Sink
    where
        Self: 'a;

    /// A field.
    fn field<T: Value + ?Sized>(&mut self, name: &'static FieldName, value: &T);

    /// An entry of a map whose entries stand among the fields.
    fn entry<T: Value + ?Sized>(&mut self, name: &str, value: &T);

    /// A field that serde writes.
    fn serialized(
        &mut self,
        name: &'static FieldName,
        write: impl for<'a, 'b> FnOnce(Serializer<'a, Self::Sink<'b>>) -> Done,
    );

    /// The least number.
    #[inline]
    fn minimum<const LIMIT: i128>(&mut self, _value: &(impl IsNumber + ?Sized)) {}

    /// The greatest number.
    #[inline]
    fn maximum<const LIMIT: i128>(&mut self, _value: &(impl IsNumber + ?Sized)) {}

    /// The least length of a string, in characters.
    #[inline]
    fn min_length<const LIMIT: usize>(&mut self, _value: &(impl IsText + ?Sized)) {}

    /// The greatest length of a string, in characters.
    #[inline]
    fn max_length<const LIMIT: usize>(&mut self, _value: &(impl IsText + ?Sized)) {}

    /// The least number of elements.
    #[inline]
    fn min_items<const LIMIT: usize>(&mut self, _value: &(impl IsArray + ?Sized)) {}

    /// The greatest number of elements.
    #[inline]
    fn max_items<const LIMIT: usize>(&mut self, _value: &(impl IsArray + ?Sized)) {}

    /// What a string is written as.
    #[inline]
    fn format(&mut self, _value: &(impl IsText + ?Sized), _format: &'static str) {}
}

impl<E: Encoder> Visit for E {
    type Sink<'a>
        = Writer<'a, E>
    where
        E: 'a;

    #[inline]
    fn field<T: Value + ?Sized>(&mut self, name: &'static FieldName, value: &T) {
        self.key(name);
        value.write(self);
    }

    #[inline]
    fn entry<T: Value + ?Sized>(&mut self, name: &str, value: &T) {
        self.key_text(name);
        value.write(self);
    }

    fn serialized(
        &mut self,
        name: &'static FieldName,
        write: impl for<'a, 'b> FnOnce(Serializer<'a, Writer<'b, E>>) -> Done,
    ) {
        self.key(name);
        serialize(self, |serializer| write(serializer));
    }
}

impl Visit for Check {
    type Sink<'a> = Check;

    #[inline]
    fn field<T: Value + ?Sized>(&mut self, name: &'static FieldName, value: &T) {
        self.at(name);
        if T::IS_PLAIN {
            self.data_point();
        } else {
            value.check(self);
        }
    }

    fn entry<T: Value + ?Sized>(&mut self, name: &str, value: &T) {
        self.name(name, |check| value.check(check));
    }

    fn serialized(&mut self, name: &'static FieldName, write: impl for<'a, 'b> FnOnce(Serializer<'a, Check>) -> Done) {
        self.at(name);
        check_serialize(self, |serializer| write(serializer));
    }

    #[inline]
    fn minimum<const LIMIT: i128>(&mut self, value: &(impl IsNumber + ?Sized)) {
        value.number(|number| {
            if number.is_less(LIMIT) {
                self.violation(Code::Minimum, Told::<LIMIT>::AT_LEAST);
            }
        });
    }

    #[inline]
    fn maximum<const LIMIT: i128>(&mut self, value: &(impl IsNumber + ?Sized)) {
        value.number(|number| {
            if number.is_greater(LIMIT) {
                self.violation(Code::Maximum, Told::<LIMIT>::AT_MOST);
            }
        });
    }

    #[inline]
    fn min_length<const LIMIT: usize>(&mut self, value: &(impl IsText + ?Sized)) {
        value.text(|text| {
            // No character is longer than four bytes: often that is enough to know.
            if text.len().div_ceil(4) < LIMIT && text.chars().count() < LIMIT {
                self.violation(Code::MinLength, ToldCount::<LIMIT>::MIN_LENGTH);
            }
        });
    }

    #[inline]
    fn max_length<const LIMIT: usize>(&mut self, value: &(impl IsText + ?Sized)) {
        value.text(|text| {
            // No character is shorter than a byte.
            if text.len() > LIMIT && text.chars().count() > LIMIT {
                self.violation(Code::MaxLength, ToldCount::<LIMIT>::MAX_LENGTH);
            }
        });
    }

    #[inline]
    fn min_items<const LIMIT: usize>(&mut self, value: &(impl IsArray + ?Sized)) {
        if value.items().is_some_and(|items| items < LIMIT) {
            self.violation(Code::MinItems, ToldCount::<LIMIT>::MIN_ITEMS);
        }
    }

    #[inline]
    fn max_items<const LIMIT: usize>(&mut self, value: &(impl IsArray + ?Sized)) {
        if value.items().is_some_and(|items| items > LIMIT) {
            self.violation(Code::MaxItems, ToldCount::<LIMIT>::MAX_ITEMS);
        }
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
    names: std::slice::Iter<'static, FieldName>,
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
        let name = self.names.next().map_or("", FieldName::text);
        self.fields.push((name, schema));
    }

    /// Changes what was said of the last field.
    fn change(&mut self, change: impl FnOnce(Schema) -> Schema) {
        if let Some((_, schema)) = self.fields.last_mut() {
            *schema = change(std::mem::take(schema));
        }
    }

    /// A field of the type `T`.
    pub fn field<T: Value + ?Sized>(&mut self) {
        let schema = T::value_schema(self.types);
        self.add(schema);
    }

    /// A field that may hold anything.
    pub fn anything(&mut self) {
        self.add(Schema::any());
    }

    /// The fields of `T`, which stand among the others.
    pub fn flat<T: Fields>(&mut self) {
        self.names.next();
        let fields = Describe::fields::<T>(self.types);
        self.fields.extend(fields);
    }

    /// The least number.
    pub fn minimum<const LIMIT: i128>(&mut self) {
        self.change(|schema| schema.least("minimum", LIMIT));
    }

    /// The greatest number.
    pub fn maximum<const LIMIT: i128>(&mut self) {
        self.change(|schema| schema.greatest("maximum", LIMIT));
    }

    /// The least length of a string.
    pub fn min_length<const LIMIT: usize>(&mut self) {
        self.change(|schema| schema.least("minLength", LIMIT as i128));
    }

    /// The greatest length of a string.
    pub fn max_length<const LIMIT: usize>(&mut self) {
        self.change(|schema| schema.greatest("maxLength", LIMIT as i128));
    }

    /// The least number of elements.
    pub fn min_items<const LIMIT: usize>(&mut self) {
        self.change(|schema| schema.least("minItems", LIMIT as i128));
    }

    /// The greatest number of elements.
    pub fn max_items<const LIMIT: usize>(&mut self) {
        self.change(|schema| schema.greatest("maxItems", LIMIT as i128));
    }

    /// What a string is written as.
    pub fn format(&mut self, format: &'static str) {
        self.change(|schema| schema.with("format", format));
    }
}
