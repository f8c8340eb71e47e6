//! The thread that writes: one transaction a request, in the order in which they come; and what waits in the log, once its
//! tables can be had.

use std::collections::{BTreeSet, HashMap};
use std::panic::{AssertUnwindSafe, catch_unwind};
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

/// How long requests that come wait for those in the log; up to so long where the log grows all the same.
const SHARE: Duration = Duration::from_millis(500);
const LARGEST_SHARE: Duration = Duration::from_secs(8);

/// How often a request in the log is tried that the database refuses as a whole.
const ATTEMPTS: u32 = 10;

/// How far a look into the log has come.
#[derive(Default)]
struct Look {
    /// The last entry that was looked at.
    after: i64,
    /// The tables that could not be had: what comes for them stands behind.
    busy: BTreeSet<String>,
}

pub(super) struct Writer {
    loader: Loader<Postgres>,
    reread: Reread,
    outage: Outage,
    look: Look,
    /// When the log was last looked into.
    looked: Instant,
    share: Duration,
    /// How often entries were refused.
    refused: HashMap<i64, u32>,
}

impl Writer {
    pub(super) fn new(database: Postgres, reread: Reread, outage: Outage) -> Self {
        Writer {
            loader: Loader::new(database),
            reread,
            outage,
            look: Look::default(),
            looked: Instant::now(),
            share: SHARE,
            refused: HashMap::new(),
        }
    }

    /// Does what is sent until nobody is left to send.
    pub(super) fn run(mut self, mut jobs: mpsc::Receiver<Job>) {
        self.work_off(&jobs);
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
                Job::Tick => self.loader.database().has_log = true,
                Job::Close => jobs.close(),
            }
            if self.loader.database().has_log && self.looked.elapsed() >= LOOK && !jobs.is_closed() {
                self.work_off(&jobs);
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
        let database = self.loader.database();
        if database.session.is_closed() {
            return Err(Trouble::Unavailable);
        }
        match log::add(&mut database.session, original, &tables) {
            Ok(()) => {
                database.has_log = true;
                Ok(())
            }
            // It may have been kept before the connection broke.
            Err(_) if database.session.is_closed() => Err(Trouble::Unknown),
            Err(trouble) => Err(trouble),
        }
    }

    /// Loads what waits in the log, as far as its tables can be had: all of it while nobody sends, else for a while.
    fn work_off(&mut self, jobs: &mpsc::Receiver<Job>) {
        if let Err(trouble) = self.try_work_off(jobs) {
            // What could not be looked at may be there.
            self.look = Look::default();
            if !matches!(trouble, Trouble::Unavailable) {
                self.outage.begins(&trouble);
            }
        }
        self.looked = Instant::now();
    }

    fn try_work_off(&mut self, jobs: &mpsc::Receiver<Job>) -> Result<(), Trouble> {
        let started = Instant::now();
        self.loader.database().session.connect()?;
        loop {
            if started.elapsed() >= self.share && !jobs.is_empty() {
                // The next look goes on from here.
                self.share = (self.share * 2).min(LARGEST_SHARE);
                return Ok(());
            }
            let busy: Vec<&str> = self.look.busy.iter().map(String::as_str).collect();
            let Some(entry) = log::next(&mut self.loader.database().session, self.look.after, &busy)? else { break };
            self.look.after = entry.id;
            self.try_entry(entry)?;
        }
        self.share = SHARE;
        self.look = Look::default();
        let database = self.loader.database();
        database.has_log = !log::is_empty(&mut database.session)?;
        if !database.has_log {
            self.refused.clear();
        }
        Ok(())
    }

    /// Loads an entry, or has what comes for its tables wait for the next look.
    fn try_entry(&mut self, entry: log::Entry) -> Result<(), Trouble> {
        let Some(original) = log::original(&mut self.loader.database().session, entry.id)? else { return Ok(()) };
        match self.replay(entry.id, &original) {
            Ok(()) | Err(Trouble::Done) => return Ok(()),
            Err(trouble) if trouble.is_wait() => {}
            Err(trouble) if self.loader.database().session.is_closed() => return Err(trouble),
            Err(trouble) => {
                let attempts = self.refused.entry(entry.id).or_default();
                *attempts += 1;
                if *attempts >= ATTEMPTS && !trouble.is_outage() {
                    return self.loader.database().refuse(entry.id, &original, &format!("ERROR: {trouble}"));
                }
                self.outage.begins(&trouble);
            }
        }
        self.look.busy.extend(entry.tables);
        Ok(())
    }

    /// Loads a request from the log, and removes it there, in one transaction.
    fn replay(&mut self, id: i64, original: &Original) -> Result<(), Trouble> {
        // Who has panicked over it once would do so at each start.
        let batch = catch_unwind(AssertUnwindSafe(|| (self.reread)(original)));
        let batch = batch.unwrap_or_else(|_| Err("the gate panics over it".to_owned()));
        let database = self.loader.database();
        let batch = match batch {
            Ok(batch) => batch,
            Err(reason) => {
                let reason = format!("ERROR: the request cannot be read again: {reason}");
                return database.refuse(id, original, &reason);
            }
        };
        database.replays = true;
        let done = self.loader.load_with(&batch, |database| database.forget(id)).map(drop);
        self.loader.database().replays = false;
        done
    }
}

impl Postgres {
    /// Removes a request from the log, in the transaction that is open.
    fn forget(&mut self, id: i64) -> Result<(), Trouble> {
        log::remove(&mut self.session, id)
    }

    /// Keeps a request from the log that can't be loaded with the rejected records.
    fn refuse(&mut self, id: i64, original: &Original, reason: &str) -> Result<(), Trouble> {
        let rejection = Rejection { reason: reason.to_owned(), record: &original.body };
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
