//! A table as the loader knows it: which column takes which type of which field.
//!
//! All of it is read from the database's own schema. A field's name never ends in the suffix of a type,
//! so that a column named `age__do` can only be the part of the field `age` that holds doubles.

use std::collections::HashMap;

use rusqlite::Connection;

use super::kind::Kind;
use super::sql::{quote, quote_all};
use crate::names::{SEPARATOR, folded};

/// The column that holds a row's sequence.
pub(crate) const SEQUENCE: &str = "_sdc_sequence";

/// The columns that every table has besides those of its data, with their types.
pub(crate) const SYSTEM_COLUMNS: [(&str, Kind); 4] = [
    ("_sdc_received_at", Kind::Text),
    ("_sdc_batched_at", Kind::Text),
    (SEQUENCE, Kind::BigInt),
    ("_sdc_table_version", Kind::BigInt),
];

/// A column of data.
#[derive(Debug, Clone)]
struct Column {
    name: String,
    kind: Kind,
}

/// A field of the data: one column, or, once it has met several types, one for each.
#[derive(Debug, Clone)]
pub(crate) struct Field {
    /// The name as it was first sent.
    pub(crate) name: String,
    pub(crate) key: bool,
    /// Indices of the table's columns.
    columns: Vec<(Kind, usize)>,
}

impl Field {
    /// The column for values of a type.
    pub(crate) fn column(&self, kind: Kind) -> Option<usize> {
        self.columns.iter().find(|(of, _)| *of == kind).map(|&(_, column)| column)
    }

    /// The type of the field's first column.
    pub(crate) fn kind(&self) -> Option<Kind> {
        self.columns.first().map(|&(kind, _)| kind)
    }
}

/// A step from the table in the database to the table as it should be.
#[derive(Debug)]
enum Change {
    Rename { from: String, to: String },
    Add { name: String, kind: Kind },
}

/// A table, as it is or as it is about to be.
#[derive(Debug)]
pub(crate) struct Table {
    name: String,
    /// In the order of the primary key.
    keys: Vec<String>,
    columns: Vec<Column>,
    /// By the folded name.
    fields: HashMap<String, Field>,
    /// Whether the table has yet to be made.
    new: bool,
    changes: Vec<Change>,
    upsert: Option<String>,
}

impl Table {
    /// A table that has yet to be made.
    pub(crate) fn new(name: &str, keys: Vec<String>) -> Self {
        Table {
            name: name.to_owned(),
            keys,
            columns: Vec::new(),
            fields: HashMap::new(),
            new: true,
            changes: Vec::new(),
            upsert: None,
        }
    }

    /// Reads a table from the database's schema; `None` where it lacks the system columns, so that
    /// someone else must have made it.
    pub(crate) fn read(connection: &Connection, name: &str) -> rusqlite::Result<Option<Self>> {
        let mut table = Table::new(name, Vec::new());
        table.new = false;
        let mut keys: Vec<(i64, String)> = Vec::new();
        let mut system = 0;
        for (column, declared, position) in schema(connection, name)? {
            if SYSTEM_COLUMNS.iter().any(|(name, _)| *name == column) {
                system += 1;
                continue;
            }
            let key = position > 0;
            if key {
                keys.push((position, column.clone()));
            }
            let kind = Kind::of_declared(&declared);
            let field = Kind::ALL
                .iter()
                .find_map(|kind| column.strip_suffix(&format!("{SEPARATOR}{}", kind.suffix())))
                .unwrap_or(&column)
                .to_owned();
            table.put(&field, column, kind, key);
        }
        if system < SYSTEM_COLUMNS.len() {
            return Ok(None);
        }
        keys.sort_unstable();
        table.keys = keys.into_iter().map(|(_, name)| name).collect();
        Ok(Some(table))
    }

    fn put(&mut self, field: &str, column: String, kind: Kind, key: bool) {
        let index = self.columns.len();
        self.columns.push(Column { name: column, kind });
        let field = self.fields.entry(folded(field)).or_insert_with(|| Field {
            name: field.to_owned(),
            key,
            columns: Vec::new(),
        });
        field.columns.push((kind, index));
    }

    /// Whether the primary key is of these fields.
    pub(crate) fn has_keys(&self, keys: &[&str]) -> bool {
        self.keys.len() == keys.len() && self.keys.iter().all(|key| keys.contains(&key.as_str()))
    }

    /// The field of a folded name.
    pub(crate) fn field(&self, folded: &str) -> Option<&Field> {
        self.fields.get(folded)
    }

