//! Records in a format, one after the other, within the limits of a request.

use backstitch_api::limits::{GREATEST_CLIENT_BYTES, RECORDS_PER_REQUEST};
use backstitch_api::{Code, Role, Violation};
use serde_json::value::RawValue;

use crate::body::BodyError;
use crate::check::Check;
use crate::envelope::{Envelope, Format, within};
use crate::json::JsonEncoder;
use crate::out::Output;
use crate::push::{Push, PushRecord, check_data, name_of};
use crate::raw;
#[cfg(feature = "sender")]
use crate::row::Row;
use crate::sequence::{ClientId, Sequence};
use crate::table::Table;
use crate::transit::TransitEncoder;

/// After a record of fewer bytes, memory for the next ones is asked for ahead.
const SHORT: usize = 256;

/// A format in which a body is written, record by record.
pub trait BodyFormat: Format + Clone + std::fmt::Debug {
    /// Whether a record takes as many bytes in a body of its own as after others.
    const IS_AS_LONG_ALONE: bool;

    /// An empty body in the memory of `buffer`.
    fn empty(buffer: Vec<u8>) -> Self;

    /// Takes note of where a record begins.
    fn begin(&mut self) {}

    /// Whether the record is whole: no value has refused to be written.
    fn is_whole(&mut self) -> bool;

    /// Whether the record must be written once more, after what is there of it was taken back.
    fn again(&mut self) -> bool {
        false
    }

    /// Takes the record that was begun last back: all after the first `len` bytes.
    fn take_back(&mut self, len: usize) {
        self.out().truncate(len);
    }

    /// The same for a record that is not written again.
    fn give_up(&mut self, len: usize) {
        self.take_back(len);
    }

    /// Writes JSON that is known to be well-formed.
    #[cfg(feature = "sender")]
    fn raw_text(&mut self, json: &str);

    /// Takes all records out.
    fn clear(&mut self) {
        self.out().truncate(0);
    }

    /// What was written.
    fn written(&self) -> &[u8];

    /// What was written, with its memory.
    fn into_written(self) -> Vec<u8>;

    /// The same, and goes on in another buffer.
    fn swap(&mut self, buffer: Vec<u8>) -> Vec<u8>;
}

impl<O: Output> Format for JsonEncoder<O> {
    type Output = O;

    #[inline(always)]
    fn out(&mut self) -> &mut O {
        &mut self.out
    }

    fn aside(&self) -> Self {
        JsonEncoder::within(Vec::new())
    }

    #[inline(always)]
    fn generation(&self) -> u64 {
        0
    }

    #[inline(always)]
    fn mark(_integer: i64) -> &'static str {
        ""
    }
}

impl<O: Output> BodyFormat for JsonEncoder<O> {
    const IS_AS_LONG_ALONE: bool = true;

    fn empty(buffer: Vec<u8>) -> Self {
        JsonEncoder::within(buffer)
    }

    #[inline(always)]
    fn is_whole(&mut self) -> bool {
        // Read alone where nothing was refused, which is nearly always.
        !(self.refused && std::mem::take(&mut self.refused))
    }

    #[inline(always)]
    fn written(&self) -> &[u8] {
        self.out.bytes()
    }

    fn into_written(self) -> Vec<u8> {
        self.out.into_bytes()
    }

    fn swap(&mut self, buffer: Vec<u8>) -> Vec<u8> {
        std::mem::replace(&mut self.out, O::within(buffer)).into_bytes()
    }

    #[cfg(feature = "sender")]
    fn raw_text(&mut self, json: &str) {
        self.out.add(json.as_bytes());
    }
}

/// The records of a body. Each has a comma before it; that of the first one is where the array's bracket goes.
#[derive(Clone, Debug)]
pub struct Records<F> {
    client: ClientId,
    format: F,
    /// What stands before the array of records, and after it.
    around: [Vec<u8>; 2],
    records: usize,
    limit: usize,
    /// Whether pointers are within a record, rather than within the body.
    is_each_alone: bool,
    /// Kept from record to record.
    check: Check,
    /// Where the last record begins.
    last_begins: usize,
    /// The envelopes of the tables so far. There are few, and neighbours share one: the last used is
    /// looked at first.
    envelopes: Vec<Envelope>,
    last: usize,
    /// The names that the compiler knows and that the last used envelope is of.
    known: Option<Known>,
}

