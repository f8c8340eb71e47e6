//! The position file: how far files were sent, so that an interrupted run goes on where it was.
//!
//! It is bound to what the files are (their size, and a hash of their head) and to the options that say what is sent from
//! them: a position in something else would leave records out.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use serde::{Deserialize, Serialize};

use crate::exit::usage;
use crate::input::Position;

/// How much of a file its hash is of.
const HEAD: u64 = 64 << 10;

/// The option whose value is a hash of the schema, given or found.
pub(super) const SCHEMA: &str = "--schema";

/// What a position file says.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(super) struct Known {
    version: u32,
    /// The options that say what is sent, and where.
    options: Vec<(String, String)>,
    files: Vec<Identity>,
    /// The file that comes next; all are sent where there is none.
    file: usize,
    position: Position,
    /// No sequence that was used before is greater.
    sequence: i64,
    /// How many records before the place were rejected.
    #[serde(default)]
    rejected: u64,
}

/// What a file is known by.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
struct Identity {
    path: PathBuf,
    bytes: u64,
    /// CRC-32 of its first bytes.
    head: u32,
}

impl Identity {
    fn of(path: &Path) -> anyhow::Result<Self> {
        let unreadable = || format!("{} can't be read", path.display());
        let file = File::open(path).with_context(unreadable)?;
        let metadata = file.metadata().with_context(unreadable)?;
        if !metadata.is_file() {
            return Err(usage(format!("{} is no file: a position is only known in files", path.display())));
        }
        let bytes = metadata.len();
        let mut head = Vec::new();
        file.take(HEAD).read_to_end(&mut head).with_context(unreadable)?;
        Ok(Identity { path: path.to_owned(), bytes, head: crc32fast::hash(&head) })
    }
}

pub(super) struct PositionFile {
    path: PathBuf,
    known: Known,
    /// Locked as long as this is.
    _lock: File,
}

impl PositionFile {
    /// Opens a position file, where there is one, for this run alone.
    pub(super) fn open(path: &Path, files: &[&Path], options: Vec<(String, String)>) -> anyhow::Result<Self> {
        let files = files.iter().map(|file| Identity::of(file)).collect::<anyhow::Result<Vec<_>>>()?;
        let lock = lock(path)?;
        let known = match fs::read(path) {
            Ok(text) => read(path, &text, &files, &options)?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => Known {
                version: 1,
                options,
                files,
                file: 0,
                position: Position::default(),
                sequence: i64::MIN,
                rejected: 0,
            },
            Err(error) => {
                return Err(error).with_context(|| format!("the position file {} can't be read", path.display()));
            }
        };
        Ok(PositionFile { path: path.to_owned(), known, _lock: lock })
    }

    /// Writes it, where it is: nothing is to be sent before it can be.
    pub(super) fn begin(&self) -> anyhow::Result<()> {
        self.write().with_context(|| unwritable(&self.path))
    }

    /// The file to go on with, by its place among all, and where in it.
    pub(super) fn place(&self) -> (usize, Position) {
        (self.known.file, self.known.position)
    }

    pub(super) fn sequence(&self) -> i64 {
        self.known.sequence
    }

    pub(super) fn is_at_start(&self) -> bool {
        self.place() == (0, Position::default())
    }

    /// Whether all files were sent.
    pub(super) fn is_done(&self) -> bool {
        self.known.file >= self.known.files.len()
    }

    /// How many records were rejected so far.
    pub(super) fn rejected(&self) -> u64 {
        self.known.rejected
    }

    /// Says that all before a place is accepted, or kept for later, but for so many records more that were rejected. It is
    /// on disk when this returns: whoever reads the file finds the old place or the new one.
    pub(super) fn advance(
        &mut self,
        (file, position): (usize, Position),
        sequence: i64,
        rejected: u64,
    ) -> anyhow::Result<()> {
        self.known.file = file;
        self.known.position = position;
        self.known.sequence = self.known.sequence.max(sequence);
        self.reject(rejected)
    }

    /// Says that so many records more before the place were rejected.
    pub(super) fn reject(&mut self, rejected: u64) -> anyhow::Result<()> {
        self.known.rejected += rejected;
        self.begin()
    }

    fn write(&self) -> io::Result<()> {
        let folder = self.path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let mut file = tempfile::NamedTempFile::new_in(folder)?;
        serde_json::to_writer(&mut file, &self.known)?;
        file.write_all(b"\n")?;
        file.as_file().sync_data()?;
        file.persist(&self.path).map_err(|error| error.error)?;
        // The name too: without it a machine that stops may have the old file, which is right all the same.
        if cfg!(unix) {
            File::open(folder)?.sync_all()?;
        }
        Ok(())
    }
}

fn unwritable(path: &Path) -> String {
    format!(
        "the position file {} can't be written: nothing more is sent, since a later run would not know of it; choose a folder \
         that can be written, with room on its disk",
        path.display()
    )
}

/// Keeps other runs from a position file: each would send what the other does. A file beside it is locked, since it is
/// another one itself whenever it was written.
fn lock(path: &Path) -> anyhow::Result<File> {
    let mut beside = path.as_os_str().to_owned();
    beside.push(".lock");
    let mut options = OpenOptions::new();
    let file = options.create(true).truncate(false).write(true).open(beside).with_context(|| unwritable(path))?;
    match file.try_lock() {
        Err(TryLockError::WouldBlock) => {
            bail!("another run goes on with the position file {}: wait until it has ended", path.display())
        }
        // Where a disk knows no locks, it is for whoever starts a run to know that there is no other.
        Ok(()) | Err(TryLockError::Error(_)) => Ok(file),
    }
}

fn read(path: &Path, text: &[u8], files: &[Identity], options: &[(String, String)]) -> anyhow::Result<Known> {
    let again = format!("remove {} to send all from the start", path.display());
    let known: Known = serde_json::from_slice(text)
        .map_err(|_| usage(format!("{} is no position file: name another, or {again}", path.display())))?;
    if known.version != 1 {
        bail!("the position file {} is of a newer version of this command; {again}", path.display());
    }
    if let Some((found, before)) = files.iter().zip(&known.files).find(|(found, before)| found != before) {
        let what = if found.path != before.path {
            format!("is of {}, not of {}", before.path.display(), found.path.display())
        } else if found.bytes != before.bytes {
            format!("is of {} when it had {} bytes; it has {} now", found.path.display(), before.bytes, found.bytes)
        } else {
            format!("is of another {}: it begins otherwise now", found.path.display())
        };
        return Err(usage(format!("the position file {} {what}; {again}", path.display())));
    }
    if files.len() != known.files.len() {
        let (before, now) = (known.files.len(), files.len());
        return Err(usage(format!("the position file {} is of {before} files, not of {now}; {again}", path.display())));
    }
    if let Some((now, before)) = options.iter().zip(&known.options).find(|(now, before)| now != before) {
        let (name, now, before) = (&now.0, &now.1, &before.1);
        let what = match name.as_str() {
            // What is known of it says nothing to anybody.
            SCHEMA => format!("another {SCHEMA}"),
            _ => format!("{name} `{before}`, not `{now}`"),
        };
        return Err(usage(format!(
            "the position file {} is of a run with {what}; give it as it was, or {again}",
            path.display()
        )));
    }
    if options.len() != known.options.len() {
        return Err(usage(format!("the position file {} is of a run with other options; {again}", path.display())));
    }
    Ok(known)
}
