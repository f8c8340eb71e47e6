//! The database behind a gate.
//!
//! - [`kind`], [`table`], [`family`]: types, tables, a table with its subtables and versions.
//! - [`load`], [`plan`], [`rows`], [`versions`]: what becomes of a request's records.
//! - [`database`]: what that needs of a database, and nothing of which is about SQL.
//! - [`sqlite`]: the database that there is.
//! - [`view`], [`reader`]: what the tables hold.
//!
//! One thread writes, so that requests are committed one after the other; a connection of its own reads.

pub(crate) mod database;
mod family;
pub(crate) mod kind;
pub(crate) mod load;
mod plan;
pub(crate) mod reader;
pub(crate) mod rows;
mod sqlite;
pub(crate) mod table;
mod versions;
pub(crate) mod view;

#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};
use tokio::sync::{mpsc, oneshot};

use self::load::Loader;
use self::reader::Reader;
use self::sqlite::location::{self, Lock};
use self::sqlite::own::{self, FORMAT, Marks};
use self::sqlite::{Sqlite, rejected};
use crate::GateError;
use crate::batch::Batch;

/// How many requests may wait for the writer before others wait at the door.
const QUEUE: usize = 64;

/// How long to wait for someone else who is writing to the database.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

const STATEMENTS: usize = 64;

/// The store could not keep a request's rows, and has kept none of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Unavailable;

enum Job {
    Load(Batch, oneshot::Sender<Result<(), Unavailable>>),
    Reset(oneshot::Sender<Result<(), Unavailable>>),
    Close,
}

/// A way to send rows to the writer. The writer stops when the last of these is gone.
#[derive(Debug, Clone)]
pub(crate) struct Intake(mpsc::Sender<Job>);

impl Intake {
    /// Has rows committed; when this returns `Ok`, they are on the disk.
    ///
    /// # Errors
    /// Where none of them could be kept.
    pub(crate) async fn load(&self, batch: Batch) -> Result<(), Unavailable> {
        let (reply, loaded) = oneshot::channel();
        self.0.send(Job::Load(batch, reply)).await.map_err(|_| Unavailable)?;
        loaded.await.unwrap_or(Err(Unavailable))
    }

    /// Has all tables emptied after all that was sent before.
    ///
    /// # Errors
    /// Where it could not be done; then nothing has changed.
    pub(crate) async fn reset(&self) -> Result<(), Unavailable> {
        let (reply, done) = oneshot::channel();
        self.0.send(Job::Reset(reply)).await.map_err(|_| Unavailable)?;
        done.await.unwrap_or(Err(Unavailable))
    }

    /// Whether there is a writer.
    pub(crate) fn is_open(&self) -> bool {
        !self.0.is_closed()
    }
}

/// An open database.
pub(crate) struct Store {
    path: PathBuf,
    intake: Intake,
    writer: JoinHandle<()>,
    reader: Reader,
}

impl Store {
    /// Opens the database that a URL names, or makes it, for a client. Blocks.
    ///
    /// # Errors
    /// Where it cannot be opened, is another client's, or another gate has it.
    pub(crate) fn open(url: &str, client_id: i64) -> Result<Self, GateError> {
        let path = location::canonical(&location::parse(url)?)?;
        let lock = Lock::take(&path)?;
        let failed = |source: rusqlite::Error| GateError::Open { path: path.clone(), source: source.into() };
        let writer =
            connect(&path, OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE).map_err(failed)?;
        let marks = prepare(&writer, client_id).map_err(failed)?;
        marks.check(&path, client_id)?;
        let reader = connect(&path, OpenFlags::SQLITE_OPEN_READ_ONLY).map_err(failed)?;
        let (intake, jobs) = mpsc::channel(QUEUE);
        let writer = thread::Builder::new()
            .name("backstitch-gate-store".to_owned())
            .spawn(move || write(writer, jobs, lock))
            .map_err(|source| GateError::Open { path: path.clone(), source: source.into() })?;
        Ok(Store { path, intake: Intake(intake), writer, reader: Reader::new(reader) })
    }

    /// The database's file.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// A way to send rows to the writer.
    pub(crate) fn intake(&self) -> Intake {
        self.intake.clone()
    }

    /// A way to look at the tables.
    pub(crate) fn reader(&self) -> Reader {
        self.reader.clone()
    }

    /// Closes the database after all that was sent to the writer before.
    pub(crate) async fn close(self) {
        let Store { intake, writer, reader, .. } = self;
        // The last connection to close moves the log into the database's file, and one that only reads
        // could not: it goes first.
        let _ = tokio::task::spawn_blocking(move || drop(reader)).await;
        // Refused only where the writer is gone already.
        let _ = intake.0.send(Job::Close).await;
        drop(intake);
        // A panic of the writer was answered with 503 by then; the lock is free in either case.
        let _ = tokio::task::spawn_blocking(move || writer.join()).await;
    }
}

fn connect(path: &Path, flags: OpenFlags) -> rusqlite::Result<Connection> {
    let connection = Connection::open_with_flags(path, flags | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    connection.busy_timeout(BUSY_TIMEOUT)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    // Without this a quoted name that names nothing would be taken for a string.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DQS_DML, false)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DQS_DDL, false)?;
    Ok(connection)
}

impl Marks {
    fn check(&self, path: &Path, expected: i64) -> Result<(), GateError> {
        if self.format != FORMAT {
            return Err(GateError::Format { path: path.to_owned(), found: self.format, expected: FORMAT });
        }
        if self.client_id != expected {
            return Err(GateError::OtherClient { path: path.to_owned(), found: self.client_id, expected });
        }
        Ok(())
    }
}

/// Sets the database up; what it says of itself, which for a new one is what this gate says.
fn prepare(connection: &Connection, client_id: i64) -> rusqlite::Result<Marks> {
    connection.pragma_update_and_check(None, "journal_mode", "WAL", |_| Ok(()))?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    // Elsewhere than on macOS this does nothing; there, only this reaches the disk.
    connection.pragma_update(None, "fullfsync", true)?;
    let transaction = connection.unchecked_transaction()?;
    let marks = own::prepare(&transaction, client_id)?;
    rejected::create(&transaction)?;
    transaction.commit()?;
    Ok(marks)
}

/// The writer: one transaction a request, in the order in which they come. The lock goes last, after
/// the connection is closed.
fn write(connection: Connection, mut jobs: mpsc::Receiver<Job>, lock: Lock) {
    let mut loader = Loader::new(Sqlite::new(connection));
    while let Some(job) = jobs.blocking_recv() {
        match job {
            Job::Load(batch, reply) => {
                let loaded = loader.load(&batch).map_err(|_| Unavailable);
                // The client may have gone; its rows stay.
                let _ = reply.send(loaded);
            }
            Job::Reset(reply) => {
                let _ = reply.send(loader.reset().map_err(|_| Unavailable));
            }
            Job::Close => jobs.close(),
        }
    }
    drop(loader);
    drop(lock);
}
