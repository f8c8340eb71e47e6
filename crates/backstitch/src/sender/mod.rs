//! Records on their way to the API: queued, sent in batches, and sent again until they are accepted.
//!
//! 1. `frames`: a record is checked and encoded once, as it is on the wire.
//! 2. `queue`: records become blocks, blocks requests; what is full, or has waited long enough, is sealed.
//! 3. `keeper`: a thread writes blocks to the spool, and rejected records to the file of dead letters.
//! 4. `deliver`: some tasks make requests, and decide by each answer what becomes of its records.
//! 5. `receipt`: whoever handed a record over can know.

#![cfg_attr(not(feature = "spool"), allow(dead_code, reason = "what is kept of records is for the spool"))]

mod block;
mod builder;
mod dead_letters;
mod deliver;
mod ending;
mod endpoint;
mod error;
mod files;
mod frames;
mod keeper;
mod many;
mod observe;
mod outcome;
mod queue;
mod receipt;
mod replay;
mod route;
mod shared;
#[cfg(feature = "spool")]
pub mod spool;
mod store;
mod transport;
mod work;

#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::fmt;
use std::sync::atomic::Ordering;
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use serde_json::value::RawValue;
use tokio::time::Instant;

use crate::body::BodyError;
use crate::push::Push;
use crate::row::Row;
use crate::sequence::Sequence;
use crate::table::Table;

use block::Charge;
use ending::Handle;
use frames::{FrameWriter, Piece};
use many::{Filled, Item, Lane, Many, OfTable, Typed};
use queue::Phase;
use route::Route;
use shared::{Shared, by};

pub use builder::SenderBuilder;
pub use endpoint::Retry;
pub use error::{SendAllError, SendError, SenderError};
pub use receipt::{Accepted, NotAccepted, Receipt, Receipts, Rejection, Undelivered};
pub use replay::{Replay, Replayed, Replaying};
pub use shared::{Level, WhenFull};
pub use store::StoreError;

/// After so many blocks, others get their turn.
const BLOCKS_IN_A_TURN: usize = 8;

/// Takes records, and delivers them in the background: in batches, several at once, again and again until each is
/// accepted or rejected. Cloning it is cheap; the clones share everything.
///
/// Close it when all records were handed over: a sender that is dropped delivers nothing more, and without a
/// spool what it had is lost.
#[derive(Clone)]
pub struct Sender {
    handle: Arc<Handle>,
}

/// Shows whose it is, and no records.
impl fmt::Debug for Sender {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sender").field("client", &self.shared().client).finish_non_exhaustive()
    }
}

/// What became of all records of a sender: look whether any is lost. `accepted + rejected + spooled + lost` is `taken + replayed`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
#[must_use = "it says whether records are spooled or lost"]
pub struct Summary {
    /// Records that were handed over.
    pub taken: u64,
    /// Records that were in the spool when the sender was started.
    pub replayed: u64,
    /// Records that the API accepted.
    pub accepted: u64,
    /// Records that will never be accepted as they are.
    pub rejected: u64,
    /// Records that are in the spool, to be sent by the next sender.
    pub spooled: u64,
    /// Records that are neither accepted nor kept.
    pub lost: u64,
    /// Of those that are lost, the ones that may have been accepted: a request with them got no answer.
    pub possibly_sent: u64,
    /// Why records are spooled or lost: what the API, the network or the disk said last.
    pub trouble: Option<String>,
}

/// How a sender does, just now.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Status {
    /// Records of which nothing final is known.
    pub waiting_records: u64,
    /// How many bytes they take.
    pub waiting_bytes: u64,
    /// How many bytes of memory are free for more.
    pub free_memory: usize,
    /// How many requests are being made, those that wait to be made again left out.
    pub in_flight: usize,
    /// Records that the API accepted.
    pub accepted: u64,
    /// Records that will never be accepted as they are.
    pub rejected: u64,
    /// How many bytes the spool's file has.
    pub spool_file_bytes: Option<u64>,
    /// Why nothing is sent, or nothing written, where that is so.
    pub trouble: Option<String>,
    /// Whether the API refuses whatever it is sent (a wrong token, say), so that nothing is sent but one request now and
    /// then; or the sender has ended.
    pub is_held: bool,
}

