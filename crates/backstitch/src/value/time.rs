//! Dates, times and moments of `time`.

use time::format_description::well_known::{Iso8601, Rfc3339};
use time::{Date, OffsetDateTime, PlainDateTime, Time, UtcDateTime, UtcOffset};

use super::calendar::{
    Clock, Day, Fraction, Moment, check_years, write_clock, write_day, write_day_and_clock, write_moment,
};
use crate::__private::{FromText, parsed};
use crate::check::Check;
use crate::encode::Encoder;
use crate::fit::Shape;
use crate::schema::{Schema, Types};
use crate::value::{Key, Value};

/// 2026-01-31T12:30:00Z.
const SAMPLE: i64 = 1_769_862_600;

fn day(date: Date) -> Option<Day> {
    Day::new(date.year(), date.month().into(), date.day())
}

fn clock(time: Time) -> Clock {
    let (hour, minute, second, nanosecond) = time.as_hms_nano();
    Clock { hour, minute, second, nanosecond }
}

fn moment(time: &OffsetDateTime) -> Option<Moment> {
    // An offset with seconds has no text in RFC 3339: such a moment is written in UTC.
    let local = match time.offset().whole_seconds() % 60 {
        0 => *time,
        _ => time.checked_to_offset(UtcOffset::UTC)?,
    };
    Some(Moment {
        day: day(local.date())?,
        clock: clock(local.time()),
        offset_minutes: local.offset().whole_seconds() / 60,
        milliseconds: time.unix_timestamp() * 1_000 + i64::from(time.millisecond()),
    })
}

impl Value for OffsetDateTime {
    const SHAPE: &'static Shape = &Shape::Scalar;

    fn write<E: Encoder>(&self, encoder: &mut E) {
        write_moment(moment(self), Fraction::Fewest, encoder);
    }

    fn check(&self, check: &mut Check) {
        check_years(moment(self).as_ref(), check);
    }

    /// `2026-01-31T12:30:00Z`.
    fn sample() -> Self {
        UtcDateTime::sample().into()
    }

    fn value_schema(_types: &mut Types) -> Schema {
        Schema::text("date-time")
    }
}

impl Value for UtcDateTime {
    const SHAPE: &'static Shape = &Shape::Scalar;

    fn write<E: Encoder>(&self, encoder: &mut E) {
        OffsetDateTime::from(*self).write(encoder);
    }

    fn check(&self, check: &mut Check) {
        OffsetDateTime::from(*self).check(check);
    }

    /// `2026-01-31T12:30:00Z`.
    fn sample() -> Self {
        UtcDateTime::from_unix_timestamp(SAMPLE).unwrap_or(UtcDateTime::UNIX_EPOCH)
    }

    fn value_schema(_types: &mut Types) -> Schema {
        Schema::text("date-time")
    }
}

impl Value for PlainDateTime {
    const SHAPE: &'static Shape = &Shape::Scalar;

    fn write<E: Encoder>(&self, encoder: &mut E) {
        write_day_and_clock(day(self.date()), " ", clock(self.time()), Fraction::AtLeastOne, encoder);
    }

    fn check(&self, check: &mut Check) {
        check_years(day(self.date()).as_ref(), check);
    }

    /// `2026-01-31 12:30:00.0`.
    fn sample() -> Self {
        PlainDateTime::new(Date::sample(), Time::sample())
    }

    fn value_schema(_types: &mut Types) -> Schema {
        Schema::of("string")
    }
}

impl Value for Date {
    const SHAPE: &'static Shape = &Shape::Scalar;

    fn write<E: Encoder>(&self, encoder: &mut E) {
        write_day(day(*self), encoder);
    }

    fn check(&self, check: &mut Check) {
        check_years(day(*self).as_ref(), check);
    }

    /// `2026-01-31`.
    fn sample() -> Self {
        UtcDateTime::sample().date()
    }

    fn value_schema(_types: &mut Types) -> Schema {
        Schema::text("date")
    }
}

impl Value for Time {
    const SHAPE: &'static Shape = &Shape::Scalar;

    fn write<E: Encoder>(&self, encoder: &mut E) {
        write_clock(clock(*self), Fraction::AtLeastOne, encoder);
    }

    fn check(&self, check: &mut Check) {
        check.data_point();
    }

    /// `12:30:00.0`.
    fn sample() -> Self {
        UtcDateTime::sample().time()
    }

    fn value_schema(_types: &mut Types) -> Schema {
        Schema::of("string")
    }
}

macro_rules! keys {
    ($($type:ty: $parse:expr, $what:literal;)*) => {$(
        impl Key for $type {
            fn check_key(&self, _check: &mut Check) {}
        }

        impl FromText for $type {
            fn from_text(text: &'static str) -> Self {
                parsed(<$type>::parse(text, $parse), text, $what)
            }
        }
    )*};
}

keys! {
    OffsetDateTime: &Rfc3339, "a moment as in `2026-01-31T12:30:00Z`";
    UtcDateTime: &Rfc3339, "a moment as in `2026-01-31T12:30:00Z`";
    PlainDateTime: &Iso8601::DATE_TIME, "a date and a time as in `2026-01-31T12:30:00`";
    Date: &Iso8601::DATE, "a date as in `2026-01-31`";
    Time: &Iso8601::TIME, "a time as in `12:30:00`";
}
