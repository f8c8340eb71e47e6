//! The body of a push request, written record by record.

use backstitch_api::limits::{GREATEST_CLIENT_BYTES, RECORDS_PER_REQUEST};
use backstitch_api::{Code, Role, Violation, Violations};
use serde_json::value::RawValue;

use crate::check::Check;
use crate::envelope::Envelope;
use crate::json::JsonEncoder;
use crate::push::{Push, PushRecord, check_data, name_of};
use crate::raw;
use crate::sequence::{ClientId, Sequence};
use crate::table::Table;

/// Why a body did not take a record. The body is as it was before.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BodyError {
    /// The record fits no more; it goes into the next body.
    #[error("the body is full with {records} records in {bytes} bytes: start another")]
    Full {
        /// How many records the body has.
        records: usize,
        /// How many bytes the body has.
        bytes: usize,
    },
    /// The record fits no body at all.
    #[error("the record takes {size} bytes in a request, more than the limit of {limit}")]
    TooLarge {
        /// How many bytes a request with this record alone has.
        size: usize,
        /// How many bytes a request may have.
        limit: usize,
    },
    /// The API would refuse the record.
    #[error("the record is not valid: {0}")]
    Invalid(#[from] Violations),
}

/// The body of a push request.
///
/// Every record is checked and then written straight into the body; a record that is refused, or
/// that does not fit, leaves the body as it was. A body holds at most 20,000 records and 20,000,000
/// bytes.
#[derive(Clone, Debug)]
pub struct PushBody {
    client: ClientId,
    bytes: Vec<u8>,
    records: usize,
    limit: usize,
    /// The envelopes of the tables so far. There are few, and neighbours share one: the last used is
    /// looked at first.
    envelopes: Vec<(Table, Envelope)>,
    last: usize,
}

impl PushBody {
    /// An empty body of records of the client `client_id`, in JSON.
    pub fn json(client_id: impl Into<ClientId>) -> Self {
        PushBody {
            client: client_id.into(),
            bytes: Vec::new(),
            records: 0,
            limit: GREATEST_CLIENT_BYTES,
            envelopes: Vec::new(),
            last: 0,
        }
    }

    /// Takes at most `bytes` bytes, or 20,000,000 if that is less.
    #[must_use]
    pub fn limit_bytes(mut self, bytes: usize) -> Self {
        self.limit = bytes.min(GREATEST_CLIENT_BYTES);
        self
    }

    /// How many records it holds.
    #[must_use]
    pub fn records(&self) -> usize {
        self.records
    }

