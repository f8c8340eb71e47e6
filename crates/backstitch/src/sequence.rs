//! Client ids, and the numbers that order the versions of a row.

use std::fmt;
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
    /// The greatest number given out, in steps.
    last: AtomicI64,
    clock: Box<dyn Fn() -> i64 + Send + Sync>,
    /// What lies between neighbours: more than 1 where the low digits say who sends.
    step: i64,
    /// The low digits: less than the step.
    producer: i64,
    /// How far ahead of the last number a spool reserves numbers on disk.
    #[cfg_attr(not(feature = "spool"), expect(dead_code, reason = "a spool needs it"))]
    ahead: i64,
}

/// Neighbouring sequences, for as many records.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Taken {
    first: i64,
    step: i64,
    count: usize,
}

impl Taken {
    /// How many they are: at least one.
    #[must_use]
    #[expect(clippy::len_without_is_empty, reason = "none are never taken")]
    pub fn len(&self) -> usize {
        self.count
    }

    /// That of the first record, which is the least.
    #[must_use]
    pub fn first(&self) -> Sequence {
        Sequence(self.first)
    }

    /// That of the last record, which is the greatest.
    #[must_use]
    pub fn last(&self) -> Sequence {
        self.at(self.count - 1)
    }

    /// That of the record at `index`.
    #[must_use]
    pub fn get(&self, index: usize) -> Option<Sequence> {
        (index < self.count).then(|| self.at(index))
    }

    /// All, in the order of the records.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = Sequence> + use<> {
        let taken = *self;
        (0..taken.count).map(move |index| taken.at(index))
    }

    /// That of the record at an index that is not too large.
    #[inline]
    pub(crate) fn at(&self, index: usize) -> Sequence {
        // The last one was found to fit when they were taken.
        Sequence(self.first.wrapping_add(self.step.wrapping_mul(index as i64)))
    }
}

/// How many sequences a sender reserves ahead, where nothing is known of the clock's unit.
const AHEAD: i64 = 100_000;

impl Sequences {
    /// Nanoseconds of the system's clock.
    #[must_use]
    pub fn new() -> Self {
        Sequences {
            ahead: 5_000_000_000,
            ..Sequences::with_clock(|| since_1970().as_nanos().try_into().unwrap_or(i64::MAX))
        }
    }

    /// Milliseconds of the system's clock, as other clients use: 13 digits today. More than a thousand records a
    /// second let them run ahead of the clock.
    #[must_use]
    pub fn milliseconds() -> Self {
        Sequences::with_clock(|| since_1970().as_millis().try_into().unwrap_or(i64::MAX))
    }

    /// Sequences from `clock`, in whatever unit it counts.
    pub fn with_clock(clock: impl Fn() -> i64 + Send + Sync + 'static) -> Self {
        Sequences { last: AtomicI64::new(i64::MIN), clock: Box::new(clock), step: 1, producer: 0, ahead: AHEAD }
    }

    /// Has the last `digits` digits (1 to 6) say who sends, so that processes that send at once never use the same
    /// sequence. Of nanoseconds, three digits leave a million sequences a second.
    ///
    /// ```
    /// use backstitch::Sequences;
    ///
    /// let sequences = Sequences::new().producer(42, 3)?;
    /// let taken = sequences.take(2).expect("there are sequences left");
    /// assert_eq!(taken.first().get() % 1000, 42);
    /// assert_eq!(taken.last().get() - taken.first().get(), 1000);
    /// # Ok::<(), backstitch::ProducerError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// When the number has more digits, or there are too many of them.
    pub fn producer(self, number: u32, digits: u32) -> Result<Self, ProducerError> {
        let step = 10_i64.pow(digits.min(6));
        if !(1..=6).contains(&digits) || i64::from(number) >= step {
            return Err(ProducerError { number, digits });
        }
        Ok(Sequences { step, producer: number.into(), ..self })
    }

