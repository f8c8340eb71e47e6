//! Versions of tables: rows of a newer version wait in tables of their own until it is activated.

use std::collections::BTreeMap;

use super::database::Database;
use super::family::Family;
use super::table::{Location, Table};
use crate::names;

/// Makes a version of a table the only one. What waited for it is moved to the tables that are shown, whose
/// rows go; so do versions below it that never were active. Tables stay what they are for those who made
/// views or indexes of them.
pub(crate) fn activate<D: Database>(
    database: &mut D,
    family: &mut Family,
    root: &str,
    version: i64,
) -> Result<(), D::Error> {
    if !family.is_newer(version) {
        return Ok(());
    }
    let newer = family.waiting.split_off(&version);
    let older = std::mem::replace(&mut family.waiting, newer);
    for table in older.into_values().flat_map(BTreeMap::into_values) {
        database.remove(&table)?;
    }
    let waiting = family.waiting.remove(&version).unwrap_or_default();
    for (name, table) in &family.shown {
        if !waiting.contains_key(name) {
            database.empty(table)?;
        }
    }
    for (name, from) in waiting {
        // In other letters it is the same name, and holds rows of versions before at most.
        let alike = |known: &&String| **known != name && known.eq_ignore_ascii_case(&name);
        if let Some(alike) = family.shown.keys().find(alike).cloned()
            && let Some(shown) = family.shown.remove(&alike)
        {
            database.remove(&shown)?;
        }
        let mut to = room(database, family.shown.remove(&name), &from)?;
        database.shape(root, &to)?;
        to.settle();
        database.copy(&from, &to)?;
        database.remove(&from)?;
        family.put(to);
    }
    database.set_active(root, version)?;
    family.active = Some(version);
    Ok(())
}

/// An empty table that is to be shown, with room for all of another.
fn room<D: Database>(database: &mut D, shown: Option<Table>, from: &Table) -> Result<Table, D::Error> {
    if let Some(shown) = shown {
        database.empty(&shown)?;
        let mut extended = shown.clone();
        if extended.extend_like(from, names::COLUMNS) {
            return Ok(extended);
        }
        // Its keys have other types, or it would have too many columns.
        database.remove(&shown)?;
    }
    Ok(from.like(Location { table: from.location.table.clone(), waiting: None }))
}
