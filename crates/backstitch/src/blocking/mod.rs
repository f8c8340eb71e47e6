//! The client for programs without an asynchronous runtime.
//!
//! ```no_run
//! use backstitch::{Push, blocking};
//!
//! #[derive(Push)]
//! #[push(table = "customers", key = "id")]
//! struct Customer {
//!     id: i64,
//! }
//!
//! let client = blocking::Client::builder().client_id(7723).token("at_…").build()?;
//! client.push(&[Customer { id: 1 }])?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! A client has a runtime of its own, of one thread, which its clones share. A call that would stop an asynchronous
//! runtime is an error instead: use [`backstitch::Client`](crate::Client) there, or call from
//! `tokio::task::spawn_blocking`. A client can be built and dropped anywhere.

#![expect(
    clippy::result_large_err,
    reason = "the error is that of `backstitch::Client`, and nobody is in a hurry after it"
)]

mod builder;
mod runtime;
mod sender;

use backstitch_api::generated::{ApiStatus, BatchStatus};

use crate::batch::BatchBody;
use crate::body::PushBody;
use crate::client::{ClientError, PushError};
use crate::push::Push;
use crate::sequence::ClientId;

use runtime::Runtime;

pub use builder::ClientBuilder;
pub use runtime::WithinRuntime;
pub use sender::{Receipt, Receipts, Sender, SenderBuilder};

/// A client of the Import API whose calls return when the API has answered. Cloning it is cheap; the clones share
/// connections, sequences and a runtime.
#[derive(Clone, Debug)]
pub struct Client {
    client: crate::Client,
    runtime: Runtime,
}

impl Client {
    /// A client to be configured.
    #[must_use]
    pub fn builder() -> ClientBuilder {
        ClientBuilder::default()
    }

    /// A client from the environment, as [`backstitch::Client::from_env`](crate::Client::from_env).
    ///
    /// # Errors
    ///
    /// When a variable is missing or can't be read; the error names it.
    pub fn from_env() -> Result<Self, ClientError> {
        Client::of(crate::Client::from_env()?)
    }

    /// A client that waits for what another one does. They share connections and sequences.
    ///
    /// # Errors
    ///
    /// When the system gives no thread.
    pub fn of(client: crate::Client) -> Result<Self, ClientError> {
        Ok(Client { client, runtime: Runtime::start()? })
    }

    /// The id of the client that the records belong to.
    #[must_use]
    pub fn client_id(&self) -> ClientId {
        self.client.client_id()
    }

    /// Where the API is.
    #[must_use]
    pub fn base_url(&self) -> &str {
        self.client.base_url()
    }

    /// Sends records, as [`backstitch::Client::push`](crate::Client::push).
    ///
    /// # Errors
    ///
    /// As there; also when it is called within an asynchronous runtime.
    pub fn push<T: Push>(&self, records: &[T]) -> Result<BatchStatus, PushError> {
        self.runtime.wait_for_records(records.len(), self.client.push(records))
    }

    /// Sends records through the Batch endpoint, as [`backstitch::Client::batch`](crate::Client::batch).
    ///
    /// # Errors
    ///
    /// As [`push`](Client::push).
    pub fn batch<T: Push>(&self, records: &[T]) -> Result<BatchStatus, PushError> {
        self.runtime.wait_for_records(records.len(), self.client.batch(records))
    }

    /// Has the API check records, as [`backstitch::Client::validate`](crate::Client::validate).
    ///
    /// # Errors
    ///
    /// As [`push`](Client::push), where "accepted" means found valid.
    pub fn validate<T: Push>(&self, records: &[T]) -> Result<BatchStatus, PushError> {
        self.runtime.wait_for_records(records.len(), self.client.validate(records))
    }

    /// The same for records that go to another table than their type's.
    pub fn table(&self, name: impl Into<String>) -> TableClient<'_> {
        TableClient { client: self.client.table(name), runtime: &self.runtime }
    }

    /// Sends a body as it is.
    ///
    /// # Errors
    ///
    /// When the API is not reached, or does not take the body; also when it is called within an asynchronous runtime.
    pub fn push_body(&self, body: PushBody) -> Result<BatchStatus, ClientError> {
        self.runtime.wait(self.client.push_body(body))?
    }

    /// Sends the body of a batch as it is: that of a table known at run time, for one.
    ///
    /// # Errors
    ///
    /// As [`push_body`](Client::push_body).
    pub fn batch_body(&self, body: BatchBody) -> Result<BatchStatus, ClientError> {
        self.runtime.wait(self.client.batch_body(body))?
    }

    /// Sends the text of a batch as it is, as [`backstitch::Client::batch_bytes`](crate::Client::batch_bytes).
    ///
    /// # Errors
    ///
    /// As [`push_body`](Client::push_body).
    pub fn batch_bytes(&self, body: bytes::Bytes) -> Result<BatchStatus, ClientError> {
        self.runtime.wait(self.client.batch_bytes(body))?
    }

    /// Has the API check a body, as [`backstitch::Client::validate_body`](crate::Client::validate_body).
    ///
    /// # Errors
    ///
    /// As [`push_body`](Client::push_body).
    pub fn validate_body(&self, body: PushBody) -> Result<BatchStatus, ClientError> {
        self.runtime.wait(self.client.validate_body(body))?
    }

    /// A sender, to be configured, as [`backstitch::Client::sender`](crate::Client::sender). It shares the client's
    /// runtime, whose thread delivers.
    pub fn sender(&self) -> SenderBuilder {
        SenderBuilder { builder: self.client.sender(), runtime: self.runtime.clone() }
    }

    /// Asks how the API is doing. No token is sent.
    ///
    /// # Errors
    ///
    /// When the API is not reached, or its answer is no status; also when it is called within an asynchronous runtime.
    pub fn status(&self) -> Result<ApiStatus, ClientError> {
        self.runtime.wait(self.client.status())?
    }
}

/// A client whose records go to one table, whatever their type says.
#[derive(Clone, Debug)]
pub struct TableClient<'a> {
    client: crate::TableClient<'a>,
    runtime: &'a Runtime,
}

impl TableClient<'_> {
    /// Sends records to the table, as [`Client::push`] does.
    ///
    /// # Errors
    ///
    /// As [`Client::push`].
    pub fn push<T: Push>(&self, records: &[T]) -> Result<BatchStatus, PushError> {
        self.runtime.wait_for_records(records.len(), self.client.push(records))
    }

    /// Sends records to the table through the Batch endpoint, as [`Client::batch`] does.
    ///
    /// # Errors
    ///
    /// As [`Client::batch`].
    pub fn batch<T: Push>(&self, records: &[T]) -> Result<BatchStatus, PushError> {
        self.runtime.wait_for_records(records.len(), self.client.batch(records))
    }

    /// Has the API check records for the table, as [`Client::validate`] does.
    ///
    /// # Errors
    ///
    /// As [`Client::validate`].
    pub fn validate<T: Push>(&self, records: &[T]) -> Result<BatchStatus, PushError> {
        self.runtime.wait_for_records(records.len(), self.client.validate(records))
    }
}
