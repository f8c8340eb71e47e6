//! What became of the records that were handed over, in the order of their files.

use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use anyhow::bail;
use backstitch::api::limits::GREATEST_CLIENT_BYTES;
use backstitch::{Receipts, Rejection, Undelivered};
use tokio::sync::mpsc;

use super::letters::Letters;
use super::position::PositionFile;
use super::report::Report;
use crate::input::{Bad, File, Place, Position};
use crate::spool::count;

/// How often the position is written while all goes well: what was sent in between is sent again by the next run.
const EACH: Duration = Duration::from_millis(200);

/// Records of a chunk that were handed over.
pub(super) struct Batch {
    pub(super) file: usize,
    pub(super) receipts: Receipts,
    /// Where they stand, each that has a receipt.
    pub(super) places: Vec<Place>,
    /// The file and the place in it that come after them.
    pub(super) next: (usize, Position),
    /// How many of the chunk were no records.
    pub(super) bad: u64,
    /// Whether all of the chunk was handed over.
    pub(super) is_whole: bool,
}

impl Batch {
    /// How many of its records are known to be rejected.
    pub(super) fn rejected(&self) -> u64 {
        let is_rejected = |outcome| matches!(outcome, Some(Err(Undelivered::Rejected(_))));
        self.receipts.iter().filter(|receipt| is_rejected(receipt.outcome())).count() as u64
    }

    /// The sequence of its last record, which is the greatest where records bring none of their own.
    pub(super) fn last_sequence(&self) -> i64 {
        let last = self.receipts.len().checked_sub(1).and_then(|last| self.receipts.get(last));
        last.map_or(i64::MIN, |receipt| receipt.sequence().get())
    }

    /// No records of a file.
    pub(super) fn of(file: usize) -> Self {
        Batch {
            file,
            receipts: Receipts::default(),
            places: Vec::new(),
            next: (file, Position::default()),
            bad: 0,
            is_whole: true,
        }
    }
}

/// How far it is known what became of all.
pub(super) struct Done {
    next: (usize, Position),
    /// No sequence that was used before is greater.
    sequence: i64,
    rejected: u64,
}

impl Done {
    /// All before the end of a batch, of which so many were rejected.
    pub(super) fn with(batch: &Batch, rejected: u64) -> Self {
        Done { next: batch.next, sequence: batch.last_sequence(), rejected }
    }
}

/// Says in the position file how far it is.
pub(super) fn advance(position: &Mutex<PositionFile>, done: &Done) -> anyhow::Result<()> {
    opened(position).advance(done.next, done.sequence, done.rejected)
}

fn opened(position: &Mutex<PositionFile>) -> MutexGuard<'_, PositionFile> {
    position.lock().unwrap_or_else(PoisonError::into_inner)
}

/// How many records may be rejected, and how many were by the runs before.
#[derive(Clone, Copy)]
pub(super) struct Limit {
    pub(super) most: u64,
    pub(super) before: u64,
}

/// The records that are rejected.
pub(super) struct Rejects {
    count: AtomicU64,
    /// How many of them have no record that could be sent.
    texts: AtomicU64,
    most: u64,
    /// How many the runs before rejected, which count too.
    before: u64,
    path: Option<PathBuf>,
    /// Opened when there is something to write.
    letters: Mutex<Option<Letters>>,
    table: String,
    pub(super) report: Arc<Report>,
}

impl Rejects {
    pub(super) fn new(limit: Limit, path: Option<PathBuf>, table: &str, report: Arc<Report>) -> Self {
        let (count, texts, letters) = Default::default();
        Rejects { count, texts, most: limit.most, before: limit.before, path, letters, table: table.to_owned(), report }
    }

    pub(super) fn count(&self) -> u64 {
        self.count.load(Ordering::Relaxed)
    }

    /// With those of the runs before.
    pub(super) fn count_of_all(&self) -> u64 {
        self.before + self.count()
    }

    /// Where the records are that were rejected, and what is to be done about them.
    pub(super) fn what_to_do(&self) -> String {
        let Some(path) = self.path.as_ref().map(|path| path.display()) else {
            return ": mend them in the file, and send it from the start again; with --dead-letter FILE they go to a file of their own"
                .to_owned();
        };
        let texts = self.texts.load(Ordering::Relaxed);
        match (self.count().saturating_sub(texts), texts) {
            (_, 0) => format!(
                ": {path} has them, with the reasons; mend them there, and send them with `backstitch spool replay {path}`"
            ),
            // Who replays these is told the same.
            (0, _) => format!(
                ": {path} has them, with the reasons; as they are no records, mend them where they were read, and push that \
                 again"
            ),
            (_, texts) => format!(
                ": {path} has them, with the reasons; mend those there that have a `record`, and send them with `backstitch \
                 spool replay {path}`; {texts} without one are to be mended where they were read, and that is to be pushed \
                 again"
            ),
        }
    }

