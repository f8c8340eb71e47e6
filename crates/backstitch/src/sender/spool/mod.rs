//! Records on disk, until the API has accepted them.
//!
//! A spool is one file, an embedded database, of blocks of encoded records. It is bound to one client id and one base
//! URL, and open in one process at a time.

mod adopt;
mod disk;
mod encoded;
mod overlay;
mod owner;
mod salvage;
mod view;

use std::fmt;
use std::path::PathBuf;

pub(super) use adopt::adopt;
pub(super) use disk::{Change, Disk};
pub(super) use encoded::{Parts, Summary};
pub use view::{Exported, Inspection, TableCount, Verification, export, inspect, salvage, verify};

/// What a spool is bound to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// The id of the client that the records belong to.
    pub client_id: i64,
    /// Where they are to be sent.
    pub base_url: String,
}

impl fmt::Display for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "client {} at {}", self.client_id, self.base_url)
    }
}

/// Why a spool can't be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SpoolError {
    /// Another process has it open.
    #[error("the spool {} is open in {by}: end that, or use another file", path.display())]
    InUse {
        /// The file.
        path: PathBuf,
        /// Who has it.
        by: String,
    },
    /// It has records of another client, or for another address.
    #[error("the spool {} is of {of}, not of {asked}: use another file; to send what is in it elsewhere, write it out \
             with `backstitch spool export` and send that with `backstitch spool replay`", path.display())]
    OtherClient {
        /// The file.
        path: PathBuf,
        /// What it is bound to.
        of: Identity,
        /// What it was opened for.
        asked: Identity,
    },
    /// It is something else.
    #[error("{} is no spool, or its first bytes are damaged: lines of JSON are sent by `backstitch spool replay`, and \
             `backstitch spool export --salvage` writes what is left of a spool", path.display())]
    NotASpool {
        /// The file.
        path: PathBuf,
    },
    /// It is not as it was written.
    #[error("the spool {} is damaged: {reason}; `backstitch spool export --salvage` writes what is left in it", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What was found.
        reason: String,
    },
    /// What was read of it can't be written to where it is wanted.
    #[error("what was read of the spool can't be written: {error}")]
    Output {
        /// What the system said.
        error: std::io::Error,
    },
    /// It can't be read or written: the disk is full, say.
    #[error("the spool {} can't be used: {error}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system said.
        error: std::io::Error,
    },
}
