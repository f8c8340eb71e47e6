//! What is odd about requests that are accepted all the same.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Mutex, PoisonError};

use backstitch_api::limits;

use crate::batch::{Batch, Group, Step, Value};

/// The most warnings about one request.
const MOST: usize = 20;

/// Of so many tables the magnitude of the sequences is remembered.
const TABLES: usize = 10_000;

/// Of a name so many characters are shown.
const NAME: usize = 100;

/// What the sequences of each table are: a point in time in some unit, or a count. The unit cannot be known; where a
/// table's records disagree about it, the coarser ones never win.
#[derive(Debug, Default)]
pub(crate) struct Magnitudes(Mutex<HashMap<(usize, String), Magnitude>>);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Magnitude {
    Count,
    Seconds,
    Milliseconds,
    Microseconds,
    Nanoseconds,
}

impl Magnitude {
    /// As points in time these are within some thousands of years from 2001 on.
    fn of(sequence: i64) -> Self {
        let size = sequence.unsigned_abs();
        let units = [
            (1_000_000_000, Magnitude::Count),
            (100_000_000_000, Magnitude::Seconds),
            (100_000_000_000_000, Magnitude::Milliseconds),
            (100_000_000_000_000_000, Magnitude::Microseconds),
        ];
        units.into_iter().find(|(end, _)| size < *end).map_or(Magnitude::Nanoseconds, |(_, unit)| unit)
    }
}

impl fmt::Display for Magnitude {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Magnitude::Count => "a count",
            Magnitude::Seconds => "seconds",
            Magnitude::Milliseconds => "milliseconds",
            Magnitude::Microseconds => "microseconds",
            Magnitude::Nanoseconds => "nanoseconds",
        })
    }
}

impl Magnitudes {
    /// What is odd about the records of a request of the client of this index. Where they are kept, the magnitudes of
    /// their sequences are remembered.
    pub(crate) fn warnings(&self, client: usize, batch: &Batch, kept: bool) -> Vec<String> {
        let mut warnings = Vec::new();
        let groups = batch.steps.iter().filter_map(|step| match step {
            Step::Load(group) => Some((step.table(), group)),
            Step::Activate { .. } => None,
        });
        for (table, group) in groups {
            warnings.extend(long_key(table, group));
            warnings.extend(self.mixed(client, table, group, kept));
        }
        if warnings.len() > MOST {
            let more = warnings.len() - MOST;
            warnings.truncate(MOST);
            warnings.push(format!("{more} more warnings of these kinds"));
        }
        warnings
    }

    /// Forgets the tables of the client of this index, or all.
    pub(crate) fn clear(&self, client: Option<usize>) {
        self.known().retain(|(of, _), _| client.is_some_and(|client| client != *of));
    }

    fn mixed(&self, client: usize, table: &str, group: &Group, kept: bool) -> Option<String> {
        let first = group.records.first()?.sequence;
        let mut known = self.known();
        let before = known.get(&(client, table.to_owned())).copied();
        if before.is_none() && kept && known.len() < TABLES {
            known.insert((client, table.to_owned()), Magnitude::of(first));
        }
        drop(known);
        let before = before.unwrap_or_else(|| Magnitude::of(first));
        let other = group.records.iter().map(|record| record.sequence).find(|other| Magnitude::of(*other) != before)?;
        Some(format!(
            "sequences of the table `{}` mix magnitudes: {other} is of the size of {}, others of {before}; only a greater sequence \
             replaces a row",
            shown(table),
            Magnitude::of(other),
        ))
    }

    fn known(&self) -> std::sync::MutexGuard<'_, HashMap<(usize, String), Magnitude>> {
        // Nothing panics halfway through a change.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// That a string in a key is longer than the guide advises.
fn long_key(table: &str, group: &Group) -> Option<String> {
    let texts = group.keys.iter().filter_map(|key| match key {
        Some(Value::Text(span)) => Some(group.text(*span)),
        _ => None,
    });
    let lengths = texts.filter(|text| text.len() >= limits::ADVISED_KEY_CHARACTERS).map(|text| text.chars().count());
    let longest = lengths.max().filter(|length| *length >= limits::ADVISED_KEY_CHARACTERS)?;
    Some(format!(
        "a string in a key of the table `{}` has {longest} characters: the guide wants fewer than {}",
        shown(table),
        limits::ADVISED_KEY_CHARACTERS,
    ))
}

/// A name, or its beginning.
fn shown(name: &str) -> String {
    match name.char_indices().nth(NAME) {
        Some((end, _)) => format!("{}…", &name[..end]),
        None => name.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_in_time_are_told_by_their_size() {
        for (sequence, magnitude) in [
            (0, Magnitude::Count),
            (-7, Magnitude::Count),
            (999_999_999, Magnitude::Count),
            (1_565_880_017, Magnitude::Seconds),
            (1_565_880_017_123, Magnitude::Milliseconds),
            (1_565_880_017_123_456, Magnitude::Microseconds),
            (1_565_880_017_123_456_789, Magnitude::Nanoseconds),
            (i64::MIN, Magnitude::Nanoseconds),
        ] {
            assert_eq!(Magnitude::of(sequence), magnitude, "{sequence}");
        }
    }
}
