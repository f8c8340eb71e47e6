//! A group of records while its columns and subtables are still being met.

use std::borrow::Cow;
use std::collections::HashMap;

use axum::body::Bytes;

use super::datum::{Content, Datum, Members};
use super::decimal;
use super::typing::{Place, Typing};
use crate::batch::{ColumnName, Entry, Group, Part, Row, Value, index};
use crate::names::{self, DESTINATION, ELEMENT, EXTRACTED_AT, Fate, GENERATED_KEY, SEPARATOR, SOURCE_KEY};
use crate::timestamp;

/// The most subtables of a table.
const SUBTABLES: usize = names::COLUMNS;

pub(crate) struct GroupBuilder<'t> {
    group: Group,
    /// For each part what is known of its names.
    indices: Vec<Index>,
    /// The folded names of the parts.
    tables: HashMap<String, usize>,
    /// Why no record with these keys can be loaded.
    key_rejection: Option<String>,
    /// Why no subtable can have these keys.
    no_subtables: Option<String>,
    typing: Option<&'t Typing>,
}

/// What is known of the names of a part.
#[derive(Default)]
struct Index {
    by_name: HashMap<String, usize>,
    /// For each column the first column whose name differs from its own at most in case.
    alike: Vec<usize>,
    by_folded: HashMap<String, usize>,
    /// For each column the number of the last row that has it or one alike.
    last_row: Vec<usize>,
    /// The subtables of fields: each with the number of the last row that has it.
    arrays: HashMap<String, (usize, usize)>,
    /// The column of elements that are no objects.
    element: Option<usize>,
    /// The number of the last row, from one: zero is no row.
    row: usize,
}

/// A row that is being read: its part, and its number in it.
#[derive(Clone, Copy)]
struct Open {
    part: usize,
    row: usize,
}

/// A record on its way to its rows.
#[derive(Default)]
struct Draft {
    record: u32,
    /// The places in the arrays around.
    levels: Vec<u32>,
    /// The part of each row that was made.
    rows: Vec<usize>,
    /// The first column or subtable left out: why; and how many more there are.
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

    /// The name that values are loaded under; takes note of why where they are not.
    fn loaded(&mut self, fate: Fate) -> Option<String> {
        match fate {
            Fate::Load(name) => return Some(name),
            Fate::LeaveOut(reason) => self.leave_out(reason),
            Fate::Reject(reason) => self.reject(|| reason),
        }
        None
    }
}

