//! The gate's own tables: whose schema it is, which tables are subtables of which, which versions are active, and who may
//! load.

use super::session::Session;
use super::statements::Schema;
use super::trouble::Trouble;
use crate::names::folded;
use crate::store::marks::Marks;
use crate::store::table::{Location, Table};

/// Goes up whenever the gate's own tables change.
pub(super) const FORMAT: i64 = 1;

/// The table that says what the schema is.
pub(super) const MARKS: &str = "_backstitch_gate";

/// A row for each table of records, with its active version. Who loads into the table, its subtables and its versions has
/// the row locked: a lease that ends with the transaction, whatever becomes of the gate.
pub(super) const ROOTS: &str = "_backstitch_roots";

/// The subtables, and the tables in which rows of versions wait.
pub(super) const TABLES: &str = "_backstitch_tables";

/// Requests that are kept and not loaded yet.
pub(super) const LOG: &str = "_backstitch_log";

/// Records that were accepted and could not be loaded.
pub(super) const REJECTED: &str = "_sdc_rejected";

/// The statements that make the tables where they are missing.
pub(super) fn create(schema: &Schema) -> String {
    format!(
        "CREATE TABLE IF NOT EXISTS {} (\"format\" bigint NOT NULL, \"client_id\" bigint NOT NULL);\
         CREATE TABLE IF NOT EXISTS {} (\"table_name\" text PRIMARY KEY, \"active\" bigint);\
         CREATE TABLE IF NOT EXISTS {tables} (\"stored_name\" text PRIMARY KEY, \"root\" text NOT NULL, \
         \"table_name\" text NOT NULL, \"waiting\" bigint);\
         CREATE INDEX IF NOT EXISTS \"_backstitch_tables_root\" ON {tables} (\"root\");\
         CREATE TABLE IF NOT EXISTS {log} (\"id\" bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, \
         \"received_at\" timestamp with time zone NOT NULL, \"path\" text NOT NULL, \"is_transit\" boolean NOT NULL, \
         \"tables\" text[] NOT NULL, \"body\" bytea NOT NULL);\
         ALTER TABLE {log} ALTER COLUMN \"body\" SET STORAGE EXTERNAL;\
         CREATE INDEX IF NOT EXISTS \"_backstitch_log_tables\" ON {log} USING gin (\"tables\");\
         {}",
        schema.name(MARKS),
        schema.name(ROOTS),
        create_rejected(schema),
        tables = schema.name(TABLES),
        log = schema.name(LOG),
    )
}

/// The statement that makes the table of rejected records.
pub(super) fn create_rejected(schema: &Schema) -> String {
    format!(
        "CREATE TABLE IF NOT EXISTS {} (\"_sdc_rejected_at\" timestamp with time zone NOT NULL, \
         \"table_name\" text NOT NULL, \"reason\" text NOT NULL, \"record\" text NOT NULL)",
        schema.name(REJECTED)
    )
}

/// What the schema says of itself, which for a new one is what this gate says. Within a transaction.
pub(super) async fn marks(
    transaction: &tokio_postgres::Transaction<'_>,
    schema: &Schema,
    client_id: i64,
) -> Result<Marks, tokio_postgres::Error> {
    let marks = schema.name(MARKS);
    let stored = transaction.query_opt(&format!("SELECT \"format\", \"client_id\" FROM {marks} LIMIT 1"), &[]).await?;
    if let Some(row) = stored {
        return Ok(Marks { format: row.try_get(0)?, client_id: row.try_get(1)? });
    }
    let insert = format!("INSERT INTO {marks} (\"format\", \"client_id\") VALUES ($1, $2)");
    transaction.execute(&insert, &[&FORMAT, &client_id]).await?;
    Ok(Marks { format: FORMAT, client_id })
}

/// Takes the leases of tables until the transaction ends; the active version of each that has one.
pub(super) fn lease(session: &mut Session, roots: &[&str]) -> Result<Vec<(String, Option<i64>)>, Trouble> {
    let table = session.schema.name(ROOTS);
    let lease = format!(
        "SELECT \"table_name\", \"active\" FROM {table} WHERE \"table_name\" = ANY($1) ORDER BY \"table_name\" FOR UPDATE"
    );
    let mut rows = session.query(&lease, &[&roots])?;
    // One that somebody else makes, and takes back, is missing once more.
    while rows.len() < roots.len() {
        let insert = format!(
            "INSERT INTO {table} (\"table_name\") SELECT unnest($1::text[]) ON CONFLICT (\"table_name\") DO NOTHING"
        );
        session.execute(&insert, &[&roots])?;
        rows = session.query(&lease, &[&roots])?;
    }
    rows.iter().map(|row| Ok((row.try_get(0)?, row.try_get(1)?))).collect()
}

/// Keeps the active version of a table whose lease is held.
pub(super) fn set_active(session: &mut Session, root: &str, version: i64) -> Result<(), Trouble> {
    let update = format!("UPDATE {} SET \"active\" = $2 WHERE \"table_name\" = $1", session.schema.name(ROOTS));
    session.execute(&update, &[&root, &version])?;
    Ok(())
}

/// Whether a table whose name differs in the case of letters only has an active version, or rows that wait.
pub(super) fn has_alike(session: &mut Session, root: &str) -> Result<bool, Trouble> {
    let alike = format!(
        "SELECT EXISTS (SELECT FROM {} WHERE lower(\"table_name\" COLLATE \"C\") = $1 AND \"table_name\" <> $2 \
         AND \"active\" IS NOT NULL) \
         OR EXISTS (SELECT FROM {} WHERE lower(\"root\" COLLATE \"C\") = $1 AND \"root\" <> $2)",
        session.schema.name(ROOTS),
        session.schema.name(TABLES)
    );
    let rows = session.query(&alike, &[&folded(root), &root])?;
    Ok(rows.first().map(|row| row.try_get(0)).transpose()?.unwrap_or_default())
}

/// The subtables of a table, and the tables in which rows of its versions wait.
pub(super) fn tables(session: &mut Session, root: &str) -> Result<Vec<Location>, Trouble> {
    let select = format!("SELECT \"table_name\", \"waiting\" FROM {} WHERE \"root\" = $1", session.schema.name(TABLES));
    let rows = session.query(&select, &[&root])?;
    rows.iter().map(|row| Ok(Location { table: row.try_get(0)?, waiting: row.try_get(1)? })).collect()
}

pub(super) fn add_table(session: &mut Session, name: &str, root: &str, table: &Table) -> Result<(), Trouble> {
    let insert = format!(
        "INSERT INTO {} (\"stored_name\", \"root\", \"table_name\", \"waiting\") VALUES ($1, $2, $3, $4) \
         ON CONFLICT (\"stored_name\") DO UPDATE SET \"root\" = excluded.\"root\", \
         \"table_name\" = excluded.\"table_name\", \"waiting\" = excluded.\"waiting\"",
        session.schema.name(TABLES)
    );
    session.execute(&insert, &[&name, &root, &table.location.table, &table.location.waiting])?;
    Ok(())
}

pub(super) fn remove_table(session: &mut Session, name: &str) -> Result<(), Trouble> {
    session.execute(&format!("DELETE FROM {} WHERE \"stored_name\" = $1", session.schema.name(TABLES)), &[&name])?;
    Ok(())
}
