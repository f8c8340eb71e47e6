//! What becomes of each record, for whoever wants to know.

use std::fmt;
use std::future::Future;
use std::ops::Range;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use backstitch_api::Violations;

use crate::client::Refusal;
use crate::sequence::Sequence;

/// The API accepted a record: it is stored (201), or queued by the API to be stored (202).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Accepted {
    /// The HTTP status: any 2xx.
    pub status: u16,
    /// How many requests it took. A request that failed before may have been accepted too: for a record with a key that
    /// does no harm, a table without keys may have it twice.
    pub attempts: u32,
}

/// Why a record is not known to be accepted, finally.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Undelivered {
    /// It will never be accepted as it is. It is in the file of dead letters, if there is one.
    #[error("the record was rejected: {0}")]
    Rejected(Rejection),
    /// It is in the spool, and will be sent by the next sender that opens it. It may have been accepted already, which
    /// does no harm where its table has a key.
    #[error("the record is in the spool, not delivered yet: {0}")]
    Spooled(Why),
    /// It was never sent, or every time refused, and is lost with the sender.
    #[error("the record is lost: {0}")]
    Lost(Why),
    /// It is lost with the sender, but a request with it may have been accepted.
    #[error("the record may have been accepted, or be lost: {0}")]
    PossiblySent(Why),
}

/// Why a sender ended before it delivered a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Why(pub(super) Arc<str>);

impl Why {
    pub(super) fn new(text: impl Into<Arc<str>>) -> Self {
        Why(text.into())
    }
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Why a record will never be accepted as it is.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Rejection {
    /// It breaks rules of the API, and was not sent. The pointers are within the record.
    #[error("{0}")]
    Invalid(Violations),
    /// It fits no request.
    #[error("it takes {size} bytes in a request, more than the limit of {limit}")]
    TooLarge {
        /// How many bytes a request with this record alone has.
        size: usize,
        /// How many bytes a request may have.
        limit: usize,
    },
    /// The API refused it, alone in a request.
    #[error("{0}")]
    Refused(Arc<Refusal>),
}

/// What became of a record.
#[derive(Clone, Debug)]
pub(super) enum Outcome {
    Accepted(Accepted),
    Undelivered(Undelivered),
}

/// What became of the records of a block.
#[derive(Debug, Default)]
pub(super) struct Fate(Mutex<Known>);

#[derive(Debug, Default)]
struct Known {
    records: u32,
    /// How many, from the first on, are in the spool.
    stored: u32,
    resolved: u32,
    /// Mostly one for all of them.
    outcomes: Vec<(Range<u32>, Outcome)>,
    wakers: Vec<(u64, Waker)>,
    next_waker: u64,
}

impl Known {
    fn outcome(&self, index: u32) -> Option<&Outcome> {
        self.outcomes.iter().find(|(range, _)| range.contains(&index)).map(|(_, outcome)| outcome)
    }

