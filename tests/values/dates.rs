//! Dates, times and moments of three crates.

use backstitch::{Code, Value};
use chrono::{DateTime, FixedOffset, NaiveDate, NaiveDateTime, NaiveTime, TimeZone as _, Utc};
use jiff::civil;
use jiff::tz::{Offset, TimeZone};
use jiff::{Timestamp, ZonedDateTime};
use proptest::prelude::{Strategy, any, proptest};
use proptest::prop_oneof;
use time::{OffsetDateTime, PlainDateTime, UtcDateTime, UtcOffset};

use crate::one::{as_serde, refused, valid};

/// The first and the last second of the years 0 to 9999, less a day for offsets.
const SECONDS: std::ops::Range<i64> = -62_167_132_800..253_402_214_400;

/// A moment as seconds and nanoseconds since 1970.
fn moments() -> impl Strategy<Value = (i64, u32)> {
    let nanoseconds = prop_oneof![
        proptest::strategy::Just(0),
        (0_u32..1_000).prop_map(|milliseconds| milliseconds * 1_000_000),
        (0_u32..1_000_000).prop_map(|microseconds| microseconds * 1_000),
        0_u32..1_000_000_000,
    ];
    (SECONDS, nanoseconds)
}

proptest! {
    #[test]
    fn chrono_is_as_serde((seconds, nanoseconds) in moments(), minutes in -1_439_i32..1_440) {
        let utc = DateTime::from_timestamp(seconds, nanoseconds).unwrap();
        let offset = FixedOffset::east_opt(minutes * 60).unwrap();
        as_serde(utc);
        as_serde(utc.with_timezone(&offset));
        as_serde(utc.naive_utc());
        as_serde(utc.date_naive());
        as_serde(utc.time());
    }

    #[test]
    fn jiff_is_as_serde((seconds, nanoseconds) in moments(), minutes in -1_439_i32..1_440) {
        let timestamp = Timestamp::new(seconds, nanoseconds.cast_signed()).unwrap();
        as_serde(timestamp);
        let local = Offset::from_seconds(minutes * 60).unwrap().to_datetime(timestamp);
        as_serde(local);
        as_serde(local.date());
        as_serde(local.time());
    }

    #[test]
    fn time_is_as_serde_where_there_is_no_offset((seconds, nanoseconds) in moments()) {
        let utc = UtcDateTime::from_unix_timestamp(seconds).unwrap().replace_nanosecond(nanoseconds).unwrap();
        as_serde(PlainDateTime::new(utc.date(), utc.time()));
        as_serde(utc.date());
        as_serde(utc.time());
    }

    #[test]
    fn moments_are_rfc_3339_and_the_same_moment((seconds, nanoseconds) in moments(), offset in -86_399_i32..86_400) {
        let expected = DateTime::from_timestamp(seconds, nanoseconds).unwrap();
        let read = |text: String| {
            let text: String = serde_json::from_str(&text).unwrap();
            let moment = DateTime::parse_from_rfc3339(&text).unwrap_or_else(|error| panic!("{text}: {error}"));
            assert_eq!(moment, expected, "{text}");
            // An offset is kept where it can be written.
            let kept = if offset % 60 == 0 { offset } else { 0 };
            (moment.offset().local_minus_utc(), kept)
        };
        let (written, kept) = read(valid(expected.with_timezone(&FixedOffset::east_opt(offset).unwrap())));
        assert_eq!(written, kept);

        let timestamp = Timestamp::new(seconds, nanoseconds.cast_signed()).unwrap();
        let zone = TimeZone::fixed(Offset::from_seconds(offset).unwrap());
        let (written, kept) = read(valid(timestamp.to_zoned_datetime(zone)));
        assert_eq!(written, kept);

        let utc = OffsetDateTime::from_unix_timestamp(seconds).unwrap().replace_nanosecond(nanoseconds).unwrap();
        let (written, kept) = read(valid(utc.to_offset(UtcOffset::from_whole_seconds(offset).unwrap())));
        assert_eq!(written, kept);
        read(valid(UtcDateTime::from(utc)));
    }

    #[test]
    fn no_moment_panics(seconds in any::<i64>(), nanoseconds in 0_u32..2_000_000_000, offset in -86_399_i32..86_400) {
        if let Some(moment) = DateTime::from_timestamp(seconds, nanoseconds) {
            let _ = crate::one::json(moment.with_timezone(&FixedOffset::east_opt(offset).unwrap()));
        }
    }
}

