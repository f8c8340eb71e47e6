//! What became of the records that were handed over, in the order of their files.

use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::bail;
use backstitch::{Receipts, Undelivered};
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
    /// Whether all of the chunk was handed over.
    pub(super) is_whole: bool,
}

impl Batch {
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
            is_whole: true,
        }
    }
}

/// Says in the position file that all before a place is done with. No sequence that was used is greater than `sequence`.
pub(super) fn advance(position: &Mutex<PositionFile>, next: (usize, Position), sequence: i64) -> anyhow::Result<()> {
    position.lock().unwrap_or_else(PoisonError::into_inner).advance(next.0, next.1, sequence)
}

/// The records that are rejected.
pub(super) struct Rejects {
    count: AtomicU64,
    most: u64,
    path: Option<PathBuf>,
    /// Opened when there is something to write.
    letters: Mutex<Option<Letters>>,
    table: String,
    pub(super) report: Arc<Report>,
}

impl Rejects {
    pub(super) fn new(most: u64, path: Option<PathBuf>, table: &str, report: Arc<Report>) -> Self {
        Rejects { count: AtomicU64::new(0), most, path, letters: Mutex::default(), table: table.to_owned(), report }
    }

    pub(super) fn count(&self) -> u64 {
        self.count.load(Ordering::Relaxed)
    }

    /// Where the records are that were rejected, and what is to be done about them.
    pub(super) fn what_to_do(&self) -> String {
        match &self.path {
            Some(path) => format!(
                ": {path} has them, with the reasons; mend them there, and send them with `backstitch spool replay {path}`",
                path = path.display()
            ),
            None => {
                ": mend them in the file, and send it again; with --dead-letter FILE they go to a file of their own"
                    .to_owned()
            }
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
        self.count.fetch_add(bad.len() as u64, Ordering::Relaxed);
        self.within_limit()
    }

    /// Tells of a record that was rejected; the sender has kept it.
    fn rejected(&self, file: &File, place: Place, reason: &str) {
        self.report.rejected(&file.at(place.line, None).of(&file.name()), reason);
        self.count.fetch_add(1, Ordering::Relaxed);
    }

    fn within_limit(&self) -> anyhow::Result<()> {
        let count_now = self.count();
        if count_now <= self.most {
            return Ok(());
        }
        let more = if self.most == 0 {
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
    /// Where the position is known only when records are accepted.
    pub(super) position: Option<Arc<Mutex<PositionFile>>>,
}

impl Settle {
    pub(super) async fn run(self, mut from: mpsc::Receiver<Batch>) -> anyhow::Result<()> {
        let mut written = Instant::now();
        let mut due = None;
        let mut sequence = i64::MIN;
        let outcome = loop {
            let Some(batch) = from.recv().await else { break Ok(()) };
            let settled = self.settle(&batch).await;
            // Of those that are no records whoever reads them has told already, and perhaps not of this batch.
            if settled.has_rejected
                && let Err(error) = self.rejects.within_limit()
            {
                break Err(error);
            }
            if !settled.is_done || !batch.is_whole {
                break Ok(());
            }
            due = Some(batch.next);
            sequence = batch.last_sequence().max(sequence);
            if written.elapsed() >= EACH {
                self.advance(&mut due, sequence)?;
                written = Instant::now();
            }
        };
        self.advance(&mut due, sequence)?;
        outcome?;
        // What comes after records that are not delivered is counted, and moves no position.
        while let Some(batch) = from.recv().await {
            self.settle(&batch).await;
        }
        Ok(())
    }

    fn advance(&self, due: &mut Option<(usize, Position)>, sequence: i64) -> anyhow::Result<()> {
        match (&self.position, due.take()) {
            (Some(position), Some(next)) => advance(position, next, sequence),
            _ => Ok(()),
        }
    }

    /// Waits until it is known what became of the records.
    async fn settle(&self, batch: &Batch) -> Settled {
        let mut settled = Settled { is_done: true, has_rejected: false };
        let Some(file) = self.files.get(batch.file) else { return settled };
        for (receipt, place) in batch.receipts.iter().zip(&batch.places) {
            match receipt.await {
                Ok(_) => {}
                Err(Undelivered::Rejected(why)) => {
                    self.rejects.rejected(file, *place, &why.to_string());
                    settled.has_rejected = true;
                }
                Err(_) => settled.is_done = false,
            }
        }
        settled
    }
}

/// What became of the records of a batch.
struct Settled {
    /// Whether nothing more is to be done about any.
    is_done: bool,
    has_rejected: bool,
}
