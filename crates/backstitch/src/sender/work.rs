//! The records of one request.

use std::ops::Range;
use std::sync::Arc;

use bytes::Bytes;
use tokio::time::Instant;

use super::block::{Block, Content};
use super::receipt::Outcome;
use super::route::Route;

/// Records that are to be sent in one request.
#[derive(Clone, Debug)]
pub(super) struct Work {
    pub(super) lane: usize,
    pub(super) parts: Vec<Part>,
    /// How many requests were made with these records.
    pub(super) attempts: u32,
    /// How often a record that the API named was taken out.
    pub(super) hints: u32,
    /// How many of these failed, one after the other.
    pub(super) failures: u32,
    /// How many of these failed while others were accepted.
    pub(super) lonely_failures: u32,
    /// How many requests had been accepted when the last one failed.
    pub(super) successes_seen: Option<u64>,
    /// When it is to be tried again, where others need not wait for it.
    pub(super) not_before: Option<Instant>,
    /// How many bytes a request had that broke the connection, and that these records were a part of.
    pub(super) suspected: Option<usize>,
}

/// Some records of a block, neighbours.
#[derive(Clone, Debug)]
pub(super) struct Part {
    pub(super) block: Arc<Block>,
    pub(super) records: Range<u32>,
}

impl Part {
    pub(super) fn whole(block: Arc<Block>) -> Self {
        Part { records: 0..block.records, block }
    }
}

impl Work {
    pub(super) fn new(lane: usize, parts: Vec<Part>) -> Self {
        Work {
            lane,
            parts,
            attempts: 0,
            hints: 0,
            failures: 0,
            lonely_failures: 0,
            successes_seen: None,
            not_before: None,
            suspected: None,
        }
    }

    pub(super) fn records(&self) -> usize {
        self.parts.iter().map(|part| part.records.len()).sum()
    }

    pub(super) fn last_taken(&self) -> Option<i64> {
        self.parts.iter().filter_map(|part| part.block.last_taken).max()
    }

    pub(super) fn is_stored(&self) -> bool {
        self.parts.iter().all(|part| part.block.is_stored())
    }

    /// When the first of the records was handed over.
    #[cfg(feature = "metrics")]
    pub(super) fn since(&self) -> Option<Instant> {
        self.parts.iter().map(|part| part.block.since).min()
    }

    /// The records before the one at `index`, those from there on.
    pub(super) fn split(mut self, index: usize) -> [Work; 2] {
        let (lane, parts) = (self.lane, std::mem::take(&mut self.parts));
        let (mut before, mut after) = (Vec::new(), Vec::new());
        let mut left = index;
        for part in parts {
            let taken = left.min(part.records.len());
            left -= taken;
            let border = part.records.start + taken as u32;
            if taken > 0 {
                before.push(Part { block: Arc::clone(&part.block), records: part.records.start..border });
            }
            if border < part.records.end {
                after.push(Part { records: border..part.records.end, block: part.block });
            }
        }
        [before, after].map(|parts| Work {
            attempts: self.attempts,
            hints: self.hints,
            successes_seen: self.successes_seen,
            suspected: self.suspected,
            ..Work::new(lane, parts)
        })
    }

    /// Puts the records of another one after these.
    pub(super) fn join(&mut self, other: Work) {
        self.parts.extend(other.parts);
    }

    /// Says what became of all records; returns the blocks of which everything is known now.
    pub(super) fn resolve(&self, outcome: &Outcome) -> Vec<Arc<Block>> {
        let whole = |part: &&Part| part.block.fate.resolve(part.records.clone(), outcome.clone());
        self.parts.iter().filter(whole).map(|part| Arc::clone(&part.block)).collect()
    }

    /// How many of the records go to each table.
    #[cfg(feature = "metrics")]
    pub(super) fn tables(&self) -> impl Iterator<Item = (&str, u32)> {
        // Of a part of a block it is not known; most blocks are of one table.
        self.parts.iter().flat_map(|part| {
            let is_whole = part.records.len() == part.block.records as usize;
            part.block.tables.iter().map(move |(table, count)| {
                let share = if is_whole { *count } else { (*count).min(part.records.len() as u32) };
                (table.as_ref(), share)
            })
        })
    }
}

/// A request with all its bytes in memory.
#[derive(Clone, Debug)]
pub(super) struct Request {
    contents: Vec<Content>,
    /// Its body, piece by piece.
    pub(super) chunks: Vec<Bytes>,
    pub(super) bytes: usize,
}

impl Request {
    /// `contents` are those of the blocks of the work's parts.
    pub(super) fn new(work: &Work, contents: Vec<Content>, route: &Route) -> Self {
        let [before, after] = &route.around;
        let mut chunks = Vec::with_capacity(contents.len() + 2);
        chunks.push(before.clone());
        for (part, content) in work.parts.iter().zip(&contents) {
            let slice = content.slice(&part.records);
            // The first record of a request has no comma.
            chunks.push(if chunks.len() == 1 { slice.slice(slice.len().min(1)..) } else { slice });
        }
        chunks.push(after.clone());
        let bytes = chunks.iter().map(Bytes::len).sum();
        Request { contents, chunks, bytes }
    }

    /// The record at `index` of the work, with a comma before it; and its part.
    pub(super) fn record(&self, work: &Work, index: usize) -> Option<Bytes> {
        let mut left = index;
        for (part, content) in work.parts.iter().zip(&self.contents) {
            if left < part.records.len() {
                let at = part.records.start + left as u32;
                return Some(content.slice(&(at..at + 1)));
            }
            left -= part.records.len();
        }
        None
    }

    /// At which record the work is to be split, so that both requests have about as many bytes.
    pub(super) fn middle(&self, work: &Work) -> usize {
        let half = self.bytes / 2;
        let (mut index, mut bytes) = (0, 0);
        for (part, content) in work.parts.iter().zip(&self.contents) {
            for at in part.records.clone() {
                bytes += content.slice(&(at..at + 1)).len();
                index += 1;
                if bytes >= half {
                    return index.clamp(1, (work.records() - 1).max(1));
                }
            }
        }
        (work.records() / 2).max(1)
    }
}
