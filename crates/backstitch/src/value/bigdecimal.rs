//! Decimals of `bigdecimal`: numbers with all their digits, without an exponent.

use backstitch_api::Code;
use bigdecimal::BigDecimal;

use crate::check::Check;
use crate::encode::Encoder;
use crate::fit::Shape;
use crate::limits::{IsNumber, Number};
use crate::schema::{Schema, Types};
use crate::value::{Key, Value};

/// The most digits before the point that a destination takes: `numeric` of PostgreSQL.
const MOST_BEFORE: u64 = 131_072;

/// The most digits after the point that a destination takes: `numeric` of PostgreSQL.
const MOST_AFTER: u64 = 16_383;

/// Whether the number can be written out. A short one with a great exponent would fill the memory.
fn is_short(decimal: &BigDecimal) -> bool {
    let scale = decimal.fractional_digit_count();
    if scale > 0 {
        scale.unsigned_abs() <= MOST_AFTER && before(decimal, scale) <= MOST_BEFORE
    } else {
        scale.unsigned_abs() <= MOST_BEFORE && before(decimal, scale) <= MOST_BEFORE
    }
}

/// How many digits stand before the point, or more than are taken where there are very many: counting them takes long.
fn before(decimal: &BigDecimal, scale: i64) -> u64 {
    // A digit takes more than three bits.
    let bits = decimal.as_bigint_and_scale().0.bits();
    let most = bits / 3 + 1;
    let least = bits / 4;
    let of = |digits: u64| digits.saturating_add_signed(scale.saturating_neg());
    if of(most) <= MOST_BEFORE {
        of(most)
    } else if of(least) > MOST_BEFORE {
        of(least)
    } else {
        of(decimal.digits())
    }
}

/// The digits of a number that is short.
fn digits(decimal: &BigDecimal) -> String {
    let (integer, scale) = decimal.as_bigint_and_scale();
    let mut text = integer.to_string();
    let zeros = usize::try_from(scale.unsigned_abs()).unwrap_or_default();
    if scale <= 0 {
        // Zero has no more zeros before the point than one.
        if text != "0" {
            text.extend(std::iter::repeat_n('0', zeros));
        }
        return text;
    }
    let sign = usize::from(text.starts_with('-'));
    let length = text.len() - sign;
    if length <= zeros {
        text.insert_str(sign, &"0".repeat(zeros - length + 1));
    }
    text.insert(text.len() - zeros, '.');
    text
}

impl Value for BigDecimal {
    const SHAPE: &'static Shape = &Shape::Scalar;

    fn write<E: Encoder>(&self, encoder: &mut E) {
        if is_short(self) {
            encoder.decimal(&digits(self));
        } else {
            encoder.refuse();
        }
    }

    fn check(&self, check: &mut Check) {
        check.data_point();
        if !is_short(self) {
            let message =
                format!("must have at most {MOST_BEFORE} digits before the point and at most {MOST_AFTER} after it");
            check.violation(Code::Digits, message);
        }
    }

    /// `1.50`.
    fn sample() -> Self {
        BigDecimal::from_bigint(150.into(), 2)
    }

    fn value_schema(_types: &mut Types) -> Schema {
        Schema::of("number")
    }
}

impl Key for BigDecimal {
    fn check_key(&self, _check: &mut Check) {}
}

impl IsNumber for BigDecimal {
    fn number(&self, see: impl FnOnce(Number<'_>)) {
        // That another one has too many digits is told of its type.
        if is_short(self) {
            see(Number::Digits(&digits(self)));
        }
    }
}

crate::__private::from_parsed! {
    BigDecimal, "a decimal as in `1.50`";
}
