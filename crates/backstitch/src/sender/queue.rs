//! What waits to be sent: records go from open blocks to sealed ones, these to requests.

#[cfg(feature = "spool")]
use std::collections::BTreeSet;
use std::collections::{BTreeMap, VecDeque};
use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Semaphore;
use tokio::time::Instant;

use super::block::{Block, Charge, OpenBlock};
use super::frames::{BUFFER_BYTES, Piece};
use super::receipt::Fate;
use super::route::Route;
use super::work::{Part, Work};
use crate::client::{Pool, Refusal};

/// All that waits, and what the spool is to be told.
#[derive(Debug)]
pub(super) struct Queue {
    pub(super) lanes: Vec<Lane>,
    /// Sealed blocks, until the outcome of all of their records is known.
    pub(super) blocks: BTreeMap<u64, Arc<Block>>,
    next_block: u64,
    /// How many requests are being made.
    pub(super) busy: usize,
    pub(super) phase: Phase,
    /// Whether records go to a spool, before they are sent or soon after.
    is_spooled: bool,
    /// Sealed blocks that are not in the spool yet.
    pub(super) to_store: Vec<Arc<Block>>,
    /// Blocks that are in the spool, or may be, and have no use there any more.
    pub(super) removed: Vec<u64>,
    /// Blocks that can't be read: they stay in the spool, and nothing more becomes of them.
    #[cfg(feature = "spool")]
    pub(super) unreadable: BTreeSet<u64>,
    /// The lane whose turn it is.
    turn: usize,
    room: Arc<Semaphore>,
    pub(super) buffers: Pool,
}

/// As long as there are no more lanes, an open block has the memory of a full one from the start.
const FEW_LANES: usize = 8;

/// Whether more records are taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Phase {
    /// They are.
    Open,
    /// No more; what is there is sent.
    Closing,
    /// Nothing is sent any more.
    Ended,
}

/// The records of one route.
#[derive(Debug)]
pub(super) struct Lane {
    pub(super) route: Arc<Route>,
    filling: Filling,
    works: VecDeque<Work>,
    pub(super) held: Option<Held>,
}

/// The request that is being filled.
#[derive(Debug, Default)]
struct Filling {
    blocks: Vec<Arc<Block>>,
    open: Option<OpenBlock>,
    records: usize,
    bytes: usize,
    since: Option<Instant>,
}

/// Why a lane sends nothing.
#[derive(Clone, Debug)]
pub(super) struct Held {
    pub(super) refusal: Arc<Refusal>,
    /// When it is tried again; never, where nothing but another program helps.
    pub(super) until: Option<Instant>,
    /// Whether a request tries just now.
    is_tried: bool,
    /// Whether it was tried once more since the sender is closing.
    is_last: bool,
}

/// When requests are sealed.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    pub(super) records: usize,
    pub(super) bytes: usize,
}

/// What has to be in the spool before a request is sent.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stored {
    /// Whether its records have to be.
    pub(super) is_first: bool,
    /// Up to which sequence it is known that they are used.
    pub(super) mark: i64,
}

/// What is to be done next.
#[derive(Debug)]
pub(super) enum Next {
    /// A request.
    Work(Work),
    /// Nothing until then, or until something changes.
    Wait {
        until: Option<Instant>,
        /// Whether a request waits for its records to be in the spool.
        is_for_store: bool,
    },
    /// Nothing any more.
    End,
}

impl Lane {
    fn new(route: Route) -> Self {
        Lane { route: Arc::new(route), filling: Filling::default(), works: VecDeque::new(), held: None }
    }

    /// Ends the open block.
    fn seal_block(&mut self, lane: usize, buffers: &Pool) -> Option<Arc<Block>> {
        let open = self.filling.open.take()?;
        if open.ends.is_empty() {
            return None;
        }
        let block = Arc::new(open.seal(lane, buffers));
        self.filling.blocks.push(Arc::clone(&block));
        Some(block)
    }

    fn is_filling(&self) -> bool {
        self.filling.records > 0
    }

    pub(super) fn open_block(&self) -> Option<&OpenBlock> {
        self.filling.open.as_ref()
    }

    pub(super) fn open_block_mut(&mut self) -> Option<&mut OpenBlock> {
        self.filling.open.as_mut()
    }
}

