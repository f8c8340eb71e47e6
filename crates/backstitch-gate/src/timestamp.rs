//! Points in time as the tables hold them.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

const SECONDS_PER_DAY: u64 = 86_400;

/// A point in time as RFC 3339 in UTC, to the microsecond. A time before 1970 is shown as 1970.
pub(crate) fn rfc3339(time: SystemTime) -> String {
    let since: Duration = time.duration_since(UNIX_EPOCH).unwrap_or_default();
    let (days, seconds) = (since.as_secs() / SECONDS_PER_DAY, since.as_secs() % SECONDS_PER_DAY);
    let (year, month, day) = date(days);
    format!(
        "{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}.{:06}Z",
        seconds / 3_600,
        seconds / 60 % 60,
        seconds % 60,
        since.subsec_micros()
    )
}

/// A date and a time with an offset, as RFC 3339 in UTC, to the microsecond. Beside RFC 3339 the offsets `+HHMM` and `+HH`
/// are taken, and a space for the `T`. `None` for anything else, and for years that have not four digits.
pub(crate) fn parse(text: &str) -> Option<String> {
    // What may follow in brackets, a time zone's name, is not part of RFC 3339.
    let moment: jiff::Timestamp = text.parse().ok().filter(|_| !text.contains('['))?;
    let written = moment.strftime("%Y-%m-%dT%H:%M:%S%.6fZ").to_string();
    written.starts_with(|first: char| first.is_ascii_digit()).then_some(written)
}

/// Year, month and day of a day counted from 1970, after Howard Hinnant's `civil_from_days`: years begin
/// in March, so that the leap day is the last.
fn date(days: u64) -> (u64, u64, u64) {
    let days = days + 719_468;
    let (era, day_of_era) = (days / 146_097, days % 146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    let year = era * 400 + year_of_era + u64::from(month <= 2);
    (year, month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_with_offsets_are_read_into_utc() {
        for (text, utc) in [
            ("2020-01-13T21:25:03Z", "2020-01-13T21:25:03.000000Z"),
            ("2020-01-13T21:25:03.1234567+02:00", "2020-01-13T19:25:03.123456Z"),
            ("2020-01-13T21:25:03+0530", "2020-01-13T15:55:03.000000Z"),
            ("2020-01-13 21:25:03-08", "2020-01-14T05:25:03.000000Z"),
            ("1969-12-31T23:59:59Z", "1969-12-31T23:59:59.000000Z"),
            ("0001-01-01T00:00:00Z", "0001-01-01T00:00:00.000000Z"),
        ] {
            assert_eq!(parse(text).as_deref(), Some(utc), "{text}");
        }
        for text in [
            "",
            "2020-01-13",
            "2020-01-13T21:25:03",
            "2020-02-30T00:00:00Z",
            "now",
            "-000001-01-01T00:00:00Z",
            "2020-01-13T21:25:03Z[UTC]",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    #[test]
    fn known_days_have_their_dates() {
        let at = |seconds, micros: u32| rfc3339(UNIX_EPOCH + Duration::new(seconds, micros * 1_000));
        assert_eq!(at(0, 0), "1970-01-01T00:00:00.000000Z");
        assert_eq!(at(951_827_696, 123_456), "2000-02-29T12:34:56.123456Z");
        assert_eq!(at(1_735_689_599, 999_999), "2024-12-31T23:59:59.999999Z");
        assert_eq!(at(4_102_444_800, 0), "2100-01-01T00:00:00.000000Z");
    }
}
