//! What the server's catalog says of the tables of a schema.

use std::collections::BTreeMap;

use super::declared;
use super::session::Session;
use super::trouble::Trouble;
use crate::names::folded;
use crate::store::table::{Column, Location, Table};

/// The columns of tables in order: table, name, declared type, place in the primary key.
pub(super) const COLUMNS: &str = "\
    SELECT c.relname::text, a.attname::text, format_type(a.atttypid, a.atttypmod), \
    array_position(i.indkey::smallint[], a.attnum) \
    FROM pg_catalog.pg_class c \
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
    JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped \
    LEFT JOIN pg_catalog.pg_index i ON i.indrelid = c.oid AND i.indisprimary \
    WHERE n.nspname = $1 AND c.relkind IN ('r', 'p') AND c.relname::text = ANY($2) \
    ORDER BY c.relname, a.attnum";

/// A column as the catalog has it.
pub(super) struct Described {
    pub(super) name: String,
    pub(super) declared: String,
    /// Its place in the primary key.
    pub(super) key: Option<i32>,
}

/// A row of [`COLUMNS`].
pub(super) fn described(row: &tokio_postgres::Row) -> Result<(String, Described), tokio_postgres::Error> {
    Ok((row.try_get(0)?, Described { name: row.try_get(1)?, declared: row.try_get(2)?, key: row.try_get(3)? }))
}

/// The names of the columns of the primary key, in its order.
pub(super) fn keys(columns: &[Described]) -> Vec<&str> {
    let mut keys: Vec<(i32, &str)> =
        columns.iter().filter_map(|column| Some((column.key?, column.name.as_str()))).collect();
    keys.sort_unstable();
    keys.into_iter().map(|(_, name)| name).collect()
}

/// Reads tables by their stored names; those that are not there, or that someone else made, are left out.
pub(super) fn tables(session: &mut Session, locations: BTreeMap<String, Location>) -> Result<Vec<Table>, Trouble> {
    if locations.is_empty() {
        return Ok(Vec::new());
    }
    let names: Vec<&str> = locations.keys().map(String::as_str).collect();
    let mut columns: BTreeMap<String, Vec<Described>> = BTreeMap::new();
    let schema = session.schema_name.clone();
    for row in session.query(COLUMNS, &[&schema, &names])? {
        let (table, column) = described(&row)?;
        columns.entry(table).or_default().push(column);
    }
    let table = |(name, location): (String, Location)| {
        let columns = columns.remove(&name)?;
        let keys = keys(&columns).into_iter().map(ToOwned::to_owned).collect();
        let columns = columns.into_iter();
        let columns = columns.map(|Described { name, declared, .. }| Column { name, kind: declared::kind(&declared) });
        Table::there(location, columns.collect(), keys)
    };
    Ok(locations.into_iter().filter_map(table).collect())
}

/// The name in the schema that is this one, apart from the case of letters; this very one, where it is there. Tables,
/// views and indexes share one space of names.
pub(super) fn taken(session: &mut Session, name: &str) -> Result<Option<String>, Trouble> {
    let exact = "\
        SELECT c.relname::text FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
        WHERE n.nspname = $1 AND c.relname = $2::text::name";
    let schema = session.schema_name.clone();
    if let Some(row) = session.query(exact, &[&schema, &name])?.first() {
        return Ok(Some(row.try_get(0)?));
    }
    let alike = "\
        SELECT c.relname::text FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
        WHERE n.nspname = $1 AND c.relkind IN ('r', 'p', 'v', 'm', 'f') AND lower(c.relname::text COLLATE \"C\") = $2 LIMIT 1";
    let found = session.query(alike, &[&schema, &folded(name)])?;
    Ok(found.first().map(|row| row.try_get(0)).transpose()?)
}