    /// Has a task woken when something changes; `id` is that of the one before, if it was asked before.
    fn wait(&mut self, id: &mut Option<u64>, waker: &Waker) {
        let known = id.and_then(|id| self.wakers.iter_mut().find(|(known, _)| *known == id));
        match known {
            Some((_, known)) => known.clone_from(waker),
            None => {
                *id = Some(self.next_waker);
                self.wakers.push((self.next_waker, waker.clone()));
                self.next_waker += 1;
            }
        }
    }
}

impl Fate {
    /// That of so many records which are in the spool.
    #[cfg(feature = "spool")]
    pub(super) fn of_stored(records: u32) -> Self {
        Fate(Mutex::new(Known { records, stored: records, ..Known::default() }))
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Has it so many records more.
    pub(super) fn grow(&self, records: usize) {
        self.known().records += records as u32;
    }

    /// How many records nothing final is known of.
    pub(super) fn open(&self) -> u32 {
        let known = self.known();
        known.records - known.resolved
    }

    /// The records that nothing final is known of.
    pub(super) fn open_ranges(&self) -> Vec<Range<u32>> {
        let known = self.known();
        let mut done: Vec<Range<u32>> = known.outcomes.iter().map(|(range, _)| range.clone()).collect();
        done.sort_unstable_by_key(|range| range.start);
        let mut open = Vec::new();
        let mut next = 0;
        for range in done {
            if range.start > next {
                open.push(next..range.start);
            }
            next = next.max(range.end);
        }
        if next < known.records {
            open.push(next..known.records);
        }
        open
    }

    /// Says what became of records; returns whether that is known of all of them now.
    pub(super) fn resolve(&self, range: Range<u32>, outcome: Outcome) -> bool {
        let mut known = self.known();
        // A sender that is dropped does not wait for those who make requests.
        if known.outcomes.iter().any(|(of, _)| of.start < range.end && range.start < of.end) {
            return false;
        }
        known.resolved += range.len() as u32;
        known.outcomes.push((range, outcome));
        let wakers = std::mem::take(&mut known.wakers);
        let is_whole = known.resolved >= known.records;
        drop(known);
        wake(wakers);
        is_whole
    }

    /// How many records, from the first on, are in the spool.
    pub(super) fn stored_records(&self) -> u32 {
        self.known().stored
    }

    /// How many wait.
    #[cfg(test)]
    pub(super) fn wakers(&self) -> usize {
        self.known().wakers.len()
    }

    /// Wakes a task no more.
    fn forget(&self, waker: Option<u64>) {
        if let Some(id) = waker {
            self.known().wakers.retain(|(known, _)| *known != id);
        }
    }

    /// Says that the first `records` are in the spool.
    pub(super) fn stored(&self, records: usize) {
        let mut known = self.known();
        known.stored = known.stored.max(records as u32);
        let wakers = std::mem::take(&mut known.wakers);
        drop(known);
        wake(wakers);
    }
}

fn wake(wakers: Vec<(u64, Waker)>) {
    for (_, waker) in wakers {
        waker.wake();
    }
}

/// What becomes of a record that a [`Sender`](super::Sender) took: await it to know whether the API accepted it. Dropping
/// it loses nothing. It waits as long as the API can't be reached ([`Sender::status`](super::Sender::status) says why);
/// each is resolved by the end of [`Sender::close`](super::Sender::close).
#[must_use = "the record is sent anyway; drop the receipt where nobody wants to know what became of it"]
pub struct Receipt {
    pub(super) fate: Arc<Fate>,
    pub(super) index: u32,
    pub(super) sequence: Sequence,
    waker: Option<u64>,
}

impl fmt::Debug for Receipt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Receipt { sequence, .. } = self;
        f.debug_struct("Receipt").field("sequence", sequence).field("outcome", &self.outcome()).finish_non_exhaustive()
    }
}

impl Receipt {
    pub(super) fn new(fate: Arc<Fate>, index: u32, sequence: Sequence) -> Self {
        Receipt { fate, index, sequence, waker: None }
    }

    /// The sequence that the record is sent with, however often.
    #[must_use]
    pub fn sequence(&self) -> Sequence {
        self.sequence
    }

    /// Waits until the record is in the spool, or its outcome is known. Without a spool that is when it is accepted,
    /// rejected, or lost.
    pub async fn spooled(&self) {
        let mut waiting = Waiting { fate: &self.fate, waker: None };
        std::future::poll_fn(|context| {
            let mut known = self.fate.known();
            if known.stored > self.index || known.outcome(self.index).is_some() {
                return Poll::Ready(());
            }
            known.wait(&mut waiting.waker, context.waker());
            Poll::Pending
        })
        .await;
    }

    /// What became of the record, if that is known already.
    #[must_use]
    pub fn outcome(&self) -> Option<Result<Accepted, Undelivered>> {
        self.fate.known().outcome(self.index).map(result)
    }

    /// Whether the record is in the spool, or was.
    #[must_use]
    pub fn is_spooled(&self) -> bool {
        self.fate.known().stored > self.index
    }
}

