//! Bytes of `bytes`: strings in base64.

use bytes::{Bytes, BytesMut};

use crate::__private::FromText;
use crate::base64;
use crate::check::Check;
use crate::encode::Encoder;
use crate::fit::Shape;
use crate::schema::{Schema, Types};
use crate::value::{Key, Value};

macro_rules! bytes {
    ($($type:ty),*) => {$(
        impl Value for $type {
            const SHAPE: &'static Shape = &Shape::Scalar;

            fn write<E: Encoder>(&self, encoder: &mut E) {
                encoder.bytes(self);
            }

            fn check(&self, check: &mut Check) {
                check.data_point();
            }

            /// The letters `bytes`, which are `Ynl0ZXM=`.
            fn sample() -> Self {
                b"bytes".as_slice().into()
            }

            fn value_schema(_types: &mut Types) -> Schema {
                Schema::of("string")
            }
        }

        impl Key for $type {
            fn check_key(&self, check: &mut Check) {
                check.key_characters(base64::length(self.len()));
            }
        }
    )*};
}

bytes!(Bytes, BytesMut);

impl FromText for Bytes {
    fn from_text(text: &'static str) -> Self {
        Bytes::from_static(text.as_bytes())
    }
}

impl FromText for BytesMut {
    fn from_text(text: &'static str) -> Self {
        text.into()
    }
}
