//! Dates, times and moments as text.

use std::fmt::Write as _;

use backstitch_api::Code;

use crate::check::Check;
use crate::encode::Encoder;
use crate::text::Text;

/// The longest of them, such as `2026-01-31T12:30:00.123456789+05:30`, fits.
type Short = Text<40>;

/// What is told of a year that the text has no room for.
pub(super) const YEARS: &str = "must be in a year from 0 to 9999, as dates are written (RFC 3339)";

/// The digits of a second's fraction.
#[derive(Clone, Copy)]
pub(super) enum Fraction {
    /// None, three, six or nine: the fewest that are enough.
    #[cfg(feature = "chrono")]
    Thousands,
    /// As few as are enough.
    #[cfg(any(feature = "jiff", feature = "time"))]
    Fewest,
    /// As few as are enough, and at least one.
    #[cfg(feature = "time")]
    AtLeastOne,
}

/// A day of the calendar.
#[derive(Clone, Copy)]
pub(super) struct Day {
    /// From 0 to 9999.
    year: u16,
    month: u8,
    day: u8,
}

impl Day {
    /// The day, if its year can be written.
    pub(super) fn new(year: i32, month: u8, day: u8) -> Option<Self> {
        let year = u16::try_from(year).ok().filter(|year| *year <= 9_999)?;
        Some(Day { year, month, day })
    }

    fn write(self, text: &mut Short) {
        two(self.year / 100, text);
        two(self.year % 100, text);
        add("-", text);
        two(self.month.into(), text);
        add("-", text);
        two(self.day.into(), text);
    }
}

/// A time of day; in a leap second its second is 60.
#[derive(Clone, Copy)]
pub(super) struct Clock {
    pub(super) hour: u8,
    pub(super) minute: u8,
    pub(super) second: u8,
    pub(super) nanosecond: u32,
}

impl Clock {
    fn write(self, fraction: Fraction, text: &mut Short) {
        two(self.hour.into(), text);
        add(":", text);
        two(self.minute.into(), text);
        add(":", text);
        two(self.second.into(), text);
        let digits = fraction.digits(self.nanosecond);
        if digits > 0 {
            let kept = self.nanosecond / 10_u32.pow(9 - digits);
            // All nine digits fit.
            let _ = write!(text, ".{kept:0width$}", width = digits as usize);
        }
    }
}

impl Fraction {
    fn digits(self, nanosecond: u32) -> u32 {
        let fewest = (0..9).find(|digits| nanosecond.is_multiple_of(10_u32.pow(9 - digits))).unwrap_or(9);
        match self {
            #[cfg(feature = "chrono")]
            Fraction::Thousands => fewest.next_multiple_of(3),
            #[cfg(any(feature = "jiff", feature = "time"))]
            Fraction::Fewest => fewest,
            #[cfg(feature = "time")]
            Fraction::AtLeastOne => fewest.max(1),
        }
    }
}

/// A moment as it is written: the day and the time where the offset holds.
pub(super) struct Moment {
    pub(super) day: Day,
    pub(super) clock: Clock,
    /// Minutes east of Greenwich; RFC 3339 has no seconds here.
    pub(super) offset_minutes: i32,
    /// Whole milliseconds since 1970, rounded down.
    pub(super) milliseconds: i64,
}

impl Moment {
    pub(super) fn write<E: Encoder>(&self, fraction: Fraction, encoder: &mut E) {
        let mut text = Short::EMPTY;
        self.day.write(&mut text);
        add("T", &mut text);
        self.clock.write(fraction, &mut text);
        if self.offset_minutes == 0 {
            add("Z", &mut text);
        } else {
            let minutes = self.offset_minutes.unsigned_abs();
            let sign = if self.offset_minutes < 0 { '-' } else { '+' };
            // A sign and five more characters fit.
            let _ = write!(text, "{sign}{:02}:{:02}", minutes / 60, minutes % 60);
        }
        encoder.instant(text.as_str(), self.milliseconds);
    }
}

/// Writes a moment; one whose year can't be written, which its check has told, is refused.
pub(super) fn write_moment<E: Encoder>(moment: Option<Moment>, fraction: Fraction, encoder: &mut E) {
    match moment {
        Some(moment) => moment.write(fraction, encoder),
        None => encoder.refuse(),
    }
}

/// Counts a day or a moment, and reports it where there is none that can be written.
pub(super) fn check_years<T>(written: Option<&T>, check: &mut Check) {
    check.data_point();
    if written.is_none() {
        check.violation(Code::Format, YEARS);
    }
}

/// Writes a day; one whose year can't be written, which its check has told, is refused.
pub(super) fn write_day<E: Encoder>(day: Option<Day>, encoder: &mut E) {
    let Some(day) = day else { return encoder.refuse() };
    let mut text = Short::EMPTY;
    day.write(&mut text);
    encoder.string(text.as_str());
}

/// Writes a time of day.
pub(super) fn write_clock<E: Encoder>(clock: Clock, fraction: Fraction, encoder: &mut E) {
    let mut text = Short::EMPTY;
    clock.write(fraction, &mut text);
    encoder.string(text.as_str());
}

/// Writes a day and a time with `between` between them; one whose year can't be written is refused.
pub(super) fn write_day_and_clock<E: Encoder>(
    day: Option<Day>,
    between: &str,
    clock: Clock,
    fraction: Fraction,
    encoder: &mut E,
) {
    let Some(day) = day else { return encoder.refuse() };
    let mut text = Short::EMPTY;
    day.write(&mut text);
    add(between, &mut text);
    clock.write(fraction, &mut text);
    encoder.string(text.as_str());
}

/// The second and the nanosecond of the whole of a day's text fit: what is added is never too long.
fn add(piece: &str, text: &mut Short) {
    let _ = text.write_str(piece);
}

/// A number below 100 as two digits.
fn two(number: u16, text: &mut Short) {
    let digits = [(number / 10 % 10), (number % 10)].map(|digit| b'0' + u8::try_from(digit).unwrap_or_default());
    add(std::str::from_utf8(&digits).unwrap_or_default(), text);
}
