//! The spool's database.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{ErrorKind, Read as _};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError, RwLock};

use redb::{Database, ReadableDatabase as _, ReadableTable as _, TableDefinition};

use super::encoded::{self, Decoded, Parts, Summary};
use super::overlay::Overlay;
use super::owner::{self, Owner};
use super::{Identity, SpoolError};
use crate::sender::files::{private, sync_folder};

/// What the spool is bound to, its format, and the sequences that are reserved.
const META: TableDefinition<'_, &str, &str> = TableDefinition::new("meta");
/// The lanes that blocks are of.
const LANES: TableDefinition<'_, u32, &str> = TableDefinition::new("lanes");
/// What is known of each block without reading it.
const INDEX: TableDefinition<'_, u64, &str> = TableDefinition::new("index");
/// The blocks.
const BLOCKS: TableDefinition<'_, u64, &[u8]> = TableDefinition::new("blocks");

const FORMAT: &str = "1";

/// How much of the file the database keeps in memory.
const CACHE_BYTES: usize = 8 << 20;

/// A spool that is open.
#[derive(Debug)]
pub(in crate::sender) struct Disk {
    path: PathBuf,
    /// Says whose it is, while it is open. It goes first: the next one may write its own as soon as the lock is free.
    owner: Mutex<Option<Owner>>,
    /// Nothing after an error, until it could be opened again; and nothing after it was closed.
    database: RwLock<Option<Database>>,
}

/// What is in a spool that was opened.
#[derive(Debug, Default)]
pub(in crate::sender) struct Found {
    pub(in crate::sender) lanes: BTreeMap<u32, String>,
    pub(in crate::sender) blocks: Vec<(u64, u32, Summary)>,
    /// No sequence up to this one may be used.
    pub(in crate::sender) mark: Option<i64>,
}

