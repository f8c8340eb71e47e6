//! Client ids, and the numbers that order the versions of a row.

use std::fmt;
use std::ops::RangeInclusive;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::SystemTime;

use backstitch_api::Code;

use crate::check::Check;

/// The id of a Stitch client: the account's data pipeline that a token belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ClientId(i64);

impl ClientId {
    /// The number.
    #[must_use]
    pub const fn get(self) -> i64 {
        self.0
    }
}

/// The place of a record among the versions of its row: of all records with one key, the one with
/// the greatest sequence stays. An opaque integer of at most 9223372036854775807 to the API; use one
/// unit for a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Sequence(i64);

impl Sequence {
    /// The number.
    #[must_use]
    pub const fn get(self) -> i64 {
        self.0
    }
}

macro_rules! integers {
    ($name:ident: $($from:ty),*) => {
        $(impl From<$from> for $name {
            fn from(number: $from) -> Self {
                $name(number.into())
            }
        })*

        impl TryFrom<u64> for $name {
            type Error = std::num::TryFromIntError;

            /// # Errors
            /// When the number is greater than 9223372036854775807.
            fn try_from(number: u64) -> Result<Self, Self::Error> {
                i64::try_from(number).map($name)
            }
        }

        impl PartialEq<i64> for $name {
            fn eq(&self, other: &i64) -> bool {
                self.0 == *other
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

// From one integer type alone, so that a literal of any size is taken for it.
integers!(ClientId: i64);
integers!(Sequence: i64);

/// A type whose values can be the sequence of a record: `#[push(sequence = "…")]` names the field.
#[diagnostic::on_unimplemented(
    message = "`{Self}` can't be the sequence of a record",
    label = "a sequence is an integer of at most 64 bits",
    note = "use `i64`, `u64`, a smaller integer or `backstitch::Sequence`; of a time, hold its milliseconds"
)]
pub trait AsSequence {
    /// The sequence; nothing, where the number is beyond 9223372036854775807.
    fn as_sequence(&self) -> Option<Sequence>;
}

macro_rules! sequences {
    ($($type:ty),*) => {$(
        impl AsSequence for $type {
            fn as_sequence(&self) -> Option<Sequence> {
                i64::try_from(*self).ok().map(Sequence)
            }
        }
    )*};
}

sequences!(i8, i16, i32, i64, u8, u16, u32, u64, isize, usize);

impl AsSequence for Sequence {
    fn as_sequence(&self) -> Option<Sequence> {
        Some(*self)
    }
}

/// Checks a field that is the record's sequence.
pub fn check_sequence(sequence: Option<Sequence>, check: &mut Check) {
    if sequence.is_none() {
        check.violation(Code::Maximum, format!("must be at most {}, since it is the sequence", i64::MAX));
    }
}

/// A source of sequences: nanoseconds since 1970, 19 digits today, and strictly increasing even
/// where the clock stands still or steps back.
pub struct Sequences {
    /// The greatest number given out.
    last: AtomicI64,
    clock: Box<dyn Fn() -> i64 + Send + Sync>,
}

impl Sequences {
    /// Sequences from the system's clock.
    #[must_use]
    pub fn new() -> Self {
        Sequences::with_clock(|| {
            let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
            i64::try_from(since.as_nanos()).unwrap_or(i64::MAX)
        })
    }

    /// Sequences from `clock`, in whatever unit it counts.
    pub fn with_clock(clock: impl Fn() -> i64 + Send + Sync + 'static) -> Self {
        Sequences { last: AtomicI64::new(i64::MIN), clock: Box::new(clock) }
    }

    /// Takes `count` neighbouring sequences, all greater than any taken before; `None` for none, or
    /// where the numbers are used up.
    pub fn take(&self, count: usize) -> Option<RangeInclusive<i64>> {
        let step = i64::try_from(count).ok()?.checked_sub(1).filter(|step| *step >= 0)?;
        let now = (self.clock)();
        let taken = self.last.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |last| {
            now.max(last.saturating_add(1)).checked_add(step).filter(|end| *end > last)
        });
        let first = now.max(taken.ok()?.saturating_add(1));
        Some(first..=first + step)
    }
}

impl Default for Sequences {
    fn default() -> Self {
        Sequences::new()
    }
}

impl fmt::Debug for Sequences {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sequences").field("last", &self.last).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::{Sequence, Sequences};
    use std::sync::atomic::{AtomicI64, Ordering};

    #[test]
    fn they_grow_though_the_clock_stands_still_or_steps_back() {
        static NOW: AtomicI64 = AtomicI64::new(100);
        let sequences = Sequences::with_clock(|| NOW.load(Ordering::Relaxed));
        assert_eq!(sequences.take(3), Some(100..=102));
        assert_eq!(sequences.take(1), Some(103..=103));
        NOW.store(50, Ordering::Relaxed);
        assert_eq!(sequences.take(2), Some(104..=105));
        NOW.store(1000, Ordering::Relaxed);
        assert_eq!(sequences.take(1), Some(1000..=1000));
        assert_eq!(sequences.take(0), None);
    }

    #[test]
    fn the_end_of_the_numbers_is_no_panic() {
        let sequences = Sequences::with_clock(|| i64::MAX - 1);
        assert_eq!(sequences.take(2), Some(i64::MAX - 1..=i64::MAX));
        assert_eq!(sequences.take(1), None);
        assert_eq!(Sequences::with_clock(|| i64::MAX).take(2), None);
    }

    #[test]
    fn a_number_beyond_64_bits_signed_is_no_sequence() {
        assert!(Sequence::try_from(u64::MAX).is_err());
        assert_eq!(Sequence::try_from(7_u64), Ok(Sequence::from(7)));
    }
}
