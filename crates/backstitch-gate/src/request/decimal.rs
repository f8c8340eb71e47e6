//! Decimal numbers as text, digit for digit.

use crate::names::{DECIMAL_DIGITS, DECIMAL_SCALE};

/// Whether the destination has room for a number: digits with an optional sign, point and exponent.
pub(crate) fn fits(text: &str) -> bool {
    let text = text.strip_prefix(['-', '+']).unwrap_or(text);
    let (digits, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let Ok(exponent) = exponent.parse::<i64>() else { return false };
    let length = |digits: &str| i64::try_from(digits.len()).unwrap_or(i64::MAX);
    let limit = |limit: usize| i64::try_from(limit).unwrap_or(i64::MAX);
    length(whole).saturating_add(exponent) <= limit(DECIMAL_DIGITS)
        && length(fraction).saturating_sub(exponent) <= limit(DECIMAL_SCALE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_counted_on_both_sides_of_the_point() {
        let digits = |count: usize| "1".repeat(count);
        for (text, expected) in [
            ("1.10".to_owned(), true),
            ("-1E+30".to_owned(), true),
            (digits(DECIMAL_DIGITS), true),
            (digits(DECIMAL_DIGITS + 1), false),
            (format!("0.{}", digits(DECIMAL_SCALE)), true),
            (format!("0.{}", digits(DECIMAL_SCALE + 1)), false),
            ("1e131071".to_owned(), true),
            ("1e131072".to_owned(), false),
            ("1e-16383".to_owned(), true),
            ("1e-16384".to_owned(), false),
            ("1e99999999999999999999".to_owned(), false),
        ] {
            assert_eq!(fits(&text), expected, "{}", &text[..text.len().min(20)]);
        }
    }
}
