//! Values of any type that is `Serialize`, without a tree in between: the type's own events, as `serde_json` takes them,
//! go straight to a check, or to the encoder.

mod key;
mod sink;

use std::fmt::{self, Display, Write as _};

use serde::Serialize;
use serde::ser::{
    self, SerializeMap, SerializeSeq, SerializeStruct, SerializeStructVariant, SerializeTuple, SerializeTupleStruct,
    SerializeTupleVariant,
};
use serde_json::value::RawValue;

use crate::check::Check;
use crate::encode::Encoder;

use key::MapKey;
pub(crate) use sink::{Sink, Writer};

/// Reports all that would keep the API from taking `value` as `serde_json` writes it, and counts its data points.
pub fn check_serde<T: Serialize + ?Sized>(value: &T, check: &mut Check) {
    check_serialize(check, |serializer| value.serialize(serializer));
}

/// Writes `value` as `serde_json` writes it. A value whose check reported nothing is written whole, unless its
/// `Serialize` does not do the same twice: then the encoder refuses the record.
pub fn write_serde<T: Serialize + ?Sized, E: Encoder>(value: &T, encoder: &mut E) {
    serialize(encoder, |serializer| value.serialize(serializer));
}

/// As [`check_serde`], of what `write` hands to a serializer, such as a function of `#[serde(with = "…")]`.
pub fn check_serialize(check: &mut Check, write: impl FnOnce(Serializer<'_, Check>) -> Done) {
    if let Err(refusal) = write(Serializer(check)) {
        refusal.report(check);
    }
}

/// As [`write_serde`], of what `write` hands to a serializer.
pub fn serialize<E: Encoder>(encoder: &mut E, write: impl FnOnce(Serializer<'_, Writer<'_, E>>) -> Done) {
    if write(Serializer(&mut Writer(encoder))).is_err() {
        encoder.refuse();
    }
}

/// Why a value can't be written. It holds nothing of the value, and so not the message of its `Serialize`.
#[derive(Clone, Copy, Debug)]
pub enum Refusal {
    /// Its `Serialize` gave an error.
    Own,
    /// The key of a map that is no string, number, boolean or character.
    Key,
    /// The key of a map that is no finite number.
    KeyNotFinite,
    /// The entry of a map without a key.
    NoKey,
}

impl Refusal {
    fn report(self, check: &mut Check) {
        check.violation(backstitch_api::Code::Serialize, self.message());
    }

    fn message(self) -> &'static str {
        match self {
            Refusal::Own => "must be a value that its type can serialize",
            Refusal::Key => "must have strings, numbers, booleans or characters as the keys of a map",
            Refusal::KeyNotFinite => "must have finite numbers as the keys of a map",
            Refusal::NoKey => "must have a key for every value of a map",
        }
    }
}

impl Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.message())
    }
}

impl std::error::Error for Refusal {}

impl ser::Error for Refusal {
    fn custom<T: Display>(_message: T) -> Self {
        Refusal::Own
    }
}

/// What comes of writing a value.
pub(crate) type Done = Result<(), Refusal>;

/// What `serde_json` calls its own types when they are serialized, so that it knows them again.
const RAW_VALUE: &str = "$serde_json::private::RawValue";
const NUMBER: &str = "$serde_json::private::Number";

/// Takes a value's events for a check or an encoder.
pub struct Serializer<'a, S>(&'a mut S);

macro_rules! scalars {
    ($($serialize:ident($type:ty) $method:ident;)*) => {$(
        fn $serialize(self, value: $type) -> Done {
            self.0.$method(value.into());
            Ok(())
        }
    )*};
}

impl<'a, S: Sink> ser::Serializer for Serializer<'a, S> {
    type Ok = ();
    type Error = Refusal;
    type SerializeSeq = Array<'a, S>;
    type SerializeTuple = Array<'a, S>;
    type SerializeTupleStruct = Array<'a, S>;
    type SerializeTupleVariant = Array<'a, S>;
    type SerializeMap = Map<'a, S>;
    type SerializeStruct = Struct<'a, S>;
    type SerializeStructVariant = Object<'a, S>;

