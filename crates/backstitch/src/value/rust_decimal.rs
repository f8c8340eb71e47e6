//! Decimals of `rust_decimal`: numbers with all their digits.

use rust_decimal::Decimal;

use crate::check::Check;
use crate::encode::Encoder;
use crate::fit::Shape;
use crate::limits::{IsNumber, Number};
use crate::schema::{Schema, Types};
use crate::text::with_text;
use crate::value::{Key, Value};

/// A sign, 29 digits, a point, and room.
const LONGEST: usize = 40;

impl Value for Decimal {
    const SHAPE: &'static Shape = &Shape::Scalar;

    fn write<E: Encoder>(&self, encoder: &mut E) {
        with_text::<LONGEST>(self, |digits| encoder.decimal(digits));
    }

    fn check(&self, check: &mut Check) {
        check.data_point();
    }

    /// `1.50`.
    fn sample() -> Self {
        Decimal::new(150, 2)
    }

    fn value_schema(_types: &mut Types) -> Schema {
        Schema::of("number")
    }
}

impl Key for Decimal {
    fn check_key(&self, _check: &mut Check) {}
}

impl IsNumber for Decimal {
    fn number(&self, see: impl FnOnce(Number<'_>)) {
        with_text::<LONGEST>(self, |digits| see(Number::Digits(digits)));
    }
}

crate::__private::from_parsed! {
    Decimal, "a decimal as in `1.50`";
}
