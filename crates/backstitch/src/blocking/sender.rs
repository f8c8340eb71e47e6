//! A sender whose calls return when they are done.

use std::path::Path;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use std::thread::Thread;
use std::time::Duration;

use serde_json::value::RawValue;

use super::runtime::Runtime;
use crate::push::Push;
use crate::row::Row;
#[cfg(feature = "spool")]
use crate::sender::Level;
use crate::sender::{
    self, Accepted, NotAccepted, Retry, SendAllError, SendError, SenderError, Status, Summary, Undelivered, WhenFull,
};
use crate::sequence::Sequence;
use crate::table::Table;

/// Configures a [`Sender`], as [`backstitch::SenderBuilder`](crate::SenderBuilder).
#[derive(Debug)]
#[must_use = "a builder does nothing until it is started"]
pub struct SenderBuilder {
    pub(super) builder: sender::SenderBuilder,
    pub(super) runtime: Runtime,
}

/// The same settings.
macro_rules! settings {
    ($($(#[$attribute:meta])* $name:ident($($argument:ident: $type:ty)?);)*) => {
        impl SenderBuilder {
            $(
                #[doc = concat!("As [`backstitch::SenderBuilder::", stringify!($name), "`](crate::SenderBuilder::", stringify!($name), ").")]
                $(#[$attribute])*
                pub fn $name(mut self $(, $argument: $type)?) -> Self {
                    self.builder = self.builder.$name($($argument)?);
                    self
                }
            )*
        }
    };
}

settings! {
    #[cfg(feature = "spool")]
    spool(path: impl AsRef<Path>);
    #[cfg(feature = "spool")]
    adopt(path: impl AsRef<Path>);
    #[cfg(feature = "spool")]
    level(level: Level);
    #[cfg(feature = "spool")]
    spool_bytes(bytes: u64);
    #[cfg(feature = "spool")]
    spool_patience(patience: Duration);
    dead_letters(path: impl AsRef<Path>);
    batch();
    batch_records(records: usize);
    batch_bytes(bytes: usize);
    linger(linger: Duration);
    concurrency(requests: usize);
    memory(bytes: usize);
    when_full(policy: WhenFull);
    retry(retry: Retry);
    close_timeout(timeout: Duration);
}

impl SenderBuilder {
    /// Opens the spool and starts to send, as [`backstitch::SenderBuilder::start`](crate::SenderBuilder::start).
    ///
    /// # Errors
    ///
    /// As there; also when it is called within an asynchronous runtime.
    pub fn start(self) -> Result<Sender, SenderError> {
        let SenderBuilder { builder, runtime } = self;
        let sender = runtime.wait(builder.start()).map_err(|error| SenderError::Config(error.to_string()))??;
        Ok(Sender { sender, runtime })
    }
}

/// Takes records, and delivers them in the background, as [`backstitch::Sender`](crate::Sender): its calls return when
/// they are done, and need no asynchronous runtime of the user's. Cloning it is cheap; the clones share everything.
///
/// ```no_run
/// # use backstitch::{Push, blocking};
/// # #[derive(Push)]
/// # #[push(table = "customers", key = "id")]
/// # struct Customer { id: i64 }
/// let client = blocking::Client::from_env()?;
/// let sender = client.sender().start()?;
/// let receipt = sender.send(Customer { id: 1 })?;
/// receipt.wait()?;
/// let summary = sender.close()?;
/// assert_eq!(summary.accepted, 1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Sender {
    // Ends before its runtime.
    sender: crate::Sender,
    runtime: Runtime,
}

impl Sender {
    /// Hands a record over, as [`backstitch::Sender::send`](crate::Sender::send).
    ///
    /// # Errors
    ///
    /// As there; also when it is called within an asynchronous runtime.
    pub fn send<T: Push>(&self, record: T) -> Result<Receipt, SendError> {
        self.runtime.wait(self.sender.send(record)).map_err(SendError::WithinRuntime)?.map(Receipt)
    }

    /// Hands over a record of a table known at run time, as [`backstitch::Sender::send_json`](crate::Sender::send_json).
    ///
    /// # Errors
    ///
    /// As [`send`](Sender::send).
    pub fn send_json(
        &self,
        table: &Table,
        sequence: impl Into<Sequence>,
        data: &RawValue,
    ) -> Result<Receipt, SendError> {
        let sent = self.runtime.wait(self.sender.send_json(table, sequence, data));
        sent.map_err(SendError::WithinRuntime)?.map(Receipt)
    }

    /// Hands over many records, as [`backstitch::Sender::send_all`](crate::Sender::send_all).
    ///
    /// # Errors
    ///
    /// As [`send`](Sender::send); the error has the receipts of the records that were taken before.
    pub fn send_all<T: Push, I: IntoIterator<Item = T>>(&self, records: I) -> Result<Receipts, SendAllError> {
        self.wait_for_all(self.sender.send_all(records))
    }

    /// Hands over many records of a table known at run time, as
    /// [`backstitch::Sender::send_rows`](crate::Sender::send_rows).
    ///
    /// # Errors
    ///
    /// As [`send_all`](Sender::send_all).
    pub fn send_rows<'a, I>(&self, table: &'a Table, rows: I) -> Result<Receipts, SendAllError>
    where
        I: IntoIterator<Item = (Row<'a>, Option<Sequence>)>,
    {
        self.wait_for_all(self.sender.send_rows(table, rows))
    }

    fn wait_for_all(
        &self,
        sent: impl Future<Output = Result<sender::Receipts, SendAllError>>,
    ) -> Result<Receipts, SendAllError> {
        let within =
            |error| SendAllError { receipts: sender::Receipts::default(), cause: SendError::WithinRuntime(error) };
        self.runtime.wait(sent).map_err(within)?.map(Receipts)
    }

    /// A sequence for a record that has none of its own, greater than all before it.
    ///
    /// # Errors
    ///
    /// When the numbers are used up.
    pub fn next_sequence(&self) -> Result<Sequence, SendError> {
        self.sender.next_sequence()
    }

    /// Sends what was handed over without waiting for more, as [`backstitch::Sender::flush`](crate::Sender::flush).
    ///
    /// # Errors
    ///
    /// When it is called within an asynchronous runtime.
    pub fn flush(&self) -> Result<(), SendError> {
        self.runtime.wait(self.sender.flush()).map_err(SendError::WithinRuntime)
    }

    /// How the sender does.
    #[must_use]
    pub fn status(&self) -> Status {
        self.sender.status()
    }

    /// Takes no more records, sends what is there, and ends, as [`backstitch::Sender::close`](crate::Sender::close).
    ///
    /// # Errors
    ///
    /// As there; also when it is called within an asynchronous runtime.
    pub fn close(&self) -> Result<Summary, SenderError> {
        self.runtime.wait(self.sender.close()).map_err(|error| SenderError::Config(error.to_string()))?
    }

    /// The same, with another time.
    ///
    /// # Errors
    ///
    /// As [`close`](Sender::close).
    pub fn close_within(&self, time: Duration) -> Result<Summary, SenderError> {
        let closed = self.runtime.wait(self.sender.close_within(time));
        closed.map_err(|error| SenderError::Config(error.to_string()))?
    }
}

/// What becomes of a record, as [`backstitch::Receipt`](crate::Receipt). Dropping it loses nothing.
#[derive(Debug)]
#[must_use = "the record is sent anyway; drop the receipt where nobody wants to know what became of it"]
pub struct Receipt(sender::Receipt);

impl Receipt {
    /// The sequence that the record is sent with, however often.
    #[must_use]
    pub fn sequence(&self) -> Sequence {
        self.0.sequence()
    }

    /// Whether the record is in the spool, or was.
    #[must_use]
    pub fn is_spooled(&self) -> bool {
        self.0.is_spooled()
    }

    /// What became of the record, if that is known already.
    #[must_use]
    pub fn outcome(&self) -> Option<Result<Accepted, Undelivered>> {
        self.0.outcome()
    }

    /// Waits until it is known what became of the record.
    ///
    /// # Errors
    ///
    /// When it was not accepted.
    pub fn wait(self) -> Result<Accepted, Undelivered> {
        wait(self.0)
    }
}

/// The receipts of many records, in their order, as [`backstitch::Receipts`](crate::Receipts).
#[derive(Debug)]
#[must_use = "the records are sent anyway; drop the receipts where nobody wants to know what became of them"]
pub struct Receipts(sender::Receipts);

impl Receipts {
    /// How many records they are of.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether they are of no record.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The receipt of one record.
    #[must_use]
    pub fn get(&self, index: usize) -> Option<Receipt> {
        self.0.get(index).map(Receipt)
    }

    /// All receipts, in the order of the records.
    pub fn iter(&self) -> impl Iterator<Item = Receipt> {
        self.0.iter().map(Receipt)
    }

    /// Waits until the outcome of every record is known; returns how many were accepted, or the first that was not.
    ///
    /// # Errors
    ///
    /// When a record was not accepted: its index, and why.
    pub fn accepted(&self) -> Result<usize, NotAccepted> {
        wait(std::pin::pin!(self.0.accepted()))
    }
}

/// Wakes a thread.
struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

/// Waits on this thread, whatever else runs on it: the sender has threads of its own.
fn wait<F: Future + Unpin>(mut future: F) -> F::Output {
    let waker = Waker::from(Arc::new(Unpark(std::thread::current())));
    let mut context = Context::from_waker(&waker);
    loop {
        match Pin::new(&mut future).poll(&mut context) {
            Poll::Ready(output) => return output,
            Poll::Pending => std::thread::park(),
        }
    }
}
