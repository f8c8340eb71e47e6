//! The PostgreSQL database as the loader writes to it.
//!
//! - [`location`], [`connection`], [`open`]: where it is; how it is reached and opened.
//! - [`own`], [`log`]: the gate's own tables, and that of requests that wait.
//! - [`declared`], [`statements`], [`arrays`]: types, statements and values in SQL.
//! - [`catalog`]: tables as the server knows them.
//! - [`session`]: the connection that writes, and the transaction on it.
//! - [`writer`]: the thread that has that connection.
//! - [`reader`], [`look`], [`reset`]: what the tables hold, and a schema without it.
//! - [`trouble`]: what can go wrong.
//!
//! Nothing that several gates on one database would have to agree upon is in memory: what is known of tables is read in
//! each transaction, and who may load into a table is said by a row of the database.

mod arrays;
mod catalog;
pub(crate) mod connection;
mod declared;
mod location;
mod log;
mod look;
pub(crate) mod open;
mod own;
pub(crate) mod reader;
mod reset;
pub(crate) mod session;
mod statements;
#[cfg(test)]
pub(crate) mod testing;
mod trouble;
mod writer;

use std::collections::{BTreeMap, HashMap};
use std::time::{Duration, SystemTime};

use tokio_postgres::error::SqlState;
use tokio_postgres::types::ToSql;

use self::arrays::Array;
use self::location::NAME_BYTES;
use self::session::Session;
use self::statements::{Given, stored_name};
use self::trouble::Trouble;
use super::database::{Database, Rejection, Written};
use super::family::Family;
use super::kind::Kind;
use super::rows::Rows;
use super::table::{Location, Table};
use crate::batch::Value;
use crate::names::{DESTINATION, SOURCE_KEY};
use crate::timestamp::rfc3339;

/// The columns that every table has for the server's own use.
const SYSTEM: [&str; 6] = ["tableoid", "xmin", "cmin", "xmax", "cmax", "ctid"];

/// What a column's name can have in bytes: what a split adds to it must fit.
const COLUMN_BYTES: usize = NAME_BYTES - 4;

/// How many values are sent in one statement, and how many bytes of text.
const VALUES: usize = 400_000;
const BYTES: usize = 8 * 1024 * 1024;

/// The database of one client.
pub(crate) struct Postgres {
    session: Session,
    /// The active versions of the tables whose leases are held.
    active: HashMap<String, Option<i64>>,
    /// Whether what is loaded is from the log.
    replays: bool,
    /// Whether there may be something in the log.
    has_log: bool,
    /// When rows were last written.
    written: SystemTime,
}

impl Postgres {
    pub(crate) fn new(session: Session) -> Self {
        Postgres { session, active: HashMap::new(), replays: false, has_log: true, written: SystemTime::UNIX_EPOCH }
    }

    /// The time at which rows are written: of no others, so that it tells them from those that were there.
    fn now(&mut self) -> String {
        self.written = SystemTime::now().max(self.written + Duration::from_micros(1));
        rfc3339(self.written)
    }

    /// Inserts rows, so many at a time as are sent at once; for each whether it is in the table.
    fn insert(&mut self, table: &Table, rows: &Rows<'_>, replaces: bool) -> Result<Written, Trouble> {
        let mut written = Written { rows: Vec::with_capacity(rows.len()), ties: 0 };
        let mut from = 0;
        while from < rows.len() {
            let mut columns: Vec<Vec<Option<Value>>> = vec![Vec::new(); table.columns.len()];
            let mut values = Vec::with_capacity(columns.len());
            let (mut to, mut bytes) = (from, 0);
            while to < rows.len() && bytes < BYTES && (to - from) * columns.len().max(1) < VALUES {
                rows.values(to, &mut values);
                for (column, value) in columns.iter_mut().zip(&values) {
                    bytes += value.map_or(0, |value| value.text().map_or(0, |span| rows.group.text(span).len()));
                    column.push(*value);
                }
                to += 1;
            }
            self.insert_some(table, rows, from..to, columns, replaces, &mut written)?;
            from = to;
        }
        Ok(written)
    }

    fn insert_some(
        &mut self,
        table: &Table,
        rows: &Rows<'_>,
        range: std::ops::Range<usize>,
        columns: Vec<Vec<Option<Value>>>,
        replaces: bool,
        written: &mut Written,
    ) -> Result<(), Trouble> {
        let sequences = range.clone().map(|at| Some(Value::Integer(rows.sequence(at)))).collect();
        let mut names = Vec::with_capacity(columns.len());
        let mut arrays = Vec::with_capacity(columns.len() + 1);
        for (column, values) in table.columns.iter().zip(columns) {
            // A column without values keeps what it has by itself, whatever somebody made of it.
            if values.iter().any(Option::is_some) {
                names.push(Given { name: &column.name, kind: column.kind });
                arrays.push(Array { kind: column.kind, values, group: rows.group });
            }
        }
        arrays.push(Array { kind: Kind::BigInt, values: sequences, group: rows.group });
        let schema = &self.session.schema;
        let sql = if replaces { schema.upsert(table, &names) } else { schema.insert(table, &names) };
        let now = self.now();
        let mut parameters: Vec<&(dyn ToSql + Sync)> = arrays.iter().map(|array| array as _).collect();
        parameters.extend([&rows.stamp.received_at as &(dyn ToSql + Sync), &now, &rows.version]);
        let count = self.session.execute(&sql, &parameters)?;
        if count == range.len() as u64 {
            written.rows.resize(range.end, true);
            return Ok(());
        }
        written.rows.resize(range.end, false);
        self.compare(table, &now, &range, arrays, &names, written)
    }

