//! What is done with a table, in SQL.

use super::declared::{declared, sent};
use super::location::NAME_BYTES;
use crate::names::OWN_PREFIX;
use crate::store::kind::Kind;
use crate::store::sql::{quote, quote_all};
use crate::store::table::{Change, Column, Location, SEQUENCE, SYSTEM_COLUMNS, Table};

/// The name of a table in the database.
pub(super) fn stored_name(location: &Location) -> String {
    let Some(version) = location.waiting else { return location.table.clone() };
    let name = format!("{OWN_PREFIX}v{version}_{}", location.table);
    if name.len() <= NAME_BYTES {
        return name;
    }
    // Which table it is stands in the gate's own list; the name need only be the same each time.
    format!("{OWN_PREFIX}v{version}_{:016x}", fingerprint(&location.table))
}

/// A number that is the same wherever and whenever it is asked for: FNV-1a, of 64 bits.
fn fingerprint(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

/// The tables of one schema. Names are never looked for elsewhere: one like `pg_class` would be found there first.
#[derive(Debug, Clone)]
pub(super) struct Schema(String);

/// A column of an `INSERT`, with the type in which its values come.
pub(super) struct Given<'a> {
    pub(super) name: &'a str,
    pub(super) kind: Kind,
}

/// The name of a parameter's array as a table's column.
fn given(index: usize) -> String {
    format!("c{index}")
}

/// Arrays as the rows of a table `given`.
fn arrays(kinds: &[Kind], ordinality: &str) -> String {
    let parameters: Vec<String> =
        kinds.iter().enumerate().map(|(index, kind)| format!("${}::{}[]", index + 1, sent(*kind))).collect();
    let mut names: Vec<String> = (0..kinds.len()).map(given).collect();
    if !ordinality.is_empty() {
        names.push("at".to_owned());
    }
    format!("unnest({}){ordinality} AS given ({})", parameters.join(", "), names.join(", "))
}

/// A column of `given` as a value of its type.
fn value(index: usize, kind: Kind) -> String {
    if sent(kind) == declared(kind) {
        return format!("given.{}", given(index));
    }
    format!("given.{}::{}", given(index), declared(kind))
}

impl Schema {
    pub(super) fn new(name: &str) -> Self {
        Schema(quote(name))
    }

    /// A name in this schema.
    pub(super) fn name(&self, name: &str) -> String {
        format!("{}.{}", self.0, quote(name))
    }

    fn table(&self, table: &Table) -> String {
        self.name(&stored_name(&table.location))
    }

    pub(super) fn create(&self, table: &Table) -> String {
        let mut parts: Vec<String> = Vec::with_capacity(table.columns.len() + 5);
        for Column { name, kind } in &table.columns {
            let not_null = if table.keys.contains(name) { " NOT NULL" } else { "" };
            parts.push(format!("{} {}{not_null}", quote(name), declared(*kind)));
        }
        parts.extend(SYSTEM_COLUMNS.iter().map(|(name, kind)| format!("{} {}", quote(name), declared(*kind))));
        // The server names it `<table>_pkey`, or as near to it as a name can be.
        parts.push(format!("PRIMARY KEY ({})", quote_all(table.keys.iter().map(String::as_str))));
        format!("CREATE TABLE {} ({})", self.table(table), parts.join(", "))
    }

    pub(super) fn change(&self, table: &Table, change: &Change) -> String {
        let table = self.table(table);
        match change {
            Change::Rename { from, to } => {
                format!("ALTER TABLE {table} RENAME COLUMN {} TO {}", quote(from), quote(to))
            }
            Change::Add { name, kind } => {
                format!("ALTER TABLE {table} ADD COLUMN {} {}", quote(name), declared(*kind))
            }
        }
    }

