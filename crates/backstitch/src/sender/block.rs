//! Blocks of records: what is kept, written to the spool, and put into requests as a whole, as long as nothing goes
//! wrong.

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use tokio::sync::Semaphore;
use tokio::time::Instant;

use super::frames::{self, BLOCK_BYTES, BUFFER_BYTES, Piece};
use super::receipt::Fate;
use crate::client::Pool;

/// Records that stay together. What became of each is in its fate.
#[derive(Debug)]
pub(super) struct Block {
    pub(super) id: u64,
    pub(super) lane: usize,
    pub(super) records: u32,
    /// How many bytes the records take, each with a comma before it.
    pub(super) bytes: usize,
    pub(super) last_taken: Option<i64>,
    pub(super) tables: Vec<(Cow<'static, str>, u32)>,
    pub(super) since: Instant,
    pub(super) fate: Arc<Fate>,
    /// Whether all of it is in the spool.
    is_stored: AtomicBool,
    /// Whether some of it may be there.
    may_be_stored: AtomicBool,
    /// How many requests with it may have arrived.
    pub(super) may_be_sent: AtomicU32,
    /// What is in memory of it, and how much of the memory for records that is. Who makes a request of a block that is in
    /// the spool has the bytes in that half of the memory which is for requests.
    content: Mutex<Option<(Content, Charge)>>,
}

/// The records of a block, in memory.
#[derive(Clone)]
pub(super) struct Content {
    pub(super) bytes: Bytes,
    pub(super) ends: Arc<[u32]>,
}

/// Shows no records.
impl fmt::Debug for Content {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Content").field("records", &self.ends.len()).finish_non_exhaustive()
    }
}

/// A part of the memory for records.
#[derive(Debug)]
pub(super) struct Charge {
    room: Arc<Semaphore>,
    bytes: usize,
}

impl Charge {
    /// A part that is still to grow.
    pub(super) fn none(room: &Arc<Semaphore>) -> Self {
        Charge { room: Arc::clone(room), bytes: 0 }
    }

    /// A part that was taken already, by a permit that was forgotten.
    pub(super) fn of(room: &Arc<Semaphore>, bytes: usize) -> Self {
        Charge { room: Arc::clone(room), bytes }
    }

    /// Gives back what is more than so many bytes.
    fn shrink(&mut self, bytes: usize) {
        self.room.add_permits(self.bytes.saturating_sub(bytes));
        self.bytes = self.bytes.min(bytes);
    }

    /// Moves a part of it to another one.
    fn give(&mut self, bytes: usize, to: &mut Charge) {
        let bytes = bytes.min(self.bytes);
        self.bytes -= bytes;
        to.bytes += bytes;
    }
}

impl Drop for Charge {
    fn drop(&mut self) {
        self.room.add_permits(self.bytes);
    }
}

impl Content {
    /// What was read from the spool, for one request.
    #[cfg(feature = "spool")]
    pub(super) fn read(bytes: Bytes, ends: Arc<[u32]>) -> Self {
        Content { bytes, ends }
    }

    /// Each record, with a comma before it.
    #[cfg(feature = "spool")]
    pub(super) fn records(&self) -> impl Iterator<Item = Bytes> {
        (0..self.ends.len() as u32).map(|index| self.slice(&(index..index + 1)))
    }

    /// Where a record begins and ends, with its comma.
    fn place(&self, records: &Range<u32>) -> Range<usize> {
        let end_before = |index: u32| match index.checked_sub(1) {
            Some(before) => self.ends.get(before as usize).copied().unwrap_or_default() as usize,
            None => 0,
        };
        end_before(records.start)..end_before(records.end)
    }

    /// Some of the records, with a comma before each.
    pub(super) fn slice(&self, records: &Range<u32>) -> Bytes {
        let place = self.place(records);
        if place.start <= place.end && place.end <= self.bytes.len() { self.bytes.slice(place) } else { Bytes::new() }
    }
}

impl Block {
    /// What is in memory of it.
    pub(super) fn content(&self) -> Option<Content> {
        self.content.lock().unwrap_or_else(PoisonError::into_inner).as_ref().map(|(content, _)| content.clone())
    }

    /// Leaves it to the spool alone; says whether it was in memory.
    pub(super) fn forget(&self) -> bool {
        self.content.lock().unwrap_or_else(PoisonError::into_inner).take().is_some()
    }

    /// A block that is in the spool alone.
    #[cfg(feature = "spool")]
    pub(super) fn stored(id: u64, lane: usize, summary: super::spool::Summary) -> Self {
        Block {
            id,
            lane,
            records: summary.records,
            bytes: summary.bytes,
            last_taken: None,
            tables: summary.tables,
            since: Instant::now(),
            fate: Arc::new(Fate::of_stored(summary.records)),
            is_stored: AtomicBool::new(true),
            may_be_stored: AtomicBool::new(true),
            may_be_sent: AtomicU32::new(0),
            content: Mutex::new(None),
        }
    }

    pub(super) fn is_stored(&self) -> bool {
        self.is_stored.load(Ordering::Acquire)
    }

    pub(super) fn set_stored(&self) {
        self.is_stored.store(true, Ordering::Release);
    }

