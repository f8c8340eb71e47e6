//! Loads the records of one request in one transaction.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::ops::Range;
use std::time::SystemTime;

use super::database::{Database, Rejection};
use super::family::{Family, Side};
use super::plan::{Outcome, Plan};
use super::rows::Stamp;
use super::table::Location;
use super::versions;
use crate::batch::{Batch, Group, Step};
use crate::names;
use crate::timestamp::rfc3339;

/// A database, and what is known of its tables.
pub(crate) struct Loader<D> {
    database: D,
    /// The tables met so far. A copy of what the database says, so that it may be thrown away at any time.
    families: HashMap<String, Family>,
}

/// What became of a request besides the rows.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Loaded {
    /// How many records were not loaded, since the row with the same key has the same sequence.
    pub(crate) ties: u64,
    /// How many records were rejected, or are not loaded whole.
    pub(crate) rejected: u64,
}

/// How many times a request's records are halved to find those that a table refuses.
const HALVINGS: u32 = 2_000;

/// A request while it is loaded.
struct Progress<'a> {
    stamp: Stamp,
    loaded: Loaded,
    halvings: u32,
    rejections: Vec<Rejection<'a>>,
}

impl<D: Database> Loader<D> {
    pub(crate) fn new(database: D) -> Self {
        Loader { database, families: HashMap::new() }
    }

    /// The database.
    #[cfg(feature = "postgres")]
    pub(crate) fn database(&mut self) -> &mut D {
        &mut self.database
    }

    /// Commits the rows of a request; when this returns `Ok`, they are on the disk.
    ///
    /// # Errors
    /// Where nothing could be kept.
    pub(crate) fn load(&mut self, batch: &Batch) -> Result<Loaded, D::Error> {
        self.load_with(batch, |_| Ok(()))
    }

    /// The same, with something else done in the same transaction before it is committed.
    ///
    /// # Errors
    /// Where nothing could be kept.
    pub(crate) fn load_with(
        &mut self,
        batch: &Batch,
        also: impl FnOnce(&mut D) -> Result<(), D::Error>,
    ) -> Result<Loaded, D::Error> {
        let result = self.transaction(batch, also);
        if result.is_err() {
            self.families.clear();
            self.database.roll_back();
        }
        result
    }

    /// Removes all that was ever loaded or rejected, in one transaction.
    ///
    /// # Errors
    /// Where it could not be done; then nothing has changed.
    pub(crate) fn reset(&mut self) -> Result<(), D::Error> {
        self.families.clear();
        let done = self.database.begin(&[]).and_then(|_| self.database.reset()).and_then(|()| self.database.commit());
        if done.is_err() {
            self.database.roll_back();
        }
        done
    }

    fn transaction(
        &mut self,
        batch: &Batch,
        also: impl FnOnce(&mut D) -> Result<(), D::Error>,
    ) -> Result<Loaded, D::Error> {
        // In one order, so that two who load into the same tables do not wait for one another.
        let roots: BTreeSet<&str> = batch.steps.iter().map(Step::table).collect();
        if self.database.begin(&roots.into_iter().collect::<Vec<_>>())? {
            self.families.clear();
        }
        let stamp = Stamp { received_at: rfc3339(batch.received_at), batched_at: rfc3339(SystemTime::now()) };
        let mut progress = Progress { stamp, loaded: Loaded::default(), halvings: HALVINGS, rejections: Vec::new() };
        for step in &batch.steps {
            let table = step.table();
            self.step(step, table, &mut progress)?;
            let rejections = std::mem::take(&mut progress.rejections);
            if !rejections.is_empty() {
                // A record can be there more than once: a subtable, a column. Each has bytes of its own.
                let records: HashSet<*const u8> =
                    rejections.iter().map(|rejection| rejection.record.as_ptr()).collect();
                progress.loaded.rejected += records.len() as u64;
                self.database.reject(table, &progress.stamp.batched_at, &rejections)?;
            }
        }
        also(&mut self.database)?;
        self.database.commit()?;
        Ok(progress.loaded)
    }