/// Names that the compiler knows: they are the same where their places are.
#[derive(Clone, Copy, Debug)]
struct Known {
    table: &'static str,
    keys: &'static [&'static str],
}

impl Known {
    #[inline(always)]
    fn is(self, table: &'static str, keys: &'static [&'static str]) -> bool {
        std::ptr::eq(self.table, table) && std::ptr::eq(self.keys, keys)
    }
}

impl<O: Output> Records<TransitEncoder<O>> {
    /// No records yet, and none will be written with codes: each can be a part of another body of such records.
    pub fn without_codes(client: ClientId, buffer: Vec<u8>) -> Self {
        Records::of(client, TransitEncoder::without_codes(buffer), [Vec::new(), Vec::new()])
    }
}

impl<F: BodyFormat> Records<F> {
    /// No records yet; their bytes go into `buffer`.
    pub fn within(client: ClientId, buffer: Vec<u8>) -> Self {
        Records::of(client, F::empty(buffer), [Vec::new(), Vec::new()])
    }

    fn of(client: ClientId, mut format: F, around: [Vec<u8>; 2]) -> Self {
        format.out().add(&around[0]);
        Records {
            client,
            format,
            around,
            records: 0,
            limit: GREATEST_CLIENT_BYTES,
            is_each_alone: false,
            check: Check::new(),
            last_begins: 0,
            envelopes: Vec::new(),
            last: 0,
            known: None,
        }
    }

    pub(crate) fn limit_bytes(&mut self, bytes: usize) {
        self.limit = bytes.min(GREATEST_CLIENT_BYTES);
    }

    /// Takes records that no request takes: to be kept elsewhere.
    #[cfg(feature = "sender")]
    pub(crate) fn limit_nothing(&mut self) {
        self.limit = usize::MAX;
    }

    #[inline(always)]
    pub(crate) fn records(&self) -> usize {
        self.records
    }

    /// How many bytes the finished body would have.
    #[inline(always)]
    pub(crate) fn bytes(&self) -> usize {
        let [before, after] = &self.around;
        self.format.written().len().max(before.len() + 1) + 1 + after.len()
    }

    /// Checks a record and adds it.
    ///
    /// # Errors
    ///
    /// As [`PushBody::push`](crate::PushBody::push).
    #[inline]
    pub fn push<T: Push>(&mut self, record: &T, sequence: Sequence) -> Result<(), BodyError> {
        self.checked(|check| check_data(record, check))?;
        self.append(record, sequence)
    }

    /// Adds a record that was checked already.
    ///
    /// # Errors
    ///
    /// When it does not fit.
    #[inline]
    pub fn append<T: Push>(&mut self, record: &T, sequence: Sequence) -> Result<(), BodyError> {
        if !self.known.is_some_and(|known| known.is(T::TABLE_NAME, T::KEY_NAMES)) {
            self.find(T::TABLE_NAME, T::KEY_NAMES);
            self.known = Some(Known { table: T::TABLE_NAME, keys: T::KEY_NAMES });
        }
        self.add(sequence, |format| record.encode(format))
    }

    /// The same, into another table.
    #[cfg(feature = "client")]
    pub(crate) fn append_to<T: Push>(&mut self, table: &str, record: &T, sequence: Sequence) -> Result<(), BodyError> {
        self.find(table, T::KEY_NAMES);
        self.add(sequence, |format| record.encode(format))
    }

    /// The same, checked.
    #[cfg(feature = "client")]
    pub(crate) fn push_to<T: Push>(&mut self, table: &str, record: &T, sequence: Sequence) -> Result<(), BodyError> {
        self.checked(|check| check_data(record, check))?;
        self.append_to(table, record, sequence)
    }

