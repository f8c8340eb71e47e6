//! The table of records that were accepted and could not be loaded.

use rusqlite::Connection;

use crate::store::database::Rejection;

/// Makes the table where it is missing.
pub(crate) fn create(connection: &Connection) -> rusqlite::Result<()> {
    connection.execute_batch(
        "CREATE TABLE IF NOT EXISTS \"_sdc_rejected\" (\
         \"_sdc_rejected_at\" TIMESTAMP_TEXT NOT NULL, \
         \"table_name\" TEXT NOT NULL, \
         \"reason\" TEXT NOT NULL, \
         \"record\" TEXT NOT NULL)",
    )
}

/// Keeps records that were rejected.
pub(crate) fn keep(
    connection: &Connection,
    table: &str,
    rejected_at: &str,
    rejections: &[Rejection<'_>],
) -> rusqlite::Result<()> {
    // Someone may have dropped it.
    create(connection)?;
    let mut statement = connection.prepare_cached(
        "INSERT INTO \"_sdc_rejected\" (\"_sdc_rejected_at\", \"table_name\", \"reason\", \"record\") \
         VALUES (?1, ?2, ?3, ?4)",
    )?;
    for Rejection { reason, record } in rejections {
        // The bytes are a slice of a body that was read as UTF-8.
        statement.execute((rejected_at, table, reason, String::from_utf8_lossy(record)))?;
    }
    Ok(())
}
