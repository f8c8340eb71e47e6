//! What the database's own schema says of a table.

use rusqlite::Connection;

use super::declared;
use crate::store::table::{Column, Location, Table};

/// The columns of a table in order: name, declared type, place in the primary key from one, or zero.
pub(crate) fn schema(connection: &Connection, table: &str) -> rusqlite::Result<Vec<(String, String, i64)>> {
    connection
        .prepare_cached("SELECT name, type, pk FROM pragma_table_info(?1) ORDER BY cid")?
        .query_map([table], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?
        .collect()
}

/// Reads a table; `None` where someone else made it.
pub(crate) fn read(connection: &Connection, name: &str, location: Location) -> rusqlite::Result<Option<Table>> {
    let schema = schema(connection, name)?;
    let mut keys: Vec<(i64, &str)> =
        schema.iter().filter(|(_, _, key)| *key > 0).map(|(name, _, key)| (*key, name.as_str())).collect();
    keys.sort_unstable();
    let keys = keys.into_iter().map(|(_, name)| name.to_owned()).collect();
    let columns =
        schema.into_iter().map(|(name, declared, _)| Column { name, kind: declared::kind(&declared) }).collect();
    Ok(Table::there(location, columns, keys))
}
