//! The thread that writes: one transaction a request, in the order in which they come; and what waits in the log, once its
//! tables can be had.

use std::collections::HashSet;
use std::time::{Duration, Instant, SystemTime};

use tokio::sync::mpsc;

use super::trouble::Trouble;
use super::{Postgres, can_be_stored, log};
use crate::batch::{Batch, Step};
use crate::store::database::{Database as _, Rejection};
use crate::store::intake::{Job, Kept, Original, Reread, Unavailable};
use crate::store::load::Loader;
use crate::store::outage::Outage;
use crate::timestamp::rfc3339;

/// How often to look into the log.
pub(super) const LOOK: Duration = Duration::from_secs(1);

/// How long requests that come wait for those in the log.
const SHARE: Duration = Duration::from_millis(500);

pub(super) struct Writer {
    loader: Loader<Postgres>,
    reread: Reread,
    outage: Outage,
    /// Whether there may be something in the log.
    has_log: bool,
    /// When the log was last looked into.
    looked: Instant,
}

impl Writer {
    pub(super) fn new(database: Postgres, reread: Reread, outage: Outage) -> Self {
        Writer { loader: Loader::new(database), reread, outage, has_log: true, looked: Instant::now() }
    }

    /// Does what is sent until nobody is left to send.
    pub(super) fn run(mut self, mut jobs: mpsc::Receiver<Job>) {
        self.work_off();
        while let Some(job) = jobs.blocking_recv() {
            match job {
                Job::Load(batch, original, reply) => {
                    // The client may have gone; its rows stay.
                    let _ = reply.send(self.load(&batch, &original));
                }
                Job::Reset(reply) => {
                    let _ = reply.send(self.loader.reset().map_err(|_| Unavailable::NothingKept));
                }
                // Other gates on this database can have left something.
                Job::Tick => self.has_log = true,
                Job::Close => jobs.close(),
            }
            if self.has_log && self.looked.elapsed() >= LOOK && !jobs.is_closed() {
                self.work_off();
            }
        }
    }

    fn load(&mut self, batch: &Batch, original: &Original) -> Result<Kept, Unavailable> {
        let kept = match self.loader.load(batch) {
            Ok(loaded) => Ok(Kept::Loaded(loaded)),
            Err(trouble) if trouble.is_wait() => self.queue(batch, original).map(|()| Kept::Queued),
            Err(trouble) => Err(trouble),
        };
        match &kept {
            Ok(_) => self.outage.over(),
            // It says less than the failure that it follows from.
            Err(Trouble::Unavailable) => {}
            Err(trouble) => self.outage.begins(trouble),
        }
        kept.map_err(|trouble| match trouble {
            Trouble::Unknown => Unavailable::Unknown,
            _ => Unavailable::NothingKept,
        })
    }

    /// Keeps a request whose tables can't be had.
    fn queue(&mut self, batch: &Batch, original: &Original) -> Result<(), Trouble> {
        let mut tables: Vec<&str> = batch.steps.iter().map(Step::table).filter(|table| can_be_stored(table)).collect();
        tables.sort_unstable();
        tables.dedup();
        let session = &mut self.loader.database().session;
        match log::add(session, original, &tables) {
            Ok(()) => {
                self.has_log = true;
                Ok(())
            }
            // It may have been kept before the connection broke.
            Err(_) if session.is_closed() => Err(Trouble::Unknown),
            Err(trouble) => Err(trouble),
        }
    }

    /// Loads what waits in the log, as far as its tables can be had.
    fn work_off(&mut self) {
        let left = self.try_work_off();
        // What could not be looked at may be there.
        self.has_log = left.unwrap_or(true);
        self.looked = Instant::now();
    }

    /// The same; whether something is left.
    fn try_work_off(&mut self) -> Result<bool, Trouble> {
        let started = Instant::now();
        let session = &mut self.loader.database().session;
        session.connect()?;
        let entries = log::entries(session)?;
        let mut busy: HashSet<String> = HashSet::new();
        let mut left = entries.len();
        for entry in entries {
            if started.elapsed() >= SHARE {
                break;
            }
            // What came for a table is loaded in the order in which it came.
            if entry.tables.iter().any(|table| busy.contains(table)) {
                busy.extend(entry.tables);
                continue;
            }
            let loaded = match log::original(&mut self.loader.database().session, entry.id)? {
                Some(original) => self.replay(entry.id, &original),
                None => Err(Trouble::Done),
            };
            match loaded {
                Ok(()) | Err(Trouble::Done) => left -= 1,
                Err(trouble) if trouble.is_wait() => busy.extend(entry.tables),
                Err(trouble) => return Err(trouble),
            }
        }
        Ok(left > 0)
    }

    /// Loads a request from the log, and removes it there, in one transaction.
    fn replay(&mut self, id: i64, original: &Original) -> Result<(), Trouble> {
        let batch = (self.reread)(original);
        let database = self.loader.database();
        database.replays = true;
        let done = match batch {
            Ok(batch) => self.loader.load_with(&batch, |database| database.forget(id)).map(drop),
            Err(reason) => database.refuse(id, original, &reason),
        };
        self.loader.database().replays = false;
        done
    }
}

impl Postgres {
    /// Removes a request from the log, in the transaction that is open.
    fn forget(&mut self, id: i64) -> Result<(), Trouble> {
        log::remove(&mut self.session, id)
    }

    /// Keeps a request from the log that can't be read any more with the rejected records.
    fn refuse(&mut self, id: i64, original: &Original, reason: &str) -> Result<(), Trouble> {
        let rejection =
            Rejection { reason: format!("ERROR: the request cannot be read again: {reason}"), record: &original.body };
        let done = self
            .begin(&[])
            .and_then(|_| self.reject("", &rfc3339(SystemTime::now()), &[rejection]))
            .and_then(|()| self.forget(id))
            .and_then(|()| self.commit());
        if done.is_err() {
            self.roll_back();
        }
        done
    }
}