impl Sender {
    fn shared(&self) -> &Arc<Shared> {
        &self.handle.shared
    }

    /// Hands a record over: checks and encodes it, and gives it a sequence, which it keeps. Waits for room, as
    /// [`SenderBuilder::when_full`] says, and with [`Level::Always`] until the record is on disk.
    ///
    /// # Errors
    ///
    /// When the record is not valid; when there is no room, or nothing can be written; when the sender is closed. The
    /// record is not taken then, but for [`SendError::NotSpooled`].
    pub async fn send<T: Push>(&self, record: T) -> Result<Receipt, SendError> {
        let shared = self.shared();
        let lane = shared.lane_of::<T>();
        let (own, sequences) = (record.own_sequence(), shared.client.sequences());
        let sequence = match own {
            Some(own) => own,
            None => sequences.take(1).ok_or(SendError::NoSequences)?.first(),
        };
        let mut writer = self.writer(lane);
        let pushed = writer.push(&record, sequence, own.is_none());
        drop(record);
        self.send_piece(lane, writer, pushed, T::TABLE_NAME.into(), sequence).await
    }

    /// Hands over a record of a table known at run time, which is JSON already. The Batch endpoint needs a table with a
    /// [`schema`](Table::schema).
    ///
    /// # Errors
    ///
    /// As [`send`](Sender::send); also when `data` is no JSON object, or lacks a key.
    pub async fn send_json(
        &self,
        table: &Table,
        sequence: impl Into<Sequence>,
        data: &RawValue,
    ) -> Result<Receipt, SendError> {
        let sequence = sequence.into();
        let lane = self.shared().lane_of_table(table).ok_or(SendError::NoSchema)?;
        // Perhaps it was taken here: then no other process is to take it, as with those that records get.
        let is_taken = sequence.get() <= self.shared().client.sequences().last();
        let mut writer = self.writer(lane);
        let pushed = writer.push_json(table, sequence, data, is_taken);
        self.send_piece(lane, writer, pushed, table.name().to_owned().into(), sequence).await
    }

    /// A sequence for a record that has none of its own, greater than all before it.
    ///
    /// # Errors
    ///
    /// When the numbers are used up.
    pub fn next_sequence(&self) -> Result<Sequence, SendError> {
        self.shared().client.sequences().take(1).map(|taken| taken.first()).ok_or(SendError::NoSequences)
    }

    async fn send_piece(
        &self,
        lane: usize,
        mut writer: FrameWriter,
        pushed: Result<(), BodyError>,
        table: Cow<'static, str>,
        sequence: Sequence,
    ) -> Result<Receipt, SendError> {
        let shared = self.shared();
        let piece = pushed.map(|()| writer.take(table, Vec::new()));
        shared.give_back(writer);
        // Where there is room nothing here waits: others are to get their turn all the same.
        tokio::task::coop::consume_budget().await;
        let mut receipt = None;
        self.hand_over(lane, piece?, |fate, range| {
            receipt = Some(Receipt::new(Arc::clone(fate), range.start, sequence));
        })
        .await?;
        // A piece of one record is somewhere.
        let receipt = receipt.ok_or_else(|| SendError::closed(None))?;
        if shared.config.level == Some(Level::Always) {
            self.wait_until_spooled(receipt.spooled()).await?;
        }
        Ok(receipt)
    }

    /// Hands over many records: the fast way. They are encoded block by block, and with [`Level::Always`] written to disk
    /// together. A record that is not valid is rejected, and the others go on: its receipt says why.
    ///
    /// # Errors
    ///
    /// As [`send`](Sender::send); the error has the receipts of the records that were taken before.
    pub async fn send_all<T, I>(&self, records: I) -> Result<Receipts, SendAllError>
    where
        T: Push,
        I: IntoIterator<Item = T>,
    {
        let lane = Lane { index: self.shared().lane_of::<T>(), table: T::TABLE_NAME };
        self.send_many(lane, Cow::Borrowed(T::TABLE_NAME), records.into_iter().map(Typed)).await
    }