impl Queue {
    pub(super) fn new(is_spooled: bool, room: Arc<Semaphore>, buffers: Pool) -> Self {
        Queue {
            lanes: Vec::new(),
            blocks: BTreeMap::new(),
            next_block: 1,
            busy: 0,
            phase: Phase::Open,
            is_spooled,
            to_store: Vec::new(),
            removed: Vec::new(),
            #[cfg(feature = "spool")]
            unreadable: BTreeSet::new(),
            turn: 0,
            room,
            buffers,
        }
    }

    /// The lane of a route, which is made where there is none.
    pub(super) fn lane(&mut self, route: Route) -> usize {
        if let Some(known) = self.lanes.iter().position(|lane| *lane.route == route) {
            return known;
        }
        self.lanes.push(Lane::new(route));
        self.lanes.len() - 1
    }

    fn new_id(&mut self) -> u64 {
        self.next_block += 1;
        self.next_block - 1
    }

    /// Takes records into a lane, with the memory that they were given; says where each went, and returns whether there
    /// is something new to be sent, or to wait for.
    pub(super) fn hand_over(
        &mut self,
        lane: usize,
        piece: Piece,
        charge: Charge,
        limits: Limits,
        placed: impl FnMut(&Arc<Fate>, Range<u32>),
    ) -> bool {
        let state = |lane: Option<&Lane>| lane.map(|lane| (lane.works.len(), lane.is_filling()));
        let before = state(self.lanes.get(lane));
        self.place(lane, piece, charge, limits, placed);
        before != state(self.lanes.get(lane))
    }

    fn place(
        &mut self,
        lane: usize,
        piece: Piece,
        mut charge: Charge,
        limits: Limits,
        mut placed: impl FnMut(&Arc<Fate>, Range<u32>),
    ) {
        let mut from = 0;
        while from < piece.records() {
            let left = piece.records() - from;
            let bytes = piece.bytes.len() - piece.ends.get(from.wrapping_sub(1)).map_or(0, |end| *end as usize);
            let Some(filling) = self.lanes.get(lane).map(|lane| &lane.filling) else { return };
            let most = limits.records.saturating_sub(filling.records);
            let most_bytes = limits.bytes.saturating_sub(filling.bytes);
            let is_new = filling.open.is_none();
            if from == 0 && is_new && left <= most && bytes <= most_bytes && piece.is_a_block() {
                let id = self.new_id();
                let open = OpenBlock::adopt(id, piece, charge);
                placed(&open.fate, 0..left as u32);
                let Some(filling) = self.lanes.get_mut(lane).map(|lane| &mut lane.filling) else { return };
                filling.since.get_or_insert(open.since);
                filling.records += left;
                filling.bytes += bytes;
                filling.open = Some(open);
                self.seal_block(lane);
                self.seal_if_full(lane, limits);
                return;
            }
            if is_new {
                let mut buffer = self.buffers.take();
                // Many lanes have little each.
                if self.lanes.len() <= FEW_LANES {
                    buffer.reserve_exact(BUFFER_BYTES);
                }
                let open = OpenBlock::new(self.new_id(), &self.room, buffer);
                let Some(filling) = self.lanes.get_mut(lane).map(|lane| &mut lane.filling) else { return };
                filling.since.get_or_insert(open.since);
                filling.open = Some(open);
            }
            let Some(filling) = self.lanes.get_mut(lane).map(|lane| &mut lane.filling) else { return };
            let Some(open) = filling.open.as_mut() else { return };
            let mut count = open.fitting(&piece, from, most, most_bytes);
            if count == 0 {
                let first = piece.ends.get(from).map_or(0, |end| *end as usize) + bytes - piece.bytes.len();
                if most == 0 || first > most_bytes && filling.records > 0 {
                    self.seal(lane);
                    continue;
                }
                if !open.ends.is_empty() {
                    self.seal_block(lane);
                    continue;
                }
                // A record that is longer than a block has a block of its own.
                count = 1;
            }
            let begin = open.ends.len() as u32;
            let before = open.bytes.len();
            open.append(&piece, from..from + count, &mut charge);
            placed(&open.fate, begin..begin + count as u32);
            filling.records += count;
            filling.bytes += open.bytes.len() - before;
            from += count;
            self.seal_if_full(lane, limits);
        }
        self.buffers.give_back(piece.bytes);
    }

    fn seal_block(&mut self, lane: usize) {
        let Some(sealed) = self.lanes.get_mut(lane).and_then(|of| of.seal_block(lane, &self.buffers)) else { return };
        if self.is_spooled && !sealed.is_stored() {
            self.to_store.push(Arc::clone(&sealed));
        }
        self.blocks.insert(sealed.id, sealed);
    }

