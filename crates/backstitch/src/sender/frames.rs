//! Records as they are on the wire, each for itself, so that any of them can be left out of a request, or sent in
//! another one, without encoding it again.

use std::borrow::Cow;

use serde_json::value::RawValue;

use crate::body::{BodyError, WireFormat};
use crate::json::JsonEncoder;
use crate::out::Best;
use crate::push::Push;
use crate::records::Records;
use crate::row::Row;
use crate::sequence::{ClientId, Sequence};
use crate::table::Table;
use crate::transit::TransitEncoder;

/// About how many bytes the records of a block have: with what stands before them they fill a page of the spool.
pub(super) const BLOCK_BYTES: usize = 62 << 10;

/// How much memory a block is written into: an encoder asks for more than a record needs in the end.
pub(super) const BUFFER_BYTES: usize = BLOCK_BYTES + (8 << 10);

/// What a record costs beside its bytes.
pub(super) const BYTES_BESIDE: usize = size_of::<u32>();

/// Encoded records, one after the other, each with a comma before it.
#[derive(Debug, Default)]
pub(super) struct Piece {
    pub(super) bytes: Vec<u8>,
    /// Where each record ends.
    pub(super) ends: Vec<u32>,
    /// How many records go to each table.
    pub(super) tables: Vec<(Cow<'static, str>, u32)>,
    /// The greatest sequence that was taken for one of them, rather than brought by it.
    pub(super) last_taken: Option<i64>,
}

impl Piece {
    pub(super) fn records(&self) -> usize {
        self.ends.len()
    }

    /// How much of the memory for records it takes.
    pub(super) fn size(&self) -> usize {
        // As it is, where it becomes a block; copied, where it becomes a part of one.
        let bytes = if self.is_a_block() { self.bytes.capacity() } else { self.bytes.len() };
        size(bytes, self.ends.len())
    }