    fn step<'a>(&mut self, step: &'a Step, table: &str, progress: &mut Progress<'a>) -> Result<(), D::Error> {
        let whole = match step {
            Step::Load(group) => 0..group.records.len(),
            Step::Activate { .. } => 0..1,
        };
        if let Some(reason) = names::table_rejection(table).or_else(|| D::table_refusal(table)) {
            progress.rejections.extend(all(step, whole, &reason));
            return Ok(());
        }
        // The later half stands below the earlier one.
        let mut ranges = vec![whole];
        let mut was_refused = false;
        while let Some(range) = ranges.pop() {
            self.database.mark()?;
            let done = self.attempt(step, range.clone(), table, &progress.stamp);
            match done.and_then(|done| self.database.keep().map(|()| done)) {
                Ok((rejections, ties)) => {
                    progress.rejections.extend(rejections);
                    progress.loaded.ties += ties;
                }
                Err(error) if D::is_outage(&error) => return Err(error),
                // The database is well, but this table refuses: someone gave it a trigger, a constraint, an
                // index of its name. Answering 503 would have the sender try again for ever.
                Err(error) => {
                    self.database.take_back()?;
                    if !std::mem::replace(&mut was_refused, true) {
                        // Someone may have changed the table since it was looked at.
                        ranges.push(range);
                    } else if range.len() > 1 && progress.halvings > 0 {
                        // Perhaps it is only some of the records.
                        progress.halvings -= 1;
                        let middle = range.start + range.len() / 2;
                        ranges.extend([middle..range.end, range.start..middle]);
                    } else {
                        progress.rejections.extend(all(step, range, &D::reason(&error)));
                    }
                }
            }
        }
        Ok(())
    }

    /// Does a step for some of its records; those that are rejected, and how many have a sequence that was there.
    fn attempt<'a>(
        &mut self,
        step: &'a Step,
        range: Range<usize>,
        table: &str,
        stamp: &Stamp,
    ) -> Result<(Vec<Rejection<'a>>, u64), D::Error> {
        // While it is worked on, what is known of the table is ahead of the database; unless all goes well it
        // does not go back.
        let mut family = match self.families.remove(table) {
            Some(family) => family,
            None => match self.database.family(table)? {
                Ok(family) => family,
                Err(reason) => return Ok((all(step, range, &reason), 0)),
            },
        };
        let done = match step {
            Step::Load(group) => match prepare(group, &family) {
                Prepared::Ignored => (Vec::new(), 0),
                Prepared::Rejected(reason) => (all(step, range, reason), 0),
                Prepared::Ready { waiting, version } => {
                    let plan = Plan::new(group, range.clone(), &mut family, waiting, &mut self.database)?;
                    match plan.write(&mut self.database, &mut family, stamp, version)? {
                        Outcome::Written { rejections, is_current: true, ties } => (rejections, ties),
                        Outcome::Written { rejections, is_current: false, ties } => return Ok((rejections, ties)),
                        Outcome::Refused(reason) => return Ok((all(step, range, &reason), 0)),
                    }
                }
            },
            Step::Activate { version, .. } => {
                versions::activate(&mut self.database, &mut family, table, *version)?;
                (Vec::new(), 0)
            }
        };
        // That a table is not there holds no longer than until one of another name takes its place.
        if !family.shown.is_empty() {
            self.families.insert(table.to_owned(), family);
        }
        Ok(done)
    }
}

/// What is to be done with a group.
enum Prepared {
    Ignored,
    Rejected(&'static str),
    Ready { waiting: Option<i64>, version: i64 },
}

fn prepare(group: &Group, family: &Family) -> Prepared {
    let (waiting, version) = match family.side(group.version) {
        Side::Shown(version) => (None, version),
        Side::Waiting(version) => (Some(version), version),
        Side::Ignored => return Prepared::Ignored,
    };
    let Some(part) = group.parts.first() else { return Prepared::Ignored };
    let keys: Vec<&str> = part.columns[..part.keys].iter().map(|key| key.name.as_str()).collect();
    let location = |waiting| Location { table: part.table.clone(), waiting };
    let mut tables = [None, waiting].into_iter().filter_map(|waiting| family.table(&location(waiting)));
    if tables.any(|table| !table.has_keys(&keys)) {
        return Prepared::Rejected("Primary Keys for table do not match Primary Keys of incoming data");
    }
    Prepared::Ready { waiting, version }
}

/// These records of a step, rejected.
fn all<'a>(step: &'a Step, range: Range<usize>, reason: &str) -> Vec<Rejection<'a>> {
    let rejection = |record| Rejection { reason: reason.to_owned(), record };
    match step {
        Step::Load(group) => group.records[range].iter().map(|entry| rejection(&entry.record[..])).collect(),
        Step::Activate { record, .. } => vec![rejection(&record[..])],
    }
}
