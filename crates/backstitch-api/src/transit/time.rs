//! Moments as RFC 3339 has them.

/// Milliseconds since 1970 of a moment, such as `2000-01-01T12:00:00.000Z`; what is finer is left out.
pub(super) fn milliseconds(text: &str) -> Option<i64> {
    let (date, time) = text.split_once(['T', 't'])?;
    let offset_at = time.find(['Z', 'z', '+', '-'])?;
    let (time, offset) = time.split_at_checked(offset_at)?;
    let [year, month, day] = numbers(date, '-', [4, 2, 2])?;
    let (time, fraction) = time.split_once('.').unwrap_or((time, "0"));
    let [hour, minute, second] = numbers(time, ':', [2, 2, 2])?;
    let is_valid = (1..=12).contains(&month) && (1..=days_of(year, month)).contains(&day);
    if !is_valid || hour > 23 || minute > 59 || second > 60 || fraction.is_empty() {
        return None;
    }
    let mut thousandths = 0;
    for (index, byte) in fraction.bytes().enumerate() {
        let digit = i64::from(byte.is_ascii_digit().then(|| byte - b'0')?);
        thousandths += digit * [100, 10, 1].get(index).copied().unwrap_or(0);
    }
    let offset = match offset {
        "Z" | "z" => 0,
        _ => {
            let (sign, offset) = offset
                .strip_prefix('-')
                .map_or_else(|| (1, offset.strip_prefix('+').unwrap_or_default()), |offset| (-1, offset));
            let [hours, minutes] = numbers(offset, ':', [2, 2])?;
            if hours > 23 || minutes > 59 {
                return None;
            }
            sign * (hours * 60 + minutes)
        }
    };
    let minutes = (days_before(year, month, day) * 24 + hour) * 60 + minute - offset;
    Some((minutes * 60 + second) * 1_000 + thousandths)
}

/// Numbers of so many digits each.
fn numbers<const N: usize>(text: &str, between: char, digits: [usize; N]) -> Option<[i64; N]> {
    let mut parts = text.split(between);
    let mut numbers = [0; N];
    for (number, digits) in numbers.iter_mut().zip(digits) {
        let part = parts.next()?;
        if part.len() != digits || !part.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        *number = part.parse().ok()?;
    }
    parts.next().is_none().then_some(numbers)
}

fn days_of(year: i64, month: i64) -> i64 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// The days from 1970 to a day of the Gregorian calendar. Years begin in March here, so that the day that some of them
/// have more is their last.
fn days_before(year: i64, month: i64, day: i64) -> i64 {
    let year = if month > 2 { year } else { year - 1 };
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    year * 365 + year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400) + day_of_year - 719_468
}

#[cfg(test)]
mod tests {
    use super::milliseconds;

    #[test]
    fn moments_are_read() {
        for (text, expected) in [
            ("1970-01-01T00:00:00Z", Some(0)),
            ("2000-01-01T12:00:00.000Z", Some(946_728_000_000)),
            ("2024-02-29T12:34:56.789+00:00", Some(1_709_210_096_789)),
            ("2024-02-29T12:34:56+05:30", Some(1_709_190_296_000)),
            ("0001-01-01T00:00:00Z", Some(-62_135_596_800_000)),
            ("9999-12-31T00:00:00.0009-00:00", Some(253_402_214_400_000)),
            ("1969-12-31T23:59:59.5Z", Some(-500)),
            ("2023-02-29T00:00:00Z", None),
            ("2023-01-01T24:00:00Z", None),
            ("2023-01-01T00:00:00", None),
            ("2023-01-01", None),
            ("2023-1-01T00:00:00Z", None),
            ("2023-01-01T00:00:00.Z", None),
            ("2023-01-01T00:00:00+0530", None),
            ("", None),
        ] {
            assert_eq!(milliseconds(text), expected, "{text}");
        }
    }
}