    /// Whether it has enough records to be a block, rather than a part of one.
    pub(super) fn is_a_block(&self) -> bool {
        self.bytes.len() >= BLOCK_BYTES / 2
    }
}

/// How much of the memory for records so many bytes of records take.
pub(super) fn size(bytes: usize, records: usize) -> usize {
    bytes + records * BYTES_BESIDE
}

/// Adds to the counts of records by table.
#[expect(clippy::ptr_arg, reason = "a name that the compiler knows is not copied")]
pub(super) fn count(tables: &mut Vec<(Cow<'static, str>, u32)>, table: &Cow<'static, str>, records: u32) {
    // Neighbours mostly go to one table.
    match tables.iter_mut().rev().find(|(known, _)| known == table) {
        Some((_, count)) => *count += records,
        None => tables.push((table.clone(), records)),
    }
}

/// Writes records of one client for one endpoint.
#[derive(Debug)]
pub(super) struct FrameWriter {
    records: Writer,
    ends: Vec<u32>,
    last_taken: Option<i64>,
}

#[derive(Debug)]
enum Writer {
    Json(Records<JsonEncoder<Best>>),
    Transit(Records<TransitEncoder<Best>>),
    Messages(Records<JsonEncoder<Best>>),
}

macro_rules! each_writer {
    ($writer:expr, $records:ident => $do:expr) => {
        match $writer {
            Writer::Json($records) | Writer::Messages($records) => $do,
            Writer::Transit($records) => $do,
        }
    };
}

impl FrameWriter {
    /// A writer of records for the Push endpoint.
    pub(super) fn of_push(format: WireFormat, client: ClientId) -> Self {
        FrameWriter::of(match format {
            WireFormat::Json => Writer::Json(Records::within(client, Vec::new()).each_alone()),
            WireFormat::Transit => Writer::Transit(Records::without_codes(client, Vec::new()).each_alone()),
        })
    }

    /// A writer of messages for the Batch endpoint.
    pub(super) fn of_batch() -> Self {
        let messages = Records::messages(JsonEncoder::within(Vec::new()), [Vec::new(), Vec::new()]);
        FrameWriter::of(Writer::Messages(messages.each_alone()))
    }

    fn of(records: Writer) -> Self {
        FrameWriter { records, ends: Vec::new(), last_taken: None }
    }

    /// Has a record with its brackets take at most so many bytes.
    pub(super) fn limit_bytes(&mut self, bytes: usize) {
        each_writer!(&mut self.records, records => records.limit_bytes(bytes));
    }

    fn limit_nothing(&mut self) {
        each_writer!(&mut self.records, records => records.limit_nothing());
    }

    /// Goes on in the memory of `buffer`.
    pub(super) fn start(&mut self, buffer: Vec<u8>) {
        each_writer!(&mut self.records, records => drop(records.take(buffer)));
        self.ends.clear();
        self.last_taken = None;
    }

    pub(super) fn records(&self) -> usize {
        self.ends.len()
    }

    /// Whether a block is full when a record as long as the last one is added.
    #[inline]
    pub(super) fn is_full(&self, block_bytes: usize) -> bool {
        let [.., before, end] = *self.ends.as_slice() else { return self.size() >= block_bytes };
        self.size() + (end - before) as usize > block_bytes
    }

    fn size(&self) -> usize {
        size(each_writer!(&self.records, records => records.written()), self.ends.len())
    }

    /// Checks and adds a record; `is_taken` says that the sequence is not the record's own. The pointers of violations
    /// are within the record.
    #[inline]
    pub(super) fn push<T: Push>(&mut self, record: &T, sequence: Sequence, is_taken: bool) -> Result<(), BodyError> {
        let pushed = match &mut self.records {
            Writer::Json(records) => records.push(record, sequence),
            Writer::Transit(records) => records.push(record, sequence),
            Writer::Messages(records) => records.push_message(record, sequence),
        };
        self.added(pushed, sequence, is_taken)
    }

    /// The same of a table known at run time.
    pub(super) fn push_json(
        &mut self,
        table: &Table,
        sequence: Sequence,
        data: &RawValue,
        is_taken: bool,
    ) -> Result<(), BodyError> {
        let pushed = match &mut self.records {
            Writer::Json(records) => records.push_json(table, sequence, data),
            Writer::Transit(records) => records.push_json(table, sequence, data),
            Writer::Messages(records) => records.push_message_json(table, sequence, data),
        };
        self.added(pushed, sequence, is_taken)
    }

    /// The same of a row.
    pub(super) fn push_row(
        &mut self,
        table: &Table,
        sequence: Sequence,
        row: &Row<'_>,
        is_taken: bool,
    ) -> Result<(), BodyError> {
        let pushed = match &mut self.records {
            Writer::Json(records) => records.push_row(table, sequence, row),
            Writer::Transit(records) => records.push_row(table, sequence, row),
            Writer::Messages(records) => records.push_message_row(table, sequence, row),
        };
        self.added(pushed, sequence, is_taken)
    }

    #[inline]
    fn added(&mut self, pushed: Result<(), BodyError>, sequence: Sequence, is_taken: bool) -> Result<(), BodyError> {
        match pushed {
            Ok(()) => {
                let end = each_writer!(&self.records, records => records.written());
                // A request has fewer bytes by far.
                self.ends.push(end as u32);
                if is_taken {
                    self.last_taken = self.last_taken.max(Some(sequence.get()));
                }
                Ok(())
            }
            Err(error) => Err(error),
        }
    }

    /// The text of a record that is not taken, with its comma, as far as it can be written.
    pub(super) fn show<T: Push>(&mut self, record: &T, sequence: Sequence) -> Option<Vec<u8>> {
        self.limit_nothing();
        let shown = match &mut self.records {
            Writer::Json(records) => records.append(record, sequence),
            Writer::Transit(records) => records.append(record, sequence),
            Writer::Messages(records) => records.append_message(record, sequence),
        };
        shown.ok()?;
        Some(each_writer!(&mut self.records, records => records.take(Vec::new())))
    }

    /// The same of a row.
    pub(super) fn show_row(&mut self, table: &Table, sequence: Sequence, row: &Row<'_>) -> Option<Vec<u8>> {
        self.limit_nothing();
        let shown = match &mut self.records {
            Writer::Json(records) => records.append_row(table, sequence, row),
            Writer::Transit(records) => records.append_row(table, sequence, row),
            Writer::Messages(records) => records.append_message_row(sequence, row),
        };
        shown.ok()?;
        Some(each_writer!(&mut self.records, records => records.take(Vec::new())))
    }

    /// The records so far; the next ones go into `buffer`. All of them go to `table`.
    pub(super) fn take(&mut self, table: Cow<'static, str>, buffer: Vec<u8>) -> Piece {
        let bytes = each_writer!(&mut self.records, records => records.take(buffer));
        let ends = std::mem::take(&mut self.ends);
        let tables = vec![(table, ends.len() as u32)];
        Piece { bytes, ends, tables, last_taken: self.last_taken.take() }
    }
}
