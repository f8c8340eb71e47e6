//! The gate's own tables: whose database it is, which tables are subtables of which, which versions are
//! active.

use rusqlite::{Connection, OptionalExtension};

use crate::store::marks::Marks;
use crate::store::table::{Location, Table};

/// Goes up whenever the gate's own tables change.
pub(crate) const FORMAT: i64 = 2;

/// The format of databases that have tables, but neither subtables nor versions.
const PLAIN_FORMAT: i64 = 1;

/// Makes the tables where they are missing; what the database says of itself, which for a new one is what
/// this gate says.
pub(crate) fn prepare(connection: &Connection, client_id: i64) -> rusqlite::Result<Marks> {
    connection.execute_batch(
        "CREATE TABLE IF NOT EXISTS \"_backstitch_gate\" (\"format\" BIGINT NOT NULL, \"client_id\" BIGINT NOT NULL)",
    )?;
    let stored = connection
        .query_row("SELECT \"format\", \"client_id\" FROM \"_backstitch_gate\"", [], |row| {
            Ok(Marks { format: row.get(0)?, client_id: row.get(1)? })
        })
        .optional()?;
    let marks = match stored {
        Some(marks) if marks.format == PLAIN_FORMAT => {
            connection.execute("UPDATE \"_backstitch_gate\" SET \"format\" = ?1", [FORMAT])?;
            Marks { format: FORMAT, ..marks }
        }
        Some(marks) => marks,
        None => {
            connection.execute(
                "INSERT INTO \"_backstitch_gate\" (\"format\", \"client_id\") VALUES (?1, ?2)",
                (FORMAT, client_id),
            )?;
            Marks { format: FORMAT, client_id }
        }
    };
    connection.execute_batch(
        "CREATE TABLE IF NOT EXISTS \"_backstitch_versions\" (\
         \"table_name\" TEXT NOT NULL PRIMARY KEY, \
         \"active\" BIGINT NOT NULL);\
         CREATE TABLE IF NOT EXISTS \"_backstitch_tables\" (\
         \"stored_name\" TEXT NOT NULL PRIMARY KEY, \
         \"root\" TEXT NOT NULL, \
         \"table_name\" TEXT NOT NULL, \
         \"waiting\" BIGINT);\
         CREATE INDEX IF NOT EXISTS \"_backstitch_tables_root\" ON \"_backstitch_tables\" (\"root\")",
    )?;
    Ok(marks)
}

/// The active version of a table, where something was said of versions.
pub(crate) fn active(connection: &Connection, root: &str) -> rusqlite::Result<Option<i64>> {
    connection
        .prepare_cached("SELECT \"active\" FROM \"_backstitch_versions\" WHERE \"table_name\" = ?1")?
        .query_row([root], |row| row.get(0))
        .optional()
}

pub(crate) fn set_active(connection: &Connection, root: &str, version: i64) -> rusqlite::Result<()> {
    connection
        .prepare_cached("INSERT OR REPLACE INTO \"_backstitch_versions\" (\"table_name\", \"active\") VALUES (?1, ?2)")?
        .execute((root, version))
        .map(drop)
}

/// Whether a table whose name differs in the case of letters only has an active version, or rows that wait.
pub(crate) fn has_alike(connection: &Connection, root: &str) -> rusqlite::Result<bool> {
    connection
        .prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM \"_backstitch_versions\" \
             WHERE \"table_name\" = ?1 COLLATE NOCASE AND \"table_name\" <> ?1) \
             OR EXISTS (SELECT 1 FROM \"_backstitch_tables\" WHERE \"root\" = ?1 COLLATE NOCASE AND \"root\" <> ?1)",
        )?
        .query_row([root], |row| row.get(0))
}

/// The subtables of a table, and the tables in which rows of its versions wait.
pub(crate) fn tables(connection: &Connection, root: &str) -> rusqlite::Result<Vec<Location>> {
    connection
        .prepare_cached("SELECT \"table_name\", \"waiting\" FROM \"_backstitch_tables\" WHERE \"root\" = ?1")?
        .query_map([root], |row| Ok(Location { table: row.get(0)?, waiting: row.get(1)? }))?
        .collect()
}

pub(crate) fn add_table(connection: &Connection, name: &str, root: &str, table: &Table) -> rusqlite::Result<()> {
    connection
        .prepare_cached(
            "INSERT OR REPLACE INTO \"_backstitch_tables\" (\"stored_name\", \"root\", \"table_name\", \"waiting\") \
             VALUES (?1, ?2, ?3, ?4)",
        )?
        .execute((name, root, &table.location.table, table.location.waiting))
        .map(drop)
}

pub(crate) fn remove_table(connection: &Connection, name: &str) -> rusqlite::Result<()> {
    connection
        .prepare_cached("DELETE FROM \"_backstitch_tables\" WHERE \"stored_name\" = ?1")?
        .execute([name])
        .map(drop)
}
