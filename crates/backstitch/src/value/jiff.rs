//! Dates, times and moments of `jiff`. A zone's name is not sent: the offset is.

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::{Offset, TimeZone};
use jiff::{Timestamp, ZonedDateTime};

use super::calendar::{
    Clock, Day, Fraction, Moment, check_years, write_clock, write_day, write_day_and_clock, write_moment,
};
use crate::check::Check;
use crate::encode::Encoder;
use crate::fit::Shape;
use crate::schema::{Schema, Types};
use crate::value::{Key, Value};

/// 2026-01-31T12:30:00Z.
const SAMPLE: Timestamp = Timestamp::constant(1_769_862_600, 0);

fn day(date: Date) -> Option<Day> {
    Day::new(date.year().into(), u8::try_from(date.month()).ok()?, u8::try_from(date.day()).ok()?)
}

fn clock(time: Time) -> Clock {
    // None of them is negative.
    let short = |number: i8| u8::try_from(number).unwrap_or_default();
    Clock {
        hour: short(time.hour()),
        minute: short(time.minute()),
        second: short(time.second()),
        nanosecond: u32::try_from(time.subsec_nanosecond()).unwrap_or_default(),
    }
}

fn moment(timestamp: Timestamp, offset: Offset) -> Option<Moment> {
    // An offset with seconds, as there were a hundred years ago, has no text: such a moment is written in UTC.
    let offset = if offset.seconds() % 60 == 0 { offset } else { Offset::UTC };
    let local = offset.to_datetime(timestamp);
    Some(Moment {
        day: day(local.date())?,
        clock: clock(local.time()),
        offset_minutes: offset.seconds() / 60,
        milliseconds: i64::try_from(timestamp.as_nanosecond().div_euclid(1_000_000)).ok()?,
    })
}

macro_rules! moments {
    ($($type:ty: $moment:expr, $sample:expr;)*) => {$(
        impl Value for $type {
            const SHAPE: &'static Shape = &Shape::Scalar;

            fn write<E: Encoder>(&self, encoder: &mut E) {
                write_moment($moment(self), Fraction::Fewest, encoder);
            }

            fn check(&self, check: &mut Check) {
                check_years($moment(self).as_ref(), check);
            }

            /// `2026-01-31T12:30:00Z`.
            fn sample() -> Self {
                $sample
            }

            fn value_schema(_types: &mut Types) -> Schema {
                Schema::text("date-time")
            }
        }
    )*};
}

moments! {
    Timestamp: |time: &Timestamp| moment(*time, Offset::UTC), SAMPLE;
    ZonedDateTime: |time: &ZonedDateTime| moment(time.timestamp(), time.offset()), SAMPLE.to_zoned_datetime(TimeZone::UTC);
}

impl Value for DateTime {
    const SHAPE: &'static Shape = &Shape::Scalar;

    fn write<E: Encoder>(&self, encoder: &mut E) {
        write_day_and_clock(day(self.date()), "T", clock(self.time()), Fraction::Fewest, encoder);
    }

    fn check(&self, check: &mut Check) {
        check_years(day(self.date()).as_ref(), check);
    }

    /// `2026-01-31T12:30:00`.
    fn sample() -> Self {
        Offset::UTC.to_datetime(SAMPLE)
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
        DateTime::sample().date()
    }

    fn value_schema(_types: &mut Types) -> Schema {
        Schema::text("date")
    }
}

impl Value for Time {
    const SHAPE: &'static Shape = &Shape::Scalar;

    fn write<E: Encoder>(&self, encoder: &mut E) {
        write_clock(clock(*self), Fraction::Fewest, encoder);
    }

    fn check(&self, check: &mut Check) {
        check.data_point();
    }

    /// `12:30:00`.
    fn sample() -> Self {
        DateTime::sample().time()
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

keys!(Timestamp, ZonedDateTime, DateTime, Date, Time);

crate::__private::from_parsed! {
    Timestamp, "a moment as in `2026-01-31T12:30:00Z`";
    ZonedDateTime, "a moment and a zone as in `2026-01-31T12:30:00+01:00[Europe/Berlin]`";
    DateTime, "a date and a time as in `2026-01-31T12:30:00`";
    Date, "a date as in `2026-01-31`";
    Time, "a time as in `12:30:00`";
}
