//! Many records, encoded block by block.

use std::sync::Arc;

use super::frames::{BLOCK_BYTES, FrameWriter};
use super::receipt::{Fate, Receipts, Rejection};
use super::shared::Shared;
use crate::body::BodyError;
use crate::push::Push;
use crate::row::Row;
use crate::sequence::{Sequence, Taken};
use crate::table::Table;

/// A record on its way into a block.
pub(super) trait Item {
    fn own_sequence(&self) -> Option<Sequence>;

    fn push(&self, writer: &mut FrameWriter, sequence: Sequence, is_taken: bool) -> Result<(), BodyError>;

    /// Its text, with its comma, as far as it can be written.
    fn show(&self, writer: &mut FrameWriter, sequence: Sequence) -> Option<Vec<u8>>;
}

/// A record of a type.
pub(super) struct Typed<T>(pub(super) T);

impl<T: Push> Item for Typed<T> {
    #[inline]
    fn own_sequence(&self) -> Option<Sequence> {
        self.0.own_sequence()
    }

    #[inline]
    fn push(&self, writer: &mut FrameWriter, sequence: Sequence, is_taken: bool) -> Result<(), BodyError> {
        writer.push(&self.0, sequence, is_taken)
    }

    fn show(&self, writer: &mut FrameWriter, sequence: Sequence) -> Option<Vec<u8>> {
        writer.show(&self.0, sequence)
    }
}

/// A record of a table known at run time.
pub(super) struct OfTable<'a> {
    pub(super) table: &'a Table,
    pub(super) row: Row<'a>,
    pub(super) sequence: Option<Sequence>,
}

impl Item for OfTable<'_> {
    fn own_sequence(&self) -> Option<Sequence> {
        self.sequence
    }

    fn push(&self, writer: &mut FrameWriter, sequence: Sequence, is_taken: bool) -> Result<(), BodyError> {
        writer.push_row(self.table, sequence, &self.row, is_taken)
    }

    fn show(&self, writer: &mut FrameWriter, sequence: Sequence) -> Option<Vec<u8>> {
        writer.show_row(self.table, sequence, &self.row)
    }
}

/// Where records go.
#[derive(Clone, Copy)]
pub(super) struct Lane<'a> {
    pub(super) index: usize,
    pub(super) table: &'a str,
}

/// How many sequences are taken at once, at most.
const SEQUENCES: usize = 64;

/// Records that are handed over one block after the other.
pub(super) struct Many<I: Iterator> {
    records: I,
    /// One that the last block had no room for, and its sequence.
    left: Option<(I::Item, Sequence, bool)>,
    sequences: Option<Taken>,
    next: usize,
}

/// Why a piece has no more records.
pub(super) enum Filled {
    Full,
    End,
    /// After a record that was refused.
    Refused(Arc<Fate>),
    NoSequences,
    Closed,
}

impl<T: Item, I: Iterator<Item = T>> Many<I> {
    pub(super) fn new(records: I) -> Self {
        Many { records, left: None, sequences: None, next: 0 }
    }

    fn take_sequence(&mut self, shared: &Shared) -> Option<Sequence> {
        let sequences = shared.client.sequences();
        // Where others took some in between, these would be older than what was handed over before.
        let known = self.sequences.filter(|taken| sequences.last() == taken.last().get());
        let taken = match known.filter(|taken| self.next < taken.len()) {
            Some(taken) => taken,
            None => {
                self.next = 0;
                // Many, as long as nobody else takes any: what is taken in vain has the numbers run ahead of the clock.
                let many = known.map_or(1, |taken| (2 * taken.len()).min(SEQUENCES));
                sequences.take(many).or_else(|| sequences.take(1))?
            }
        };
        self.sequences = Some(taken);
        self.next += 1;
        Some(taken.at(self.next - 1))
    }

    /// Encodes records until a block is full.
    pub(super) fn fill(
        &mut self,
        shared: &Shared,
        lane: Lane<'_>,
        writer: &mut FrameWriter,
        receipts: &mut Receipts,
    ) -> Filled {
        let most = shared.config.batch_records;
        loop {
            if writer.records() >= most || writer.is_full(BLOCK_BYTES) {
                return Filled::Full;
            }
            let (record, sequence, is_taken) = match self.left.take() {
                Some(left) => left,
                None => {
                    let Some(record) = self.records.next() else { return Filled::End };
                    let own = record.own_sequence();
                    let Some(sequence) = own.or_else(|| self.take_sequence(shared)) else { return Filled::NoSequences };
                    receipts.note(sequence);
                    (record, sequence, own.is_none())
                }
            };
            let Err(error) = record.push(writer, sequence, is_taken) else { continue };
            let rejection = match error {
                BodyError::Full { .. } if writer.records() > 0 => {
                    self.left = Some((record, sequence, is_taken));
                    return Filled::Full;
                }
                BodyError::Invalid(violations) => Rejection::Invalid(violations),
                BodyError::TooLarge { size, limit } => Rejection::TooLarge { size, limit },
                BodyError::Full { bytes, .. } => Rejection::TooLarge { size: bytes, limit: bytes },
            };
            return match shared.refuse_record(&record, lane, sequence, rejection) {
                Some(fate) => Filled::Refused(fate),
                None => Filled::Closed,
            };
        }
    }
}