    /// Takes `count` neighbouring sequences, all greater than any taken before; `None` for none, or
    /// where the numbers are used up.
    pub fn take(&self, count: usize) -> Option<Taken> {
        let more = i64::try_from(count).ok()?.checked_sub(1).filter(|more| *more >= 0)?;
        // All in steps, of which the greatest still has its low digits.
        let now = (self.clock)().div_euclid(self.step);
        let greatest = (i64::MAX - self.producer).div_euclid(self.step);
        let taken = self.last.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |last| {
            now.max(last.saturating_add(1)).checked_add(more).filter(|end| *end > last && *end <= greatest)
        });
        let first = now.max(taken.ok()?.saturating_add(1));
        Some(Taken { first: first.checked_mul(self.step)?.checked_add(self.producer)?, step: self.step, count })
    }

    /// Gives out only what is greater than `floor` from here on: sequences that were used before, by a process that
    /// is gone.
    pub fn raise(&self, floor: i64) {
        self.last.fetch_max(floor.div_euclid(self.step), Ordering::Relaxed);
    }

    /// The greatest sequence that may have been given out.
    #[cfg(feature = "sender")]
    pub(crate) fn last(&self) -> i64 {
        let last = self.last.load(Ordering::Relaxed);
        last.saturating_mul(self.step).saturating_add(self.producer)
    }

    /// A number that none that was given out is greater than, and one that is to be greater than all that will be for a
    /// while.
    #[cfg(feature = "spool")]
    pub(crate) fn reserve(&self) -> (i64, i64) {
        let used = (self.clock)().max(self.last());
        (used, used.saturating_add(self.ahead.max(self.step.saturating_mul(AHEAD))))
    }
}

fn since_1970() -> std::time::Duration {
    SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default()
}

/// A number of a producer that does not fit the digits for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{number} is no number of a producer in {digits} digits: use 1 to 6 digits, and a number that fits them")]
pub struct ProducerError {
    number: u32,
    digits: u32,
}

impl Default for Sequences {
    fn default() -> Self {
        Sequences::new()
    }
}

impl fmt::Debug for Sequences {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sequences").field("last", &self.last).field("step", &self.step).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::{Sequence, Sequences, Taken};
    use std::sync::atomic::{AtomicI64, Ordering};

    fn ends(taken: Option<Taken>) -> Option<(i64, i64)> {
        taken.map(|taken| (taken.first().get(), taken.last().get()))
    }

    #[test]
    fn they_grow_though_the_clock_stands_still_or_steps_back() {
        static NOW: AtomicI64 = AtomicI64::new(100);
        let sequences = Sequences::with_clock(|| NOW.load(Ordering::Relaxed));
        assert_eq!(ends(sequences.take(3)), Some((100, 102)));
        assert_eq!(ends(sequences.take(1)), Some((103, 103)));
        NOW.store(50, Ordering::Relaxed);
        assert_eq!(ends(sequences.take(2)), Some((104, 105)));
        NOW.store(1000, Ordering::Relaxed);
        assert_eq!(ends(sequences.take(1)), Some((1000, 1000)));
        assert_eq!(sequences.take(0), None);
        sequences.raise(5000);
        assert_eq!(ends(sequences.take(1)), Some((5001, 5001)));
    }

    #[test]
    fn producers_share_no_sequence() {
        let of = |number| Sequences::with_clock(|| 123_456).producer(number, 2).unwrap();
        let (first, second) = (of(7), of(99));
        let first: Vec<i64> = first.take(3).unwrap().iter().map(Sequence::get).collect();
        assert_eq!(first, [123_407, 123_507, 123_607]);
        assert_eq!(ends(second.take(2)), Some((123_499, 123_599)));
        second.raise(200_000);
        assert_eq!(ends(second.take(1)), Some((200_199, 200_199)), "greater than all that were used");
        for (number, digits) in [(100, 2), (0, 0), (0, 7)] {
            assert!(Sequences::new().producer(number, digits).is_err());
        }
    }

    #[test]
    fn the_end_of_the_numbers_is_no_panic() {
        let sequences = Sequences::with_clock(|| i64::MAX - 1);
        assert_eq!(ends(sequences.take(2)), Some((i64::MAX - 1, i64::MAX)));
        assert_eq!(sequences.take(1), None);
        assert_eq!(Sequences::with_clock(|| i64::MAX).take(2), None);
        let producer = Sequences::with_clock(|| i64::MAX).producer(9, 1).unwrap();
        assert_eq!(producer.take(1), None, "its digits do not fit any more");
        producer.raise(i64::MAX);
        assert_eq!(producer.take(1), None);
        let least = Sequences::with_clock(|| i64::MIN).producer(9, 1).unwrap();
        assert!(least.take(1).is_none_or(|taken| taken.first().get() < 0));
    }

    #[test]
    fn a_number_beyond_64_bits_signed_is_no_sequence() {
        assert!(Sequence::try_from(u64::MAX).is_err());
        assert_eq!(Sequence::try_from(7_u64), Ok(Sequence::from(7)));
    }
}