    /// Whether it holds no record.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.records == 0
    }

    /// How many bytes the finished body would have.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.bytes.len().max(1) + 1
    }

    /// Checks a record and adds it.
    ///
    /// # Errors
    ///
    /// When the record breaks a rule, or does not fit; the body is as it was before. The pointers of
    /// violations start with the record's index, as in `/17/data/email`.
    pub fn push<T: Push>(&mut self, record: &T, sequence: impl Into<Sequence>) -> Result<(), BodyError> {
        self.push_to(T::TABLE_NAME, record, sequence.into())
    }

    pub(crate) fn push_to<T: Push>(&mut self, table: &str, record: &T, sequence: Sequence) -> Result<(), BodyError> {
        self.checked(|check| check_data(record, check))?;
        self.append_to(table, record, sequence)
    }

    /// Adds a record that was checked already.
    pub(crate) fn append_to<T: Push>(&mut self, table: &str, record: &T, sequence: Sequence) -> Result<(), BodyError> {
        let envelope = self.envelope(table, T::KEY_NAMES);
        self.append(|body, bytes| {
            let mut whole = true;
            body.envelopes[envelope].1.write(bytes, sequence, |out| {
                let mut encoder = JsonEncoder::new(out);
                record.encode(&mut encoder);
                whole &= encoder.is_whole();
            });
            whole
        })
    }

    /// Checks a record of a table known at run time and adds it. Numbers stay as they are written.
    ///
    /// # Errors
    ///
    /// As [`push`](PushBody::push); also when `data` is no JSON object, or lacks a key.
    pub fn push_json(
        &mut self,
        table: &Table,
        sequence: impl Into<Sequence>,
        data: &RawValue,
    ) -> Result<(), BodyError> {
        self.checked(|check| raw::check_data(table, data, check))?;
        let envelope = self.envelope(table.name(), table.key_names());
        let sequence = sequence.into();
        self.append(|body, bytes| {
            body.envelopes[envelope].1.write(bytes, sequence, |out| out.extend_from_slice(data.get().as_bytes()));
            true
        })
    }

    /// Checks a typed Push record, its envelope included, and adds it.
    ///
    /// # Errors
    ///
    /// As [`push`](PushBody::push); also when the record belongs to another client than the body.
    pub fn push_record<R: PushRecord>(&mut self, record: &R) -> Result<(), BodyError> {
        let client = self.client;
        self.checked(|check| {
            if record.client() != client {
                let pointer = format!("/{}", name_of(Role::Client));
                let message = format!("must be {client}, as in the rest of the request");
                check.add([Violation::new(pointer, Code::Client, message)]);
            }
            record.check(check);
        })?;
        self.append(|_, bytes| {
            let mut encoder = JsonEncoder::new(bytes);
            record.encode(&mut encoder);
            encoder.is_whole()
        })
    }

    /// Takes all records out again, and keeps the memory.
    pub fn clear(&mut self) {
        self.bytes.clear();
        self.records = 0;
    }

    /// The finished body: one array of all records.
    #[must_use]
    pub fn finish(mut self) -> Vec<u8> {
        if self.bytes.is_empty() {
            self.bytes.push(b'[');
        }
        self.bytes.push(b']');
        self.bytes
    }

    fn checked(&self, walk: impl FnOnce(&mut Check)) -> Result<(), BodyError> {
        let mut check = Check::new();
        walk(&mut check);
        check.finish().map_err(|violations| BodyError::Invalid(violations.under(&format!("/{}", self.records))))
    }

    fn envelope<K: AsRef<str>>(&mut self, table: &str, keys: &[K]) -> usize {
        let is_same = |known: &Table| {
            known.name() == table
                && known.key_names().len() == keys.len()
                && known.key_names().iter().zip(keys).all(|(known, key)| known == key.as_ref())
        };
        if self.envelopes.get(self.last).is_some_and(|(known, _)| is_same(known)) {
            return self.last;
        }
        self.last = match self.envelopes.iter().position(|(known, _)| is_same(known)) {
            Some(index) => index,
            None => {
                let envelope = Envelope::json(self.client, table, keys);
                let table = Table::new(table).keys(keys.iter().map(|key| key.as_ref().to_owned()));
                self.envelopes.push((table, envelope));
                self.envelopes.len() - 1
            }
        };
        self.last
    }

    /// Writes one record to the end, and takes it back where it does not fit, or where `write` says that it is not
    /// whole.
    fn append(&mut self, write: impl FnOnce(&Self, &mut Vec<u8>) -> bool) -> Result<(), BodyError> {
        if self.records >= RECORDS_PER_REQUEST {
            return Err(BodyError::Full { records: self.records, bytes: self.bytes() });
        }
        let before = self.bytes.len();
        let mut bytes = std::mem::take(&mut self.bytes);
        bytes.push(if before == 0 { b'[' } else { b',' });
        let whole = write(self, &mut bytes);
        self.bytes = bytes;
        if !whole {
            self.bytes.truncate(before);
            let pointer = format!("/{}/{}", self.records, name_of(Role::Data));
            let message = "must be written as it was checked: a value has changed in between";
            return Err(BodyError::Invalid(Violation::new(pointer, Code::Serialize, message).into()));
        }
        // The bracket that ends the array is still to come.
        let size = self.bytes.len() + 1;
        if size <= self.limit {
            self.records += 1;
            return Ok(());
        }
        self.bytes.truncate(before);
        // Alone, the record has an opening bracket where it has a comma here.
        if size - before > self.limit {
            Err(BodyError::TooLarge { size: size - before, limit: self.limit })
        } else {
            Err(BodyError::Full { records: self.records, bytes: self.bytes() })
        }
    }
}