    fn seal_if_full(&mut self, lane: usize, limits: Limits) {
        let is_full = self
            .lanes
            .get(lane)
            .is_some_and(|lane| lane.filling.records >= limits.records || lane.filling.bytes >= limits.bytes);
        if is_full {
            self.seal(lane);
        }
    }

    /// Ends the request that a lane fills.
    fn seal(&mut self, lane: usize) {
        self.seal_block(lane);
        let Some(of) = self.lanes.get_mut(lane) else { return };
        let filling = std::mem::take(&mut of.filling);
        if filling.records > 0 {
            of.works.push_back(Work::new(lane, filling.blocks.into_iter().map(Part::whole).collect()));
        }
    }

    /// Ends all requests that are being filled.
    pub(super) fn seal_all(&mut self) {
        (0..self.lanes.len()).for_each(|lane| self.seal(lane));
    }

    /// Puts blocks of a lane that were found in the spool into requests.
    #[cfg(feature = "spool")]
    pub(super) fn found(&mut self, lane: usize, blocks: impl IntoIterator<Item = Block>, limits: Limits) {
        let mut parts: Vec<Part> = Vec::new();
        let (mut records, mut bytes) = (0, 0);
        for block in blocks {
            self.next_block = self.next_block.max(block.id + 1);
            let is_full = records + block.records as usize > limits.records || bytes + block.bytes > limits.bytes;
            if is_full && !parts.is_empty() {
                self.put_back(Work::new(lane, std::mem::take(&mut parts)), false);
                (records, bytes) = (0, 0);
            }
            records += block.records as usize;
            bytes += block.bytes;
            let block = Arc::new(block);
            self.blocks.insert(block.id, Arc::clone(&block));
            parts.push(Part::whole(block));
        }
        if !parts.is_empty() {
            self.put_back(Work::new(lane, parts), false);
        }
    }

    /// Puts a request into its lane; `is_first` before the others.
    pub(super) fn put_back(&mut self, work: Work, is_first: bool) {
        let Some(lane) = self.lanes.get_mut(work.lane) else { return };
        if is_first {
            lane.works.push_front(work);
        } else {
            lane.works.push_back(work);
        }
    }

    /// What is to be done now; `is_pressed` says that somebody waits for room.
    pub(super) fn next(&mut self, now: Instant, linger: Duration, stored: Stored, is_pressed: bool) -> Next {
        if self.phase == Phase::Ended {
            return Next::End;
        }
        let mut wake: Option<Instant> = None;
        let mut earliest = |at: Instant| wake = Some(wake.map_or(at, |wake| wake.min(at)));
        for lane in 0..self.lanes.len() {
            let Some(since) = self.lanes.get(lane).and_then(|lane| lane.filling.since) else { continue };
            match since.checked_add(linger) {
                Some(due) if due > now && self.phase == Phase::Open => earliest(due),
                None if self.phase == Phase::Open => {}
                _ => self.seal(lane),
            }
        }
        // Who waits for room would wait for what is not even on its way.
        if is_pressed && self.busy == 0 && self.lanes.iter().all(|lane| lane.works.is_empty()) {
            self.seal_all();
        }
        let mut must_store = false;
        for lane in 0..self.lanes.len() {
            let index = (self.turn + lane) % self.lanes.len();
            let is_closing = self.phase == Phase::Closing;
            let Some(lane) = self.lanes.get_mut(index) else { continue };
            let is_due = |work: &Work| work.not_before.is_none_or(|at| at <= now);
            let Some(at) = lane.works.iter().position(is_due) else {
                // They wait for themselves alone.
                lane.works.iter().filter_map(|work| work.not_before).min().into_iter().for_each(&mut earliest);
                continue;
            };
            let Some(work) = lane.works.get(at) else { continue };
            if let Some(held) = &mut lane.held {
                let Some(until) = held.until else { continue };
                if held.is_tried {
                    continue;
                }
                let is_due = until <= now || is_closing && !held.is_last;
                if !is_due {
                    if !is_closing {
                        earliest(until);
                    }
                    continue;
                }
            }
            let is_marked = work.last_taken().is_none_or(|last| last <= stored.mark);
            if !is_marked || stored.is_first && !work.is_stored() {
                must_store = true;
                continue;
            }
            lane.works.iter().take(at).filter_map(|work| work.not_before).min().into_iter().for_each(&mut earliest);
            let Some(work) = lane.works.remove(at) else { continue };
            if let Some(held) = &mut lane.held {
                (held.is_tried, held.is_last) = (true, is_closing);
            }
            self.turn = index + 1;
            self.busy += 1;
            return Next::Work(work);
        }
        Next::Wait { until: wake, is_for_store: must_store }
    }

