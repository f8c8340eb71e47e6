//! What was handed over, what the sender said of it, and whether that is so.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use backstitch::{Receipt, Rejection, Summary, Undelivered};
use backstitch_gate::{Cell, TableView};

use crate::world::World;

/// What a record is to the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// It is taken.
    Good,
    /// It is refused with 400 or 422.
    Marked,
    /// It is refused with 413, alone in a request.
    Giant,
}

/// A record that was handed over, and what is to become of it.
#[derive(Debug)]
pub(crate) struct Sent {
    pub(crate) id: i64,
    pub(crate) version: i64,
    pub(crate) kind: Kind,
    pub(crate) receipt: Receipt,
}

/// What a receipt said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Fate {
    Accepted,
    Rejected,
    Spooled,
    Lost,
    PossiblySent,
}

#[derive(Debug)]
struct Line {
    id: i64,
    version: i64,
    kind: Kind,
    sequence: i64,
    fate: Fate,
}

/// All records of a world, over all of its senders.
#[derive(Debug, Default)]
pub(crate) struct Ledger {
    lines: Vec<Line>,
    /// What the last sender left in its spool.
    left: u64,
    senders: u32,
}

/// How many records, and what became of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    pub(crate) records: u64,
    pub(crate) rejected: u64,
    pub(crate) lost: u64,
}

impl Ledger {
    /// Takes note of what a sender said of its records, after its end.
    ///
    /// # Panics
    ///
    /// Where that does not add up.
    pub(crate) fn close(&mut self, sent: Vec<Sent>, summary: Option<&Summary>) {
        let before = self.lines.len();
        for Sent { id, version, kind, receipt } in sent {
            let sequence = receipt.sequence().get();
            let Some(outcome) = receipt.outcome() else {
                panic!("record {version}: nothing is known of it after the sender's end")
            };
            let fate = match outcome {
                Ok(accepted) => {
                    assert!((200..300).contains(&accepted.status) && accepted.attempts > 0, "{accepted:?}");
                    Fate::Accepted
                }
                Err(Undelivered::Rejected(Rejection::Refused(refusal))) => {
                    assert_eq!(refusal.status == 413, kind == Kind::Giant, "record {version}: {refusal}");
                    Fate::Rejected
                }
                Err(Undelivered::Spooled(_)) => Fate::Spooled,
                Err(Undelivered::Lost(_)) => Fate::Lost,
                Err(Undelivered::PossiblySent(_)) => Fate::PossiblySent,
                Err(other) => panic!("record {version}: {other}"),
            };
            match fate {
                Fate::Accepted => assert_eq!(kind, Kind::Good, "record {version} was accepted"),
                Fate::Rejected => assert_ne!(kind, Kind::Good, "record {version} was rejected"),
                _ => {}
            }
            self.lines.push(Line { id, version, kind, sequence, fate });
        }
        self.senders += 1;
        let Some(summary) = summary else {
            // A sender that was dropped told nobody how many of what was left it delivered.
            self.left = 0;
            return;
        };
        let mut counts: HashMap<Fate, u64> = HashMap::new();
        self.lines[before..].iter().for_each(|line| *counts.entry(line.fate).or_default() += 1);
        let count = |fate| counts.get(&fate).copied().unwrap_or_default();
        let Summary { taken, replayed, accepted, rejected, spooled, lost, possibly_sent, .. } = *summary;
        assert_eq!(accepted + rejected + spooled + lost, taken + replayed, "{summary:?}");
        assert_eq!(taken, (self.lines.len() - before) as u64, "{summary:?}");
        // A block is in the spool as a whole, until all of its records are known.
        assert!(replayed >= self.left, "{} were left; {summary:?}", self.left);
        assert_eq!(lost, count(Fate::Lost) + count(Fate::PossiblySent), "{summary:?}");
        assert_eq!(possibly_sent, count(Fate::PossiblySent), "{summary:?}");
        let least = [(accepted, Fate::Accepted), (rejected, Fate::Rejected), (spooled, Fate::Spooled)];
        for (told, fate) in least {
            let of_receipts = count(fate);
            assert!(
                told >= of_receipts && (replayed > 0 || told == of_receipts),
                "{fate:?}: {of_receipts}; {summary:?}"
            );
        }
        self.left = spooled;
    }

    /// How many records the last sender left in its spool.
    pub(crate) fn left(&self) -> u64 {
        self.left
    }