/// What is to be changed at once.
#[derive(Debug, Default)]
pub(in crate::sender) struct Change<'a> {
    pub(in crate::sender) lanes: Vec<(u32, &'a str)>,
    pub(in crate::sender) blocks: Vec<(u32, Parts<'a>, Summary)>,
    pub(in crate::sender) removed: Vec<u64>,
    pub(in crate::sender) mark: Option<i64>,
}

fn damaged(path: &Path, reason: impl std::fmt::Display) -> SpoolError {
    SpoolError::Damaged { path: path.to_owned(), reason: reason.to_string() }
}

fn error_of(path: &Path, error: impl Into<redb::Error>) -> SpoolError {
    match error.into() {
        redb::Error::DatabaseAlreadyOpen => SpoolError::InUse { path: path.to_owned(), by: owner::of(path) },
        // No database, or one that was cut.
        redb::Error::Io(error) if matches!(error.kind(), ErrorKind::InvalidData | ErrorKind::UnexpectedEof) => {
            damaged(path, error)
        }
        redb::Error::Io(error) => SpoolError::Io { path: path.to_owned(), error },
        redb::Error::PreviousIo => {
            SpoolError::Io { path: path.to_owned(), error: std::io::Error::other("an earlier write failed") }
        }
        other => damaged(path, other),
    }
}

/// Does something with a database that may be damaged in a way that the library did not foresee.
fn guarded<T>(path: &Path, act: impl FnOnce() -> Result<T, redb::Error>) -> Result<T, SpoolError> {
    match catch_unwind(AssertUnwindSafe(act)) {
        Ok(done) => done.map_err(|error| error_of(path, error)),
        Err(_) => Err(damaged(path, "the database can't be read")),
    }
}

/// What the file of a database begins with.
const MAGIC: &[u8] = b"redb\x1A\x0A\xA9\x0D\x0A";

/// Refuses a file that is something else, before it is locked or changed.
fn is_database(path: &Path) -> Result<(), SpoolError> {
    let mut start = Vec::new();
    let read = File::open(path).and_then(|file| file.take(MAGIC.len() as u64).read_to_end(&mut start));
    match read {
        // A new one is empty, or not there.
        Ok(_) if start.is_empty() || start == MAGIC => Ok(()),
        Ok(_) => Err(SpoolError::NotASpool { path: path.to_owned() }),
        Err(_) => Ok(()),
    }
}

/// Makes the file, where it is missing: for its owner alone, since it holds records, and on disk before anything is in it.
fn make(path: &Path) -> std::io::Result<()> {
    if path.exists() {
        return Ok(());
    }
    let mut options = File::options();
    options.write(true).create(true);
    private(&mut options);
    options.open(path)?;
    sync_folder(path)
}

fn open_database(path: &Path) -> Result<Database, SpoolError> {
    is_database(path)?;
    guarded(path, || Ok(Database::builder().set_cache_size(CACHE_BYTES).create(path)?))
}

impl Disk {
    /// Opens a spool, or makes one.
    pub(in crate::sender) fn open(path: &Path, identity: &Identity) -> Result<(Self, Found), SpoolError> {
        make(path).map_err(|error| SpoolError::Io { path: path.to_owned(), error })?;
        let mut database = open_database(path)?;
        let found = guarded(path, || bind(&database, identity))?.map_err(|other| SpoolError::OtherClient {
            path: path.to_owned(),
            of: other,
            asked: identity.clone(),
        })?;
        // What was delivered left holes. A disk that is full has no room for that, and what is there can be sent still.
        if let Err(error) = guarded(path, || Ok(database.compact()?)) {
            tracing::warn!(spool = %path.display(), %error, "the spool could not be made smaller");
            drop(database);
            database = open_database(path)?;
        }
        Ok((Disk::owned(path, database), found))
    }

    fn owned(path: &Path, database: Database) -> Self {
        Disk::new(path, database, Some(Owner::new(path)))
    }

    fn new(path: &Path, database: Database, owner: Option<Owner>) -> Self {
        Disk { path: path.to_owned(), owner: Mutex::new(owner), database: RwLock::new(Some(database)) }
    }

    /// Leaves it to others, whoever still knows it.
    pub(in crate::sender) fn close(&self) {
        *self.owner.lock().unwrap_or_else(PoisonError::into_inner) = None;
        *self.database.write().unwrap_or_else(PoisonError::into_inner) = None;
    }

    /// Opens a spool that is there, whoever's it is.
    pub(super) fn open_any(path: &Path) -> Result<(Self, Identity, Found), SpoolError> {
        if !path.exists() {
            let error = std::io::Error::from(ErrorKind::NotFound);
            return Err(SpoolError::Io { path: path.to_owned(), error });
        }
        let database = open_database(path)?;
        let (identity, found) = whole_of(path, &database)?;
        Ok((Disk::owned(path, database), identity, found))
    }

    /// Opens a spool that is there to be looked at. The file is not changed, whatever happens to it here.
    pub(super) fn look(path: &Path) -> Result<(Self, Identity, Found), SpoolError> {
        let io = |error| SpoolError::Io { path: path.to_owned(), error };
        let file = File::open(path).map_err(io)?;
        if file.metadata().map_err(io)?.len() == 0 {
            return Err(damaged(path, "it is empty"));
        }
        is_database(path)?;
        let database = guarded(path, || {
            let overlay = Overlay::new(file)?;
            Ok(Database::builder().set_cache_size(CACHE_BYTES).create_with_backend(overlay)?)
        })?;
        let (identity, found) = whole_of(path, &database)?;
        Ok((Disk::new(path, database, None), identity, found))
    }

    /// Changes it, all or nothing, and waits until that is on disk.
    pub(in crate::sender) fn commit(&self, change: &Change<'_>) -> Result<(), SpoolError> {
        let done = {
            let database = self.database.read().unwrap_or_else(PoisonError::into_inner);
            match database.as_ref() {
                Some(database) => guarded(&self.path, || write(database, change)),
                None => Err(damaged(&self.path, "it could not be opened again after an error")),
            }
        };
        if done.is_err() {
            // After an error the database takes nothing more until it is opened again.
            let mut database = self.database.write().unwrap_or_else(PoisonError::into_inner);
            *database = None;
            // One that was removed in between is not made again: nothing would be known of whose it is.
            *database = self.path.exists().then(|| open_database(&self.path).ok()).flatten();
        }
        done
    }

    /// Reads a block.
    pub(in crate::sender) fn load(&self, id: u64) -> Result<Decoded, SpoolError> {
        let database = self.database.read().unwrap_or_else(PoisonError::into_inner);
        let Some(database) = database.as_ref() else {
            let error = std::io::Error::other("it is not open, after an error");
            return Err(SpoolError::Io { path: self.path.clone(), error });
        };
        let decoded = guarded(&self.path, || {
            let blocks = database.begin_read()?.open_table(BLOCKS)?;
            let block = blocks.get(id)?;
            Ok(block.and_then(|block| encoded::read(block.value())))
        })?;
        decoded
            .filter(|decoded| decoded.id == id)
            .ok_or_else(|| damaged(&self.path, format!("block {id} is not as it was written")))
    }

    /// How many bytes the file has.
    pub(in crate::sender) fn file_bytes(&self) -> u64 {
        std::fs::metadata(&self.path).map_or(0, |file| file.len())
    }

    /// Checks the whole file, and leaves it repaired as well as the database can: of no use but to those who only look.
    pub(super) fn is_whole(&self) -> Result<bool, SpoolError> {
        let mut database = self.database.write().unwrap_or_else(PoisonError::into_inner);
        match database.as_mut() {
            Some(database) => guarded(&self.path, || Ok(database.check_integrity()?)),
            None => Ok(false),
        }
    }
}

/// What a spool that is there is bound to, and what is in it.
fn whole_of(path: &Path, database: &Database) -> Result<(Identity, Found), SpoolError> {
    let identity =
        guarded(path, || identity_of(database))?.ok_or_else(|| damaged(path, "it is a database, but no spool"))?;
    Ok((identity, guarded(path, || read_all(database))?))
}

/// Binds the spool to a client, if it is not yet, and reads what is in it; or says whose it is.
fn bind(database: &Database, identity: &Identity) -> Result<Result<Found, Identity>, redb::Error> {
    if let Some(known) = identity_of(database)? {
        return Ok(if known == *identity { Ok(read_all(database)?) } else { Err(known) });
    }
    let transaction = database.begin_write()?;
    {
        let mut meta = transaction.open_table(META)?;
        meta.insert("format", FORMAT)?;
        meta.insert("client_id", identity.client_id.to_string().as_str())?;
        meta.insert("base_url", identity.base_url.as_str())?;
        transaction.open_table(LANES)?;
        transaction.open_table(INDEX)?;
        transaction.open_table(BLOCKS)?;
    }
    transaction.commit()?;
    Ok(Ok(Found::default()))
}

/// What the spool is bound to; nothing, where it is new.
fn identity_of(database: &Database) -> Result<Option<Identity>, redb::Error> {
    let transaction = database.begin_read()?;
    let meta = match transaction.open_table(META) {
        Ok(meta) => meta,
        Err(redb::TableError::TableDoesNotExist(_)) => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    let text = |name: &str| -> Result<String, redb::Error> {
        let value = meta.get(name)?.map(|value| value.value().to_owned());
        value.ok_or_else(|| redb::Error::Corrupted(format!("its `{name}` is missing")))
    };
    let format = text("format")?;
    if format != FORMAT {
        return Err(redb::Error::Corrupted(format!(
            "it has format {format}, and only {FORMAT} is known: use a newer version"
        )));
    }
    let client_id =
        text("client_id")?.parse().map_err(|_| redb::Error::Corrupted("its client id is no number".into()))?;
    Ok(Some(Identity { client_id, base_url: text("base_url")? }))
}

fn read_all(database: &Database) -> Result<Found, redb::Error> {
    let transaction = database.begin_read()?;
    let mut found = Found::default();
    for entry in transaction.open_table(LANES)?.iter()? {
        let (lane, route) = entry?;
        found.lanes.insert(lane.value(), route.value().to_owned());
    }
    for entry in transaction.open_table(INDEX)?.iter()? {
        let (id, summary) = entry?;
        let (lane, summary) = Summary::from_json(summary.value())
            .ok_or_else(|| redb::Error::Corrupted(format!("its index has no summary of block {}", id.value())))?;
        found.blocks.push((id.value(), lane, summary));
    }
    let meta = transaction.open_table(META)?;
    found.mark = meta.get("mark")?.and_then(|mark| mark.value().parse().ok());
    Ok(found)
}

fn write(database: &Database, change: &Change<'_>) -> Result<(), redb::Error> {
    let transaction = database.begin_write()?;
    {
        let mut lanes = transaction.open_table(LANES)?;
        for (lane, route) in &change.lanes {
            lanes.insert(lane, route)?;
        }
        let mut index = transaction.open_table(INDEX)?;
        let mut blocks = transaction.open_table(BLOCKS)?;
        for (lane, parts, summary) in &change.blocks {
            index.insert(parts.id, summary.to_json(*lane).as_str())?;
            let mut place = blocks.insert_reserve(parts.id, parts.len())?;
            parts.write(place.as_mut());
        }
        for id in &change.removed {
            index.remove(id)?;
            blocks.remove(id)?;
        }
        if let Some(mark) = change.mark {
            transaction.open_table(META)?.insert("mark", mark.to_string().as_str())?;
        }
    }
    transaction.commit()?;
    Ok(())
}
