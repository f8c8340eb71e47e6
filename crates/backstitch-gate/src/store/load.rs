//! Loads the records of one request in one transaction.

use std::collections::HashMap;
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

impl<D: Database> Loader<D> {
    pub(crate) fn new(database: D) -> Self {
        Loader { database, families: HashMap::new() }
    }

    /// Commits the rows of a request; when this returns `Ok`, they are on the disk.
    ///
    /// # Errors
    /// Where nothing could be kept.
    pub(crate) fn load(&mut self, batch: &Batch) -> Result<(), D::Error> {
        let result = self.transaction(batch);
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
        self.database.begin()?;
        let done = self.database.reset().and_then(|()| self.database.commit());
        if done.is_err() {
            self.database.roll_back();
        }
        done
    }

    fn transaction(&mut self, batch: &Batch) -> Result<(), D::Error> {
        if self.database.begin()? {
            self.families.clear();
        }
        let stamp = Stamp { received_at: rfc3339(batch.received_at), batched_at: rfc3339(SystemTime::now()) };
        for step in &batch.steps {
            let table = step.table();
            self.database.mark()?;
            let rejections = match self.step(step, table, &stamp) {
                Ok(rejections) => {
                    self.database.keep()?;
                    rejections
                }
                Err(error) if D::is_outage(&error) => return Err(error),
                // The database is well, but this table refuses: someone gave it a trigger, a constraint, an
                // index of its name. Answering 503 would have the sender try again for ever.
                Err(error) => {
                    self.database.take_back()?;
                    all(step, &format!("ERROR: {error}"))
                }
            };
            if !rejections.is_empty() {
                self.database.reject(table, &stamp.batched_at, &rejections)?;
            }
        }
        self.database.commit()
    }

    fn step<'a>(&mut self, step: &'a Step, table: &str, stamp: &Stamp) -> Result<Vec<Rejection<'a>>, D::Error> {
        if let Some(reason) = names::table_rejection(table) {
            return Ok(all(step, &reason));
        }
        // While it is worked on, what is known of the table is ahead of the database; unless all goes well it
        // does not go back.
        let mut family = match self.families.remove(table) {
            Some(family) => family,
            None => match self.database.family(table)? {
                Ok(family) => family,
                Err(reason) => return Ok(all(step, &reason)),
            },
        };
        let rejections = match step {
            Step::Load(group) => match prepare(group, &family) {
                Prepared::Ignored => Vec::new(),
                Prepared::Rejected(reason) => all(step, reason),
                Prepared::Ready { waiting, version } => {
                    let plan = Plan::new(group, &mut family, waiting, |name| self.database.is_taken(name));
                    match plan.write(&mut self.database, &mut family, stamp, version)? {
                        Outcome::Written { rejections, is_current: true } => rejections,
                        Outcome::Written { rejections, is_current: false } => return Ok(rejections),
                        Outcome::Refused(reason) => return Ok(all(step, &reason)),
                    }
                }
            },
            Step::Activate { version, .. } => {
                versions::activate(&mut self.database, &mut family, table, *version)?;
                Vec::new()
            }
        };
        self.families.insert(table.to_owned(), family);
        Ok(rejections)
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

/// Every record of a step, rejected.
fn all<'a>(step: &'a Step, reason: &str) -> Vec<Rejection<'a>> {
    let rejection = |record| Rejection { reason: reason.to_owned(), record };
    match step {
        Step::Load(group) => group.records.iter().map(|entry| rejection(&entry.record[..])).collect(),
        Step::Activate { record, .. } => vec![rejection(&record[..])],
    }
}
