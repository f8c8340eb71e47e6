//! The database behind a gate.
//!
//! - [`kind`], [`table`], [`family`]: types, tables, a table with its subtables and versions.
//! - [`load`], [`plan`], [`rows`], [`versions`]: what becomes of a request's records.
//! - [`database`]: what that needs of a database, and nothing of which is about SQL.
//! - [`sqlite`], [`postgres`]: the databases that there are; [`sql`]: names in both.
//! - [`marks`]: whose database it is.
//! - [`intake`]: how requests reach the thread that writes; [`outage`]: who is told when it can't.
//! - [`view`], [`reader`]: what the tables hold.
//!
//! One thread writes, so that a client's requests are committed one after the other; a connection of its own reads.

pub(crate) mod database;
mod family;
#[cfg_attr(not(feature = "postgres"), expect(dead_code, reason = "SQLite loads at once"))]
pub(crate) mod intake;
pub(crate) mod kind;
pub(crate) mod load;
mod marks;
mod outage;
mod plan;
#[cfg(feature = "postgres")]
mod postgres;
pub(crate) mod reader;
pub(crate) mod rows;
mod sql;
mod sqlite;
pub(crate) mod table;
mod versions;
pub(crate) mod view;

#[cfg(test)]
mod tests;

use std::thread::JoinHandle;

use self::intake::{Intake, Reread};
use self::reader::Reader;
use crate::GateError;

/// An open database.
pub(crate) struct Store {
    location: String,
    intake: Intake,
    writer: JoinHandle<()>,
    reader: Reader,
}

/// Whose database it is.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Owner {
    pub(crate) client_id: i64,
    /// Whether the client is the one whose database the URL names; each other has one beside it.
    pub(crate) is_first: bool,
}

impl Store {
    /// Opens the database that a URL names, or makes it, for a client.
    ///
    /// # Errors
    /// Where it cannot be opened, is another client's, or another gate has it to itself.
    pub(crate) async fn open(url: &str, owner: Owner, reread: Reread) -> Result<Self, GateError> {
        let Some((scheme, _)) = url.split_once("://") else {
            return Err(GateError::DatabaseUrl { problem: "has no scheme" });
        };
        match scheme.to_ascii_lowercase().as_str() {
            "sqlite" => sqlite::open::open(url, owner).await,
            #[cfg(feature = "postgres")]
            "postgres" | "postgresql" => postgres::open::open(url, owner, reread).await,
            _ => {
                drop(reread);
                Err(GateError::UnsupportedDatabase { scheme: scheme.to_owned() })
            }
        }
    }

    /// Where the database is, for people: the path of a file, or the address of a server with the schema.
    pub(crate) fn location(&self) -> &str {
        &self.location
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
        // The last connection to close moves SQLite's log into the database's file, and one that only reads
        // could not: it goes first.
        let _ = tokio::task::spawn_blocking(move || drop(reader)).await;
        intake.close().await;
        // A panic of the writer was answered with 503 by then; the lock is free in either case.
        let _ = tokio::task::spawn_blocking(move || writer.join()).await;
    }
}
