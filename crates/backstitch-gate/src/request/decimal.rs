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

/// The one form of all texts of the same number, for keys, which databases compare by their text.
pub(crate) fn canonical(text: &str) -> String {
    let negative = text.starts_with('-');
    let text = text.strip_prefix(['-', '+']).unwrap_or(text);
    let (digits, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let exponent: i64 = exponent.parse().unwrap_or(0);
    let all = format!("{whole}{fraction}");
    // The place of the point among all digits, which may be left or right of them.
    let point = i64::try_from(whole.len()).unwrap_or(i64::MAX).saturating_add(exponent);
    let (whole, fraction) = match usize::try_from(point) {
        Ok(point) if point < all.len() => (all[..point].to_owned(), all[point..].to_owned()),
        Ok(point) => (format!("{all}{}", "0".repeat(point - all.len())), String::new()),
        Err(_) => {
            let zeros = usize::try_from(point.unsigned_abs()).unwrap_or(0);
            (String::new(), format!("{}{all}", "0".repeat(zeros)))
        }
    };
    let (whole, fraction) = (whole.trim_start_matches('0'), fraction.trim_end_matches('0'));
    let sign = if negative && !(whole.is_empty() && fraction.is_empty()) { "-" } else { "" };
    let whole = if whole.is_empty() { "0" } else { whole };
    if fraction.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{fraction}") }
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

    #[test]
    fn one_number_has_one_form() {
        for (text, expected) in [
            ("1.10", "1.1"),
            ("+1.0", "1"),
            ("-0.00", "0"),
            ("007", "7"),
            ("-1E+3", "-1000"),
            ("1.25e1", "12.5"),
            ("1.25e2", "125"),
            ("1.25e-2", "0.0125"),
            (".5", "0.5"),
            ("0e5", "0"),
        ] {
            assert_eq!(canonical(text), expected, "{text}");
        }
    }
}