    /// Finds which of some rows are in the table, and which have the sequence of the one that is.
    fn compare(
        &mut self,
        table: &Table,
        now: &str,
        range: &std::ops::Range<usize>,
        arrays: Vec<Array<'_>>,
        names: &[Given<'_>],
        written: &mut Written,
    ) -> Result<(), Trouble> {
        let is_key = |name: &str| table.keys.iter().any(|key| key == name);
        let keys: Vec<Given<'_>> =
            names.iter().filter(|given| is_key(given.name)).map(|given| Given { ..*given }).collect();
        let sequences = arrays.len() - 1;
        let wanted = |index: usize| index == sequences || names.get(index).is_some_and(|given| is_key(given.name));
        let arrays: Vec<Array<'_>> =
            arrays.into_iter().enumerate().filter(|(index, _)| wanted(*index)).map(|(_, array)| array).collect();
        let sql = self.session.schema.of_sequence(table, &keys);
        let mut parameters: Vec<&(dyn ToSql + Sync)> = arrays.iter().map(|array| array as _).collect();
        parameters.push(&now);
        for row in self.session.query(&sql, &parameters)? {
            let (at, is_new): (i64, bool) = (row.try_get(0)?, row.try_get(1)?);
            let at = range.start + usize::try_from(at - 1).unwrap_or_default();
            match written.rows.get_mut(at) {
                Some(row) if is_new => *row = true,
                _ => written.ties += 1,
            }
        }
        Ok(())
    }
}

impl Database for Postgres {
    type Error = Trouble;

    const HOLDS_NUL: bool = false;

    fn is_outage(error: &Trouble) -> bool {
        error.is_outage()
    }

    fn reason(error: &Trouble) -> String {
        if error.code() == Some(&SqlState::TOO_MANY_COLUMNS) {
            return "ERROR: too many columns".to_owned();
        }
        format!("ERROR: {error}")
    }

    fn table_refusal(name: &str) -> Option<String> {
        // The definition counts characters, the server bytes.
        (name.len() > NAME_BYTES).then(|| format!("Table name {name} is too long for {DESTINATION}"))
    }

    fn column_refusal(name: &str) -> Option<String> {
        if SYSTEM.contains(&name) {
            return Some(format!("ERROR: column name \"{name}\" conflicts with a system column name"));
        }
        (name.len() > COLUMN_BYTES).then(|| format!("Column name {name} is too long for {DESTINATION}"))
    }

    fn begin(&mut self, roots: &[&str]) -> Result<bool, Trouble> {
        self.active.clear();
        self.session.begin(self.replays)?;
        // No table is ever made of the others, and the server could not be asked for some of them.
        let roots: Vec<&str> = roots.iter().copied().filter(|root| can_be_stored(root)).collect();
        if roots.is_empty() {
            return Ok(true);
        }
        // Where something waits for a table, nobody needs to wait for the table itself.
        if self.has_log && !self.replays && log::has(&mut self.session, &roots)? {
            return Err(Trouble::Behind);
        }
        self.active = own::lease(&mut self.session, &roots)?.into_iter().collect();
        if !self.replays && log::has(&mut self.session, &roots)? {
            return Err(Trouble::Behind);
        }
        Ok(true)
    }

    fn commit(&mut self) -> Result<(), Trouble> {
        self.session.commit()
    }

    fn roll_back(&mut self) {
        self.session.roll_back();
    }

    fn mark(&mut self) -> Result<(), Trouble> {
        self.session.run("SAVEPOINT step")
    }

    fn keep(&mut self) -> Result<(), Trouble> {
        // What is deferred to the commit would be refused there, together with what has nothing to do with it.
        self.session.run("SET CONSTRAINTS ALL IMMEDIATE; RELEASE step")
    }

    fn take_back(&mut self) -> Result<(), Trouble> {
        self.session.run("ROLLBACK TO step; RELEASE step")
    }

