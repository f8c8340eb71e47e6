//! What a sender's handles, its requests and its writing thread have in common.

use std::collections::HashMap;
use std::future::Future;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{Notify, Semaphore};
use tokio::time::Instant;

use super::block::Block;
use super::dead_letters::{self, Letter};
use super::endpoint::Endpoint;
use super::frames::{BUFFER_BYTES, FrameWriter};
use super::keeper::Signals;
use super::many::{Item, Lane};
use super::observe;
use super::queue::{Limits, Phase, Queue, Stored};
use super::receipt::{Fate, Outcome, Rejection, Undelivered};
use super::route::Route;
use super::store::StoreError;
use super::transport::Transport;
use crate::client::{Client, Pool};
use crate::sequence::Sequence;

/// What a full sender does with records that are handed over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum WhenFull {
    /// Whoever hands them over waits.
    #[default]
    Wait,
    /// The same, but not longer than this.
    WaitAtMost(Duration),
    /// They are refused at once.
    Refuse,
}

/// When records are on disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Level {
    /// Before [`send`](super::Sender::send) returns: what was handed over is delivered, whatever becomes of the process or
    /// the machine.
    #[default]
    Always,
    /// At the latest so long after it was handed over, if it is not accepted by then: a process that is killed, or a
    /// machine that stops, loses no more than what was handed over in that time.
    Interval(Duration),
    /// When the sender is closed, or memory is short: what was handed over is lost with the process.
    Memory,
}

/// How a sender works.
#[derive(Clone, Debug)]
pub(super) struct Config {
    pub(super) batch_records: usize,
    pub(super) batch_bytes: usize,
    pub(super) linger: Duration,
    pub(super) concurrency: usize,
    pub(super) memory: usize,
    pub(super) spool_bytes: u64,
    pub(super) when_full: WhenFull,
    /// Nothing, where there is no spool.
    pub(super) level: Option<Level>,
    pub(super) is_batch: bool,
    pub(super) close_timeout: Duration,
    pub(super) has_dead_letters: bool,
    /// How long a spool that can't be written is waited for.
    pub(super) spool_patience: Duration,
}

/// What a sender's handles, its requests and its writing thread have in common.
#[derive(Debug)]
pub(super) struct Shared {
    pub(super) client: Client,
    pub(super) config: Config,
    pub(super) transport: Box<dyn Transport>,
    queue: Mutex<Queue>,
    /// Memory of blocks that were delivered.
    buffers: Pool,
    /// The lane of records for the Push endpoint.
    pub(super) push_lane: usize,
    /// How many bytes a request for the Push endpoint has beside its records, where that is where they go.
    pub(super) push_around: Option<usize>,
    /// The memory for records.
    pub(super) room: Arc<Semaphore>,
    pub(super) endpoint: Endpoint,
    /// The API, or the address, is not what it was taken for.
    pub(super) stop: Notify,
    /// Requests may be due.
    pub(super) work_is_ready: Notify,
    /// Something was delivered, written, or given up.
    has_changed: Notify,
    pub(super) signals: Arc<Signals>,
    /// Whether there is a thread that writes.
    pub(super) has_keeper: bool,
    /// Up to which sequence the spool knows that they may be used.
    pub(super) mark: AtomicI64,
    pub(super) mark_is_wanted: AtomicBool,
    letters: Mutex<Vec<Letter>>,
    spool_trouble: Mutex<Option<(StoreError, Instant)>>,
    has_spool_trouble: AtomicBool,
    /// How many wait for room.
    pressed: AtomicUsize,
    /// How many requests are being made, those that wait to be made again left out.
    in_flight: AtomicUsize,
    /// How many bytes of records wait, in memory and in the spool.
    pub(super) waiting_bytes: AtomicU64,
    writers: Mutex<Vec<FrameWriter>>,
    /// The lanes of types, by the places of their schemas.
    pub(super) type_lanes: Mutex<HashMap<usize, usize>>,
    pub(super) counts: Counts,
    #[cfg(feature = "spool")]
    pub(super) disk: Option<Arc<super::spool::Disk>>,
}