    /// The statement that inserts rows. Its parameters are the arrays of these columns and of the sequences, then the
    /// times of receipt and of loading, and the version.
    pub(super) fn insert(&self, table: &Table, columns: &[Given<'_>]) -> String {
        let sequences = columns.len();
        let kinds: Vec<Kind> = columns.iter().map(|column| column.kind).chain([Kind::BigInt]).collect();
        let values: Vec<String> = columns.iter().enumerate().map(|(index, column)| value(index, column.kind)).collect();
        let names = columns.iter().map(|column| column.name).chain(SYSTEM_COLUMNS.iter().map(|(name, _)| *name));
        let constant = |place: usize| sequences + 1 + place;
        let time = declared(Kind::Timestamp);
        format!(
            "INSERT INTO {} AS stored ({}) SELECT {}{}${}::text::{time}, ${}::text::{time}, given.{}, ${}::bigint FROM {}",
            self.table(table),
            quote_all(names),
            values.join(", "),
            if values.is_empty() { "" } else { ", " },
            constant(1),
            constant(2),
            given(sequences),
            constant(3),
            arrays(&kinds, "")
        )
    }

    /// The same, where the row with the same key is replaced whole if its sequence is less.
    pub(super) fn upsert(&self, table: &Table, columns: &[Given<'_>]) -> String {
        let is_key = |name: &str| table.keys.iter().any(|key| key == name);
        let mut updates: Vec<String> = Vec::new();
        for column in &table.columns {
            let name = quote(&column.name);
            if columns.iter().any(|given| given.name == column.name) {
                if !is_key(&column.name) {
                    updates.push(format!("{name} = excluded.{name}"));
                }
            } else {
                // Which is null, unless somebody gave the column something else.
                updates.push(format!("{name} = DEFAULT"));
            }
        }
        updates
            .extend(SYSTEM_COLUMNS.iter().map(|(name, _)| quote(name)).map(|name| format!("{name} = excluded.{name}")));
        let sequence = quote(SEQUENCE);
        format!(
            "{} ON CONFLICT ({}) DO UPDATE SET {} WHERE excluded.{sequence} > stored.{sequence}",
            self.insert(table, columns),
            quote_all(table.keys.iter().map(String::as_str)),
            updates.join(", ")
        )
    }

    /// The statement that finds those of some rows whose key has their sequence: the number of each, from one, and
    /// whether it was loaded at a time. Its parameters are the arrays of the keys and of the sequences, then the time.
    pub(super) fn of_sequence(&self, table: &Table, keys: &[Given<'_>]) -> String {
        let kinds: Vec<Kind> = keys.iter().map(|key| key.kind).chain([Kind::BigInt]).collect();
        let conditions = keys
            .iter()
            .enumerate()
            .map(|(index, key)| format!("stored.{} = {}", quote(key.name), value(index, key.kind)));
        let conditions: Vec<String> =
            conditions.chain([format!("stored.{} = given.{}", quote(SEQUENCE), given(keys.len()))]).collect();
        format!(
            "SELECT given.at, stored.{} = ${}::text::{} FROM {} JOIN {} AS stored ON {}",
            quote(SYSTEM_COLUMNS[1].0),
            keys.len() + 2,
            declared(Kind::Timestamp),
            arrays(&kinds, " WITH ORDINALITY"),
            self.table(table),
            conditions.join(" AND ")
        )
    }

    /// The statement that deletes the rows of a subtable whose parents have these keys. Its parameters are the arrays of
    /// the keys.
    pub(super) fn delete_children(&self, subtable: &Table, keys: &[Given<'_>]) -> String {
        let kinds: Vec<Kind> = keys.iter().map(|key| key.kind).collect();
        let conditions = keys
            .iter()
            .enumerate()
            .map(|(index, key)| format!("stored.{} = {}", quote(key.name), value(index, key.kind)));
        format!(
            "DELETE FROM {} AS stored USING {} WHERE {}",
            self.table(subtable),
            arrays(&kinds, ""),
            conditions.collect::<Vec<_>>().join(" AND ")
        )
    }

    pub(super) fn empty(&self, table: &Table) -> String {
        format!("DELETE FROM {}", self.table(table))
    }

    pub(super) fn remove(&self, table: &Table) -> String {
        format!("DROP TABLE {}", self.table(table))
    }

    pub(super) fn copy(&self, from: &Table, to: &Table) -> String {
        let pairs = to.columns_for(from);
        let system = SYSTEM_COLUMNS.iter().map(|(name, _)| *name);
        format!(
            "INSERT INTO {} ({}) SELECT {} FROM {}",
            self.table(to),
            quote_all(pairs.iter().map(|(_, to)| *to).chain(system.clone())),
            quote_all(pairs.iter().map(|(from, _)| *from).chain(system)),
            self.table(from)
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_that_waits_has_a_name_that_fits() {
        let name = |table: &str, version| stored_name(&Location { table: table.to_owned(), waiting: Some(version) });
        assert_eq!(name("orders", 7), "_backstitch_v7_orders");
        let (a, b) = (name(&"a".repeat(63), i64::MIN), name(&format!("{}b", "a".repeat(62)), i64::MIN));
        assert!(a.len() <= NAME_BYTES && b.len() <= NAME_BYTES && a != b, "{a} {b}");
    }
}
