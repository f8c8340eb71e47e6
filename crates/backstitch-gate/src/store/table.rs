//! A table as the loader knows it: which column takes which type of which field.
//!
//! All of it is read from the database's own schema. A field's name never ends in the suffix of a type,
//! so that a column named `age__do` can only be the part of the field `age` that holds doubles.

use std::collections::HashMap;

use super::kind::Kind;
use crate::names::{SEPARATOR, folded};

/// The column that holds a row's sequence.
pub(crate) const SEQUENCE: &str = "_sdc_sequence";

/// The columns that every table has besides those of its data, with their types. The statements of a
/// store give their values in this order, after those of the data.
pub(crate) const SYSTEM_COLUMNS: [(&str, Kind); 4] = [
    ("_sdc_received_at", Kind::Timestamp),
    ("_sdc_batched_at", Kind::Timestamp),
    (SEQUENCE, Kind::BigInt),
    ("_sdc_table_version", Kind::BigInt),
];

/// Where rows are: in a table that is shown, or in the one in which those of a version wait that is not the
/// active one yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Location {
    pub(crate) table: String,
    /// The version that waits.
    pub(crate) waiting: Option<i64>,
}

/// A column of data.
#[derive(Debug, Clone)]
pub(crate) struct Column {
    pub(crate) name: String,
    pub(crate) kind: Kind,
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
#[derive(Debug, Clone)]
pub(crate) enum Change {
    Rename { from: String, to: String },
    Add { name: String, kind: Kind },
}

/// A table, as it is or as it is about to be.
#[derive(Debug, Clone)]
pub(crate) struct Table {
    pub(crate) location: Location,
    /// In the order of the primary key.
    pub(crate) keys: Vec<String>,
    pub(crate) columns: Vec<Column>,
    /// By the folded name.
    fields: HashMap<String, Field>,
    /// Whether the table has yet to be made.
    pub(crate) new: bool,
    pub(crate) changes: Vec<Change>,
}

impl Table {
    /// A table that has yet to be made.
    pub(crate) fn new(location: Location, keys: Vec<String>) -> Self {
        Table { location, keys, columns: Vec::new(), fields: HashMap::new(), new: true, changes: Vec::new() }
    }

    /// A table that has yet to be made, with the columns of this one.
    pub(crate) fn like(&self, location: Location) -> Self {
        Table { location, new: true, changes: Vec::new(), ..self.clone() }
    }

    /// A table that is there, of these columns and keys in their order. `None` where it lacks the system's
    /// columns, so that someone else must have made it.
    pub(crate) fn there(location: Location, columns: Vec<Column>, keys: Vec<String>) -> Option<Self> {
        let mut table = Table::new(location, keys);
        table.new = false;
        let mut system = 0;
        for Column { name, kind } in columns {
            if SYSTEM_COLUMNS.iter().any(|(system, _)| *system == name) {
                system += 1;
                continue;
            }
            let field = Kind::ALL
                .iter()
                .find_map(|kind| name.strip_suffix(&format!("{SEPARATOR}{}", kind.suffix())))
                .unwrap_or(&name)
                .to_owned();
            table.put(&field, name, kind);
        }
        (system == SYSTEM_COLUMNS.len()).then_some(table)
    }

    fn put(&mut self, field: &str, column: String, kind: Kind) {
        let index = self.columns.len();
        let key = self.keys.contains(&column);
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

    /// The fields with their folded names, in the order of their first columns.
    pub(crate) fn fields(&self) -> Vec<(&str, &Field)> {
        let mut fields: Vec<(&str, &Field)> =
            self.fields.iter().map(|(folded, field)| (folded.as_str(), field)).collect();
        fields.sort_unstable_by_key(|(_, field)| field.columns.first().map(|&(_, column)| column));
        fields
    }

    /// The number of columns, system columns included.
    pub(crate) fn width(&self) -> usize {
        self.columns.len() + SYSTEM_COLUMNS.len()
    }

    /// Makes room for values of a type in a field. A field that has another type so far is split.
    pub(crate) fn extend(&mut self, name: &str, kind: Kind) {
        let known = self.fields.get(&folded(name));
        if known.is_some_and(|field| field.column(kind).is_some()) {
            return;
        }
        let Some(field) = known else {
            self.changes.push(Change::Add { name: name.to_owned(), kind });
            self.put(name, name.to_owned(), kind);
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
        self.put(&field, column, kind);
    }

    /// Makes room for all that another table holds, if there can be.
    pub(crate) fn extend_like(&mut self, other: &Table, most: usize) -> bool {
        let keys: Vec<&str> = other.keys.iter().map(String::as_str).collect();
        if !self.has_keys(&keys) {
            return false;
        }
        for (folded, field) in other.fields() {
            for &(kind, _) in &field.columns {
                let known = self.field(folded);
                if known.is_some_and(|known| known.column(kind).is_none() && (known.key || field.key)) {
                    return false;
                }
                let name = known.map_or(&field.name, |known| &known.name).clone();
                self.extend(&name, kind);
            }
        }
        self.width() <= most
    }

    /// For each column of another table the one that takes its values.
    pub(crate) fn columns_for<'a>(&'a self, other: &'a Table) -> Vec<(&'a str, &'a str)> {
        let mut pairs = Vec::with_capacity(other.columns.len());
        for (folded, field) in other.fields() {
            for &(kind, from) in &field.columns {
                if let Some(to) = self.field(folded).and_then(|field| field.column(kind)) {
                    pairs.push((other.columns[from].name.as_str(), self.columns[to].name.as_str()));
                }
            }
        }
        pairs
    }

    /// That the table in the database is as this one now.
    pub(crate) fn settle(&mut self) {
        self.new = false;
        self.changes.clear();
    }
}

fn split_name(field: &str, kind: Kind) -> String {
    format!("{field}{SEPARATOR}{}", kind.suffix())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(fields: &[(&str, Kind)]) -> Table {
        let mut table = Table::new(Location { table: "t".to_owned(), waiting: None }, vec!["id".to_owned()]);
        for (name, kind) in fields {
            table.extend(name, *kind);
        }
        table
    }

    #[test]
    fn a_table_makes_room_for_another_by_splits() {
        let mut to = table(&[("id", Kind::BigInt), ("a", Kind::Text), ("Case", Kind::Text)]);
        let from = table(&[("id", Kind::BigInt), ("b", Kind::Text), ("a", Kind::Double), ("case", Kind::Text)]);
        assert!(to.extend_like(&from, 100));
        let names: Vec<&str> = to.columns.iter().map(|column| column.name.as_str()).collect();
        assert_eq!(names, ["id", "a__st", "Case", "b", "a__do"]);
        assert_eq!(to.columns_for(&from), [("id", "id"), ("b", "b"), ("a", "a__do"), ("case", "Case")]);
    }

    #[test]
    fn keys_are_never_split_to_make_room() {
        let mut to = table(&[("id", Kind::BigInt)]);
        assert!(!to.extend_like(&table(&[("id", Kind::Text)]), 100));
        let mut to = table(&[("id", Kind::BigInt)]);
        assert!(!to.extend_like(&table(&[("id", Kind::BigInt), ("a", Kind::Text)]), 5));
    }
}
