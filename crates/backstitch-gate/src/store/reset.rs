//! Empties a database, so that it is as it was when a gate first opened it.

use rusqlite::{Connection, TransactionBehavior};

use super::sql::quote;
use super::table::schema;

/// The column that every table of data has, and no table that somebody made beside the gate.
const BATCHED_AT: &str = "_sdc_batched_at";

/// The table that says what the database is, which stays as it is.
const MARKS: &str = "_backstitch_gate";

const REJECTED: &str = "_sdc_rejected";
const OWN_PREFIX: &str = "_backstitch_";

/// Drops the tables of data, and empties those of the gate's own, in one transaction. Tables that somebody else made stay.
pub(crate) fn reset(connection: &mut Connection) -> rusqlite::Result<()> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let names: Vec<String> = transaction
        .prepare_cached(
            r"SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\_%' ESCAPE '\'",
        )?
        .query_map([], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    for name in names.iter().filter(|name| *name != MARKS) {
        if schema(&transaction, name)?.iter().any(|(column, _, _)| column == BATCHED_AT) {
            transaction.execute_batch(&format!("DROP TABLE {}", quote(name)))?;
        } else if name == REJECTED || name.starts_with(OWN_PREFIX) {
            transaction.execute_batch(&format!("DELETE FROM {}", quote(name)))?;
        }
    }
    transaction.commit()
}
