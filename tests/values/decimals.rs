//! Numbers whose digits are all kept.

use std::str::FromStr;
use std::time::Instant;

use backstitch::{Code, Value};
use bigdecimal::BigDecimal;
use bigdecimal::num_bigint::BigInt;
use proptest::prelude::{any, proptest};
use rust_decimal::Decimal;

use crate::one::{json, refused, valid};

proptest! {
    #[test]
    fn decimals_keep_their_digits(integer in -79_228_162_514_264_337_593_543_950_335_i128..=79_228_162_514_264_337_593_543_950_335, scale in 0_u32..=28) {
        let decimal = Decimal::from_i128_with_scale(integer, scale);
        let text = valid(decimal);
        let read = Decimal::from_str_exact(&text).unwrap();
        assert_eq!((read.mantissa(), read.scale()), (decimal.mantissa(), decimal.scale()), "{text}");
        assert!(!text.contains(['e', 'E', '"']));
    }

    #[test]
    fn big_decimals_keep_their_digits(integer in "-?(0|[1-9][0-9]{0,60})", scale in -80_i64..80) {
        let decimal = BigDecimal::from_bigint(integer.parse().unwrap(), scale);
        let text = valid(decimal.clone());
        let read = BigDecimal::from_str(&text).unwrap();
        assert_eq!(read, decimal, "{text}");
        assert_eq!(read.fractional_digit_count(), scale.max(0), "{text}");
        assert!(!text.contains(['e', 'E', '"']));
    }

    #[test]
    fn both_write_the_same(integer in any::<i64>(), scale in 0_u32..=28) {
        let big = BigDecimal::from_bigint(integer.into(), scale.into());
        assert_eq!(valid(Decimal::new(integer, scale)), valid(big));
    }
}

#[test]
fn the_corners() {
    let big = |text: &str| valid(BigDecimal::from_str(text).unwrap());
    assert_eq!(big("1E+5"), "100000");
    assert_eq!(big("-1E-5"), "-0.00001");
    assert_eq!(big("0E+5"), "0");
    assert_eq!(big("0E-2"), "0.00");
    assert_eq!(big("-12.340"), "-12.340");
    assert_eq!(valid(Decimal::from_str("-0.00").unwrap()).trim_start_matches('-'), "0.00");
    assert_eq!(valid(Decimal::MAX), "79228162514264337593543950335");
    assert_eq!(valid(Decimal::from_i128_with_scale(-1, 28)), "-0.0000000000000000000000000001");
    assert_eq!((valid(Decimal::sample()), valid(BigDecimal::sample())), ("1.50".to_owned(), "1.50".to_owned()));
}

#[test]
fn a_great_exponent_is_refused_and_not_written_out() {
    let start = Instant::now();
    for exponent in [131_072, 1_000_000_000, i64::MAX] {
        assert_eq!(refused(BigDecimal::from_bigint(1.into(), -exponent)), Code::Digits);
    }
    for exponent in [16_384, 1_000_000_000, i64::MAX] {
        assert_eq!(refused(BigDecimal::from_bigint(1.into(), exponent)), Code::Digits);
    }
    assert_eq!(refused(BigDecimal::from_bigint(1.into(), i64::MIN)), Code::Digits);
    // A number that is as long as its digits is refused as well, before they are counted.
    assert_eq!(refused(BigDecimal::from_bigint(BigInt::from(1) << 4_000_000, 0)), Code::Digits);
    assert!(start.elapsed().as_secs() < 20);
}

#[test]
fn the_longest_are_taken() {
    // The referee of schemas reads no number of this size.
    assert_eq!(json(BigDecimal::from_bigint(1.into(), -131_071)).unwrap().len(), 131_072);
    assert_eq!(json(BigDecimal::from_bigint(1.into(), 16_383)).unwrap().len(), 16_385);
}