/// Who waits takes the waker away again.
struct Waiting<'a> {
    fate: &'a Fate,
    waker: Option<u64>,
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.fate.forget(self.waker);
    }
}

impl Drop for Receipt {
    fn drop(&mut self) {
        self.fate.forget(self.waker);
    }
}

fn result(outcome: &Outcome) -> Result<Accepted, Undelivered> {
    match outcome {
        Outcome::Accepted(accepted) => Ok(*accepted),
        Outcome::Undelivered(why) => Err(why.clone()),
    }
}

impl Future for Receipt {
    type Output = Result<Accepted, Undelivered>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let Receipt { fate, index, waker, .. } = self.get_mut();
        let mut known = fate.known();
        if let Some(outcome) = known.outcome(*index) {
            return Poll::Ready(result(outcome));
        }
        known.wait(waker, context.waker());
        Poll::Pending
    }
}

/// The receipts of many records, in their order: wait for [`accepted`](Receipts::accepted), or drop them.
#[derive(Default)]
#[must_use = "the records are sent anyway; drop the receipts where nobody wants to know what became of them"]
pub struct Receipts {
    /// Which records of which blocks.
    parts: Vec<(Arc<Fate>, Range<u32>)>,
    sequences: Vec<Sequence>,
}

impl fmt::Debug for Receipts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Receipts").field("records", &self.len()).finish_non_exhaustive()
    }
}

/// A record of many that was not accepted.
#[derive(Clone, Debug, thiserror::Error)]
#[error("record {index}: {why}")]
#[non_exhaustive]
pub struct NotAccepted {
    /// Its index among the records that were handed over.
    pub index: usize,
    /// Why it was not.
    pub why: Undelivered,
}

impl Receipts {
    pub(super) fn add(&mut self, fate: Arc<Fate>, records: Range<u32>) {
        match self.parts.last_mut() {
            Some((last, range)) if Arc::ptr_eq(last, &fate) && range.end == records.start => range.end = records.end,
            _ => self.parts.push((fate, records)),
        }
    }

    pub(super) fn note(&mut self, sequence: Sequence) {
        self.sequences.push(sequence);
    }

    /// Leaves out the sequences of records that no block took.
    pub(super) fn settle(&mut self) {
        let taken = self.parts.iter().map(|(_, range)| range.len()).sum();
        self.sequences.truncate(taken);
    }

    pub(super) fn fates(&self) -> impl Iterator<Item = (&Arc<Fate>, u32)> {
        self.parts.iter().map(|(fate, range)| (fate, range.end))
    }

    /// How many records they are of.
    #[must_use]
    pub fn len(&self) -> usize {
        self.sequences.len()
    }

    /// Whether they are of no record.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.sequences.is_empty()
    }

    /// The receipt of one record.
    #[must_use]
    pub fn get(&self, index: usize) -> Option<Receipt> {
        let sequence = *self.sequences.get(index)?;
        let mut left = index;
        for (fate, range) in &self.parts {
            if left < range.len() {
                return Some(Receipt::new(Arc::clone(fate), range.start + left as u32, sequence));
            }
            left -= range.len();
        }
        None
    }

    /// All receipts, in the order of the records.
    pub fn iter(&self) -> impl Iterator<Item = Receipt> {
        let places = self.parts.iter().flat_map(|(fate, range)| range.clone().map(move |index| (fate, index)));
        places.zip(&self.sequences).map(|((fate, index), sequence)| Receipt::new(Arc::clone(fate), index, *sequence))
    }

    /// Waits until the outcome of every record is known; returns how many were accepted, or the first that was not.
    ///
    /// # Errors
    ///
    /// When a record was not accepted: which one, and why.
    pub async fn accepted(&self) -> Result<usize, NotAccepted> {
        for (index, receipt) in self.iter().enumerate() {
            receipt.await.map_err(|why| NotAccepted { index, why })?;
        }
        Ok(self.len())
    }
}

impl IntoIterator for Receipts {
    type Item = Receipt;
    type IntoIter = std::vec::IntoIter<Receipt>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter().collect::<Vec<_>>().into_iter()
    }
}