    /// The number of columns, system columns included.
    pub(crate) fn width(&self) -> usize {
        self.columns.len() + SYSTEM_COLUMNS.len()
    }

    /// The number of columns of data. In the statement that [`Table::upsert`] gives, their values come
    /// first, in order, and the system columns' after them.
    pub(crate) fn data_width(&self) -> usize {
        self.columns.len()
    }

    /// Makes room for values of a type in a field. A field that has another type so far is split.
    pub(crate) fn extend(&mut self, name: &str, kind: Kind) {
        let known = self.fields.get(&folded(name));
        if known.is_some_and(|field| field.column(kind).is_some()) {
            return;
        }
        self.upsert = None;
        let Some(field) = known else {
            let key = self.keys.iter().any(|key| key == name);
            self.changes.push(Change::Add { name: name.to_owned(), kind });
            self.put(name, name.to_owned(), kind, key);
            return;
        };
        for &(kind, index) in &field.columns {
            let column = &mut self.columns[index];
            if column.name == field.name {
                let to = split_name(&field.name, kind);
                self.changes.push(Change::Rename { from: column.name.clone(), to: to.clone() });
                column.name = to;
            }
        }
        let (field, column) = (field.name.clone(), split_name(&field.name, kind));
        self.changes.push(Change::Add { name: column.clone(), kind });
        self.put(&field, column, kind, false);
    }

    /// Makes or alters the table in the database.
    pub(crate) fn apply(&mut self, connection: &Connection) -> rusqlite::Result<()> {
        let table = quote(&self.name);
        if self.new {
            connection.execute_batch(&self.create())?;
        } else {
            for change in &self.changes {
                connection.execute_batch(&match change {
                    Change::Rename { from, to } => {
                        format!("ALTER TABLE {table} RENAME COLUMN {} TO {}", quote(from), quote(to))
                    }
                    Change::Add { name, kind } => {
                        format!("ALTER TABLE {table} ADD COLUMN {} {}", quote(name), kind.declared())
                    }
                })?;
            }
        }
        self.new = false;
        self.changes.clear();
        Ok(())
    }

    fn create(&self) -> String {
        let mut parts: Vec<String> = Vec::with_capacity(self.columns.len() + 5);
        for Column { name, kind } in &self.columns {
            let not_null = if self.keys.contains(name) { " NOT NULL" } else { "" };
            parts.push(format!("{} {}{not_null}", quote(name), kind.declared()));
        }
        parts.extend(SYSTEM_COLUMNS.iter().map(|(name, kind)| format!("{} {}", quote(name), kind.declared())));
        parts.push(format!(
            "CONSTRAINT {} PRIMARY KEY ({})",
            quote(&format!("{}_pkey", self.name)),
            quote_all(self.keys.iter().map(String::as_str))
        ));
        format!("CREATE TABLE {} ({})", quote(&self.name), parts.join(", "))
    }

    /// The statement that inserts a row, or replaces the row with the same key whole where its sequence
    /// is less.
    pub(crate) fn upsert(&mut self) -> &str {
        if self.upsert.is_none() {
            self.upsert = Some(self.upsert_statement());
        }
        self.upsert.as_deref().unwrap_or_default()
    }

    fn upsert_statement(&self) -> String {
        let names: Vec<&str> = self
            .columns
            .iter()
            .map(|column| column.name.as_str())
            .chain(SYSTEM_COLUMNS.iter().map(|(name, _)| *name))
            .collect();
        let updates: Vec<String> = names
            .iter()
            .filter(|name| !self.keys.iter().any(|key| key == *name))
            .map(|name| quote(name))
            .map(|name| format!("{name} = excluded.{name}"))
            .collect();
        let sequence = quote(SEQUENCE);
        format!(
            "INSERT INTO {} AS stored ({}) VALUES ({}) ON CONFLICT ({}) DO UPDATE SET {} \
             WHERE excluded.{sequence} > stored.{sequence}",
            quote(&self.name),
            quote_all(names.iter().copied()),
            vec!["?"; names.len()].join(", "),
            quote_all(self.keys.iter().map(String::as_str)),
            updates.join(", ")
        )
    }
}

/// The columns of a table in order: name, declared type, place in the primary key from one, or zero.
pub(crate) fn schema(connection: &Connection, table: &str) -> rusqlite::Result<Vec<(String, String, i64)>> {
    connection
        .prepare_cached("SELECT name, type, pk FROM pragma_table_info(?1) ORDER BY cid")?
        .query_map([table], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?
        .collect()
}

fn split_name(field: &str, kind: Kind) -> String {
    format!("{field}{SEPARATOR}{}", kind.suffix())
}
