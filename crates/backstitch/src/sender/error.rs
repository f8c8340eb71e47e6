//! What can go wrong between a record and the sender's queue.

use std::sync::Arc;

use backstitch_api::Violations;

use super::Summary;
use super::receipt::Receipts;
use super::store::StoreError;
use crate::body::BodyError;
use crate::client::Refusal;

/// Why a sender did not take a record.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SendError {
    /// It is not valid. The pointers are within the record.
    #[error("not valid, and not taken: {0}")]
    Invalid(Violations),
    /// It fits no request.
    #[error("the record takes {size} bytes in a request, more than the limit of {limit}")]
    TooLarge {
        /// How many bytes a request with this record alone has.
        size: usize,
        /// How many bytes a request may have.
        limit: usize,
    },
    /// There is no room for it: what was handed over before is not delivered yet.
    #[error("the sender is full: records come faster than the API takes them; wait, or give it more memory")]
    Full,
    /// The sender was closed, or the API is not there.
    #[error("the sender is closed{}", cause(.0.as_ref()))]
    Closed(Option<Arc<Refusal>>),
    /// Nothing can be written: the disk is full, say.
    #[error("not taken: {0}")]
    Store(StoreError),
    /// The record was taken, but could not be written to the spool: it is in memory, and sent from there, but would not
    /// outlive the process.
    #[error("taken, but in memory only: {0}")]
    NotSpooled(StoreError),
    /// The clock is at the end of 64 bits.
    #[error("no sequences are left: the clock is at the end of 64 bits")]
    NoSequences,
    /// A blocking call was made within an asynchronous runtime.
    #[cfg(feature = "blocking")]
    #[error("{0}")]
    WithinRuntime(crate::blocking::WithinRuntime),
    /// The Batch endpoint needs the schema of the table.
    #[error("the table has no schema, which the Batch endpoint needs: call `schema(…)` on it")]
    NoSchema,
}

fn cause(refusal: Option<&Arc<Refusal>>) -> String {
    refusal.map(|refusal| format!(": {refusal}")).unwrap_or_default()
}

impl SendError {
    pub(super) fn closed(cause: Option<Arc<Refusal>>) -> Self {
        SendError::Closed(cause)
    }
}

impl From<BodyError> for SendError {
    fn from(error: BodyError) -> Self {
        match error {
            BodyError::Invalid(violations) => SendError::Invalid(violations),
            BodyError::TooLarge { size, limit } => SendError::TooLarge { size, limit },
            BodyError::Full { bytes, .. } => SendError::TooLarge { size: bytes, limit: bytes },
        }
    }
}

/// Why a sender did not take all of many records.
#[derive(Debug, thiserror::Error)]
#[error("{cause}; of the records that were handed over together the first {} were taken", receipts.len())]
#[non_exhaustive]
pub struct SendAllError {
    /// The receipts of the records that were taken: the first ones.
    pub receipts: Receipts,
    /// What went wrong.
    pub cause: SendError,
}

/// Why a sender can't be started, or did not end as it should.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SenderError {
    /// Settings exclude each other.
    #[error("{0}")]
    Config(String),
    /// The spool can't be used.
    #[cfg(feature = "spool")]
    #[error("{0}")]
    Spool(Arc<super::spool::SpoolError>),
    /// The file of dead letters can't be used.
    #[error("{0}")]
    DeadLetters(StoreError),
    /// Not everything could be written at the end.
    #[error("not everything could be kept: {error} ({} records are lost)", summary.lost)]
    Store {
        /// What went wrong.
        error: StoreError,
        /// What became of the records.
        summary: Box<Summary>,
    },
}

impl From<StoreError> for SenderError {
    fn from(error: StoreError) -> Self {
        match error {
            #[cfg(feature = "spool")]
            StoreError::Spool(error) => SenderError::Spool(error),
            error @ StoreError::DeadLetters { .. } => SenderError::DeadLetters(error),
        }
    }
}

#[cfg(feature = "spool")]
impl From<super::spool::SpoolError> for SenderError {
    fn from(error: super::spool::SpoolError) -> Self {
        SenderError::Spool(Arc::new(error))
    }
}
