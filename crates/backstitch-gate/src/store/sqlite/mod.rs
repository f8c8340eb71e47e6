//! The SQLite database as the loader writes to it.
//!
//! - [`location`], [`open`]: where it is, who has it, and the thread that writes to it.
//! - [`own`], [`rejected`]: the gate's own tables, and that of rejected records.
//! - [`declared`], [`statements`]: types and statements in SQL.
//! - [`schema`]: a table read from the schema.
//! - [`look`], [`reset`]: what the tables hold, and a database without it.

mod declared;
pub(crate) mod location;
pub(crate) mod look;
pub(crate) mod open;
pub(crate) mod own;
pub(crate) mod rejected;
mod reset;
mod schema;
mod statements;

use std::collections::HashMap;

use rusqlite::{Connection, ErrorCode, Statement};

use super::database::{Database, Rejection, Written};
use super::family::Family;
use super::rows::Rows;
use super::table::{Location, Table};
use crate::batch::{Group, Value};
use crate::names::folded;

/// The connection that writes.
pub(crate) struct Sqlite {
    connection: Connection,
    /// The names of all tables and views by their folded names, in which SQLite compares them.
    names: HashMap<String, String>,
    /// Changes whenever anyone changes the schema.
    schema_version: Option<i64>,
}

impl Sqlite {
    pub(crate) fn new(connection: Connection) -> Self {
        Sqlite { connection, names: HashMap::new(), schema_version: None }
    }

    fn read_schema_version(&self) -> rusqlite::Result<i64> {
        self.connection.prepare_cached("PRAGMA schema_version")?.query_row([], |row| row.get(0))
    }

    fn read_names(&mut self) -> rusqlite::Result<()> {
        self.names.clear();
        let mut statement =
            self.connection.prepare_cached("SELECT name FROM sqlite_master WHERE type IN ('table', 'view')")?;
        for name in statement.query_map([], |row| row.get::<_, String>(0))? {
            let name = name?;
            self.names.insert(folded(&name), name);
        }
        Ok(())
    }

    /// Writes rows with a statement; for each whether it changed anything.
    fn write(&self, sql: &str, table: &Table, rows: &Rows<'_>) -> rusqlite::Result<Vec<bool>> {
        let mut statement = self.connection.prepare_cached(sql)?;
        let width = table.columns.len();
        // What is bound stays bound from one execution to the next.
        statement.raw_bind_parameter(width + 1, &rows.stamp.received_at)?;
        statement.raw_bind_parameter(width + 2, &rows.stamp.batched_at)?;
        statement.raw_bind_parameter(width + 4, rows.version)?;
        let mut written = Vec::with_capacity(rows.len());
        let mut values = Vec::with_capacity(width);
        for at in 0..rows.len() {
            rows.values(at, &mut values);
            for (place, value) in values.iter().enumerate() {
                bind(&mut statement, place + 1, rows.group, *value)?;
            }
            statement.raw_bind_parameter(width + 3, rows.sequence(at))?;
            written.push(statement.raw_execute()? > 0);
        }
        Ok(written)
    }

    /// How many of the rows that were not written have the sequence of the row that is there.
    fn ties(&self, table: &Table, rows: &Rows<'_>, written: &[bool]) -> rusqlite::Result<u64> {
        if written.iter().all(|written| *written) {
            return Ok(0);
        }
        let mut statement = self.connection.prepare_cached(&statements::has_sequence(table, rows.group))?;
        let mut ties = 0;
        for (at, record) in rows.records().enumerate().filter(|(at, _)| !written[*at]) {
            let keys = rows.group.keys_of(record);
            for (place, key) in keys.iter().enumerate() {
                bind(&mut statement, place + 1, rows.group, *key)?;
            }
            statement.raw_bind_parameter(keys.len() + 1, rows.sequence(at))?;
            ties += u64::from(statement.raw_query().next()?.is_some());
        }
        Ok(ties)
    }
}

fn bind(statement: &mut Statement<'_>, parameter: usize, group: &Group, value: Option<Value>) -> rusqlite::Result<()> {
    match value {
        None => statement.raw_bind_parameter(parameter, rusqlite::types::Null),
        Some(Value::Boolean(value)) => statement.raw_bind_parameter(parameter, value),
        Some(Value::Integer(value)) => statement.raw_bind_parameter(parameter, value),
        Some(Value::Double(value)) => statement.raw_bind_parameter(parameter, value),
        Some(Value::Decimal(span) | Value::Timestamp(span) | Value::Text(span)) => {
            statement.raw_bind_parameter(parameter, group.text(span))
        }
    }
}

impl Database for Sqlite {
    type Error = rusqlite::Error;

    const HOLDS_NUL: bool = true;

    // What the destination's definition allows, SQLite holds.
    fn table_refusal(_: &str) -> Option<String> {
        None
    }

    fn column_refusal(_: &str) -> Option<String> {
        None
    }

    fn is_outage(error: &rusqlite::Error) -> bool {
        let Some(code) = error.sqlite_error_code() else {
            return false;
        };
        matches!(
            code,
            ErrorCode::InternalMalfunction
                | ErrorCode::PermissionDenied
                | ErrorCode::OperationAborted
                | ErrorCode::DatabaseBusy
                | ErrorCode::DatabaseLocked
                | ErrorCode::OutOfMemory
                | ErrorCode::ReadOnly
                | ErrorCode::OperationInterrupted
                | ErrorCode::SystemIoFailure
                | ErrorCode::DatabaseCorrupt
                | ErrorCode::DiskFull
                | ErrorCode::CannotOpen
                | ErrorCode::FileLockingProtocolFailed
                | ErrorCode::NoLargeFileSupport
                | ErrorCode::NotADatabase
        )
    }

