//! Dates, times and moments of `chrono`: as its own serde form, where RFC 3339 has one.

use chrono::{DateTime, Datelike, FixedOffset, NaiveDate, NaiveDateTime, NaiveTime, Offset, TimeZone, Timelike, Utc};

use backstitch_api::Code;

use super::calendar::{
    Clock, Day, Fraction, Moment, check_years, write_clock, write_day, write_day_and_clock, write_moment,
};
use crate::check::Check;
use crate::encode::Encoder;
use crate::fit::Shape;
use crate::schema::{Schema, Types};
use crate::value::{Key, Value};

/// 2026-01-31T12:30:00Z.
const SAMPLE: i64 = 1_769_862_600;

/// What chrono adds to the nanoseconds of a leap second.
const LEAP: u32 = 1_000_000_000;

fn day(date: &impl Datelike) -> Option<Day> {
    // A month and a day have two digits.
    Day::new(date.year(), u8::try_from(date.month()).ok()?, u8::try_from(date.day()).ok()?)
}

fn clock(time: &impl Timelike) -> Clock {
    // Hours, minutes and seconds have two digits.
    let short = |number: u32| u8::try_from(number).unwrap_or_default();
    let (leap, nanosecond) = match time.nanosecond().checked_sub(LEAP) {
        Some(nanosecond) => (1, nanosecond),
        None => (0, time.nanosecond()),
    };
    Clock { hour: short(time.hour()), minute: short(time.minute()), second: short(time.second() + leap), nanosecond }
}

fn moment<Tz: TimeZone>(time: &DateTime<Tz>) -> Option<Moment> {
    let offset = time.offset().fix();
    // An offset with seconds, as there were a hundred years ago, has no text: such a moment is written in UTC.
    let offset = if offset.local_minus_utc() % 60 == 0 { offset } else { Utc.fix() };
    let local = time.naive_utc().checked_add_offset(offset)?;
    Some(Moment {
        day: day(&local)?,
        clock: clock(&local),
        offset_minutes: offset.local_minus_utc() / 60,
        milliseconds: time.timestamp_millis(),
    })
}

/// Whether it is in a leap second at a time when there are none.
fn is_odd_leap(time: &NaiveDateTime) -> bool {
    time.nanosecond() >= LEAP && (time.hour(), time.minute(), time.second()) != (23, 59, 59)
}

impl<Tz: TimeZone> Value for DateTime<Tz>
where
    DateTime<Tz>: From<DateTime<Utc>>,
{
    fn write<E: Encoder>(&self, encoder: &mut E) {
        write_moment(moment(self), Fraction::Thousands, encoder);
    }

    fn check(&self, check: &mut Check) {
        check_years(moment(self).as_ref(), check);
        if is_odd_leap(&self.naive_utc()) {
            check.violation(Code::Format, "must not be in a leap second but the last of a day in UTC (RFC 3339)");
        }
    }

    /// `2026-01-31T12:30:00Z`.
    fn sample() -> Self {
        DateTime::from_timestamp_nanos(SAMPLE * 1_000_000_000).into()
    }

    fn value_schema(_types: &mut Types) -> Schema {
        Schema::text("date-time")
    }
}

impl<Tz: TimeZone> Key for DateTime<Tz>
where
    DateTime<Tz>: From<DateTime<Utc>>,
{
    fn check_key(&self, _check: &mut Check) {}
}

impl Value for NaiveDate {
    const SHAPE: &'static Shape = &Shape::Scalar;

    fn write<E: Encoder>(&self, encoder: &mut E) {
        write_day(day(self), encoder);
    }

    fn check(&self, check: &mut Check) {
        check_years(day(self).as_ref(), check);
    }

    /// `2026-01-31`.
    fn sample() -> Self {
        NaiveDateTime::sample().date()
    }

    fn value_schema(_types: &mut Types) -> Schema {
        Schema::text("date")
    }
}

impl Value for NaiveTime {
    const SHAPE: &'static Shape = &Shape::Scalar;

    fn write<E: Encoder>(&self, encoder: &mut E) {
        write_clock(clock(self), Fraction::Thousands, encoder);
    }

    fn check(&self, check: &mut Check) {
        check.data_point();
    }

    /// `12:30:00`.
    fn sample() -> Self {
        NaiveDateTime::sample().time()
    }

    fn value_schema(_types: &mut Types) -> Schema {
        Schema::of("string")
    }
}

impl Value for NaiveDateTime {
    const SHAPE: &'static Shape = &Shape::Scalar;

    fn write<E: Encoder>(&self, encoder: &mut E) {
        write_day_and_clock(day(self), "T", clock(self), Fraction::Thousands, encoder);
    }

    fn check(&self, check: &mut Check) {
        check_years(day(self).as_ref(), check);
    }

    /// `2026-01-31T12:30:00`.
    fn sample() -> Self {
        DateTime::<Utc>::sample().naive_utc()
    }

    fn value_schema(_types: &mut Types) -> Schema {
        Schema::of("string")
    }
}

macro_rules! keys {
    ($($type:ty),*) => {$(
        impl Key for $type {
            fn check_key(&self, _check: &mut Check) {}
        }
    )*};
}

keys!(NaiveDate, NaiveDateTime, NaiveTime);

crate::__private::from_parsed! {
    DateTime<Utc>, "a moment as in `2026-01-31T12:30:00Z`";
    DateTime<FixedOffset>, "a moment as in `2026-01-31T12:30:00+01:00`";
    NaiveDate, "a date as in `2026-01-31`";
    NaiveDateTime, "a date and a time as in `2026-01-31T12:30:00`";
    NaiveTime, "a time as in `12:30:00`";
}
