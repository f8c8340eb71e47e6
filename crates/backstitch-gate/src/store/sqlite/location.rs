//! Where a SQLite database is, and who has it.

use std::fs::{File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use crate::GateError;

/// A gate that was dropped, not shut down, has its lock until its last commit is done.
const LOCK_ATTEMPTS: u32 = 20;
const LOCK_PAUSE: Duration = Duration::from_millis(50);

/// The file that a database URL names.
///
/// # Errors
/// Where the URL names no file.
pub(crate) fn parse(url: &str) -> Result<PathBuf, GateError> {
    let Some((_, path)) = url.split_once("://") else {
        return Err(GateError::DatabaseUrl { problem: "has no scheme" });
    };
    if path.is_empty() {
        return Err(GateError::DatabaseUrl { problem: "names no file" });
    }
    if path.contains(['?', '#']) {
        return Err(GateError::DatabaseUrl { problem: "has parameters" });
    }
    if path.contains('\0') {
        return Err(GateError::DatabaseUrl { problem: "has the character NUL" });
    }
    if path.starts_with(':') {
        return Err(GateError::DatabaseUrl { problem: "names a database in memory, which would not outlive the gate" });
    }
    Ok(PathBuf::from(path))
}

/// The one path by which a database's file is known, so that two ways to write it, or a link, are one
/// database.
///
/// # Errors
/// Where the folder does not exist.
pub(crate) fn canonical(path: &Path) -> Result<PathBuf, GateError> {
    let failed = |source: io::Error| GateError::Open { database: path.display().to_string(), source: source.into() };
    match path.canonicalize() {
        Ok(path) => Ok(path),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let folder = match path.parent() {
                Some(folder) if !folder.as_os_str().is_empty() => folder,
                _ => Path::new("."),
            };
            let Some(name) = path.file_name() else {
                return Err(failed(error));
            };
            Ok(folder.canonicalize().map_err(failed)?.join(name))
        }
        Err(error) => Err(failed(error)),
    }
}

/// The right to write a database, held by one gate at a time. It lies on a file beside the database,
/// since SQLite's own locks must stay free for other readers.
#[derive(Debug)]
pub(crate) struct Lock {
    _file: File,
}

impl Lock {
    /// Takes the right to the database at `path`. Blocks for about a second at most.
    ///
    /// # Errors
    /// Where another gate has it.
    pub(crate) fn take(path: &Path) -> Result<Self, GateError> {
        let mut beside = path.as_os_str().to_owned();
        beside.push(".lock");
        let beside = PathBuf::from(beside);
        let failed =
            |source: io::Error| GateError::Open { database: beside.display().to_string(), source: source.into() };
        let file = File::options().read(true).write(true).create(true).truncate(false).open(&beside).map_err(failed)?;
        for attempt in 1.. {
            match file.try_lock() {
                Ok(()) => break,
                Err(TryLockError::WouldBlock) if attempt < LOCK_ATTEMPTS => thread::sleep(LOCK_PAUSE),
                Err(TryLockError::WouldBlock) => return Err(GateError::InUse { path: path.to_owned() }),
                Err(TryLockError::Error(error)) => return Err(failed(error)),
            }
        }
        Ok(Lock { _file: file })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_names_a_file() {
        assert_eq!(parse("sqlite://gate.db").expect("a path"), Path::new("gate.db"));
        assert_eq!(parse("sqlite:///tmp/gate.db").expect("a path"), Path::new("/tmp/gate.db"));
        assert_eq!(parse("SQLite://a/b c.db").expect("a path"), Path::new("a/b c.db"));
    }

    #[test]
    fn what_is_no_file_is_refused() {
        for url in ["gate.db", "sqlite:gate.db", "sqlite://", "sqlite://gate.db?mode=ro", "sqlite://:memory:"] {
            assert!(matches!(parse(url), Err(GateError::DatabaseUrl { .. })), "{url}");
        }
    }
}
