//! The records of one request as a store takes them: rows, by table.
//!
//! Texts of a group stand in one string, and the values of a table in one list: a request has many
//! thousands of values, and most of them are small.

use std::time::SystemTime;

use axum::body::Bytes;

use crate::store::kind::Kind;

/// The records of one request.
#[derive(Debug)]
pub(crate) struct Batch {
    /// When the request came.
    pub(crate) received_at: SystemTime,
    /// What to do, in this order.
    pub(crate) steps: Vec<Step>,
}

/// A part of a request.
#[derive(Debug)]
pub(crate) enum Step {
    /// Records are loaded.
    Load(Group),
    /// A version of a table becomes the only one.
    Activate {
        table: String,
        version: i64,
        /// The record that said so, as it was sent.
        record: Bytes,
    },
}

impl Step {
    /// The table that it is about.
    pub(crate) fn table(&self) -> &str {
        match self {
            Step::Load(group) => group.parts.first().map_or("", |table| &table.table),
            Step::Activate { table, .. } => table,
        }
    }
}

/// The records of a request that share their table, their keys and their version, in the request's order.
#[derive(Debug)]
pub(crate) struct Group {
    /// The version of the table that the records are of; none where nothing was said about it.
    pub(crate) version: Option<i64>,
    /// Whether the records have no keys, so that each is a new row. The key is then one that the gate made.
    pub(crate) append: bool,
    pub(crate) records: Vec<Entry>,
    /// For each record the values of its keys; none for a rejected record.
    pub(crate) keys: Vec<Option<Value>>,
    /// The table itself, then its subtables.
    pub(crate) parts: Vec<Part>,
    pub(crate) text: String,
}

/// One record.
#[derive(Debug)]
pub(crate) struct Entry {
    pub(crate) sequence: i64,
    /// Why it cannot be loaded.
    pub(crate) rejected: Option<String>,
    /// Why columns or subtables of the record were left out, if any were.
    pub(crate) left_out: Option<String>,
    /// When it was extracted from its source.
    pub(crate) extracted_at: Option<Value>,
    /// The whole record as it was sent.
    pub(crate) record: Bytes,
}

/// The rows of one table: that of the records, or one of its subtables.
#[derive(Debug)]
pub(crate) struct Part {
    pub(crate) table: String,
    /// How many arrays stand around a row.
    pub(crate) depth: usize,
    /// The columns that some record has a value for; the keys first.
    pub(crate) columns: Vec<ColumnName>,
    /// How many of the columns are keys.
    pub(crate) keys: usize,
    /// The column of the time of extraction.
    pub(crate) extracted_at: Option<usize>,
    /// Whether there are more columns than a table can have. The values of those beyond are missing.
    pub(crate) overflow: bool,
    pub(crate) rows: Vec<Row>,
    /// For each row its places in the arrays around it, the outermost first.
    pub(crate) levels: Vec<u32>,
    /// The values that are not null, each with the index of its column, row by row.
    pub(crate) cells: Vec<(u32, Value)>,
}

/// One row.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Row {
    /// The index of its record.
    pub(crate) record: u32,
    /// Where its values end in [`Part::cells`]; they begin where those of the row before it end.
    pub(crate) end: u32,
}

/// The name of a column, as it is stored and as SQLite compares it.
#[derive(Debug)]
pub(crate) struct ColumnName {
    pub(crate) name: String,
    pub(crate) folded: String,
}

/// A value that is not null. Texts are places in [`Group::text`].
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Value {
    Boolean(bool),
    Integer(i64),
    Double(f64),
    Decimal(Span),
    Timestamp(Span),
    Text(Span),
}

impl Value {
    /// The type of column that the value goes to.
    pub(crate) fn kind(self) -> Kind {
        match self {
            Value::Boolean(_) => Kind::Boolean,
            Value::Integer(_) => Kind::BigInt,
            Value::Double(_) => Kind::Double,
            Value::Decimal(_) => Kind::Decimal,
            Value::Timestamp(_) => Kind::Timestamp,
            Value::Text(_) => Kind::Text,
        }
    }

    /// The place of its text, if it has one.
    #[cfg(feature = "postgres")]
    pub(crate) fn text(self) -> Option<Span> {
        match self {
            Value::Decimal(span) | Value::Timestamp(span) | Value::Text(span) => Some(span),
            Value::Boolean(_) | Value::Integer(_) | Value::Double(_) => None,
        }
    }
}

/// A piece of [`Group::text`]. A request is far smaller than what 32 bits count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Span {
    start: u32,
    end: u32,
}

impl Group {
    /// Keeps a text.
    pub(crate) fn keep(&mut self, text: &str) -> Span {
        let start = index(self.text.len());
        self.text.push_str(text);
        Span { start, end: index(self.text.len()) }
    }

    /// A text that was kept.
    pub(crate) fn text(&self, span: Span) -> &str {
        self.text.get(span.start as usize..span.end as usize).unwrap_or_default()
    }

    /// The keys of a record.
    pub(crate) fn keys_of(&self, record: u32) -> &[Option<Value>] {
        let width = self.parts.first().map_or(0, |table| table.keys);
        let start = record as usize * width;
        self.keys.get(start..start + width).unwrap_or_default()
    }

    /// The values of a row of a part that are not null, each with the index of its column.
    pub(crate) fn values(&self, part: usize, row: usize) -> impl Iterator<Item = (usize, Value)> {
        let part = &self.parts[part];
        let Row { record, end } = part.rows[row];
        let start = row.checked_sub(1).map_or(0, |before| part.rows[before].end);
        let sources = if part.depth == 0 { &[] } else { self.keys_of(record) };
        let levels = &part.levels[row * part.depth..][..part.depth];
        let extracted_at = part.extracted_at.zip(self.records[record as usize].extracted_at);
        let sources = sources.iter().enumerate().filter_map(|(column, value)| value.map(|value| (column, value)));
        let first_level = part.keys.saturating_sub(part.depth);
        let levels =
            levels.iter().enumerate().map(move |(level, &at)| (first_level + level, Value::Integer(at.into())));
        let cells = part.cells[start as usize..end as usize].iter().map(|&(column, value)| (column as usize, value));
        sources.chain(levels).chain(cells).chain(extracted_at)
    }
}

/// A count as 32 bits.
pub(crate) fn index(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}
