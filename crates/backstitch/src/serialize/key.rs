//! The keys of maps, which JSON has as strings only: the same types become strings as with `serde_json`.

use std::fmt::{Display, Write as _};

use serde::Serialize;
use serde::ser::{self, Impossible};

use super::{Done, Refusal};

/// Writes a key to the end of a string.
pub(super) struct MapKey<'a>(pub(super) &'a mut String);

type No = Impossible<(), Refusal>;

macro_rules! displayed {
    ($($serialize:ident($type:ty);)*) => {$(
        fn $serialize(self, value: $type) -> Done {
            self.collect_str(&value)
        }
    )*};
}

impl MapKey<'_> {
    /// A number as JSON has it.
    fn float(self, value: impl Serialize, is_finite: bool) -> Done {
        if !is_finite {
            return Err(Refusal::KeyNotFinite);
        }
        self.0.push_str(&serde_json::to_string(&value).map_err(|_| Refusal::Own)?);
        Ok(())
    }
}

impl ser::Serializer for MapKey<'_> {
    type Ok = ();
    type Error = Refusal;
    type SerializeSeq = No;
    type SerializeTuple = No;
    type SerializeTupleStruct = No;
    type SerializeTupleVariant = No;
    type SerializeMap = No;
    type SerializeStruct = No;
    type SerializeStructVariant = No;

    displayed! {
        serialize_bool(bool);
        serialize_i8(i8);
        serialize_i16(i16);
        serialize_i32(i32);
        serialize_i64(i64);
        serialize_i128(i128);
        serialize_u8(u8);
        serialize_u16(u16);
        serialize_u32(u32);
        serialize_u64(u64);
        serialize_u128(u128);
        serialize_char(char);
    }

    fn serialize_f32(self, value: f32) -> Done {
        self.float(value, value.is_finite())
    }

    fn serialize_f64(self, value: f64) -> Done {
        self.float(value, value.is_finite())
    }

    fn serialize_str(self, value: &str) -> Done {
        self.0.push_str(value);
        Ok(())
    }

    fn collect_str<T: Display + ?Sized>(self, value: &T) -> Done {
        write!(self.0, "{value}").map_err(|_| Refusal::Own)
    }

    fn serialize_unit_variant(self, _name: &'static str, _index: u32, variant: &'static str) -> Done {
        self.serialize_str(variant)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, _name: &'static str, value: &T) -> Done {
        value.serialize(self)
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Done {
        value.serialize(self)
    }

    fn serialize_bytes(self, _value: &[u8]) -> Done {
        Err(Refusal::Key)
    }

    fn serialize_none(self) -> Done {
        Err(Refusal::Key)
    }

    fn serialize_unit(self) -> Done {
        Err(Refusal::Key)
    }

    fn serialize_unit_struct(self, _name: &'static str) -> Done {
        Err(Refusal::Key)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _name: &'static str,
        _index: u32,
        _variant: &'static str,
        _value: &T,
    ) -> Done {
        Err(Refusal::Key)
    }

    fn serialize_seq(self, _length: Option<usize>) -> Result<No, Refusal> {
        Err(Refusal::Key)
    }

    fn serialize_tuple(self, _length: usize) -> Result<No, Refusal> {
        Err(Refusal::Key)
    }

    fn serialize_tuple_struct(self, _name: &'static str, _length: usize) -> Result<No, Refusal> {
        Err(Refusal::Key)
    }

    fn serialize_tuple_variant(
        self,
        _name: &'static str,
        _index: u32,
        _variant: &'static str,
        _length: usize,
    ) -> Result<No, Refusal> {
        Err(Refusal::Key)
    }

    fn serialize_map(self, _length: Option<usize>) -> Result<No, Refusal> {
        Err(Refusal::Key)
    }

    fn serialize_struct(self, _name: &'static str, _length: usize) -> Result<No, Refusal> {
        Err(Refusal::Key)
    }

    fn serialize_struct_variant(
        self,
        _name: &'static str,
        _index: u32,
        _variant: &'static str,
        _length: usize,
    ) -> Result<No, Refusal> {
        Err(Refusal::Key)
    }
}
