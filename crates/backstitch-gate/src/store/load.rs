//! Loads the rows of one request in one transaction.

use std::collections::HashMap;
use std::time::SystemTime;

use rusqlite::{Connection, ErrorCode, TransactionBehavior};

use super::kind::Kind;
use super::rejected;
use super::table::Table;
use crate::batch::{Batch, Group, Row};
use crate::cell::Cell;
use crate::names;
use crate::timestamp::rfc3339;

/// The version of a table that nothing was said about.
const TABLE_VERSION: i64 = 0;

/// The tables met so far. A copy of what the database says, so that it may be thrown away at any time.
#[derive(Debug, Default)]
pub(crate) struct Catalog {
    tables: HashMap<String, Table>,
    /// The names of all tables and views by their folded names, in which SQLite compares them.
    names: HashMap<String, String>,
    /// Changes whenever anyone changes the schema. A database with a table in it never has 0.
    version: i64,
}

impl Catalog {
    fn clear(&mut self) {
        *self = Catalog::default();
    }

    /// Catches up with what others did to the schema.
    fn refresh(&mut self, connection: &Connection) -> rusqlite::Result<()> {
        if self.version == schema_version(connection)? {
            return Ok(());
        }
        self.clear();
        let mut statement =
            connection.prepare_cached("SELECT name FROM sqlite_master WHERE type IN ('table', 'view')")?;
        for name in statement.query_map([], |row| row.get::<_, String>(0))? {
            let name = name?;
            self.names.insert(names::folded(&name), name);
        }
        Ok(())
    }
}

/// Commits the rows of a request; when this returns `Ok`, they are on the disk.
///
/// # Errors
/// Where nothing could be kept.
pub(crate) fn load(connection: &mut Connection, catalog: &mut Catalog, batch: &Batch) -> rusqlite::Result<()> {
    let result = transaction(connection, catalog, batch);
    if result.is_err() {
        catalog.clear();
    }
    result
}

fn transaction(connection: &mut Connection, catalog: &mut Catalog, batch: &Batch) -> rusqlite::Result<()> {
    let mut transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    catalog.refresh(&transaction)?;
    let times = Times { received: rfc3339(batch.received_at), batched: rfc3339(SystemTime::now()) };
    for group in &batch.groups {
        let savepoint = transaction.savepoint()?;
        let rejections = match rows(&savepoint, catalog, group, &times) {
            Ok(rejections) => {
                savepoint.commit()?;
                rejections
            }
            Err(error) if is_outage(&error) => return Err(error),
            // The database is well, but this table refuses: someone gave it a trigger, a constraint, an
            // index of its name. Answering 503 would have the sender try again for ever.
            Err(error) => {
                drop(savepoint);
                catalog.tables.remove(&group.table);
                all(group, &format!("ERROR: {error}"))
            }
        };
        rejected::keep(&transaction, group, &rejections, &times.batched)?;
    }
    catalog.version = schema_version(&transaction)?;
    transaction.commit()
}

fn schema_version(connection: &Connection) -> rusqlite::Result<i64> {
    connection.prepare_cached("PRAGMA schema_version")?.query_row([], |row| row.get(0))
}

/// Whether an error is the store's, rather than one table's.
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

struct Times {
    received: String,
    batched: String,
}

/// A record that is not loaded, or not whole: its index in the group, and why.
pub(crate) type Rejection = (usize, String);

fn all(group: &Group, reason: &str) -> Vec<Rejection> {
    (0..group.rows.len()).map(|row| (row, reason.to_owned())).collect()
}

/// Loads the rows of one table.
fn rows(
    connection: &Connection,
    catalog: &mut Catalog,
    group: &Group,
    times: &Times,
) -> rusqlite::Result<Vec<Rejection>> {
    if let Some(reason) = names::table_rejection(&group.table) {
        return Ok(all(group, &reason));
    }
    let keys: Vec<&str> = group.keys.iter().map(|&key| group.columns[key].name.as_str()).collect();
    let mut table = match catalog.tables.remove(&group.table) {
        Some(table) => table,
        None => match catalog.names.get(&names::folded(&group.table)) {
            None => Table::new(&group.table, keys.iter().map(|&key| key.to_owned()).collect()),
            Some(name) if *name != group.table => {
                return Ok(all(group, &format!("Table collision on {}", group.table)));
            }
            Some(name) => match Table::read(connection, name)? {
                Some(table) => table,
                None => return Ok(all(group, &format!("the table {name} was not made by the gate"))),
            },
        },
    };
    if !table.has_keys(&keys) {
        catalog.tables.insert(group.table.clone(), table);
        return Ok(all(group, "Primary Keys for table do not match Primary Keys of incoming data"));
    }
    // From here on the table is ahead of the database; unless all goes well it must not go back to the
    // catalog.
    let (loadable, mut rejections) = extend(&mut table, group);
    if group.overflow || table.width() > names::COLUMNS {
        return Ok(all(group, "ERROR: too many columns"));
    }
    if !loadable.is_empty() {
        table.apply(connection)?;
        insert(connection, &mut table, group, &loadable, times)?;
        catalog.names.insert(names::folded(&group.table), group.table.clone());
        catalog.tables.insert(group.table.clone(), table);
    }
    for &row in &loadable {
        if let Some(reason) = &group.rows[row].left_out {
            rejections.push((row, reason.clone()));
        }
    }
    Ok(rejections)
}

