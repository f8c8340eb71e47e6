//! Empties a database, so that it is as it was when a gate first opened it.

use rusqlite::Connection;

use super::schema::schema;
use crate::names::OWN_PREFIX;
use crate::store::sql::quote;

/// The column that every table of data has.
const BATCHED_AT: &str = "_sdc_batched_at";

/// The table that says what the database is, which stays as it is.
const MARKS: &str = "_backstitch_gate";

const REJECTED: &str = "_sdc_rejected";

/// Drops the tables of data, and empties those of the gate's own. Tables that somebody else made stay.
pub(super) fn reset(connection: &Connection) -> rusqlite::Result<()> {
    let names: Vec<String> = connection
        .prepare_cached(
            r"SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\_%' ESCAPE '\'",
        )?
        .query_map([], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    for name in names.iter().filter(|name| *name != MARKS) {
        let columns = schema(connection, name)?;
        // A copy that somebody made has no key.
        if columns.iter().any(|(column, _, _)| column == BATCHED_AT) && columns.iter().any(|(_, _, key)| *key > 0) {
            connection.execute_batch(&format!("DROP TABLE {}", quote(name)))?;
        } else if name == REJECTED || name.starts_with(OWN_PREFIX) {
            connection.execute_batch(&format!("DELETE FROM {}", quote(name)))?;
        }
    }
    Ok(())
}
