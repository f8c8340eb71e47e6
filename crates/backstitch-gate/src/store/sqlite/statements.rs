//! What is done with a table, in SQL.

use super::declared::declared;
use crate::batch::Group;
use crate::names::SOURCE_KEY;
use crate::store::sql::{quote, quote_all};
use crate::store::table::{Change, Column, Location, SEQUENCE, SYSTEM_COLUMNS, Table};

/// The name of a table in the database.
pub(crate) fn stored_name(location: &Location) -> String {
    match location.waiting {
        None => location.table.clone(),
        Some(version) => format!("{}v{version}_{}", crate::names::OWN_PREFIX, location.table),
    }
}

fn quoted_name(table: &Table) -> String {
    quote(&stored_name(&table.location))
}

pub(crate) fn create(table: &Table) -> String {
    let mut parts: Vec<String> = Vec::with_capacity(table.columns.len() + 5);
    for Column { name, kind } in &table.columns {
        let not_null = if table.keys.contains(name) { " NOT NULL" } else { "" };
        parts.push(format!("{} {}{not_null}", quote(name), declared(*kind)));
    }
    parts.extend(SYSTEM_COLUMNS.iter().map(|(name, kind)| format!("{} {}", quote(name), declared(*kind))));
    parts.push(format!(
        "CONSTRAINT {} PRIMARY KEY ({})",
        quote(&format!("{}_pkey", table.location.table)),
        quote_all(table.keys.iter().map(String::as_str))
    ));
    format!("CREATE TABLE {} ({})", quoted_name(table), parts.join(", "))
}

pub(crate) fn change(table: &Table, change: &Change) -> String {
    let table = quoted_name(table);
    match change {
        Change::Rename { from, to } => {
            format!("ALTER TABLE {table} RENAME COLUMN {} TO {}", quote(from), quote(to))
        }
        Change::Add { name, kind } => format!("ALTER TABLE {table} ADD COLUMN {} {}", quote(name), declared(*kind)),
    }
}

fn all_columns(table: &Table) -> Vec<&str> {
    let data = table.columns.iter().map(|column| column.name.as_str());
    data.chain(SYSTEM_COLUMNS.iter().map(|(name, _)| *name)).collect()
}

/// The statement that inserts a row. The values of the data come first, in order, and the system columns'
/// after them.
pub(crate) fn insert(table: &Table) -> String {
    let names = all_columns(table);
    format!(
        "INSERT INTO {} AS stored ({}) VALUES ({})",
        quoted_name(table),
        quote_all(names.iter().copied()),
        vec!["?"; names.len()].join(", ")
    )
}

/// The same, where the row with the same key is replaced whole if its sequence is less.
pub(crate) fn upsert(table: &Table) -> String {
    let updates: Vec<String> = all_columns(table)
        .into_iter()
        .filter(|name| !table.keys.iter().any(|key| key == name))
        .map(quote)
        .map(|name| format!("{name} = excluded.{name}"))
        .collect();
    let sequence = quote(SEQUENCE);
    format!(
        "{} ON CONFLICT ({}) DO UPDATE SET {} WHERE excluded.{sequence} > stored.{sequence}",
        insert(table),
        quote_all(table.keys.iter().map(String::as_str)),
        updates.join(", ")
    )
}

/// The statement that finds the row of these keys, in the group's order, if it has this sequence.
pub(crate) fn has_sequence(table: &Table, group: &Group) -> String {
    let keys = group.parts.first().map(|table| &table.columns[..table.keys]).unwrap_or_default();
    let names = keys.iter().map(|key| key.name.as_str()).chain([SEQUENCE]);
    let conditions: Vec<String> = names.map(|name| format!("{} = ?", quote(name))).collect();
    format!("SELECT 1 FROM {} WHERE {}", quoted_name(table), conditions.join(" AND "))
}

/// The statement that deletes the rows of a subtable whose parent has these keys, in the group's order.
pub(crate) fn delete_children(subtable: &Table, group: &Group) -> String {
    let keys = group.parts.first().map(|table| &table.columns[..table.keys]).unwrap_or_default();
    let conditions: Vec<String> =
        keys.iter().map(|key| format!("{} = ?", quote(&format!("{SOURCE_KEY}{}", key.name)))).collect();
    format!("DELETE FROM {} WHERE {}", quoted_name(subtable), conditions.join(" AND "))
}

pub(crate) fn empty(table: &Table) -> String {
    format!("DELETE FROM {}", quoted_name(table))
}

pub(crate) fn remove(table: &Table) -> String {
    format!("DROP TABLE {}", quoted_name(table))
}

pub(crate) fn copy(from: &Table, to: &Table) -> String {
    let pairs = to.columns_for(from);
    let system = SYSTEM_COLUMNS.iter().map(|(name, _)| *name);
    format!(
        "INSERT INTO {} ({}) SELECT {} FROM {}",
        quoted_name(to),
        quote_all(pairs.iter().map(|(_, to)| *to).chain(system.clone())),
        quote_all(pairs.iter().map(|(from, _)| *from).chain(system)),
        quoted_name(from)
    )
}