    scalars! {
        serialize_bool(bool) boolean;
        serialize_i8(i8) integer;
        serialize_i16(i16) integer;
        serialize_i32(i32) integer;
        serialize_i64(i64) integer;
        serialize_i128(i128) wide;
        serialize_u8(u8) unsigned;
        serialize_u16(u16) unsigned;
        serialize_u32(u32) unsigned;
        serialize_u64(u64) unsigned;
        serialize_u128(u128) wide_unsigned;
        serialize_f32(f32) single;
        serialize_f64(f64) double;
    }

    fn serialize_char(self, value: char) -> Done {
        self.serialize_str(value.encode_utf8(&mut [0; 4]))
    }

    fn serialize_str(self, value: &str) -> Done {
        self.0.string(value);
        Ok(())
    }

    fn collect_str<T: Display + ?Sized>(self, value: &T) -> Done {
        // The default panics where `value` refuses.
        let mut text = String::new();
        write!(text, "{value}").map_err(|_| Refusal::Own)?;
        self.serialize_str(&text)
    }

    fn serialize_bytes(self, value: &[u8]) -> Done {
        let mut array = self.serialize_seq(Some(value.len()))?;
        for byte in value {
            SerializeSeq::serialize_element(&mut array, byte)?;
        }
        SerializeSeq::end(array)
    }

    fn serialize_none(self) -> Done {
        self.serialize_unit()
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Done {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Done {
        self.0.null();
        Ok(())
    }

    fn serialize_unit_struct(self, _name: &'static str) -> Done {
        self.serialize_unit()
    }

    fn serialize_unit_variant(self, _name: &'static str, _index: u32, variant: &'static str) -> Done {
        self.serialize_str(variant)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, _name: &'static str, value: &T) -> Done {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _name: &'static str,
        _index: u32,
        variant: &'static str,
        value: &T,
    ) -> Done {
        self.0.begin_object();
        self.0.entry(variant, |sink| value.serialize(Serializer(sink)))?;
        self.0.end_object();
        Ok(())
    }

    fn serialize_seq(self, _length: Option<usize>) -> Result<Self::SerializeSeq, Refusal> {
        self.0.begin_array();
        Ok(Array { sink: self.0, variant: None, index: 0 })
    }

    fn serialize_tuple(self, length: usize) -> Result<Self::SerializeTuple, Refusal> {
        self.serialize_seq(Some(length))
    }

    fn serialize_tuple_struct(self, _name: &'static str, length: usize) -> Result<Self::SerializeTupleStruct, Refusal> {
        self.serialize_seq(Some(length))
    }

    fn serialize_tuple_variant(
        self,
        _name: &'static str,
        _index: u32,
        variant: &'static str,
        _length: usize,
    ) -> Result<Self::SerializeTupleVariant, Refusal> {
        self.0.begin_variant(variant);
        self.0.begin_array();
        Ok(Array { sink: self.0, variant: Some(variant), index: 0 })
    }

    fn serialize_map(self, _length: Option<usize>) -> Result<Self::SerializeMap, Refusal> {
        self.0.begin_object();
        Ok(Map { sink: self.0, key: String::new(), has_key: false })
    }

    fn serialize_struct(self, name: &'static str, _length: usize) -> Result<Self::SerializeStruct, Refusal> {
        if matches!(name, RAW_VALUE | NUMBER) {
            return Ok(Struct::Raw(self.0));
        }
        self.0.begin_object();
        Ok(Struct::Object(Object { sink: self.0, variant: None }))
    }

    fn serialize_struct_variant(
        self,
        _name: &'static str,
        _index: u32,
        variant: &'static str,
        _length: usize,
    ) -> Result<Self::SerializeStructVariant, Refusal> {
        self.0.begin_variant(variant);
        self.0.begin_object();
        Ok(Object { sink: self.0, variant: Some(variant) })
    }
}

/// An array being written, alone or as an enum's variant.
pub struct Array<'a, S> {
    sink: &'a mut S,
    variant: Option<&'static str>,
    index: usize,
}

impl<S: Sink> Array<'_, S> {
    fn element<T: Serialize + ?Sized>(&mut self, value: &T) -> Done {
        let index = self.index;
        self.index += 1;
        let element = |sink: &mut S| sink.element(index, |sink| value.serialize(Serializer(sink)));
        match self.variant {
            Some(variant) => self.sink.within_variant(variant, element),
            None => element(self.sink),
        }
    }

