//! What the sender said to be in its spool.

use std::collections::BTreeMap;

/// A version of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Version {
    pub(crate) version: i64,
    pub(crate) sequence: i64,
}

/// The newest version of each key that the sender said to be in its spool.
#[derive(Debug, Default)]
pub(crate) struct Record {
    newest: BTreeMap<i64, Version>,
    /// What the process that runs has said so far.
    greatest_sequence: i64,
    /// What those before it said.
    sequence_before: i64,
    pub(crate) greatest_version: i64,
    pub(crate) lines: u64,
    /// What a sender said in the end.
    closed: Option<Vec<u64>>,
}

impl Record {
    /// Another process says the lines that follow.
    pub(crate) fn next_process(&mut self) {
        self.sequence_before = self.greatest_sequence;
    }

    pub(crate) fn add(&mut self, lines: Vec<String>) {
        for line in lines {
            if let Some(counts) = line.strip_prefix("closed ") {
                self.closed = Some(counts.split(' ').map(|count| count.parse().unwrap()).collect());
                continue;
            }
            let numbers: Vec<i64> = line.split(' ').map(|number| number.parse().unwrap()).collect();
            let [key, version, sequence] = numbers[..] else { panic!("a line of another kind: {line}") };
            assert!(
                sequence > self.sequence_before,
                "{line}: an earlier process used sequences up to {}",
                self.sequence_before
            );
            self.greatest_sequence = self.greatest_sequence.max(sequence);
            self.greatest_version = self.greatest_version.max(version);
            let before = self.newest.insert(key, Version { version, sequence });
            let is_newer = before.is_none_or(|before| before.version < version && before.sequence < sequence);
            assert!(is_newer, "{line}: of this key there was {before:?}");
            self.lines += 1;
        }
    }

    /// What became of the records of the last sender: those taken, replayed, accepted, rejected, spooled, lost.
    pub(crate) fn closed(&self) -> &[u64] {
        self.closed.as_deref().unwrap_or_default()
    }

    /// Holds it against the rows of the gate's table.
    pub(crate) fn check(&self, rows: &BTreeMap<i64, Version>, greatest_version: i64) {
        for (key, newest) in &self.newest {
            let Some(row) = rows.get(key) else { panic!("row {key} is missing, which was {newest:?}") };
            // What nobody was told of any more may be there too.
            let is_it = row == newest || row.sequence > newest.sequence && row.version > newest.version;
            assert!(is_it && row.version <= greatest_version, "row {key} is {row:?}, and was to be {newest:?}");
        }
    }
}