#[test]
fn years_that_cannot_be_written_are_refused() {
    assert_eq!(refused(DateTime::<Utc>::MAX_UTC), Code::Format);
    assert_eq!(refused(DateTime::<Utc>::MIN_UTC), Code::Format);
    for offset in [86_399, -86_399] {
        let offset = FixedOffset::east_opt(offset).unwrap();
        assert_eq!(refused(offset.from_utc_datetime(&NaiveDateTime::MAX)), Code::Format);
        assert_eq!(refused(offset.from_utc_datetime(&NaiveDateTime::MIN)), Code::Format);
    }
    assert_eq!(refused(NaiveDate::MAX), Code::Format);
    assert_eq!(refused(NaiveDate::from_ymd_opt(10_000, 1, 1).unwrap()), Code::Format);
    assert_eq!(refused(NaiveDate::from_ymd_opt(-1, 12, 31).unwrap()), Code::Format);
    assert_eq!(refused(NaiveDateTime::MIN), Code::Format);
    assert_eq!(refused(Timestamp::MIN), Code::Format);
    assert_eq!(refused(Timestamp::MIN.to_zoned_datetime(TimeZone::UTC)), Code::Format);
    assert_eq!(refused(civil::Date::MIN), Code::Format);
    assert_eq!(refused(civil::DateTime::MIN), Code::Format);
    assert_eq!(refused(time::Date::MIN), Code::Format);
    assert_eq!(refused(PlainDateTime::MIN), Code::Format);
    assert_eq!(refused(UtcDateTime::MIN), Code::Format);
    assert_eq!(refused(OffsetDateTime::from(UtcDateTime::MIN)), Code::Format);
    // Where it is 9999 and in Greenwich the year 10000.
    let west = UtcDateTime::MAX.to_offset(UtcOffset::from_hms(-1, 0, 0).unwrap());
    assert_eq!(valid(west), "\"9999-12-31T22:59:59.999999999-01:00\"");
}

#[test]
fn a_leap_second_is_the_last_of_a_day_in_utc() {
    let leap = |hour, minute| NaiveTime::from_hms_nano_opt(hour, minute, 59, 1_500_000_000).unwrap();
    let day = NaiveDate::from_ymd_opt(2016, 12, 31).unwrap();
    let moment = day.and_time(leap(23, 59)).and_utc();
    assert_eq!(valid(moment), "\"2016-12-31T23:59:60.500Z\"");
    as_serde(moment);
    as_serde(moment.with_timezone(&FixedOffset::east_opt(5_400).unwrap()));
    as_serde(leap(12, 30));
    as_serde(day.and_time(leap(12, 30)));
    assert_eq!(refused(day.and_time(leap(12, 30)).and_utc()), Code::Format);
}

#[test]
fn samples_are_as_documented() {
    assert_eq!(valid(DateTime::<Utc>::sample()), "\"2026-01-31T12:30:00Z\"");
    assert_eq!(valid(DateTime::<FixedOffset>::sample()), "\"2026-01-31T12:30:00Z\"");
    assert_eq!(valid(NaiveDate::sample()), "\"2026-01-31\"");
    assert_eq!(valid(NaiveTime::sample()), "\"12:30:00\"");
    assert_eq!(valid(NaiveDateTime::sample()), "\"2026-01-31T12:30:00\"");
    assert_eq!(valid(Timestamp::sample()), "\"2026-01-31T12:30:00Z\"");
    assert_eq!(valid(ZonedDateTime::sample()), "\"2026-01-31T12:30:00Z\"");
    assert_eq!(valid(civil::Date::sample()), "\"2026-01-31\"");
    assert_eq!(valid(civil::DateTime::sample()), "\"2026-01-31T12:30:00\"");
    assert_eq!(valid(civil::Time::sample()), "\"12:30:00\"");
    assert_eq!(valid(OffsetDateTime::sample()), "\"2026-01-31T12:30:00Z\"");
    assert_eq!(valid(UtcDateTime::sample()), "\"2026-01-31T12:30:00Z\"");
    assert_eq!(valid(PlainDateTime::sample()), "\"2026-01-31 12:30:00.0\"");
    assert_eq!(valid(time::Date::sample()), "\"2026-01-31\"");
    assert_eq!(valid(time::Time::sample()), "\"12:30:00.0\"");
}