    /// Tells of text that is no record, and keeps it.
    pub(super) fn bad(&self, file: &File, bad: &[Bad]) -> anyhow::Result<()> {
        for bad in bad {
            let place = bad.at.of(&file.name());
            if let Some(path) = &self.path {
                let mut letters = self.letters.lock().unwrap_or_else(PoisonError::into_inner);
                let letters = match &mut *letters {
                    Some(letters) => letters,
                    none => none.insert(Letters::open(path)?),
                };
                letters.add(&self.table, &place, &bad.reason, &bad.text)?;
            }
            self.report.rejected(&place, &bad.reason);
        }
        if bad.is_empty() {
            return Ok(());
        }
        if let Some(letters) = &mut *self.letters.lock().unwrap_or_else(PoisonError::into_inner) {
            letters.sync()?;
        }
        self.texts.fetch_add(bad.len() as u64, Ordering::Relaxed);
        self.count.fetch_add(bad.len() as u64, Ordering::Relaxed);
        self.within_limit()
    }

    /// Tells of a record that was rejected; the sender has kept it.
    fn rejected(&self, file: &File, place: Place, reason: &str) {
        self.report.rejected(&file.at(place.line, None).of(&file.name()), reason);
        self.count.fetch_add(1, Ordering::Relaxed);
    }

    /// Whether there are more than are allowed: those that are no records, and so many others, which perhaps are not
    /// counted yet.
    pub(super) fn is_beyond(&self, others: u64) -> bool {
        self.before + self.texts.load(Ordering::Relaxed) + others > self.most
    }

    fn within_limit(&self) -> anyhow::Result<()> {
        let count_now = self.count_of_all();
        if count_now <= self.most {
            return Ok(());
        }
        let more = if self.most == 0 && self.path.is_none() {
            "stopped: --max-rejects N goes on after as many, --dead-letter FILE after any number".to_owned()
        } else {
            format!("stopped: more than --max-rejects {}", self.most)
        };
        bail!("{} rejected{}; {more}", count(count_now, "record"), self.what_to_do())
    }
}

pub(super) struct Settle {
    pub(super) rejects: Arc<Rejects>,
    pub(super) files: Arc<Vec<File>>,
    pub(super) position: Option<Arc<Mutex<PositionFile>>>,
    /// Whether the position passes records when they are handed over, rather than when they are accepted.
    pub(super) is_passed: bool,
}

impl Settle {
    pub(super) async fn run(self, mut from: mpsc::Receiver<Batch>) -> anyhow::Result<()> {
        let mut written = Instant::now();
        let mut due: Option<Done> = None;
        let outcome = loop {
            let Some(batch) = from.recv().await else { break Ok(()) };
            let settled = self.settle(&batch).await;
            if self.is_passed {
                self.passed(settled.rejected)?;
            }
            // Of those that are no records whoever reads them has told already, and perhaps not of this batch.
            if settled.rejected > 0
                && let Err(error) = self.rejects.within_limit()
            {
                break Err(error);
            }
            if !settled.is_done || !batch.is_whole {
                break Ok(());
            }
            let mut done = Done::with(&batch, batch.bad + settled.rejected);
            if let Some(before) = due.take() {
                done.sequence = done.sequence.max(before.sequence);
                done.rejected += before.rejected;
            }
            due = Some(done);
            if written.elapsed() >= EACH {
                self.advance(due.take())?;
                written = Instant::now();
            }
        };
        self.advance(due)?;
        outcome?;
        // What comes after records that are not delivered is counted, and moves no position.
        while let Some(batch) = from.recv().await {
            let settled = self.settle(&batch).await;
            if self.is_passed {
                self.passed(settled.rejected)?;
            }
        }
        Ok(())
    }

    fn advance(&self, done: Option<Done>) -> anyhow::Result<()> {
        match (&self.position, done) {
            (Some(position), Some(done)) if !self.is_passed => advance(position, &done),
            _ => Ok(()),
        }
    }

    /// Counts records as rejected that the position has passed.
    fn passed(&self, rejected: u64) -> anyhow::Result<()> {
        match &self.position {
            Some(position) if rejected > 0 => opened(position).reject(rejected),
            _ => Ok(()),
        }
    }

    /// Waits until it is known what became of the records.
    async fn settle(&self, batch: &Batch) -> Settled {
        let mut settled = Settled { is_done: true, rejected: 0 };
        let Some(file) = self.files.get(batch.file) else { return settled };
        for (receipt, place) in batch.receipts.iter().zip(&batch.places) {
            match receipt.await {
                Ok(_) => {}
                Err(Undelivered::Rejected(why)) => {
                    self.rejects.rejected(file, *place, &told(&why));
                    settled.rejected += 1;
                }
                Err(_) => settled.is_done = false,
            }
        }
        settled
    }
}

/// Why a record was rejected, and what else there is to do than to mend it.
fn told(why: &Rejection) -> String {
    match why {
        Rejection::TooLarge { size, limit } if *size <= GREATEST_CLIENT_BYTES && *limit < GREATEST_CLIENT_BYTES => {
            format!("{why}; --request-bytes raises it to {GREATEST_CLIENT_BYTES}")
        }
        _ => why.to_string(),
    }
}

/// What became of the records of a batch.
struct Settled {
    /// Whether nothing more is to be done about any.
    is_done: bool,
    rejected: u64,
}