    fn finish(self) {
        self.sink.end_array();
        if self.variant.is_some() {
            self.sink.end_object();
        }
    }
}

macro_rules! arrays {
    ($($compound:ident $method:ident;)*) => {$(
        impl<S: Sink> $compound for Array<'_, S> {
            type Ok = ();
            type Error = Refusal;

            fn $method<T: Serialize + ?Sized>(&mut self, value: &T) -> Done {
                self.element(value)
            }

            fn end(self) -> Done {
                self.finish();
                Ok(())
            }
        }
    )*};
}

arrays! {
    SerializeSeq serialize_element;
    SerializeTuple serialize_element;
    SerializeTupleStruct serialize_field;
    SerializeTupleVariant serialize_field;
}

/// A map being written.
pub struct Map<'a, S> {
    sink: &'a mut S,
    key: String,
    has_key: bool,
}

impl<S: Sink> SerializeMap for Map<'_, S> {
    type Ok = ();
    type Error = Refusal;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Done {
        self.key.clear();
        key.serialize(MapKey(&mut self.key))?;
        self.has_key = true;
        Ok(())
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Done {
        if !std::mem::take(&mut self.has_key) {
            return Err(Refusal::NoKey);
        }
        self.sink.named(&self.key, |sink| value.serialize(Serializer(sink)))
    }

    fn end(self) -> Done {
        // A key whose value never came would be lost.
        if self.has_key {
            return Err(Refusal::NoKey);
        }
        self.sink.end_object();
        Ok(())
    }
}

/// A struct's fields being written, alone or as an enum's variant.
pub struct Object<'a, S> {
    sink: &'a mut S,
    variant: Option<&'static str>,
}

impl<S: Sink> Object<'_, S> {
    fn field<T: Serialize + ?Sized>(&mut self, name: &'static str, value: &T) -> Done {
        let field = |sink: &mut S| sink.entry(name, |sink| value.serialize(Serializer(sink)));
        match self.variant {
            Some(variant) => self.sink.within_variant(variant, field),
            None => field(self.sink),
        }
    }

    fn finish(self) {
        self.sink.end_object();
        if self.variant.is_some() {
            self.sink.end_object();
        }
    }
}

impl<S: Sink> SerializeStructVariant for Object<'_, S> {
    type Ok = ();
    type Error = Refusal;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, name: &'static str, value: &T) -> Done {
        self.field(name, value)
    }

    fn end(self) -> Done {
        self.finish();
        Ok(())
    }
}

/// A struct being written.
pub enum Struct<'a, S> {
    /// An object.
    Object(Object<'a, S>),
    /// One of the types of `serde_json` that are JSON already: its only field is the text.
    Raw(&'a mut S),
}

impl<S: Sink> SerializeStruct for Struct<'_, S> {
    type Ok = ();
    type Error = Refusal;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, name: &'static str, value: &T) -> Done {
        match self {
            Struct::Object(object) => object.field(name, value),
            Struct::Raw(sink) => {
                let mut text = String::new();
                value.serialize(MapKey(&mut text))?;
                // Checked, since a type of another crate can have this name as well.
                let raw: &RawValue = serde_json::from_str(&text).map_err(|_| Refusal::Own)?;
                sink.raw_json(raw);
                Ok(())
            }
        }
    }

    fn end(self) -> Done {
        if let Struct::Object(object) = self {
            object.finish();
        }
        Ok(())
    }
}