impl<'t> GroupBuilder<'t> {
    pub(crate) fn new(table: &str, keys: &[Cow<'_, str>], version: Option<i64>, typing: Option<&'t Typing>) -> Self {
        let mut builder = GroupBuilder {
            group: Group {
                version,
                append: keys.is_empty(),
                records: Vec::new(),
                keys: Vec::new(),
                parts: Vec::new(),
                text: String::new(),
            },
            indices: Vec::new(),
            tables: HashMap::new(),
            key_rejection: None,
            no_subtables: None,
            typing,
        };
        builder.part(table.to_owned(), 0);
        for key in keys {
            let stored = match names::column(key) {
                Fate::Load(stored) => stored,
                Fate::LeaveOut(reason) | Fate::Reject(reason) => {
                    builder.key_rejection.get_or_insert(reason);
                    continue;
                }
            };
            if let Err(reason) = names::source_key(&stored) {
                builder.no_subtables.get_or_insert(reason);
            }
            builder.add(0, key, &stored);
        }
        if keys.is_empty() {
            builder.add_own(0, GENERATED_KEY);
        }
        builder.group.parts[0].keys = builder.group.parts[0].columns.len();
        builder
    }

    pub(crate) fn finish(self) -> Group {
        self.group
    }

    fn part(&mut self, table: String, depth: usize) -> usize {
        let part = self.group.parts.len();
        self.tables.insert(names::folded(&table), part);
        self.indices.push(Index::default());
        self.group.parts.push(Part {
            table,
            depth,
            columns: Vec::new(),
            keys: 0,
            extracted_at: None,
            overflow: false,
            rows: Vec::new(),
            levels: Vec::new(),
            cells: Vec::new(),
        });
        part
    }

    /// A column for a field's name, which is stored in another form.
    fn add(&mut self, part: usize, name: &str, stored: &str) -> usize {
        let column = self.add_own(part, stored);
        self.indices[part].by_name.insert(name.to_owned(), column);
        column
    }

    /// A column of a name that is the gate's own.
    fn add_own(&mut self, part: usize, name: &str) -> usize {
        let index = &mut self.indices[part];
        let columns = &mut self.group.parts[part].columns;
        let column = columns.len();
        let folded = names::folded(name);
        index.alike.push(*index.by_folded.entry(folded.clone()).or_insert(column));
        index.last_row.push(0);
        columns.push(ColumnName { name: name.to_owned(), folded });
        column
    }

    /// Adds a record.
    ///
    /// # Errors
    /// The parser's, for a value that cannot be read.
    pub(crate) fn record(
        &mut self,
        sequence: i64,
        extracted_at: Option<&str>,
        data: &Members<'_>,
        record: Bytes,
    ) -> Result<(), serde_json::Error> {
        let mut draft = Draft { record: index(self.group.records.len()), ..Draft::default() };
        let extracted_at =
            extracted_at.and_then(timestamp::of_text).map(|time| Value::Timestamp(self.group.keep(&time)));
        self.group.records.push(Entry { sequence, rejected: None, left_out: None, extracted_at, record });
        let open = self.open(0);
        if self.group.append {
            let key = Value::Text(self.group.keep(uuid::Uuid::new_v4().hyphenated().encode_lower(&mut [0; 36])));
            self.group.parts[0].cells.push((0, key));
        }
        self.object(open, &mut String::new(), data, self.typing.and_then(Typing::root), &mut draft)?;
        self.close(open, &mut draft);
        let rejected = self.key_rejection.clone().or(draft.rejected.take());
        if rejected.is_some() {
            self.take_back(&draft);
        }
        self.keep_keys(rejected.is_some());
        if let Some(entry) = self.group.records.last_mut() {
            entry.rejected = rejected;
            entry.left_out = draft.left_out.map(|(reason, more)| match more {
                0 => reason,
                1 => format!("{reason}, and 1 more"),
                _ => format!("{reason}, and {more} more"),
            });
        }
        Ok(())
    }

    fn keep_keys(&mut self, rejected: bool) {
        let Some(table) = self.group.parts.first() else { return };
        let start = if rejected { table.cells.len() } else { start(table, table.rows.len().saturating_sub(1)) };
        let cells = &table.cells[start..];
        for key in 0..table.keys {
            let value = cells.iter().find(|(column, _)| *column as usize == key).map(|&(_, value)| value);
            self.group.keys.push(value);
        }
    }

    fn open(&mut self, part: usize) -> Open {
        self.indices[part].row += 1;
        Open { part, row: self.indices[part].row }
    }

    fn close(&mut self, open: Open, draft: &mut Draft) {
        if self.group.records.last().is_some_and(|entry| entry.extracted_at.is_some())
            && self.group.parts[open.part].extracted_at.is_none()
        {
            self.group.parts[open.part].extracted_at = Some(self.add_own(open.part, EXTRACTED_AT));
        }
        let part = &mut self.group.parts[open.part];
        part.rows.push(Row { record: draft.record, end: index(part.cells.len()) });
        part.levels.extend_from_slice(&draft.levels);
        draft.rows.push(open.part);
    }

    /// Takes all rows of a record back.
    fn take_back(&mut self, draft: &Draft) {
        for &part in &draft.rows {
            let part = &mut self.group.parts[part];
            part.rows.pop();
            part.cells.truncate(start(part, part.rows.len()));
            part.levels.truncate(part.rows.len() * part.depth);
        }
    }

    /// Adds an object's fields under the joined names of the objects around it, `path`.
    fn object(
        &mut self,
        open: Open,
        path: &mut String,
        members: &Members<'_>,
        place: Option<&Place>,
        draft: &mut Draft,
    ) -> Result<(), serde_json::Error> {
        let length = path.len();
        for (name, datum) in members.iter() {
            let place = self.typing.zip(place).and_then(|(typing, place)| typing.field(place, name));
            path.push_str(name);
            match datum.open()? {
                Content::Null => {}
                Content::Object(members) => {
                    path.push_str(SEPARATOR);
                    self.object(open, path, &members, place, draft)?;
                }
                Content::Array(items) => self.array(open, Some(path), &items, place, draft)?,
                scalar => self.field(open, path, scalar, place, draft),
            }
            path.truncate(length);
        }
        Ok(())
    }

    /// Adds an array's elements to the subtable of a field, or, where it is an element itself, to that of
    /// its array's elements.
    fn array(
        &mut self,
        owner: Open,
        field: Option<&str>,
        items: &[Datum<'_>],
        place: Option<&Place>,
        draft: &mut Draft,
    ) -> Result<(), serde_json::Error> {
        if items.is_empty() {
            return Ok(());
        }
        let Some(part) = self.subtable(owner, field, draft) else { return Ok(()) };
        for (at, item) in items.iter().enumerate() {
            let place = self.typing.zip(place).and_then(|(typing, place)| typing.item(place, at));
            let made = draft.rows.len();
            let cells = self.group.parts[part].cells.len();
            draft.levels.push(index(at));
            let open = self.open(part);
            match item.open()? {
                Content::Null => {}
                Content::Object(members) => self.object(open, &mut String::new(), &members, place, draft)?,
                Content::Array(items) => self.array(open, None, &items, place, draft)?,
                scalar => {
                    let column = match self.indices[part].element {
                        Some(column) => column,
                        None => self.add_own(part, ELEMENT),
                    };
                    self.indices[part].element = Some(column);
                    self.value(part, column, ELEMENT, scalar, place, draft);
                }
            }
            // An element with nothing in it is counted, and makes no row.
            if draft.rows.len() > made || self.group.parts[part].cells.len() > cells {
                self.close(open, draft);
            }
            draft.levels.pop();
        }
        Ok(())
    }

    /// The part of an array's elements.
    fn subtable(&mut self, owner: Open, field: Option<&str>, draft: &mut Draft) -> Option<usize> {
        let parent = &self.group.parts[owner.part];
        // No field's name is empty, so that the elements' arrays can have that one.
        let path = field.unwrap_or_default();
        if !names::is_endless(path)
            && field != Some("")
            && let Some((part, last_row)) = self.indices[owner.part].arrays.get_mut(path)
        {
            if *last_row == owner.row {
                draft.reject(|| format!("Field collision on {path}"));
                return None;
            }
            *last_row = owner.row;
            return Some(*part);
        }
        if let Some(reason) = &self.no_subtables {
            draft.leave_out(reason.clone());
            return None;
        }
        let fate = match field {
            Some(field) => names::subtable(&parent.table, field),
            None => names::element_subtable(&parent.table),
        };
        let name = draft.loaded(fate)?;
        if self.tables.contains_key(&names::folded(&name)) {
            draft.reject(|| format!("Field collision on {path}"));
            return None;
        }
        if self.group.parts.len() > SUBTABLES {
            draft.reject(|| "ERROR: too many subtables".to_owned());
            return None;
        }
        let depth = parent.depth + 1;
        let part = self.part(name, depth);
        let table = &self.group.parts[0];
        let sources = table.columns[..table.keys].iter().map(|key| format!("{SOURCE_KEY}{}", key.name));
        let columns: Vec<String> = sources.chain((0..depth).map(names::level)).collect();
        for column in columns {
            self.add_own(part, &column);
        }
        self.group.parts[part].keys = self.group.parts[part].columns.len();
        self.indices[owner.part].arrays.insert(path.to_owned(), (part, owner.row));
        Some(part)
    }

    fn field(&mut self, open: Open, name: &str, scalar: Content<'_>, place: Option<&Place>, draft: &mut Draft) {
        let Some(column) = self.column(open.part, name, draft) else { return };
        let index = &mut self.indices[open.part];
        let last_row = &mut index.last_row[index.alike[column]];
        if *last_row == open.row {
            draft.reject(|| format!("Field collision on {name}"));
        }
        *last_row = open.row;
        self.value(open.part, column, name, scalar, place, draft);
    }

    /// The index of the column of this name, where the draft can have a value for it.
    fn column(&mut self, part: usize, name: &str, draft: &mut Draft) -> Option<usize> {
        if !names::is_endless(name)
            && let Some(&column) = self.indices[part].by_name.get(name)
        {
            return Some(column);
        }
        let stored = draft.loaded(names::column(name))?;
        // No table can have them all, so that it does not matter which are missing; a request of
        // nothing but names would take many times its size in memory.
        if self.group.parts[part].columns.len() > names::COLUMNS {
            self.group.parts[part].overflow = true;
            return None;
        }
        Some(self.add(part, name, &stored))
    }

    fn value(
        &mut self,
        part: usize,
        column: usize,
        name: &str,
        scalar: Content<'_>,
        place: Option<&Place>,
        draft: &mut Draft,
    ) {
        // A key that is written in two ways is one key.
        let is_key = part == 0 && column < self.group.parts[0].keys;
        match typed(&mut self.group, scalar, place, is_key) {
            Ok(Some(value)) => self.group.parts[part].cells.push((index(column), value)),
            Ok(None) => {}
            Err(what) => draft.reject(|| format!("{what} out of range for {DESTINATION} on {name}")),
        }
    }
}

/// Where the values of a row begin.
fn start(part: &Part, row: usize) -> usize {
    row.checked_sub(1).and_then(|before| part.rows.get(before)).map_or(0, |before| before.end as usize)
}

/// The value of a scalar; or the type that has no room for it.
fn typed(
    group: &mut Group,
    scalar: Content<'_>,
    place: Option<&Place>,
    is_key: bool,
) -> Result<Option<Value>, &'static str> {
    let is_decimal = place.is_some_and(|place| place.number);
    let decimal = |group: &mut Group, text: &str| match decimal::fits(text) {
        false => Err("decimal"),
        true if is_key => Ok(Value::Decimal(group.keep(&decimal::canonical(text)))),
        true => Ok(Value::Decimal(group.keep(text))),
    };
    let double = |value: f64| {
        // Adding zero turns -0.0 into 0.0, so that keys that compare as equal also look equal.
        if value.is_finite() { Ok(Value::Double(value + 0.0)) } else { Err("double") }
    };
    Ok(Some(match scalar {
        Content::Null | Content::Array(_) | Content::Object(_) => return Ok(None),
        Content::Boolean(value) => Value::Boolean(value),
        Content::Integer(value) if is_decimal => decimal(group, &value.to_string())?,
        Content::Integer(value) => Value::Integer(value),
        Content::Decimal(text) => decimal(group, text)?,
        Content::Number(text) if is_decimal => decimal(group, text)?,
        Content::Number(text) => double(text.parse().unwrap_or(f64::NAN))?,
        Content::Double(value) => double(value)?,
        Content::Instant(milliseconds) => {
            let time = timestamp::of_milliseconds(milliseconds).ok_or("timestamp")?;
            Value::Timestamp(group.keep(&time))
        }
        Content::Text(text) => match place.filter(|place| place.date) {
            None => Value::Text(group.keep(&text)),
            Some(place) => match timestamp::of_text(&text) {
                Some(time) => Value::Timestamp(group.keep(&time)),
                None if place.text => Value::Text(group.keep(&text)),
                None => return Err("timestamp"),
            },
        },
    }))
}
