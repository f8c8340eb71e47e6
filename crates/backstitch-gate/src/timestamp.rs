//! Points in time as the tables hold them: RFC 3339 in UTC, to the microsecond. Of one length, so that
//! their order as text is their order in time.

use std::time::SystemTime;

use jiff::Timestamp;

/// The beginning of the year 1 in microseconds. Nothing before it can be written, and no year after 9999.
const FIRST: i64 = -62_135_596_800_000_000;

/// A point in time by the clock.
pub(crate) fn rfc3339(time: SystemTime) -> String {
    written(Timestamp::try_from(time).unwrap_or_default()).unwrap_or_default()
}

/// Milliseconds since 1970; `None` beyond the years that can be written.
pub(crate) fn of_milliseconds(milliseconds: i64) -> Option<String> {
    written(Timestamp::from_millisecond(milliseconds).ok()?)
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
    written(text.parse().ok()?)
}

fn written(time: Timestamp) -> Option<String> {
    (time.as_microsecond() >= FIRST).then(|| format!("{time:.6}"))
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
        assert_eq!(of_milliseconds(i64::MAX), None);
    }

    #[test]
    fn times_are_read_with_any_offset_and_written_in_utc() {
        for (text, expected) in [
            ("2020-01-13T21:25:03Z", "2020-01-13T21:25:03.000000Z"),
            ("2020-01-13t21:25:03z", "2020-01-13T21:25:03.000000Z"),
            ("2020-01-13T21:25:03+0000", "2020-01-13T21:25:03.000000Z"),
            ("2020-01-13T21:25:03+02", "2020-01-13T19:25:03.000000Z"),
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
            "1.00",
            "ä020-01-13T21:25:03Z",
        ] {
            assert_eq!(of_text(text), None, "{text}");
        }
    }
}