/// Makes room in the table for every row that can be loaded; the indices of these, and why the others
/// cannot.
fn extend(table: &mut Table, group: &Group) -> (Vec<usize>, Vec<Rejection>) {
    let mut loadable = Vec::with_capacity(group.rows.len());
    let mut rejections = Vec::new();
    // Which column of the group has room for which types.
    let mut known = vec![[false; Kind::ALL.len()]; group.columns.len()];
    for (index, row) in group.rows.iter().enumerate() {
        let cells = match &row.cells {
            Ok(cells) => cells,
            Err(reason) => {
                rejections.push((index, reason.clone()));
                continue;
            }
        };
        let unknown: Vec<(usize, Kind)> = cells
            .iter()
            .filter_map(|(column, cell)| cell.kind().map(|kind| (*column, kind)))
            .filter(|&(column, kind)| !known[column][kind as usize])
            .collect();
        if let Some(reason) = unknown.iter().find_map(|&(column, kind)| conflict(table, group, column, kind)) {
            rejections.push((index, reason));
            continue;
        }
        for (column, kind) in unknown {
            table.extend(&group.columns[column].name, kind);
            known[column][kind as usize] = true;
        }
        loadable.push(index);
    }
    (loadable, rejections)
}

/// Why values of this type cannot go to this column, if they cannot.
fn conflict(table: &Table, group: &Group, column: usize, kind: Kind) -> Option<String> {
    let column = &group.columns[column];
    let field = table.field(&column.folded)?;
    if field.name != column.name {
        return Some(format!("Field collision on {}", column.name));
    }
    if field.key && field.column(kind).is_none() {
        let stored = field.kind().map_or("", Kind::name);
        return Some(format!("the key {} is a {stored}, not a {}", column.name, kind.name()));
    }
    None
}

/// A value of a key, as equal as the primary key finds it.
#[derive(PartialEq, Eq, Hash)]
enum KeyPart<'a> {
    Null,
    Integer(i64),
    Double(u64),
    Text(&'a str),
}

impl<'a> From<&'a Cell> for KeyPart<'a> {
    fn from(cell: &'a Cell) -> Self {
        match cell {
            Cell::Null => KeyPart::Null,
            Cell::Boolean(value) => KeyPart::Integer(i64::from(*value)),
            Cell::Integer(value) => KeyPart::Integer(*value),
            Cell::Double(value) => KeyPart::Double(value.to_bits()),
            Cell::Decimal(text) | Cell::Text(text) => KeyPart::Text(text),
        }
    }
}

/// Of the rows with the same key the one with the greatest sequence; of equal sequences the last.
fn winners(group: &Group, loadable: &[usize]) -> Vec<usize> {
    let mut winners: HashMap<Vec<KeyPart<'_>>, usize> = HashMap::with_capacity(loadable.len());
    for &index in loadable {
        let row = &group.rows[index];
        let key = group.keys.iter().map(|key| cell(row, *key).map_or(KeyPart::Null, KeyPart::from)).collect();
        let winner = winners.entry(key).or_insert(index);
        if row.sequence >= group.rows[*winner].sequence {
            *winner = index;
        }
    }
    let mut winners: Vec<usize> = winners.into_values().collect();
    winners.sort_unstable();
    winners
}

fn cell(row: &Row, column: usize) -> Option<&Cell> {
    row.cells.as_ref().ok()?.iter().find(|(of, _)| *of == column).map(|(_, cell)| cell)
}

fn insert(
    connection: &Connection,
    table: &mut Table,
    group: &Group,
    loadable: &[usize],
    times: &Times,
) -> rusqlite::Result<()> {
    let places: Vec<[Option<usize>; Kind::ALL.len()]> =
        group.columns.iter().map(|column| Kind::ALL.map(|kind| table.field(&column.folded)?.column(kind))).collect();
    let width = table.data_width();
    let mut statement = connection.prepare_cached(table.upsert())?;
    let mut values: Vec<&Cell> = Vec::with_capacity(width);
    for index in winners(group, loadable) {
        let row = &group.rows[index];
        values.clear();
        values.resize(width, &Cell::Null);
        for (column, cell) in row.cells.iter().flatten() {
            let place = cell.kind().and_then(|kind| places[*column][kind as usize]);
            if let Some(value) = place.and_then(|place| values.get_mut(place)) {
                *value = cell;
            }
        }
        for (place, value) in values.iter().enumerate() {
            let parameter = place + 1;
            match value {
                Cell::Null => statement.raw_bind_parameter(parameter, rusqlite::types::Null)?,
                Cell::Boolean(value) => statement.raw_bind_parameter(parameter, value)?,
                Cell::Integer(value) => statement.raw_bind_parameter(parameter, value)?,
                Cell::Double(value) => statement.raw_bind_parameter(parameter, value)?,
                Cell::Decimal(value) | Cell::Text(value) => statement.raw_bind_parameter(parameter, value)?,
            }
        }
        statement.raw_bind_parameter(width + 1, &times.received)?;
        statement.raw_bind_parameter(width + 2, &times.batched)?;
        statement.raw_bind_parameter(width + 3, row.sequence)?;
        statement.raw_bind_parameter(width + 4, TABLE_VERSION)?;
        statement.raw_execute()?;
    }
    Ok(())
}