/// How many records, since the sender was started.
#[derive(Debug, Default)]
pub(super) struct Counts {
    pub(super) taken: AtomicU64,
    pub(super) replayed: AtomicU64,
    pub(super) accepted: AtomicU64,
    pub(super) rejected: AtomicU64,
}

/// What a shared state is made of.
pub(super) struct Made {
    pub(super) client: Client,
    pub(super) config: Config,
    pub(super) transport: Box<dyn Transport>,
    pub(super) queue: Queue,
    pub(super) room: Arc<Semaphore>,
    pub(super) endpoint: Endpoint,
    pub(super) mark: i64,
    #[cfg(feature = "spool")]
    pub(super) disk: Option<Arc<super::spool::Disk>>,
}

impl Shared {
    pub(super) fn new(made: Made) -> Self {
        let Made { client, config, transport, mut queue, room, endpoint, mark, .. } = made;
        let route = Route::push(client.format());
        let push_around = (!config.is_batch).then(|| route.bytes_around());
        let push_lane = if config.is_batch { 0 } else { queue.lane(route) };
        Shared {
            client,
            has_keeper: config.level.is_some() || config.has_dead_letters,
            config,
            transport,
            push_lane,
            push_around,
            buffers: queue.buffers.clone(),
            queue: Mutex::new(queue),
            room,
            endpoint,
            stop: Notify::new(),
            work_is_ready: Notify::new(),
            has_changed: Notify::new(),
            signals: Arc::default(),
            mark: AtomicI64::new(mark),
            mark_is_wanted: AtomicBool::new(false),
            letters: Mutex::default(),
            spool_trouble: Mutex::default(),
            has_spool_trouble: AtomicBool::new(false),
            pressed: AtomicUsize::new(0),
            in_flight: AtomicUsize::new(0),
            waiting_bytes: AtomicU64::new(0),
            writers: Mutex::default(),
            type_lanes: Mutex::default(),
            counts: Counts::default(),
            #[cfg(feature = "spool")]
            disk: made.disk,
        }
    }

