//! Where a value's events go.

use super::Done;
use crate::check::Check;
use crate::encode::Encoder;
use crate::raw;
use serde_json::value::RawValue;

/// Takes a value's events: a check, which counts them, or an encoder, which writes them.
pub trait Sink {
    fn null(&mut self);
    fn boolean(&mut self, value: bool);
    fn integer(&mut self, value: i64);
    fn unsigned(&mut self, value: u64);
    fn wide(&mut self, value: i128);
    fn wide_unsigned(&mut self, value: u128);
    fn single(&mut self, value: f32);
    fn double(&mut self, value: f64);
    fn string(&mut self, value: &str);
    fn raw_json(&mut self, json: &RawValue);
    fn begin_array(&mut self);
    /// The element at `index`, which `write` writes.
    fn element(&mut self, index: usize, write: impl FnOnce(&mut Self) -> Done) -> Done;
    fn end_array(&mut self);
    fn begin_object(&mut self);
    /// The value called `name`, which `write` writes.
    fn entry(&mut self, name: &'static str, write: impl FnOnce(&mut Self) -> Done) -> Done;
    /// The same with a name that is known at run time.
    fn named(&mut self, name: &str, write: impl FnOnce(&mut Self) -> Done) -> Done;
    fn end_object(&mut self);
    /// Starts an object with the single entry `name`, whose value follows piece by piece.
    fn begin_variant(&mut self, name: &'static str);
    /// A piece of that value, which `write` writes.
    fn within_variant(&mut self, name: &'static str, write: impl FnOnce(&mut Self) -> Done) -> Done;
}

/// An encoder that is written to.
pub struct Writer<'a, E>(pub(super) &'a mut E);

macro_rules! forwarded {
    ($($method:ident($($value:ident: $type:ty)?);)*) => {$(
        fn $method(&mut self $(, $value: $type)?) {
            self.0.$method($($value)?);
        }
    )*};
}

impl<E: Encoder> Sink for Writer<'_, E> {
    forwarded! {
        null();
        boolean(value: bool);
        integer(value: i64);
        unsigned(value: u64);
        wide(value: i128);
        wide_unsigned(value: u128);
        single(value: f32);
        double(value: f64);
        string(value: &str);
        raw_json(json: &RawValue);
        begin_array();
        end_array();
        begin_object();
        end_object();
    }

    fn element(&mut self, _index: usize, write: impl FnOnce(&mut Self) -> Done) -> Done {
        self.0.element();
        write(self)
    }

    fn entry(&mut self, name: &'static str, write: impl FnOnce(&mut Self) -> Done) -> Done {
        self.named(name, write)
    }

    fn named(&mut self, name: &str, write: impl FnOnce(&mut Self) -> Done) -> Done {
        self.0.key_text(name);
        write(self)
    }

    fn begin_variant(&mut self, name: &'static str) {
        self.0.begin_object();
        self.0.key_text(name);
    }

    fn within_variant(&mut self, _name: &'static str, write: impl FnOnce(&mut Self) -> Done) -> Done {
        write(self)
    }
}

macro_rules! counted {
    ($($method:ident($($type:ty)?);)*) => {$(
        fn $method(&mut self $(, _value: $type)?) {
            self.data_point();
        }
    )*};
}

macro_rules! uncounted {
    ($($method:ident)*) => {$(
        fn $method(&mut self) {}
    )*};
}

/// A piece that refuses is reported at its own place, and the walk goes on: all that is wrong is told at once.
impl Sink for Check {
    counted! {
        null();
        boolean(bool);
        integer(i64);
        unsigned(u64);
        wide(i128);
        wide_unsigned(u128);
        string(&str);
    }

    uncounted!(begin_array end_array begin_object end_object);

    fn single(&mut self, value: f32) {
        self.data_point();
        self.finite(value.is_finite());
    }

    fn double(&mut self, value: f64) {
        self.data_point();
        self.finite(value.is_finite());
    }

    fn raw_json(&mut self, json: &RawValue) {
        raw::count(json.get(), self);
    }

    fn element(&mut self, index: usize, write: impl FnOnce(&mut Self) -> Done) -> Done {
        Check::element(self, index, |check| reported(check, write));
        Ok(())
    }

    fn entry(&mut self, name: &'static str, write: impl FnOnce(&mut Self) -> Done) -> Done {
        self.field(name, |check| reported(check, write));
        Ok(())
    }

    fn named(&mut self, name: &str, write: impl FnOnce(&mut Self) -> Done) -> Done {
        self.name(name, |check| reported(check, write));
        Ok(())
    }

    fn begin_variant(&mut self, _name: &'static str) {}

    fn within_variant(&mut self, name: &'static str, write: impl FnOnce(&mut Self) -> Done) -> Done {
        self.field(name, |check| reported(check, write));
        Ok(())
    }
}

fn reported(check: &mut Check, write: impl FnOnce(&mut Check) -> Done) {
    if let Err(refusal) = write(check) {
        refusal.report(check);
    }
}
