//! The data of checked records as rows of columns: objects flattened, values typed.

use std::borrow::Cow;
use std::collections::HashMap;
use std::time::SystemTime;

use axum::body::Bytes;
use backstitch_api::JsonType;

use super::check::{Record, What};
use crate::batch::{Batch, ColumnName, Group, Row};
use crate::cell::Cell;
use crate::json::fields::Fields;
use crate::json::{self};
use crate::names::{self, DECIMAL_DIGITS, DESTINATION, Fate, SEPARATOR};

/// Flattens the records of one body.
///
/// # Errors
/// The parser's, for a value that cannot be read.
pub(crate) fn batch(
    records: Vec<Record<'_>>,
    _schema: Option<&serde_json::Value>,
    received_at: SystemTime,
) -> Result<Batch, serde_json::Error> {
    let mut builders: Vec<GroupBuilder> = Vec::new();
    let mut index: HashMap<(Cow<'_, str>, Vec<Cow<'_, str>>), usize> = HashMap::new();
    for Record { table, sequence, keys, extracted_at, what, text, .. } in records {
        let What::Upsert(data) = what else { continue };
        let identity = (table, keys);
        let at = match index.get(&identity) {
            Some(&at) => at,
            None => {
                let (table, keys) = &identity;
                builders.push(GroupBuilder::new(table, keys));
                index.insert(identity, builders.len() - 1);
                builders.len() - 1
            }
        };
        let row = builders[at].row(sequence, &Fields::parse(&data.text())?, text)?;
        builders[at].group.rows.push(Row { extracted_at, ..row });
    }
    Ok(Batch { received_at, groups: builders.into_iter().map(|builder| builder.group).collect() })
}

/// A group of records while its columns are still being met.
struct GroupBuilder {
    group: Group,
    by_name: HashMap<String, usize>,
    /// For each column the first column whose name differs from its own at most in case.
    alike: Vec<usize>,
    by_folded: HashMap<String, usize>,
    /// For each column the number of the last row that has it or one alike.
    last_row: Vec<usize>,
    /// Why no record with these keys can be loaded.
    key_rejection: Option<String>,
}

/// A record on its way to a row.
#[derive(Default)]
struct Draft {
    number: usize,
    cells: Vec<(usize, Cell)>,
    /// The first column left out: why; and how many more there are.
    left_out: Option<(String, usize)>,
    /// The first reason found.
    rejected: Option<String>,
}

impl Draft {
    fn reject(&mut self, reason: impl FnOnce() -> String) {
        if self.rejected.is_none() {
            self.rejected = Some(reason());
        }
    }

    fn leave_out(&mut self, reason: String) {
        match &mut self.left_out {
            Some((_, more)) => *more += 1,
            None => self.left_out = Some((reason, 0)),
        }
    }
}

