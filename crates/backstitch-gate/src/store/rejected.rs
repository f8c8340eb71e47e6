//! The table of records that were accepted and could not be loaded.

use rusqlite::Connection;

use super::load::Rejection;
use crate::batch::Group;

/// Makes the table where it is missing.
pub(crate) fn create(connection: &Connection) -> rusqlite::Result<()> {
    connection.execute_batch(
        "CREATE TABLE IF NOT EXISTS \"_sdc_rejected\" (\
         \"_sdc_rejected_at\" TEXT NOT NULL, \
         \"table_name\" TEXT NOT NULL, \
         \"reason\" TEXT NOT NULL, \
         \"record\" TEXT NOT NULL)",
    )
}

/// Keeps the records of a group that were rejected.
pub(crate) fn keep(
    connection: &Connection,
    group: &Group,
    rejections: &[Rejection],
    rejected_at: &str,
) -> rusqlite::Result<()> {
    if rejections.is_empty() {
        return Ok(());
    }
    // Someone may have dropped it.
    create(connection)?;
    let mut statement = connection.prepare_cached(
        "INSERT INTO \"_sdc_rejected\" (\"_sdc_rejected_at\", \"table_name\", \"reason\", \"record\") \
         VALUES (?1, ?2, ?3, ?4)",
    )?;
    for (row, reason) in rejections {
        // The bytes are a slice of a body that was read as UTF-8.
        let record = String::from_utf8_lossy(&group.rows[*row].record);
        statement.execute((rejected_at, &group.table, reason, record.as_ref()))?;
    }
    Ok(())
}