    pub(super) fn queue(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// When a request of a lane is sealed.
    pub(super) fn limits(&self, route: &Route) -> Limits {
        let Config { batch_records, batch_bytes, .. } = self.config;
        let bytes = batch_bytes.min(self.endpoint.cap()).saturating_sub(route.bytes_around());
        Limits { records: batch_records, bytes }
    }

    /// What has to be in the spool before a request is sent.
    pub(super) fn stored(&self, is_closing: bool) -> Stored {
        // What can't be written is sent from memory; at the end also what the spool does not know the sequence of.
        let is_writable = !self.has_store_error();
        let is_first = self.config.level == Some(Level::Always) && is_writable;
        let mark = if is_writable || !is_closing { self.mark.load(Ordering::Acquire) } else { i64::MAX };
        Stored { is_first, mark }
    }

    /// Tells all who wait for something that it may have happened.
    pub(super) fn changed(&self) {
        self.has_changed.notify_waiters();
        self.work_is_ready.notify_one();
    }

    /// Waits until `is_so`, which is asked again whenever something changed.
    pub(super) async fn until(&self, mut is_so: impl FnMut() -> bool) {
        loop {
            let mut changed = std::pin::pin!(self.has_changed.notified());
            changed.as_mut().enable();
            if is_so() {
                return;
            }
            changed.await;
        }
    }

    /// Lets go of blocks of which everything is known.
    pub(super) fn finish(&self, blocks: &[Arc<Block>]) {
        if !blocks.is_empty() {
            self.queue().finish(blocks);
            let bytes: usize = blocks.iter().map(|block| block.bytes).sum();
            self.waiting_bytes.fetch_sub(bytes as u64, Ordering::Relaxed);
            if self.config.level.is_some() {
                self.signals.want();
            }
        }
        self.changed();
    }

    /// A writer for records; give it back.
    pub(super) fn writer(&self) -> FrameWriter {
        let known = self.writers.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let mut writer = known.unwrap_or_else(|| {
            if self.config.is_batch {
                FrameWriter::of_batch()
            } else {
                FrameWriter::of_push(self.client.format(), self.client.client_id())
            }
        });
        writer.start(self.buffer());
        writer
    }

    pub(super) fn give_back(&self, writer: FrameWriter) {
        let mut writers = self.writers.lock().unwrap_or_else(PoisonError::into_inner);
        if writers.len() < 16 {
            writers.push(writer);
        }
    }

    /// Memory for the records of a block.
    pub(super) fn buffer(&self) -> Vec<u8> {
        let mut buffer = self.buffers.take();
        buffer.reserve_exact(BUFFER_BYTES);
        buffer
    }

    /// Says that a record will never be accepted as it is: after it is in the file of dead letters, where there is one.
    pub(super) fn reject(&self, letter: Letter) {
        let letter = self.post(letter);
        self.deliver_letter(letter);
    }

    /// Has a letter wait to be written, where there is a file for it; gives it back where there is none.
    fn post(&self, letter: Letter) -> Option<Letter> {
        if !self.config.has_dead_letters {
            return Some(letter);
        }
        self.letters().push(letter);
        None
    }

    /// Has letters written that wait; or tells of one that is not written anywhere.
    fn deliver_letter(&self, letter: Option<Letter>) {
        let Some(letter) = letter else { return self.signals.urge() };
        observe::rejected(&letter.table, &letter.rejection);
        let outcome = Outcome::Undelivered(Undelivered::Rejected(letter.rejection));
        let is_whole = letter.fate.resolve(letter.index..letter.index + 1, outcome);
        self.count_rejected();
        let finished: Vec<Arc<Block>> = letter.block.into_iter().filter(|_| is_whole).collect();
        self.finish(&finished);
    }

    /// Takes a record that no block takes, and rejects it; unless the sender is closed.
    pub(super) fn refuse_record(
        &self,
        record: &impl Item,
        lane: Lane<'_>,
        sequence: Sequence,
        rejection: Rejection,
    ) -> Option<Arc<Fate>> {
        let Lane { index, table } = lane;
        let route = self.queue().lanes.get(index).map(|lane| Arc::clone(&lane.route));
        let fate = Arc::new(Fate::default());
        fate.grow(1);
        let text = match route.filter(|_| self.config.has_dead_letters) {
            Some(route) => {
                let mut writer = self.writer();
                let shown = record.show(&mut writer, sequence);
                self.give_back(writer);
                let known = (Some(table), Some(sequence.get()));
                let now = time::OffsetDateTime::now_utc();
                dead_letters::line(shown.as_deref(), known, &rejection, &route, now)
            }
            None => Vec::new(),
        };
        let letter =
            Letter { text, rejection, fate: Arc::clone(&fate), index: 0, block: None, table: table.to_owned() };
        let queue = self.queue();
        if queue.phase != Phase::Open {
            return None;
        }
        self.counts.taken.fetch_add(1, Ordering::Relaxed);
        // Under the lock, so that whoever ends the sender finds the letter.
        let letter = self.post(letter);
        drop(queue);
        #[cfg(feature = "metrics")]
        observe::enqueued(table, 1);
        self.deliver_letter(letter);
        Some(fate)
    }

    /// How many bytes the spool's file has.
    pub(super) fn spool_file_bytes(&self) -> Option<u64> {
        #[cfg(feature = "spool")]
        return self.disk.as_ref().map(|disk| disk.file_bytes());
        #[cfg(not(feature = "spool"))]
        None
    }

    fn letters(&self) -> MutexGuard<'_, Vec<Letter>> {
        self.letters.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn take_letters(&self) -> Vec<Letter> {
        std::mem::take(&mut *self.letters())
    }

    pub(super) fn put_letters_back(&self, mut letters: Vec<Letter>) {
        let mut newer = self.letters();
        letters.append(&mut newer);
        *newer = letters;
    }

    pub(super) fn count_rejected(&self) {
        self.counts.rejected.fetch_add(1, Ordering::Relaxed);
    }

    fn spool_trouble(&self) -> MutexGuard<'_, Option<(StoreError, Instant)>> {
        self.spool_trouble.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes note of whether the last write failed.
    pub(super) fn set_spool_trouble(&self, error: Option<&StoreError>) {
        let mut trouble = self.spool_trouble();
        let had_trouble = trouble.is_some();
        match error {
            Some(error) => {
                let since = trouble.as_ref().map_or_else(Instant::now, |(_, since)| *since);
                *trouble = Some((error.clone(), since));
            }
            None => *trouble = None,
        }
        self.has_spool_trouble.store(trouble.is_some(), Ordering::Relaxed);
        drop(trouble);
        if had_trouble || error.is_some() {
            self.changed();
        }
    }

    /// Whether the last write failed.
    pub(super) fn has_store_error(&self) -> bool {
        self.has_spool_trouble.load(Ordering::Relaxed)
    }

    /// Whether the spool has room for so many bytes beside those that wait.
    pub(super) fn has_spool_room(&self, waiting: u64, bytes: u64) -> bool {
        // One record that is longer than all of the spool may be is taken alone.
        self.config.level.is_none() || waiting == 0 || waiting.saturating_add(bytes) <= self.config.spool_bytes
    }

    /// Takes room for so many bytes in the spool, if there is some.
    pub(super) fn take_spool(&self, bytes: u64) -> bool {
        let more = |waiting| self.has_spool_room(waiting, bytes).then(|| waiting + bytes);
        self.waiting_bytes.fetch_update(Ordering::Relaxed, Ordering::Relaxed, more).is_ok()
    }

    /// Says that somebody waits for room, as long as what is returned is kept.
    pub(super) fn press(&self) -> Pressed<'_> {
        self.pressed.fetch_add(1, Ordering::Relaxed);
        Pressed(&self.pressed)
    }