    fn begin(&mut self, _: &[&str]) -> rusqlite::Result<bool> {
        self.connection.execute_batch("BEGIN IMMEDIATE")?;
        let version = self.read_schema_version()?;
        let changed = self.schema_version != Some(version);
        if changed {
            self.schema_version = None;
            self.read_names()?;
            self.schema_version = Some(version);
        }
        Ok(changed)
    }

    fn commit(&mut self) -> rusqlite::Result<()> {
        let version = self.read_schema_version()?;
        self.connection.execute_batch("COMMIT")?;
        self.schema_version = Some(version);
        Ok(())
    }

    fn roll_back(&mut self) {
        self.schema_version = None;
        // A transaction that SQLite ended itself needs nothing more; another that cannot be ended makes the
        // next one fail, which is answered as this one is.
        if !self.connection.is_autocommit() {
            let _ = self.connection.execute_batch("ROLLBACK");
        }
    }

    fn mark(&mut self) -> rusqlite::Result<()> {
        self.connection.execute_batch("SAVEPOINT step")
    }

    fn keep(&mut self) -> rusqlite::Result<()> {
        self.connection.execute_batch("RELEASE step")
    }

    fn take_back(&mut self) -> rusqlite::Result<()> {
        self.connection.execute_batch("ROLLBACK TO step; RELEASE step")?;
        self.read_names()
    }

    fn family(&mut self, root: &str) -> rusqlite::Result<Result<Family, String>> {
        let mut family = Family { active: own::active(&self.connection, root)?, ..Family::default() };
        if let Some(name) = self.names.get(&folded(root)) {
            if name != root {
                return Ok(Err(format!("Table collision on {root}")));
            }
            let location = Location { table: root.to_owned(), waiting: None };
            match schema::read(&self.connection, name, location)? {
                Some(table) => family.put(table),
                None => return Ok(Err(format!("the table {root} was not made by the gate"))),
            }
        }
        if family.shown.is_empty() && own::has_alike(&self.connection, root)? {
            return Ok(Err(format!("Table collision on {root}")));
        }
        for location in own::tables(&self.connection, root)? {
            let name = statements::stored_name(&location);
            // Someone may have dropped it.
            if self.names.contains_key(&folded(&name))
                && let Some(table) = schema::read(&self.connection, &name, location)?
            {
                family.put(table);
            }
        }
        Ok(Ok(family))
    }

    fn is_taken(&mut self, location: &Location) -> rusqlite::Result<bool> {
        Ok(self.names.contains_key(&folded(&statements::stored_name(location))))
    }

    fn shape(&mut self, root: &str, table: &Table) -> rusqlite::Result<()> {
        if !table.new {
            for change in &table.changes {
                self.connection.execute_batch(&statements::change(table, change))?;
            }
            return Ok(());
        }
        self.connection.execute_batch(&statements::create(table))?;
        let name = statements::stored_name(&table.location);
        if name != root {
            own::add_table(&self.connection, &name, root, table)?;
        }
        self.names.insert(folded(&name), name);
        Ok(())
    }

    fn upsert(&mut self, table: &Table, rows: &Rows<'_>) -> rusqlite::Result<Written> {
        let written = self.write(&statements::upsert(table), table, rows)?;
        let ties = self.ties(table, rows, &written)?;
        Ok(Written { rows: written, ties })
    }

    fn append(&mut self, table: &Table, rows: &Rows<'_>) -> rusqlite::Result<()> {
        self.write(&statements::insert(table), table, rows).map(drop)
    }

    fn delete_children(&mut self, subtable: &Table, parents: &Rows<'_>) -> rusqlite::Result<()> {
        let mut statement = self.connection.prepare_cached(&statements::delete_children(subtable, parents.group))?;
        for record in parents.records() {
            for (at, key) in parents.group.keys_of(record).iter().enumerate() {
                bind(&mut statement, at + 1, parents.group, *key)?;
            }
            statement.raw_execute()?;
        }
        Ok(())
    }

    fn empty(&mut self, table: &Table) -> rusqlite::Result<()> {
        self.connection.execute_batch(&statements::empty(table))
    }

    fn copy(&mut self, from: &Table, to: &Table) -> rusqlite::Result<()> {
        self.connection.execute_batch(&statements::copy(from, to))
    }

    fn remove(&mut self, table: &Table) -> rusqlite::Result<()> {
        self.connection.execute_batch(&statements::remove(table))?;
        let name = statements::stored_name(&table.location);
        self.names.remove(&folded(&name));
        own::remove_table(&self.connection, &name)
    }

    fn set_active(&mut self, root: &str, version: i64) -> rusqlite::Result<()> {
        own::set_active(&self.connection, root, version)
    }

    fn reset(&mut self) -> rusqlite::Result<()> {
        reset::reset(&self.connection)?;
        self.read_names()
    }

    fn reject(&mut self, table: &str, at: &str, rejections: &[Rejection<'_>]) -> rusqlite::Result<()> {
        rejected::keep(&self.connection, table, at, rejections)
    }
}