    pub(super) fn may_be_stored(&self) -> bool {
        self.may_be_stored.load(Ordering::Relaxed)
    }

    /// Takes note that it is going to be written to the spool.
    pub(super) fn set_may_be_stored(&self) {
        self.may_be_stored.store(true, Ordering::Relaxed);
    }
}

/// A block that still takes records.
pub(super) struct OpenBlock {
    pub(super) id: u64,
    pub(super) fate: Arc<Fate>,
    pub(super) bytes: Vec<u8>,
    pub(super) ends: Vec<u32>,
    pub(super) tables: Vec<(Cow<'static, str>, u32)>,
    pub(super) last_taken: Option<i64>,
    pub(super) since: Instant,
    /// How many of the records are in the spool.
    pub(super) stored: usize,
    /// Whether some of them may be there.
    pub(super) may_be_stored: bool,
    charge: Charge,
}

/// Shows no records.
impl fmt::Debug for OpenBlock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OpenBlock").field("id", &self.id).field("records", &self.ends.len()).finish_non_exhaustive()
    }
}

impl OpenBlock {
    pub(super) fn new(id: u64, room: &Arc<Semaphore>, buffer: Vec<u8>) -> Self {
        OpenBlock {
            id,
            fate: Arc::default(),
            bytes: buffer,
            ends: Vec::new(),
            tables: Vec::new(),
            last_taken: None,
            since: Instant::now(),
            stored: 0,
            may_be_stored: false,
            charge: Charge::none(room),
        }
    }

    /// A block of all records of a piece, in the piece's memory.
    pub(super) fn adopt(id: u64, piece: Piece, charge: Charge) -> Self {
        let Piece { bytes, ends, tables, last_taken } = piece;
        let fate = Fate::default();
        fate.grow(ends.len());
        OpenBlock {
            id,
            fate: Arc::new(fate),
            bytes,
            ends,
            tables,
            last_taken,
            since: Instant::now(),
            stored: 0,
            may_be_stored: false,
            charge,
        }
    }

    pub(super) fn size(&self) -> usize {
        frames::size(self.bytes.len(), self.ends.len())
    }

    /// How many more records of `piece`, from `from` on, it can take: at most `most` and `most_bytes`.
    pub(super) fn fitting(&self, piece: &Piece, from: usize, most: usize, most_bytes: usize) -> usize {
        let begin = start_of(piece, from);
        let room = BLOCK_BYTES.saturating_sub(self.size());
        let fits = |index: usize| {
            let end = piece.ends.get(index).copied().unwrap_or_default() as usize;
            let (records, bytes) = (index + 1 - from, end - begin);
            records <= most && bytes <= most_bytes && frames::size(bytes, records) <= room
        };
        let last = piece.records();
        // Mostly all of them.
        if last > from && fits(last - 1) {
            return last - from;
        }
        (from..last).take_while(|index| fits(*index)).count()
    }

    /// Adds records of a piece, with their part of the piece's memory.
    pub(super) fn append(&mut self, piece: &Piece, records: Range<usize>, charge: &mut Charge) {
        let begin = start_of(piece, records.start);
        let end = start_of(piece, records.end);
        let offset = self.bytes.len();
        self.bytes.extend_from_slice(piece.bytes.get(begin..end).unwrap_or_default());
        let ends = piece.ends.get(records.clone()).unwrap_or_default();
        self.ends.extend(ends.iter().map(|end| (*end as usize - begin + offset) as u32));
        // A piece is of one table, unless all of it is adopted.
        if let Some((table, _)) = piece.tables.first() {
            frames::count(&mut self.tables, table, records.len() as u32);
        }
        self.last_taken = self.last_taken.max(piece.last_taken);
        self.fate.grow(records.len());
        charge.give(frames::size(end - begin, records.len()), &mut self.charge);
    }

    /// The block, which takes no more records.
    pub(super) fn seal(self, lane: usize, buffers: &Pool) -> Block {
        let OpenBlock { id, fate, mut bytes, ends, tables, last_taken, since, stored, may_be_stored, mut charge } =
            self;
        let (records, len) = (ends.len(), bytes.len());
        // Memory that is not used is not counted either.
        if bytes.capacity() > len + BUFFER_BYTES / 4 {
            let exact = bytes.as_slice().to_vec();
            buffers.give_back(std::mem::replace(&mut bytes, exact));
        }
        charge.shrink(frames::size(bytes.capacity(), records));
        let content = Content { bytes: buffers.lend(bytes), ends: ends.into() };
        Block {
            id,
            lane,
            records: records as u32,
            bytes: len,
            last_taken,
            tables,
            since,
            fate,
            is_stored: AtomicBool::new(stored == records),
            may_be_stored: AtomicBool::new(may_be_stored),
            may_be_sent: AtomicU32::new(0),
            content: Mutex::new(Some((content, charge))),
        }
    }
}

/// Where a record of a piece begins.
fn start_of(piece: &Piece, index: usize) -> usize {
    match index.checked_sub(1) {
        Some(before) => piece.ends.get(before).copied().unwrap_or_default() as usize,
        None => 0,
    }
}
