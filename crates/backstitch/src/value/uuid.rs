//! UUIDs: strings in lower case with hyphens.

use uuid::Uuid;
use uuid::fmt::Hyphenated;

use crate::check::Check;
use crate::encode::Encoder;
use crate::fit::Shape;
use crate::schema::{Schema, Types};
use crate::value::{Key, Value};

impl Value for Uuid {
    const SHAPE: &'static Shape = &Shape::Scalar;

    fn write<E: Encoder>(&self, encoder: &mut E) {
        encoder.uuid(self.hyphenated().encode_lower(&mut [0; Hyphenated::LENGTH]));
    }

    fn check(&self, check: &mut Check) {
        check.data_point();
    }

    /// `67e55044-10b1-426f-9247-bb680e5fe0c8`.
    fn sample() -> Self {
        Uuid::from_u128(0x67e5_5044_10b1_426f_9247_bb68_0e5f_e0c8)
    }

    fn value_schema(_types: &mut Types) -> Schema {
        Schema::text("uuid")
    }
}

impl Key for Uuid {
    fn check_key(&self, _check: &mut Check) {}
}

crate::__private::from_parsed! {
    Uuid, "a UUID as in `67e55044-10b1-426f-9247-bb680e5fe0c8`";
}