    pub(crate) fn push_json(&mut self, table: &Table, sequence: Sequence, data: &RawValue) -> Result<(), BodyError> {
        self.checked(|check| raw::check_data(table, data, check))?;
        self.find(table.name(), table.key_names());
        self.add(sequence, |format| format.raw_json(data))
    }

    /// Checks a row and adds it.
    #[cfg(feature = "sender")]
    pub(crate) fn push_row(&mut self, table: &Table, sequence: Sequence, row: &Row<'_>) -> Result<(), BodyError> {
        self.checked(|check| raw::check_data_of(table, row, check))?;
        self.append_row(table, sequence, row)
    }

    /// The same of one that was checked already.
    #[cfg(feature = "sender")]
    pub(crate) fn append_row(&mut self, table: &Table, sequence: Sequence, row: &Row<'_>) -> Result<(), BodyError> {
        self.find(table.name(), table.key_names());
        self.add(sequence, |format| format.raw_text(row.text()))
    }

    pub(crate) fn push_record<R: PushRecord>(&mut self, record: &R) -> Result<(), BodyError> {
        let client = self.client;
        self.checked(|check| {
            if record.client() != client {
                let pointer = format!("/{}", name_of(Role::Client));
                let message = format!("must be {client}, as in the rest of the request");
                check.add([Violation::new(pointer, Code::Client, message)]);
            }
            record.check(check);
        })?;
        self.within_limits(|format, _| {
            format.out().add(b",");
            within(format, |format| record.encode(format));
        })
    }

    pub(crate) fn clear(&mut self) {
        self.format.clear();
        self.format.out().add(&self.around[0]);
        self.records = 0;
    }

    /// How many bytes the records take, each with a comma before it.
    #[cfg(feature = "sender")]
    pub(crate) fn written(&self) -> usize {
        self.format.written().len()
    }

    /// The records as they are, each with a comma before it; the next ones go into `buffer`.
    #[cfg(feature = "sender")]
    pub(crate) fn take(&mut self, buffer: Vec<u8>) -> Vec<u8> {
        (self.records, self.last_begins) = (0, 0);
        self.format.swap(buffer)
    }

    /// The finished body: one array of all records, with what stands around it.
    pub fn finish(mut self) -> Vec<u8> {
        let [before, after] = &self.around;
        let out = self.format.out();
        if self.records == 0 {
            out.add(b"[");
        }
        out.replace(before.len(), b'[');
        out.add(b"]");
        out.add(after);
        self.format.into_written()
    }

    #[inline(always)]
    pub(crate) fn checked(&mut self, walk: impl FnOnce(&mut Check)) -> Result<(), BodyError> {
        self.check.begin();
        walk(&mut self.check);
        self.check.found().map_err(|violations| {
            let is_within_body = !self.is_each_alone;
            BodyError::Invalid(if is_within_body {
                violations.under(&format!("/{}", self.records))
            } else {
                violations
            })
        })
    }

    /// Has pointers to what is wrong be within the record.
    #[cfg(feature = "sender")]
    pub(crate) fn each_alone(mut self) -> Self {
        self.is_each_alone = true;
        self
    }

    /// No messages of a batch yet, with what stands around them.
    pub(crate) fn messages(format: F, around: [Vec<u8>; 2]) -> Self {
        // The token alone says which client sends a batch.
        let mut records = Records::of(ClientId::from(0), format, around);
        records.envelopes.push(Envelope::of_messages());
        records
    }

    /// Checks a record and adds it to [messages](Records::messages).
    pub(crate) fn push_message<T: Push>(&mut self, record: &T, sequence: Sequence) -> Result<(), BodyError> {
        self.checked(|check| check_data(record, check))?;
        self.append_message(record, sequence)
    }

    /// Adds a record that was checked already to [messages](Records::messages).
    pub(crate) fn append_message<T: Push>(&mut self, record: &T, sequence: Sequence) -> Result<(), BodyError> {
        self.add(sequence, |format| record.encode(format))
    }