    /// Hands over many records of a table known at run time, with the sequence of each where it has one: the fast way for
    /// JSON at hand. All else is as with [`send_all`](Sender::send_all). The Batch endpoint needs a table with a
    /// [`schema`](Table::schema).
    ///
    /// # Errors
    ///
    /// As [`send_all`](Sender::send_all).
    pub async fn send_rows<'a, I>(&self, table: &'a Table, rows: I) -> Result<Receipts, SendAllError>
    where
        I: IntoIterator<Item = (Row<'a>, Option<Sequence>)>,
    {
        let Some(index) = self.shared().lane_of_table(table) else {
            return Err(SendAllError { receipts: Receipts::default(), cause: SendError::NoSchema });
        };
        let items = rows.into_iter().map(|(row, sequence)| OfTable { table, row, sequence });
        self.send_many(Lane { index, table: table.name() }, Cow::Owned(table.name().to_owned()), items).await
    }

    async fn send_many<T: Item>(
        &self,
        lane: Lane<'_>,
        table: Cow<'static, str>,
        records: impl Iterator<Item = T>,
    ) -> Result<Receipts, SendAllError> {
        let shared = self.shared();
        let mut receipts = Receipts::default();
        let mut many = Many::new(records);
        let mut blocks = 0;
        loop {
            let mut writer = self.writer(lane.index);
            let filled = many.fill(shared, lane, &mut writer, &mut receipts);
            let piece = writer.take(table.clone(), Vec::new());
            shared.give_back(writer);
            if piece.records() > 0 {
                let handed =
                    self.hand_over(lane.index, piece, |fate, range| receipts.add(Arc::clone(fate), range)).await;
                if let Err(cause) = handed {
                    receipts.settle();
                    return Err(SendAllError { receipts, cause });
                }
            }
            match filled {
                Filled::Full => {}
                Filled::End => break,
                Filled::Refused(fate) => receipts.add(fate, 0..1),
                Filled::NoSequences => {
                    receipts.settle();
                    return Err(SendAllError { receipts, cause: SendError::NoSequences });
                }
                Filled::Closed => {
                    receipts.settle();
                    let cause = SendError::closed(shared.queue().trouble());
                    return Err(SendAllError { receipts, cause });
                }
            }
            blocks += 1;
            if blocks % BLOCKS_IN_A_TURN == 0 {
                tokio::task::yield_now().await;
            }
        }
        if shared.config.level == Some(Level::Always) {
            let all = async {
                for (fate, end) in receipts.fates() {
                    Receipt::new(Arc::clone(fate), end - 1, Sequence::from(0)).spooled().await;
                }
            };
            if let Err(cause) = self.wait_until_spooled(all).await {
                return Err(SendAllError { receipts, cause });
            }
        }
        Ok(receipts)
    }

    /// A writer for the records of a lane, each of which is to fit a request of its own.
    fn writer(&self, lane: usize) -> FrameWriter {
        let shared = self.shared();
        let around = match shared.push_around {
            Some(around) => around,
            None => shared.queue().lanes.get(lane).map_or(0, |lane| lane.route.bytes_around()),
        };
        let mut writer = shared.writer();
        // The brackets of an array are counted with a record already.
        writer.limit_bytes((shared.config.batch_bytes + 1).saturating_sub(around));
        writer
    }

    /// Waits until records are in the spool, as long as it can be written.
    async fn wait_until_spooled(&self, spooled: impl Future<Output = ()>) -> Result<(), SendError> {
        let shared = self.shared();
        let failed = async {
            loop {
                shared.until(|| shared.store_error().is_some()).await;
                let Some((error, since)) = shared.store_error() else { continue };
                let is_well = shared.until(|| shared.store_error().is_none());
                if by(since.checked_add(shared.config.spool_patience), is_well).await.is_none() {
                    return error;
                }
            }
        };
        tokio::select! {
            biased;
            () = spooled => Ok(()),
            error = failed => Err(SendError::NotSpooled(error)),
        }
    }

    /// Puts records into their lane as soon as there is room.
    async fn hand_over(
        &self,
        lane: usize,
        piece: Piece,
        placed: impl FnMut(&Arc<receipt::Fate>, std::ops::Range<u32>),
    ) -> Result<(), SendError> {
        let shared = self.shared();
        let (records, bytes) = (piece.records(), piece.bytes.len());
        let charge = self.room(piece.size(), bytes as u64).await?;
        #[cfg(feature = "metrics")]
        let table = piece.tables.first().map(|(table, _)| table.clone()).unwrap_or_default();
        let mut queue = shared.queue();
        let route = queue.lanes.get(lane).map(|lane| Arc::clone(&lane.route));
        let Some(route) = route.filter(|_| queue.phase == Phase::Open) else {
            shared.waiting_bytes.fetch_sub(bytes as u64, Ordering::Relaxed);
            return Err(SendError::closed(queue.trouble()));
        };
        let is_news = queue.hand_over(lane, piece, charge, shared.limits(&route), placed);
        // Before anybody can know what becomes of them.
        shared.counts.taken.fetch_add(records as u64, Ordering::Relaxed);
        drop(queue);
        #[cfg(feature = "metrics")]
        observe::enqueued(&table, records);
        match shared.config.level {
            Some(Level::Always) => shared.signals.urge(),
            Some(Level::Interval(_)) => shared.signals.want(),
            _ => {}
        }
        if is_news {
            shared.work_is_ready.notify_one();
        }
        Ok(())
    }

    /// Memory of this size, and room for so many bytes in the spool, as soon as there is some, or as long as the policy
    /// says.
    async fn room(&self, size: usize, bytes: u64) -> Result<Charge, SendError> {
        let shared = self.shared();
        let deadline = match shared.config.when_full {
            shared::WhenFull::Wait => None,
            shared::WhenFull::WaitAtMost(time) => Instant::now().checked_add(time),
            shared::WhenFull::Refuse => Some(Instant::now()),
        };
        // Where one record is longer than all of the memory, it has all of it.
        let permits = u32::try_from(size.min(shared.config.memory)).unwrap_or(u32::MAX);
        let charge = |permit: tokio::sync::SemaphorePermit<'_>| {
            let is_spooled = shared.take_spool(bytes);
            is_spooled.then(|| {
                permit.forget();
                Charge::of(&shared.room, permits as usize)
            })
        };
        let is_spool_full = || !shared.has_spool_room(shared.waiting_bytes.load(Ordering::Relaxed), bytes);
        // Mostly there is room. Whether the sender is closed is looked at when the records are handed over.
        if !shared.has_store_error()
            && let Ok(permit) = shared.room.try_acquire_many(permits)
            && let Some(charge) = charge(permit)
        {
            return Ok(charge);
        }
        let _pressed = shared.press();
        let is_open = || shared.queue().phase == Phase::Open;
        loop {
            if !is_open() {
                return Err(SendError::closed(shared.queue().trouble()));
            }
            if let Some((error, since)) = shared.store_error() {
                let patience = since.checked_add(shared.config.spool_patience);
                let until = [patience, deadline].into_iter().flatten().min();
                let is_well = shared.until(|| shared.store_error().is_none() || !is_open());
                match by(until, is_well).await {
                    Some(()) => continue,
                    None => return Err(SendError::Store(error)),
                }
            }
            let is_full = is_spool_full();
            if !is_full
                && let Ok(permit) = shared.room.try_acquire_many(permits)
                && let Some(charge) = charge(permit)
            {
                return Ok(charge);
            }
            if shared.config.when_full == shared::WhenFull::Refuse {
                return Err(SendError::Full);
            }
            // What is being filled takes room too, and what is in the spool may leave memory.
            shared.work_is_ready.notify_one();
            if shared.config.level.is_some() {
                shared.signals.urge();
            }
            let waited = by(deadline, async {
                if is_full {
                    shared.until(|| !is_spool_full() || !is_open() || shared.store_error().is_some()).await;
                    return None;
                }
                tokio::select! {
                    permit = shared.room.acquire_many(permits) => permit.ok().and_then(charge),
                    () = shared.until(|| !is_open() || shared.store_error().is_some()) => None,
                }
            });
            match waited.await {
                Some(Some(charge)) => return Ok(charge),
                Some(None) => {}
                None => return Err(SendError::Full),
            }
        }
    }

    /// Sends what was handed over without waiting for more, and waits until all of it is accepted or rejected, or the
    /// API takes nothing: then [`status`](Sender::status) says why.
    pub async fn flush(&self) {
        let shared = self.shared();
        let last = {
            let mut queue = shared.queue();
            queue.seal_all();
            queue.blocks.last_key_value().map(|(id, _)| *id)
        };
        let Some(last) = last else { return };
        shared.work_is_ready.notify_one();
        shared
            .until(|| {
                let queue = shared.queue();
                !queue.waits_for(last) || queue.phase == Phase::Ended || queue.trouble().is_some() && queue.is_held()
            })
            .await;
    }

    /// How the sender does.
    #[must_use]
    pub fn status(&self) -> Status {
        let shared = self.shared();
        let queue = shared.queue();
        let waiting = queue.waiting(Instant::now());
        let is_held = queue.phase == Phase::Ended || queue.trouble().is_some() && queue.is_held();
        drop(queue);
        Status {
            waiting_records: waiting.records,
            waiting_bytes: waiting.bytes,
            free_memory: shared.room.available_permits(),
            in_flight: shared.requests_in_flight(),
            accepted: shared.counts.accepted.load(Ordering::Relaxed),
            rejected: shared.counts.rejected.load(Ordering::Relaxed),
            spool_file_bytes: shared.spool_file_bytes(),
            trouble: shared.trouble(),
            is_held,
        }
    }

    /// Takes no more records, sends what is there for as long as [`SenderBuilder::close_timeout`] says, and ends. What is
    /// not accepted by then stays in the spool, or is lost where there is none. A second call returns the same.
    ///
    /// # Errors
    ///
    /// When the spool, or the file of dead letters, could not be written at the end: the error has the counts.
    pub async fn close(&self) -> Result<Summary, SenderError> {
        self.close_within(self.shared().config.close_timeout).await
    }

    /// The same, with another time.
    ///
    /// # Errors
    ///
    /// As [`close`](Sender::close).
    pub async fn close_within(&self, time: Duration) -> Result<Summary, SenderError> {
        self.handle.end(time).await
    }
}

