//! What the loader needs of a database. All that it decides, it decides on this side of it.

use std::fmt::Display;

use super::family::Family;
use super::rows::Rows;
use super::table::{Location, Table};

/// What became of rows that were to replace others.
#[derive(Debug)]
pub(crate) struct Written {
    /// For each of the rows whether it is now in the table.
    pub(crate) rows: Vec<bool>,
    /// How many are not, since the row with the same key has the same sequence.
    pub(crate) ties: u64,
}

/// A record that is not loaded, or not whole.
#[derive(Debug)]
pub(crate) struct Rejection<'a> {
    pub(crate) reason: String,
    pub(crate) record: &'a [u8],
}

/// A database that the loader writes to. One request is one transaction.
pub(crate) trait Database {
    type Error: Display;

    /// Whether texts can hold the character NUL.
    const HOLDS_NUL: bool;

    /// Whether an error is the whole database's, rather than one table's or one record's.
    fn is_outage(error: &Self::Error) -> bool;

    /// Why a record is not loaded that met this error.
    fn reason(error: &Self::Error) -> String {
        format!("ERROR: {error}")
    }

    /// Why a table of this name can't be made, beyond what the destination's definition says, if it can't.
    fn table_refusal(name: &str) -> Option<String>;

    /// The same of a column.
    fn column_refusal(name: &str) -> Option<String>;

    /// Begins a transaction in which only these tables, their subtables and their versions are written to; whether
    /// others may have changed tables since the last one.
    fn begin(&mut self, roots: &[&str]) -> Result<bool, Self::Error>;

    /// Ends the transaction; when this returns `Ok`, all of it is on the disk.
    fn commit(&mut self) -> Result<(), Self::Error>;

    /// Ends the transaction as if it had not been.
    fn roll_back(&mut self);

    /// Sets a mark within the transaction.
    fn mark(&mut self) -> Result<(), Self::Error>;

    /// Removes the mark, if nothing that was done since it will be refused later.
    fn keep(&mut self) -> Result<(), Self::Error>;

    /// Takes all back that was done since the mark, and removes it.
    fn take_back(&mut self) -> Result<(), Self::Error>;

    /// What there is of a table, its subtables and its versions; or why no records can be loaded into it.
    fn family(&mut self, root: &str) -> Result<Result<Family, String>, Self::Error>;

    /// Whether something has the name of the table in this place, in whatever letter case.
    fn is_taken(&mut self, location: &Location) -> Result<bool, Self::Error>;

    /// Makes a table of a family, or changes it to what it should be.
    fn shape(&mut self, root: &str, table: &Table) -> Result<(), Self::Error>;

    /// Inserts rows, each for the row with the same key where its sequence is greater than that one's.
    fn upsert(&mut self, table: &Table, rows: &Rows<'_>) -> Result<Written, Self::Error>;

    /// Inserts rows whose keys are new.
    fn append(&mut self, table: &Table, rows: &Rows<'_>) -> Result<(), Self::Error>;

    /// Deletes the rows of a subtable whose parents are these.
    fn delete_children(&mut self, subtable: &Table, parents: &Rows<'_>) -> Result<(), Self::Error>;

    /// Deletes all rows.
    fn empty(&mut self, table: &Table) -> Result<(), Self::Error>;

    /// Copies all rows into a table that has room for them.
    fn copy(&mut self, from: &Table, to: &Table) -> Result<(), Self::Error>;

    /// Removes a table of a family.
    fn remove(&mut self, table: &Table) -> Result<(), Self::Error>;

    /// Keeps the active version of a table.
    fn set_active(&mut self, root: &str, version: i64) -> Result<(), Self::Error>;

    /// Removes all that was ever loaded or rejected, within the transaction. Tables that somebody else made stay.
    fn reset(&mut self) -> Result<(), Self::Error>;

    /// Keeps records that were rejected.
    fn reject(&mut self, table: &str, at: &str, rejections: &[Rejection<'_>]) -> Result<(), Self::Error>;
}
