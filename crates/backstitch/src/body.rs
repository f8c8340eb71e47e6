//! The body of a push request, written record by record.

use backstitch_api::Violations;
use serde_json::value::RawValue;

use crate::json::JsonEncoder;
use crate::out::Best;
use crate::push::{Push, PushRecord};
use crate::records::Records;
use crate::sequence::{ClientId, Sequence};
use crate::table::Table;
use crate::transit::TransitEncoder;

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
pub struct PushBody(Formats);

/// A format of records that are pushed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum WireFormat {
    /// JSON, in which a moment is a string and a decimal a number as any.
    #[default]
    Json,
    /// Transit+JSON, which tells moments, decimals, large integers and UUIDs from strings and other numbers: the columns
    /// of the destination have their types. Keys are sent once a request, and as short codes after that.
    Transit,
}

impl WireFormat {
    /// The content type of a body.
    #[must_use]
    pub const fn content_type(self) -> &'static str {
        match self {
            WireFormat::Json => backstitch_api::JSON,
            WireFormat::Transit => backstitch_api::TRANSIT,
        }
    }
}

/// The records in the format of the body.
#[derive(Clone, Debug)]
enum Formats {
    Json(Records<JsonEncoder<Best>>),
    Transit(Records<TransitEncoder<Best>>),
}

/// The same for every format.
macro_rules! each_format {
    ($body:expr, $records:ident => $do:expr) => {
        match $body {
            Formats::Json($records) => $do,
            Formats::Transit($records) => $do,
        }
    };
}

impl PushBody {
    /// An empty body of records of the client `client_id`, in JSON.
    pub fn json(client_id: impl Into<ClientId>) -> Self {
        PushBody::within(WireFormat::Json, client_id.into(), Vec::new())
    }

    /// An empty body of records of the client `client_id`, in Transit+JSON.
    ///
    /// ```
    /// use backstitch::{Push, PushBody};
    ///
    /// #[derive(Push)]
    /// #[push(table = "rates", key = "id")]
    /// struct Rate {
    ///     id: u64,
    ///     currency: String,
    /// }
    ///
    /// let mut body = PushBody::transit(7723);
    /// body.push(&Rate { id: u64::MAX, currency: "EUR".into() }, 1)?;
    /// body.push(&Rate { id: 2, currency: "CHF".into() }, 2)?;
    /// let text = String::from_utf8(body.finish())?;
    /// assert!(text.contains(r#"["^ ","id","~n18446744073709551615","currency","EUR"]"#));
    /// assert!(text.contains(r#"["^ ","id",2,"^4","CHF"]"#));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn transit(client_id: impl Into<ClientId>) -> Self {
        PushBody::within(WireFormat::Transit, client_id.into(), Vec::new())
    }

    /// An empty body in the memory of a buffer.
    pub(crate) fn within(format: WireFormat, client_id: ClientId, buffer: Vec<u8>) -> Self {
        PushBody(match format {
            WireFormat::Json => Formats::Json(Records::within(client_id, buffer)),
            WireFormat::Transit => Formats::Transit(Records::within(client_id, buffer)),
        })
    }

    /// The format of the body.
    #[must_use]
    pub fn format(&self) -> WireFormat {
        match &self.0 {
            Formats::Json(_) => WireFormat::Json,
            Formats::Transit(_) => WireFormat::Transit,
        }
    }

    /// Takes at most `bytes` bytes, or 20,000,000 if that is less.
    #[must_use]
    pub fn limit_bytes(mut self, bytes: usize) -> Self {
        each_format!(&mut self.0, records => records.limit_bytes(bytes));
        self
    }

    /// How many records it holds.
    #[must_use]
    pub fn records(&self) -> usize {
        each_format!(&self.0, records => records.records())
    }

    /// Whether it holds no record. The API takes no such body.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.records() == 0
    }

    /// How many bytes the finished body would have.
    #[must_use]
    pub fn bytes(&self) -> usize {
        each_format!(&self.0, records => records.bytes())
    }

    /// Checks a record and adds it.
    ///
    /// # Errors
    ///
    /// When the record breaks a rule, or does not fit; the body is as it was before. The pointers of
    /// violations start with the record's index, as in `/17/data/email`.
    #[inline]
    pub fn push<T: Push>(&mut self, record: &T, sequence: impl Into<Sequence>) -> Result<(), BodyError> {
        each_format!(&mut self.0, records => records.push(record, sequence.into()))
    }

    /// The same, into a table of another name.
    #[cfg(feature = "client")]
    pub(crate) fn push_to<T: Push>(&mut self, table: &str, record: &T, sequence: Sequence) -> Result<(), BodyError> {
        each_format!(&mut self.0, records => records.push_to(table, record, sequence))
    }

    /// Adds a record that was checked already.
    #[cfg(feature = "client")]
    pub(crate) fn append_to<T: Push>(&mut self, table: &str, record: &T, sequence: Sequence) -> Result<(), BodyError> {
        each_format!(&mut self.0, records => records.append_to(table, record, sequence))
    }

    /// Checks a record of a table known at run time and adds it. In JSON its numbers stay as they are written; in Transit
    /// what they say stays: `1.10` is the double 1.1, and what no double says is a decimal.
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
        each_format!(&mut self.0, records => records.push_json(table, sequence.into(), data))
    }

    /// Checks a typed Push record, its envelope included, and adds it.
    ///
    /// # Errors
    ///
    /// As [`push`](PushBody::push); also when the record belongs to another client than the body.
    pub fn push_record<R: PushRecord>(&mut self, record: &R) -> Result<(), BodyError> {
        each_format!(&mut self.0, records => records.push_record(record))
    }

    /// Takes all records out again, and keeps the memory.
    pub fn clear(&mut self) {
        each_format!(&mut self.0, records => records.clear());
    }

    /// The finished body: one array of all records.
    #[must_use]
    pub fn finish(self) -> Vec<u8> {
        each_format!(self.0, records => records.finish())
    }
}
