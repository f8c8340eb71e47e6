//! The ingest log: requests that are committed as they came, since their tables could not be had at the time.

use std::time::{Duration, SystemTime};

use super::own::LOG;
use super::session::Session;
use super::trouble::Trouble;
use crate::store::intake::Original;
use crate::timestamp::rfc3339;

/// An entry, without what was sent.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) id: i64,
    /// The tables that its records are for.
    pub(super) tables: Vec<String>,
}

/// Keeps a request; when this returns `Ok`, it is on the disk.
pub(super) fn add(session: &mut Session, original: &Original, tables: &[&str]) -> Result<(), Trouble> {
    let insert = format!(
        "INSERT INTO {} (\"received_at\", \"path\", \"is_transit\", \"tables\", \"body\") \
         VALUES ($1::text::timestamp with time zone, $2, $3, $4, $5)",
        session.schema.name(LOG)
    );
    let Original { received_at, path, is_transit, body } = original;
    session.execute(&insert, &[&rfc3339(*received_at), path, is_transit, &tables, &body.as_ref()])?;
    Ok(())
}

/// Whether there are entries for any of these tables.
pub(super) fn has(session: &mut Session, tables: &[&str]) -> Result<bool, Trouble> {
    let select = format!("SELECT EXISTS (SELECT FROM {} WHERE \"tables\" && $1)", session.schema.name(LOG));
    let rows = session.query(&select, &[&tables])?;
    Ok(rows.first().map(|row| row.try_get(0)).transpose()?.unwrap_or_default())
}

/// The oldest entry after this one that is for none of these tables.
pub(super) fn next(session: &mut Session, after: i64, busy: &[&str]) -> Result<Option<Entry>, Trouble> {
    let select = format!(
        "SELECT \"id\", \"tables\" FROM {} WHERE \"id\" > $1 AND NOT \"tables\" && $2 ORDER BY \"id\" LIMIT 1",
        session.schema.name(LOG)
    );
    let rows = session.query(&select, &[&after, &busy])?;
    rows.first().map(|row| Ok(Entry { id: row.try_get(0)?, tables: row.try_get(1)? })).transpose()
}

/// Whether there are entries.
pub(super) fn is_empty(session: &mut Session) -> Result<bool, Trouble> {
    let select = format!("SELECT NOT EXISTS (SELECT FROM {})", session.schema.name(LOG));
    let rows = session.query(&select, &[])?;
    Ok(rows.first().map(|row| row.try_get(0)).transpose()?.unwrap_or(true))
}

/// What was sent; none where somebody else has loaded it.
pub(super) fn original(session: &mut Session, id: i64) -> Result<Option<Original>, Trouble> {
    let select = format!(
        "SELECT (extract(epoch FROM \"received_at\") * 1000000)::bigint, \"path\", \"is_transit\", \"body\" \
         FROM {} WHERE \"id\" = $1",
        session.schema.name(LOG)
    );
    let rows = session.query(&select, &[&id])?;
    let Some(row) = rows.first() else { return Ok(None) };
    let microseconds: i64 = row.try_get(0)?;
    let path: String = row.try_get(1)?;
    let body: Vec<u8> = row.try_get(3)?;
    let known = [&backstitch_api::endpoints::PUSH, &backstitch_api::endpoints::BATCH];
    let path = known.iter().find(|endpoint| endpoint.path == path).map_or("", |endpoint| endpoint.path);
    let received_at = SystemTime::UNIX_EPOCH + Duration::from_micros(microseconds.unsigned_abs());
    Ok(Some(Original { received_at, path, is_transit: row.try_get(2)?, body: body.into() }))
}

/// Removes an entry, within a transaction.
///
/// # Errors
/// [`Trouble::Done`] where somebody else has removed it.
pub(super) fn remove(session: &mut Session, id: i64) -> Result<(), Trouble> {
    let delete = format!("DELETE FROM {} WHERE \"id\" = $1", session.schema.name(LOG));
    if session.execute(&delete, &[&id])? == 0 { Err(Trouble::Done) } else { Ok(()) }
}