    /// The same of a table known at run time, checked.
    pub(crate) fn push_message_json(
        &mut self,
        table: &Table,
        sequence: Sequence,
        data: &RawValue,
    ) -> Result<(), BodyError> {
        self.checked(|check| {
            raw::check_table(table, check);
            raw::check_row(table, data, check);
        })?;
        self.add(sequence, |format| format.raw_json(data))
    }

    /// The same of a row.
    #[cfg(feature = "sender")]
    pub(crate) fn push_message_row(
        &mut self,
        table: &Table,
        sequence: Sequence,
        row: &Row<'_>,
    ) -> Result<(), BodyError> {
        self.checked(|check| {
            raw::check_table(table, check);
            raw::check_entries_of(table, row, check);
        })?;
        self.append_message_row(sequence, row)
    }

    /// The same of one that was checked already.
    #[cfg(feature = "sender")]
    pub(crate) fn append_message_row(&mut self, sequence: Sequence, row: &Row<'_>) -> Result<(), BodyError> {
        self.add(sequence, |format| format.raw_text(row.text()))
    }

    /// Makes the envelope of a table the last used one.
    #[inline(never)]
    fn find<K: AsRef<str>>(&mut self, table: &str, keys: &[K]) {
        self.known = None;
        if self.envelopes.get(self.last).is_some_and(|known| known.is_of(table, keys)) {
            return;
        }
        self.last = self.envelopes.iter().position(|known| known.is_of(table, keys)).unwrap_or_else(|| {
            self.envelopes.push(Envelope::new(self.client, table, keys));
            self.envelopes.len() - 1
        });
    }

    /// Writes one record of the table that was used last.
    #[inline(always)]
    fn add(&mut self, sequence: Sequence, data: impl Fn(&mut F)) -> Result<(), BodyError> {
        let last = self.last;
        self.within_limits(|format, envelopes| {
            if let Some(envelope) = envelopes.get_mut(last) {
                envelope.write(format, sequence, &data);
            }
        })
    }

    /// Writes one record to the end, and takes it back where it does not fit, or is not whole.
    #[inline(always)]
    fn within_limits(&mut self, mut write: impl FnMut(&mut F, &mut [Envelope])) -> Result<(), BodyError> {
        if self.records >= RECORDS_PER_REQUEST {
            return Err(BodyError::Full { records: self.records, bytes: self.bytes() });
        }
        let before = self.format.written().len();
        // The processor foresees what a long record writes to, and not as well what many short ones do.
        if before - self.last_begins.min(before) < SHORT {
            self.format.out().prefetch();
        }
        self.last_begins = before;
        self.format.begin();
        write(&mut self.format, &mut self.envelopes);
        // At most twice: once since no codes are used from there on, once since keys are disputed.
        while self.format.again() {
            self.format.take_back(before);
            write(&mut self.format, &mut self.envelopes);
        }
        if !self.format.is_whole() {
            self.format.give_up(before);
            return Err(self.changed());
        }
        // The bracket that ends the array is still to come, and what stands after it.
        let size = self.format.written().len() + 1 + self.around[1].len();
        if size > self.limit {
            self.format.give_up(before);
            return Err(self.beyond(size, before));
        }
        self.records += 1;
        Ok(())
    }

    #[cold]
    fn changed(&self) -> BodyError {
        let within_record = format!("/{}", name_of(Role::Data));
        let pointer = if self.is_each_alone { within_record } else { format!("/{}{within_record}", self.records) };
        let message = "must be written as it was checked: a value has changed in between";
        BodyError::Invalid(Violation::new(pointer, Code::Serialize, message).into())
    }

    #[cold]
    fn beyond(&self, size: usize, before: usize) -> BodyError {
        // Alone, the record has an opening bracket where it has a comma here. Where it would not be as long there, only
        // a body of its own tells.
        let alone = self.around[0].len() + size - before;
        if alone > self.limit && (F::IS_AS_LONG_ALONE || self.records == 0) {
            BodyError::TooLarge { size: alone, limit: self.limit }
        } else {
            BodyError::Full { records: self.records, bytes: self.bytes() }
        }
    }
}
