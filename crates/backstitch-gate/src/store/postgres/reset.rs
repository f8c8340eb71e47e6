//! Empties a schema, so that it is as it was when a gate first opened it.

use tokio_postgres::error::SqlState;

use super::own::{LOG, REJECTED, ROOTS, TABLES, create_rejected};
use super::session::Session;
use super::trouble::Trouble;

/// The tables with the column that every table of data has, and with a key: a copy that somebody made has none.
const TABLES_OF_DATA: &str = "\
    SELECT c.relname::text FROM pg_catalog.pg_class c \
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
    JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attname = '_sdc_batched_at' AND NOT a.attisdropped \
    WHERE n.nspname = $1 AND c.relkind IN ('r', 'p') \
    AND EXISTS (SELECT FROM pg_catalog.pg_index i WHERE i.indrelid = c.oid AND i.indisprimary)";

/// Drops the tables of data, and empties the gate's own. Tables that somebody else made stay; so do tables of data that
/// somebody's views stand on, without their rows.
pub(super) fn reset(session: &mut Session) -> Result<(), Trouble> {
    let (schema_name, schema) = (session.schema_name.clone(), session.schema.clone());
    for row in session.query(TABLES_OF_DATA, &[&schema_name])? {
        let table = schema.name(row.try_get(0)?);
        session.run("SAVEPOINT dropping")?;
        match session.run(&format!("DROP TABLE {table}")) {
            Ok(()) => {}
            Err(error) if error.code() == Some(&SqlState::DEPENDENT_OBJECTS_STILL_EXIST) => {
                session.run(&format!("ROLLBACK TO dropping; DELETE FROM {table}"))?;
            }
            Err(error) => return Err(error),
        }
        session.run("RELEASE dropping")?;
    }
    // Someone may have dropped it.
    session.run(&create_rejected(&schema))?;
    for name in [REJECTED, LOG, ROOTS, TABLES] {
        session.run(&format!("DELETE FROM {}", schema.name(name)))?;
    }
    Ok(())
}
