//! Reads what the tables hold.

use rusqlite::types::ValueRef;
use rusqlite::{Connection, OptionalExtension};

use super::declared;
use super::schema::schema;
use crate::cell::Cell;
use crate::names::{OWN_PREFIX, folded};
use crate::store::kind::Kind;
use crate::store::sql::{quote, quote_all};
use crate::store::view::{Order, TableSummary, TableView};

const SYSTEM_PREFIX: &str = "_sdc_";

/// When a row was loaded. It is text, whose order is that of time.
const BATCHED_AT: &str = "_sdc_batched_at";

/// The tables by name, without those that are SQLite's or the gate's own.
pub(crate) fn tables(connection: &Connection) -> rusqlite::Result<Vec<TableSummary>> {
    let transaction = connection.unchecked_transaction()?;
    let names: Vec<String> = transaction
        .prepare_cached(
            r"SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\_%' ESCAPE '\'
              AND name NOT LIKE '\_backstitch\_%' ESCAPE '\' ORDER BY name",
        )?
        .query_map([], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    names.into_iter().map(|name| Ok(TableSummary { count: count(&transaction, &name)?, name, locked: false })).collect()
}

/// A table with its first `limit` rows; `None` where there is none of this name.
pub(crate) fn table(
    connection: &Connection,
    name: &str,
    limit: usize,
    order: Order,
) -> rusqlite::Result<Option<TableView>> {
    // Rows of versions that are not active yet wait in tables of the gate's own.
    if folded(name).starts_with(OWN_PREFIX) {
        return Ok(None);
    }
    let transaction = connection.unchecked_transaction()?;
    let stored: Option<String> = transaction
        .prepare_cached("SELECT name FROM sqlite_master WHERE type = 'table' AND name = ?1")?
        .query_row([name], |row| row.get(0))
        .optional()?;
    let Some(name) = stored else {
        return Ok(None);
    };
    let columns = schema(&transaction, &name)?;
    let mut keys: Vec<(i64, &str)> =
        columns.iter().filter(|(_, _, key)| *key > 0).map(|(name, _, key)| (*key, name.as_str())).collect();
    keys.sort_unstable();
    let keys: Vec<String> = keys.into_iter().map(|(_, name)| name.to_owned()).collect();
    // Records that were rejected have no key; they are shown in the order in which they came.
    let order = match order {
        Order::Newest if columns.iter().any(|(name, _, _)| name == BATCHED_AT) => {
            format!("{} DESC, rowid DESC", quote(BATCHED_AT))
        }
        Order::Newest => "rowid DESC".to_owned(),
        Order::Key if keys.is_empty() => "rowid".to_owned(),
        Order::Key => quote_all(keys.iter().map(String::as_str)),
    };
    let (system, data): (Vec<_>, Vec<_>) = columns.iter().partition(|(name, _, _)| name.starts_with(SYSTEM_PREFIX));
    let shown: Vec<&(String, String, i64)> = data.into_iter().chain(system).collect();
    let kinds: Vec<Kind> = shown.iter().map(|(_, declared, _)| declared::kind(declared)).collect();
    let sql = format!(
        "SELECT {} FROM {} ORDER BY {order} LIMIT ?1",
        quote_all(shown.iter().map(|(name, _, _)| name.as_str())),
        quote(&name)
    );
    let rows = transaction
        .prepare(&sql)?
        .query_map([i64::try_from(limit).unwrap_or(i64::MAX)], |row| {
            kinds.iter().enumerate().map(|(index, kind)| Ok(cell(row.get_ref(index)?, *kind))).collect()
        })?
        .collect::<Result<_, _>>()?;
    let count = count(&transaction, &name)?;
    let (columns, types) = shown.into_iter().map(|(name, declared, _)| (name.clone(), declared.clone())).unzip();
    Ok(Some(TableView { columns, types, keys, rows, count, name }))
}

fn count(connection: &Connection, table: &str) -> rusqlite::Result<u64> {
    let count: i64 = connection.query_row(&format!("SELECT count(*) FROM {}", quote(table)), [], |row| row.get(0))?;
    Ok(count.unsigned_abs())
}

fn cell(value: ValueRef<'_>, kind: Kind) -> Cell {
    match value {
        ValueRef::Null => Cell::Null,
        ValueRef::Integer(value) if kind == Kind::Boolean => Cell::Boolean(value != 0),
        ValueRef::Integer(value) => Cell::Integer(value),
        ValueRef::Real(value) => Cell::Double(value),
        ValueRef::Text(text) if kind == Kind::Decimal => Cell::Decimal(String::from_utf8_lossy(text).into_owned()),
        // The gate writes no blobs; one that somebody else wrote is shown as far as it is text.
        ValueRef::Text(text) | ValueRef::Blob(text) => Cell::Text(String::from_utf8_lossy(text).into_owned()),
    }
}