impl Shared {
    /// The lane of a type's records.
    fn lane_of<T: Push>(&self) -> usize {
        if !self.config.is_batch {
            return self.push_lane;
        }
        // Made once for each type, and there for good.
        let schema = T::schema();
        let place = std::ptr::from_ref(schema) as usize;
        let known = self.type_lanes.lock().unwrap_or_else(PoisonError::into_inner).get(&place).copied();
        known.unwrap_or_else(|| {
            let table = Table::new(T::TABLE_NAME).keys(T::KEY_NAMES.iter().copied());
            let lane = self.lane_of_batch(&table.schema(schema.clone()));
            self.type_lanes.lock().unwrap_or_else(PoisonError::into_inner).insert(place, lane);
            lane
        })
    }

    /// The lane of a table's records; none for the Batch endpoint where the table has no schema.
    fn lane_of_table(&self, table: &Table) -> Option<usize> {
        if !self.config.is_batch {
            return Some(self.push_lane);
        }
        table.json_schema().map(|_| self.lane_of_batch(table))
    }

    fn lane_of_batch(&self, table: &Table) -> usize {
        let mut queue = self.queue();
        let known = queue.lanes.iter().position(|lane| lane.route.is_batch_of(table));
        known.unwrap_or_else(|| queue.lane(Route::batch(table)))
    }
}
