//! The records of one request as a store takes them: owned rows, by table.

use std::time::SystemTime;

use axum::body::Bytes;

use crate::cell::Cell;

/// The records of one request.
#[derive(Debug)]
pub(crate) struct Batch {
    /// When the request came.
    pub(crate) received_at: SystemTime,
    pub(crate) groups: Vec<Group>,
}

/// The records of a request that share their table and their keys, in the request's order.
#[derive(Debug)]
pub(crate) struct Group {
    pub(crate) table: String,
    /// Indices of [`Group::columns`]; none where rows are only ever appended.
    pub(crate) keys: Vec<usize>,
    /// The columns that some record has a value for; the keys first.
    pub(crate) columns: Vec<ColumnName>,
    /// Whether there are more columns than a table can have. The values of those beyond are missing.
    pub(crate) overflow: bool,
    /// The version of the table that the records are of; none where nothing was said about it.
    pub(crate) version: Option<i64>,
    /// The version that becomes the only one, after the rows of this group and of those before it.
    pub(crate) activate: Option<i64>,
    pub(crate) rows: Vec<Row>,
}

/// The name of a column, as it was sent and as SQLite compares it.
#[derive(Debug)]
pub(crate) struct ColumnName {
    pub(crate) name: String,
    pub(crate) folded: String,
}

/// One record.
#[derive(Debug)]
pub(crate) struct Row {
    pub(crate) sequence: i64,
    /// The values that are not null, each with the index of its column; or why the record cannot be
    /// loaded.
    pub(crate) cells: Result<Vec<(usize, Cell)>, String>,
    /// Why columns of the record were left out, if any were.
    pub(crate) left_out: Option<String>,
    /// When it was extracted from its source, RFC 3339 in UTC, where that was said.
    pub(crate) extracted_at: Option<String>,
    /// The whole record as it was sent.
    pub(crate) record: Bytes,
}