    /// Says that a request is being made, as long as what is returned is kept.
    pub(super) fn in_flight(&self) -> InFlight<'_> {
        let requests = self.in_flight.fetch_add(1, Ordering::Relaxed) + 1;
        observe::in_flight(requests, self.config.concurrency);
        InFlight(self)
    }

    /// How many requests are being made.
    pub(super) fn requests_in_flight(&self) -> usize {
        self.in_flight.load(Ordering::Relaxed)
    }

    /// Why nothing gets through just now: what the API, the network or the disk said.
    pub(super) fn trouble(&self) -> Option<String> {
        let refusal = self.queue().trouble().map(|refusal| refusal.to_string());
        // A disk before the network: only the disk keeps records from being taken.
        let store_error = || self.store_error().map(|(error, _)| error.to_string());
        let failure = || self.endpoint.trouble().map(|reason| reason.to_string());
        refusal.or_else(store_error).or_else(failure)
    }

    /// Whether somebody waits for room.
    pub(super) fn is_pressed(&self) -> bool {
        self.pressed.load(Ordering::Relaxed) > 0
    }

    /// Why nothing can be written, and since when.
    pub(super) fn store_error(&self) -> Option<(StoreError, Instant)> {
        self.spool_trouble().clone()
    }

    /// Leaves blocks to the spool alone where memory is short: those that are sent last.
    #[cfg(feature = "spool")]
    pub(super) fn make_room(&self) {
        let total = self.config.memory;
        let is_pressed = self.is_pressed();
        if !is_pressed && self.room.available_permits() >= total / 4 {
            return;
        }
        let queue = self.queue();
        let mut has_room = false;
        for block in queue.blocks.values().rev() {
            // Who waits for room may wait for more than half of it.
            if !is_pressed && self.room.available_permits() >= total / 2 {
                break;
            }
            if block.is_stored() {
                has_room |= block.forget();
            }
        }
        drop(queue);
        if has_room {
            self.changed();
        }
    }
}

/// Somebody waits for room.
pub(super) struct Pressed<'a>(&'a AtomicUsize);

impl Drop for Pressed<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// A request is being made.
pub(super) struct InFlight<'a>(&'a Shared);

impl Drop for InFlight<'_> {
    fn drop(&mut self) {
        let requests = self.0.in_flight.fetch_sub(1, Ordering::Relaxed) - 1;
        observe::in_flight(requests, self.0.config.concurrency);
    }
}

/// Waits for something, but not longer than until then.
pub(super) async fn by<T>(deadline: Option<Instant>, future: impl Future<Output = T>) -> Option<T> {
    match deadline {
        Some(deadline) => tokio::time::timeout_at(deadline, future).await.ok(),
        None => Some(future.await),
    }
}