    /// Holds what was said of all records against the gate's table and the file of dead letters, once nothing is left in
    /// a spool.
    ///
    /// # Panics
    ///
    /// Where they differ.
    pub(crate) async fn check(&self, world: &World, has_dead_letters: bool) -> Counts {
        let mut sequences: Vec<i64> = self.lines.iter().map(|line| line.sequence).collect();
        sequences.sort_unstable();
        assert!(sequences.windows(2).all(|pair| pair[0] < pair[1]), "a sequence was given to two records");
        self.check_rows(&rows(world).await);
        if has_dead_letters {
            self.check_letters(&world.letters());
        }
        let count = |is: fn(&Line) -> bool| self.lines.iter().filter(|line| is(line)).count() as u64;
        Counts {
            records: self.lines.len() as u64,
            rejected: count(|line| line.kind != Kind::Good && !line.is_lost()),
            lost: count(Line::is_lost),
        }
    }

    fn check_rows(&self, rows: &BTreeMap<i64, (i64, i64)>) {
        let mut by_key: BTreeMap<i64, Vec<&Line>> = BTreeMap::new();
        self.lines.iter().for_each(|line| by_key.entry(line.id).or_default().push(line));
        let unknown: Vec<_> = rows.keys().filter(|id| !by_key.contains_key(id)).collect();
        assert!(unknown.is_empty(), "rows that nobody sent: {unknown:?}");
        for (id, lines) in by_key {
            let good = || lines.iter().filter(|line| line.kind == Kind::Good);
            // The greatest sequence of those that have to be there; a newer one may be there without being known to be.
            let certain = good().filter(|line| !line.is_lost()).max_by_key(|line| line.sequence);
            let newest = certain.map(|line| line.sequence);
            let mut possible: Vec<&Line> = good()
                .filter(|line| line.fate == Fate::PossiblySent && Some(line.sequence) > newest)
                .copied()
                .chain(certain.copied())
                .collect();
            possible.sort_unstable_by_key(|line| line.sequence);
            let possible: Vec<_> = possible.iter().map(|line| (line.sequence, line.version)).collect();
            match rows.get(&id) {
                Some(row) => assert!(possible.contains(row), "row {id} is {row:?}, not one of {possible:?}"),
                None => assert!(certain.is_none(), "row {id} is missing, which was to be one of {possible:?}"),
            }
        }
    }

    fn check_letters(&self, letters: &[serde_json::Value]) {
        let mut found: BTreeSet<i64> = BTreeSet::new();
        for letter in letters {
            let record = &letter["record"];
            let sequence = letter["sequence"].as_i64().unwrap();
            let line = self.lines.iter().find(|line| line.sequence == sequence);
            let line = line.unwrap_or_else(|| panic!("a dead letter of a record that nobody sent: {letter}"));
            assert_eq!(record["data"]["version"], line.version, "{letter}");
            assert_eq!((&record["sequence"], &letter["table"]), (&sequence.into(), &"events".into()), "{letter}");
            let (status, reason) = (letter["status"].as_u64().unwrap(), letter["reason"].as_str().unwrap());
            match line.kind {
                Kind::Good => panic!("a dead letter of a record that is taken: {letter}"),
                Kind::Marked => assert!([400, 422].contains(&status), "{status}: {reason}"),
                Kind::Giant => assert_eq!(status, 413, "{reason}"),
            }
            assert!(reason.contains(&format!("status {status}")), "{reason}");
            // What was rejected is sent again with the rest of its block, by the next sender.
            assert!(found.insert(sequence) || self.senders > 1, "two dead letters of one record: {letter}");
        }
        let wrong = self.lines.iter().filter(|line| line.kind != Kind::Good && !line.is_lost());
        let missing: Vec<_> = wrong.filter(|line| !found.contains(&line.sequence)).collect();
        assert!(missing.is_empty(), "no dead letters of {missing:?}");
    }
}

impl Line {
    fn is_lost(&self) -> bool {
        matches!(self.fate, Fate::Lost | Fate::PossiblySent)
    }
}

/// The sequence and the version of each row.
async fn rows(world: &World) -> BTreeMap<i64, (i64, i64)> {
    let Ok(table) = world.gate.table("events", usize::MAX).await else { return BTreeMap::new() };
    let number = |table: &TableView, row: usize, column: &str| match table.cell(row, column) {
        Some(Cell::Integer(number)) => *number,
        other => panic!("row {row} has {other:?} as its {column}"),
    };
    let rows: BTreeMap<i64, (i64, i64)> = (0..table.rows.len())
        .map(|row| {
            let [id, sequence, version] = ["id", "_sdc_sequence", "version"].map(|column| number(&table, row, column));
            (id, (sequence, version))
        })
        .collect();
    assert_eq!(rows.len() as u64, table.count);
    rows
}