impl GroupBuilder {
    fn new(table: &str, keys: &[Cow<'_, str>]) -> Self {
        let mut builder = GroupBuilder {
            group: Group {
                table: table.to_owned(),
                keys: Vec::new(),
                columns: Vec::new(),
                overflow: false,
                version: None,
                activate: None,
                rows: Vec::new(),
            },
            by_name: HashMap::new(),
            alike: Vec::new(),
            by_folded: HashMap::new(),
            last_row: Vec::new(),
            key_rejection: None,
        };
        for key in keys {
            if let Fate::LeaveOut(reason) | Fate::Reject(reason) = names::column(key) {
                builder.key_rejection.get_or_insert(reason);
            }
            let column = builder.add(key);
            builder.group.keys.push(column);
        }
        builder
    }

    fn add(&mut self, name: &str) -> usize {
        let column = self.group.columns.len();
        let folded = names::folded(name);
        self.alike.push(*self.by_folded.entry(folded.clone()).or_insert(column));
        self.last_row.push(0);
        self.by_name.insert(name.to_owned(), column);
        self.group.columns.push(ColumnName { name: name.to_owned(), folded });
        column
    }

    /// The index of the column of this name, where the draft can have a value for it.
    fn column(&mut self, name: &str, draft: &mut Draft) -> Option<usize> {
        // A name can be as long as the body, and stand above thousands of values: it must not be hashed
        // for each.
        if !names::is_long_column(name)
            && let Some(&column) = self.by_name.get(name)
        {
            return Some(column);
        }
        match names::column(name) {
            Fate::Load => {}
            Fate::LeaveOut(reason) => {
                draft.leave_out(reason);
                return None;
            }
            Fate::Reject(reason) => {
                draft.reject(|| reason);
                return None;
            }
        }
        // No table can have them all, so that it does not matter which are missing; a request of
        // nothing but names would take many times its size in memory.
        if self.group.columns.len() > names::COLUMNS {
            self.group.overflow = true;
            return None;
        }
        Some(self.add(name))
    }

    fn row(&mut self, sequence: i64, data: &Fields<'_>, record: Bytes) -> Result<Row, serde_json::Error> {
        // Numbered from one: zero is no row.
        let mut draft = Draft { number: self.group.rows.len() + 1, ..Draft::default() };
        self.object(&mut String::new(), data, &mut draft)?;
        Ok(Row {
            sequence,
            cells: match self.key_rejection.clone().or(draft.rejected) {
                Some(reason) => Err(reason),
                None => Ok(draft.cells),
            },
            left_out: draft.left_out.map(|(reason, more)| match more {
                0 => reason,
                1 => format!("{reason}, and 1 more"),
                _ => format!("{reason}, and {more} more"),
            }),
            extracted_at: None,
            record,
        })
    }

    /// Adds an object's fields under the joined names of the objects around it, `path`.
    fn object(&mut self, path: &mut String, fields: &Fields<'_>, draft: &mut Draft) -> Result<(), serde_json::Error> {
        let length = path.len();
        for (name, text) in fields.iter() {
            path.push_str(name);
            match JsonType::of(text) {
                JsonType::Null => {}
                JsonType::Object => {
                    path.push_str(SEPARATOR);
                    self.object(path, &Fields::parse(text)?, draft)?;
                }
                _ => self.value(path, text, draft)?,
            }
            path.truncate(length);
        }
        Ok(())
    }

    fn value(&mut self, name: &str, text: &str, draft: &mut Draft) -> Result<(), serde_json::Error> {
        let Some(column) = self.column(name, draft) else {
            return Ok(());
        };
        let last_row = &mut self.last_row[self.alike[column]];
        if *last_row == draft.number {
            draft.reject(|| format!("Field collision on {name}"));
        }
        *last_row = draft.number;
        match cell(text)? {
            Typed::Cell(cell) => draft.cells.push((column, cell)),
            Typed::OutOfRange(what) => draft.reject(|| format!("{what} out of range for {DESTINATION} on {name}")),
        }
        Ok(())
    }
}

enum Typed {
    Cell(Cell),
    OutOfRange(&'static str),
}

/// The value of a JSON text that is no object.
fn cell(text: &str) -> Result<Typed, serde_json::Error> {
    Ok(Typed::Cell(match JsonType::of(text) {
        JsonType::Null => Cell::Null,
        JsonType::Boolean => Cell::Boolean(text.starts_with('t')),
        JsonType::String => Cell::Text(json::string(text)?.into_owned()),
        JsonType::Array | JsonType::Object => Cell::Text(text.to_owned()),
        JsonType::Integer => match text.parse() {
            Ok(value) => Cell::Integer(value),
            Err(_) if text.len() > DECIMAL_DIGITS => return Ok(Typed::OutOfRange("decimal")),
            Err(_) => Cell::Decimal(text.to_owned()),
        },
        JsonType::Number => match text.parse::<f64>() {
            // Adding zero turns -0.0 into 0.0, so that keys that compare as equal also look equal.
            Ok(value) if value.is_finite() => Cell::Double(value + 0.0),
            _ => return Ok(Typed::OutOfRange("double")),
        },
    }))
}
