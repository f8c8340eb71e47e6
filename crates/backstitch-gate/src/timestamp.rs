//! Points in time as the tables hold them: RFC 3339 in UTC, to the microsecond. Of one length, so that
//! their order as text is their order in time.

use std::time::SystemTime;

use jiff::civil::DateTime;
use jiff::{SignedDuration, Timestamp};

/// When time begins. What is counted from it is not kept as `jiff::Timestamp`, which ends before the last day of the year
/// 9999: that day stands in many a table for no end.
const EPOCH: DateTime = DateTime::constant(1970, 1, 1, 0, 0, 0, 0);

/// The first year that can be written; the last is 9999.
const FIRST_YEAR: i16 = 1;

/// The characters of a date and a time to the second.
const SECONDS: usize = 19;

/// A point in time by the clock.
pub(crate) fn rfc3339(time: SystemTime) -> String {
    let since = Timestamp::try_from(time).unwrap_or_default().duration_since(Timestamp::UNIX_EPOCH);
    after_epoch(since).unwrap_or_default()
}

/// Milliseconds since 1970; `None` beyond the years that can be written.
pub(crate) fn of_milliseconds(milliseconds: i64) -> Option<String> {
    after_epoch(SignedDuration::from_millis(milliseconds))
}

/// A point in time as RFC 3339 writes it, with any offset; also with `+HHMM` or `+HH` as the offset, and
/// with a space for the `T`. `None` for any other text. What is finer than a microsecond is left out.
pub(crate) fn of_text(text: &str) -> Option<String> {
    // The parser takes other forms of ISO 8601 too, and names of zones.
    let separators = [(4, b"-" as &[u8]), (7, b"-"), (10, b"Tt "), (13, b":"), (16, b":")];
    let bytes = text.as_bytes();
    let is_formed = separators.iter().all(|(at, any)| bytes.get(*at).is_some_and(|byte| any.contains(byte)))
        && bytes.iter().all(|byte| byte.is_ascii_digit() || b"-:.+TtZz ".contains(byte));
    if !is_formed {
        return None;
    }
    let offset = SECONDS + text.get(SECONDS..)?.find(['+', '-', 'Z', 'z'])?;
    let (local, offset) = text.split_at(offset);
    let local: DateTime = local.parse().ok()?;
    written(local.checked_sub(self::offset(offset)?).ok()?)
}

/// The offset from UTC in `Z`, `+HH`, `+HHMM` or `+HH:MM`.
fn offset(text: &str) -> Option<SignedDuration> {
    if matches!(text, "Z" | "z") {
        return Some(SignedDuration::ZERO);
    }
    let (sign, digits) = text.split_at_checked(1)?;
    let (hours, minutes) = match digits.len() {
        2 => (digits, "00"),
        4 => digits.split_at(2),
        5 => digits.split_once(':')?,
        _ => return None,
    };
    let number = |text: &str, below: i64| {
        let is_number = text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit());
        text.parse::<i64>().ok().filter(|number| is_number && *number < below)
    };
    let minutes = number(hours, 24)? * 60 + number(minutes, 60)?;
    match sign {
        "+" => Some(SignedDuration::from_mins(minutes)),
        "-" => Some(SignedDuration::from_mins(-minutes)),
        _ => None,
    }
}

fn after_epoch(duration: SignedDuration) -> Option<String> {
    written(EPOCH.checked_add(duration).ok()?)
}

fn written(time: DateTime) -> Option<String> {
    (time.year() >= FIRST_YEAR).then(|| format!("{time:.6}Z"))
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, UNIX_EPOCH};

    use super::*;

    #[test]
    fn known_days_have_their_dates() {
        let at = |seconds, micros: u32| rfc3339(UNIX_EPOCH + Duration::new(seconds, micros * 1_000));
        assert_eq!(at(0, 0), "1970-01-01T00:00:00.000000Z");
        assert_eq!(at(951_827_696, 123_456), "2000-02-29T12:34:56.123456Z");
        assert_eq!(at(1_735_689_599, 999_999), "2024-12-31T23:59:59.999999Z");
        assert_eq!(at(4_102_444_800, 0), "2100-01-01T00:00:00.000000Z");
    }

    #[test]
    fn milliseconds_are_written_within_the_years_that_can_be() {
        assert_eq!(of_milliseconds(1_565_880_017_123).as_deref(), Some("2019-08-15T14:40:17.123000Z"));
        assert_eq!(of_milliseconds(-1).as_deref(), Some("1969-12-31T23:59:59.999000Z"));
        assert_eq!(of_milliseconds(-62_135_596_800_000).as_deref(), Some("0001-01-01T00:00:00.000000Z"));
        assert_eq!(of_milliseconds(-62_135_596_800_001), None);
        assert_eq!(of_milliseconds(253_402_300_799_999).as_deref(), Some("9999-12-31T23:59:59.999000Z"));
        assert_eq!(of_milliseconds(253_402_300_800_000), None);
        assert_eq!(of_milliseconds(i64::MAX), None);
    }

    #[test]
    fn times_are_read_with_any_offset_and_written_in_utc() {
        for (text, expected) in [
            ("2020-01-13T21:25:03Z", "2020-01-13T21:25:03.000000Z"),
            ("2020-01-13t21:25:03z", "2020-01-13T21:25:03.000000Z"),
            ("2020-01-13T21:25:03+0000", "2020-01-13T21:25:03.000000Z"),
            ("2020-01-13T21:25:03+02", "2020-01-13T19:25:03.000000Z"),
            ("9999-12-31T23:59:59.999999Z", "9999-12-31T23:59:59.999999Z"),
            ("9999-12-31T23:59:59+23:59", "9999-12-31T00:00:59.000000Z"),
            ("0001-01-01T00:00:00Z", "0001-01-01T00:00:00.000000Z"),
            ("2020-01-13 21:25:03.1234567-05:30", "2020-01-14T02:55:03.123456Z"),
        ] {
            assert_eq!(of_text(text).as_deref(), Some(expected), "{text}");
        }
        for text in [
            "",
            "2020-01-13",
            "2020-01-13T21:25:03",
            "20200113T212503Z",
            "2020-02-30T00:00:00Z",
            "2020-01-13T21:25:03Z[UTC]",
            "2020-01-13T21:25Z",
            "0000-01-01T00:00:00Z",
            "9999-12-31T23:59:59-01:00",
            "0001-01-01T00:00:00+01:00",
            "2020-01-13T21:25:03+24:00",
            "2020-01-13T21:25:03+1",
            "2020-01-13T21:25:03+1:30",
            "2020-01-13T21:25:03+01:00Z",
            "1.00",
            "ä020-01-13T21:25:03Z",
        ] {
            assert_eq!(of_text(text), None, "{text}");
        }
    }
}