    /// Whether anything can still be sent without something else happening.
    pub(super) fn is_idle(&self) -> bool {
        self.busy == 0
            && self.lanes.iter().all(|lane| {
                let is_held = lane.held.as_ref().is_some_and(|held| held.until.is_none() || held.is_last);
                !lane.is_filling() && (lane.works.is_empty() || is_held)
            })
    }

    /// Has a lane send nothing until then.
    pub(super) fn hold(&mut self, lane: usize, refusal: Arc<Refusal>, until: Option<Instant>) {
        let Some(lane) = self.lanes.get_mut(lane) else { return };
        // What was tried while the sender closes is not tried again.
        let is_last = lane.held.as_ref().is_some_and(|held| held.is_last);
        let is_stopped = lane.held.as_ref().is_some_and(|held| held.until.is_none());
        if !is_stopped {
            lane.held = Some(Held { refusal, until, is_tried: false, is_last });
        }
    }

    /// Takes note that the request that was to try whether a lane sends again found nothing out: the next one does.
    pub(super) fn not_tried(&mut self, lane: usize) {
        if let Some(held) = self.lanes.get_mut(lane).and_then(|lane| lane.held.as_mut()) {
            (held.is_tried, held.is_last) = (false, false);
        }
    }

    /// Has a lane send again.
    pub(super) fn release(&mut self, lane: usize) {
        if let Some(lane) = self.lanes.get_mut(lane) {
            lane.held = None;
        }
    }

    /// Whether something can still become known of a block up to this one.
    pub(super) fn waits_for(&self, last: u64) -> bool {
        #[cfg(feature = "spool")]
        let is_open = |id: &u64| !self.unreadable.contains(id);
        #[cfg(not(feature = "spool"))]
        let is_open = |_: &u64| true;
        self.blocks.range(..=last).any(|(id, _)| is_open(id))
    }

    /// Whether nothing is sent, and nothing will be as long as the API refuses what it refuses.
    pub(super) fn is_held(&self) -> bool {
        let is_waiting = |lane: &Lane| lane.is_filling() || !lane.works.is_empty();
        self.busy == 0 && self.lanes.iter().filter(|lane| is_waiting(lane)).all(|lane| lane.held.is_some())
    }

    /// Ends the open blocks, so that they can leave memory when they are in the spool; the requests go on being filled.
    #[cfg(feature = "spool")]
    pub(super) fn seal_blocks(&mut self) {
        (0..self.lanes.len()).for_each(|lane| self.seal_block(lane));
    }

    /// Lets go of blocks of which everything is known.
    pub(super) fn finish(&mut self, blocks: &[Arc<Block>]) {
        for block in blocks {
            self.blocks.remove(&block.id);
            if self.is_spooled && block.may_be_stored() {
                self.removed.push(block.id);
            }
            block.forget();
        }
    }

    /// Why nothing is sent, where a lane is held.
    pub(super) fn trouble(&self) -> Option<Arc<Refusal>> {
        self.lanes.iter().find_map(|lane| lane.held.as_ref()).map(|held| Arc::clone(&held.refusal))
    }

    /// What nothing final is known of.
    pub(super) fn waiting(&self, now: Instant) -> Waiting {
        let open = self.lanes.iter().filter_map(Lane::open_block);
        let open = open.map(|open| (open.ends.len() as u64, open.bytes.len() as u64, open.since));
        let sealed = self.blocks.values().map(|block| (u64::from(block.fate.open()), block.bytes as u64, block.since));
        open.chain(sealed).fold(Waiting::default(), |waiting, (records, bytes, since)| Waiting {
            records: waiting.records + records,
            bytes: waiting.bytes + bytes,
            oldest: waiting.oldest.max(now.saturating_duration_since(since)),
        })
    }
}

/// What nothing final is known of.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Waiting {
    pub(super) records: u64,
    pub(super) bytes: u64,
    /// How long the oldest of it waits.
    pub(super) oldest: Duration,
}