    fn family(&mut self, root: &str) -> Result<Result<Family, String>, Trouble> {
        let mut family = Family { active: self.active.get(root).copied().flatten(), ..Family::default() };
        let mut locations = BTreeMap::new();
        let taken = catalog::taken(&mut self.session, root)?;
        let is_there = taken.is_some();
        let is_anothers = match &taken {
            Some(taken) => taken != root,
            None => own::has_alike(&mut self.session, root)?,
        };
        if is_anothers {
            return Ok(Err(format!("Table collision on {root}")));
        }
        if let Some(taken) = taken {
            locations.insert(taken, Location { table: root.to_owned(), waiting: None });
        }
        for location in own::tables(&mut self.session, root)? {
            locations.insert(stored_name(&location), location);
        }
        for table in catalog::tables(&mut self.session, locations)? {
            family.put(table);
        }
        if is_there && !family.shown.contains_key(root) {
            return Ok(Err(format!("the table {root} was not made by the gate")));
        }
        Ok(Ok(family))
    }

    fn is_taken(&mut self, location: &Location) -> Result<bool, Trouble> {
        Ok(catalog::taken(&mut self.session, &stored_name(location))?.is_some())
    }

    fn shape(&mut self, root: &str, table: &Table) -> Result<(), Trouble> {
        let schema = self.session.schema.clone();
        if !table.new {
            for change in &table.changes {
                self.session.run(&schema.change(table, change))?;
            }
            return Ok(());
        }
        self.session.run(&schema.create(table))?;
        let name = stored_name(&table.location);
        if name != root {
            own::add_table(&mut self.session, &name, root, table)?;
        }
        Ok(())
    }

    fn upsert(&mut self, table: &Table, rows: &Rows<'_>) -> Result<Written, Trouble> {
        self.insert(table, rows, true)
    }

    fn append(&mut self, table: &Table, rows: &Rows<'_>) -> Result<(), Trouble> {
        self.insert(table, rows, false).map(drop)
    }

    fn delete_children(&mut self, subtable: &Table, parents: &Rows<'_>) -> Result<(), Trouble> {
        let group = parents.group;
        let keys = group.parts.first().map(|table| &table.columns[..table.keys]).unwrap_or_default();
        let names: Vec<String> = keys.iter().map(|key| format!("{SOURCE_KEY}{}", key.name)).collect();
        let mut arrays: Vec<Array<'_>> = Vec::with_capacity(keys.len());
        let mut given = Vec::with_capacity(keys.len());
        for (at, name) in names.iter().enumerate() {
            let values: Vec<Option<Value>> =
                parents.records().map(|record| group.keys_of(record).get(at).copied().flatten()).collect();
            let Some(kind) = values.iter().flatten().next().map(|value| value.kind()) else { return Ok(()) };
            given.push(Given { name, kind });
            arrays.push(Array { kind, values, group });
        }
        let sql = self.session.schema.delete_children(subtable, &given);
        let parameters: Vec<&(dyn ToSql + Sync)> = arrays.iter().map(|array| array as _).collect();
        self.session.execute(&sql, &parameters)?;
        Ok(())
    }

    fn empty(&mut self, table: &Table) -> Result<(), Trouble> {
        let sql = self.session.schema.empty(table);
        self.session.run(&sql)
    }

    fn copy(&mut self, from: &Table, to: &Table) -> Result<(), Trouble> {
        let sql = self.session.schema.copy(from, to);
        self.session.run(&sql)
    }

    fn remove(&mut self, table: &Table) -> Result<(), Trouble> {
        let sql = self.session.schema.remove(table);
        self.session.run(&sql)?;
        own::remove_table(&mut self.session, &stored_name(&table.location))
    }

    fn set_active(&mut self, root: &str, version: i64) -> Result<(), Trouble> {
        own::set_active(&mut self.session, root, version)?;
        self.active.insert(root.to_owned(), Some(version));
        Ok(())
    }

    fn reset(&mut self) -> Result<(), Trouble> {
        reset::reset(&mut self.session)
    }

    fn reject(&mut self, table: &str, at: &str, rejections: &[Rejection<'_>]) -> Result<(), Trouble> {
        let schema = self.session.schema.clone();
        // Someone may have dropped it. The table's name and the reason can be about a name that the server can't hold.
        self.session.run(&own::create_rejected(&schema))?;
        let visible = |text: &str| text.replace('\0', "\u{2400}");
        let insert = format!(
            "INSERT INTO {} (\"_sdc_rejected_at\", \"table_name\", \"reason\", \"record\") \
             SELECT $1::text::timestamp with time zone, $2::text, * FROM unnest($3::text[], $4::text[])",
            schema.name(own::REJECTED)
        );
        let table = visible(table);
        let mut rest = rejections;
        while !rest.is_empty() {
            let (mut count, mut bytes) = (0, 0);
            while count < rest.len() && bytes < BYTES {
                bytes += rest[count].record.len();
                count += 1;
            }
            let (some, later) = rest.split_at(count);
            let reasons: Vec<String> = some.iter().map(|rejection| visible(&rejection.reason)).collect();
            let records: Vec<String> =
                some.iter().map(|rejection| visible(&String::from_utf8_lossy(rejection.record))).collect();
            self.session.execute(&insert, &[&at, &table, &reasons, &records])?;
            rest = later;
        }
        Ok(())
    }
}

/// Whether a table of this name can be.
fn can_be_stored(root: &str) -> bool {
    root.len() <= NAME_BYTES && !root.contains('\0')
}
