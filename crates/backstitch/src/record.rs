//! The attributes of a typed Push record, one after the other, for whoever wants to write or to check them.

use backstitch_api::generated::push_record::{ATTRIBUTES, WIRE_ORDER};
use backstitch_api::{Attribute, Code, Presence, Role, Violation};
use serde_json::value::RawValue;

use crate::check::Check;
use crate::encode::Encoder;
use crate::push::{Push, PushRecord, check_data, name_of};
use crate::raw;
use crate::value::Value;

/// The attributes that every record has, by their roles; its action is always the same.
pub struct Envelope<'a, T> {
    /// The number of the client.
    pub client: i64,
    /// The name of the table.
    pub table: &'a str,
    /// The sequence.
    pub sequence: i64,
    /// The names of the keys.
    pub keys: &'a [String],
    /// The record's data.
    pub data: &'a T,
}

/// Shows each attribute of a record, in the order of the wire.
pub(crate) fn each<R: PushRecord, A: Attributes>(record: &R, to: &mut A) {
    let envelope = record.envelope();
    for attribute in WIRE_ORDER.iter().filter_map(|index| ATTRIBUTES.get(*index)) {
        let name = attribute.name;
        match attribute.role {
            Some(Role::Client) => to.integer(name, envelope.client),
            Some(Role::Table) => to.text(name, envelope.table),
            Some(Role::Sequence) => to.integer(name, envelope.sequence),
            Some(Role::Keys) => to.keys::<R::Data>(name, envelope.keys),
            Some(Role::Data) => to.data(name, envelope.data),
            Some(Role::Action) => to.constant(name, attribute.constraints.constant.unwrap_or_default()),
            None => record.attribute(name, to),
        }
    }
}

/// What sees the attributes of a record.
pub trait Attributes {
    /// An integer.
    fn integer(&mut self, name: &'static str, value: i64);
    /// A number.
    fn number(&mut self, name: &'static str, value: f64);
    /// A truth value.
    fn boolean(&mut self, name: &'static str, value: bool);
    /// A string.
    fn text(&mut self, name: &'static str, value: &str);
    /// The only string that the attribute may be.
    fn constant(&mut self, name: &'static str, value: &str);
    /// Strings.
    fn texts(&mut self, name: &'static str, value: &[String]);
    /// The names of the keys of `T`.
    fn keys<T: Push>(&mut self, name: &'static str, value: &[String]);
    /// JSON as it is written.
    fn json(&mut self, name: &'static str, value: &RawValue);
    /// The record's data.
    fn data<T: Push>(&mut self, name: &'static str, value: &T);
    /// An attribute that has no value.
    fn missing(&mut self, name: &'static str);
}

/// Writes each attribute.
pub(crate) struct Writing<'a, E>(pub(crate) &'a mut E);

impl<E: Encoder> Writing<'_, E> {
    fn value<T: Value + ?Sized>(&mut self, name: &str, value: &T) {
        self.0.key_text(name);
        value.write(self.0);
    }
}

impl<E: Encoder> Attributes for Writing<'_, E> {
    fn integer(&mut self, name: &'static str, value: i64) {
        self.value(name, &value);
    }

    fn number(&mut self, name: &'static str, value: f64) {
        self.value(name, &value);
    }

    fn boolean(&mut self, name: &'static str, value: bool) {
        self.value(name, &value);
    }

    fn text(&mut self, name: &'static str, value: &str) {
        self.value(name, &value);
    }

    fn constant(&mut self, name: &'static str, value: &str) {
        self.value(name, &value);
    }

    fn texts(&mut self, name: &'static str, value: &[String]) {
        self.value(name, &value);
    }

    fn keys<T: Push>(&mut self, name: &'static str, value: &[String]) {
        self.value(name, &value);
    }

    fn json(&mut self, name: &'static str, value: &RawValue) {
        self.value(name, &value);
    }

    fn data<T: Push>(&mut self, name: &'static str, value: &T) {
        self.0.key_text(name);
        value.encode(self.0);
    }

    fn missing(&mut self, _name: &'static str) {}
}

/// Holds each attribute against its definition.
pub(crate) struct Checking<'a>(pub(crate) &'a mut Check);

impl Checking<'_> {
    fn against(&mut self, name: &str, rules: impl FnOnce(&'static Attribute, &mut Vec<Violation>)) {
        let Some(attribute) = attribute(name) else { return };
        let mut found = Vec::new();
        rules(attribute, &mut found);
        self.0.add(found);
    }
}

impl Attributes for Checking<'_> {
    fn integer(&mut self, name: &'static str, value: i64) {
        self.against(name, |attribute, found| attribute.check_integer(value, found));
    }

    fn number(&mut self, name: &'static str, value: f64) {
        self.against(name, |attribute, found| attribute.check_number(value, found));
    }

    fn boolean(&mut self, _name: &'static str, _value: bool) {}

    fn text(&mut self, name: &'static str, value: &str) {
        self.against(name, |attribute, found| attribute.check_string(value, found));
    }

    fn constant(&mut self, _name: &'static str, _value: &str) {}

    fn texts(&mut self, name: &'static str, value: &[String]) {
        self.against(name, |attribute, found| attribute.check_array(value.len(), found));
    }

    fn keys<T: Push>(&mut self, name: &'static str, value: &[String]) {
        self.texts(name, value);
        for (index, key) in value.iter().enumerate() {
            if !T::KEY_NAMES.contains(&key.as_str()) {
                self.0.field(name_of(Role::Keys), |check| {
                    check
                        .element(index, |check| check.violation(Code::Key, "must be a key field of the record's type"));
                });
            }
        }
    }

    fn json(&mut self, name: &'static str, value: &RawValue) {
        self.against(name, |attribute, found| raw::check_attribute(attribute, value, found));
    }

    fn data<T: Push>(&mut self, _name: &'static str, value: &T) {
        check_data(value, self.0);
    }

    fn missing(&mut self, name: &'static str) {
        if attribute(name).is_some_and(|attribute| attribute.presence == Presence::Required) {
            self.0.field(name, |check| check.violation(Code::Required, "must be there"));
        }
    }
}

fn attribute(name: &str) -> Option<&'static Attribute> {
    ATTRIBUTES.iter().find(|attribute| attribute.name == name)
}
