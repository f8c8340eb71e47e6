//! Opens a SQLite database, and the thread that writes to it.

use std::path::Path;
use std::thread;
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};
use tokio::sync::mpsc;

use super::location::{self, Lock};
use super::own::{self, FORMAT};
use super::{Sqlite, rejected};
use crate::GateError;
use crate::clients;
use crate::store::intake::{Intake, Job, Kept, Unavailable};
use crate::store::load::Loader;
use crate::store::marks::Marks;
use crate::store::outage::Outage;
use crate::store::reader::Reader;
use crate::store::{Owner, Store};

/// How long to wait for someone else who is writing to the database.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

const STATEMENTS: usize = 64;

/// Opens the database, or makes it.
///
/// # Errors
/// Where it cannot be opened, is another client's, or another gate has it.
pub(crate) async fn open(url: &str, owner: Owner) -> Result<Store, GateError> {
    let url = if owner.is_first { url.to_owned() } else { clients::database(url, owner.client_id) };
    tokio::task::spawn_blocking(move || open_here(&url, owner.client_id))
        .await
        .map_err(|error| GateError::Read { source: error.into() })?
}

/// The same. Blocks.
fn open_here(url: &str, client_id: i64) -> Result<Store, GateError> {
    let path = location::canonical(&location::parse(url)?)?;
    let location = path.display().to_string();
    let lock = Lock::take(&path)?;
    let failed = |source: rusqlite::Error| GateError::Open { database: location.clone(), source: source.into() };
    let writer = connect(&path, OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE).map_err(failed)?;
    let marks = prepare(&writer, client_id).map_err(failed)?;
    marks.check(&location, FORMAT, client_id)?;
    let reader = connect(&path, OpenFlags::SQLITE_OPEN_READ_ONLY).map_err(failed)?;
    let (intake, jobs) = Intake::new();
    let outage = Outage::new(location.clone());
    let writer = thread::Builder::new()
        .name("backstitch-gate-store".to_owned())
        .spawn(move || write(writer, jobs, lock, outage))
        .map_err(|source| GateError::Open { database: location.clone(), source: source.into() })?;
    Ok(Store { location, intake, writer, reader: Reader::sqlite(reader) })
}

pub(crate) fn connect(path: &Path, flags: OpenFlags) -> rusqlite::Result<Connection> {
    let connection = Connection::open_with_flags(path, flags | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    connection.busy_timeout(BUSY_TIMEOUT)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    // Without this a quoted name that names nothing would be taken for a string.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DQS_DML, false)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DQS_DDL, false)?;
    Ok(connection)
}

/// Sets the database up; what it says of itself, which for a new one is what this gate says.
pub(crate) fn prepare(connection: &Connection, client_id: i64) -> rusqlite::Result<Marks> {
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
fn write(connection: Connection, mut jobs: mpsc::Receiver<Job>, lock: Lock, mut outage: Outage) {
    let mut loader = Loader::new(Sqlite::new(connection));
    while let Some(job) = jobs.blocking_recv() {
        match job {
            Job::Load(batch, original, reply) => {
                // Nothing waits here, so that nobody reads it again.
                drop(original);
                let loaded = loader.load(&batch);
                match &loaded {
                    Ok(_) => outage.over(),
                    Err(error) => outage.begins(error),
                }
                // The client may have gone; its rows stay.
                let _ = reply.send(loaded.map(Kept::Loaded).map_err(|_| Unavailable::NothingKept));
            }
            Job::Reset(reply) => {
                let _ = reply.send(loader.reset().map_err(|_| Unavailable::NothingKept));
            }
            Job::Tick => {}
            Job::Close => jobs.close(),
        }
    }
    drop(loader);
    drop(lock);
}
