//! What can go wrong with a PostgreSQL database, and what follows from it.

use std::fmt;

use tokio_postgres::error::SqlState;

use super::connection::SILENT;
use crate::error::Cause;

/// Why something could not be done.
#[derive(Debug)]
pub(crate) enum Trouble {
    /// What the server or the connection says.
    Database(tokio_postgres::Error),
    /// Requests for these tables wait in the log, and are loaded first.
    Behind,
    /// Somebody else has loaded the request from the log: its transaction is of no use.
    Done,
    /// The connection broke while a transaction was committed, and whether it was is not known.
    Unknown,
    /// There is no connection, and this is why.
    Connection(Cause),
    /// The server has not answered in time.
    Silent,
    /// There is no connection, as was said before.
    Unavailable,
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Trouble::Database(error) => match error.as_db_error() {
                Some(error) => f.write_str(error.message()),
                None => error.fmt(f),
            },
            Trouble::Connection(cause) => cause.fmt(f),
            Trouble::Silent => f.write_str(SILENT),
            Trouble::Behind => f.write_str("requests that came before are not loaded yet"),
            Trouble::Done => f.write_str("the request is loaded already"),
            Trouble::Unknown => f.write_str("the connection broke in a commit"),
            Trouble::Unavailable => f.write_str("there is no connection to the database"),
        }
    }
}

impl std::error::Error for Trouble {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            // What the server says is all in its message.
            Trouble::Database(error) if error.as_db_error().is_none() => error.source(),
            Trouble::Connection(cause) => cause.source(),
            _ => None,
        }
    }
}

impl From<tokio_postgres::Error> for Trouble {
    fn from(error: tokio_postgres::Error) -> Self {
        Trouble::Database(error)
    }
}

impl Trouble {
    /// The server's word for it.
    pub(super) fn code(&self) -> Option<&SqlState> {
        match self {
            Trouble::Database(error) => error.code(),
            _ => None,
        }
    }

    /// Whether it is no fault of a table's or a record's.
    pub(super) fn is_outage(&self) -> bool {
        let Some(code) = self.code() else { return true };
        // By class: connections, transactions that are in no state to go on, names and rights of the whole database,
        // conflicts with others, resources, an operator, the system, corruption.
        let classes = ["08", "25", "26", "28", "3D", "3F", "40", "53", "57", "58", "F0", "XX"];
        *code == SqlState::LOCK_NOT_AVAILABLE || classes.iter().any(|class| code.code().starts_with(class))
    }

    /// Whether the database is well, and the tables are only not to be had just now.
    pub(super) fn is_wait(&self) -> bool {
        let conflicts =
            [SqlState::LOCK_NOT_AVAILABLE, SqlState::T_R_DEADLOCK_DETECTED, SqlState::T_R_SERIALIZATION_FAILURE];
        matches!(self, Trouble::Behind) || self.code().is_some_and(|code| conflicts.contains(code))
    }
}
