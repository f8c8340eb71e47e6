//! What the tables hold, for those who look.

use crate::cell::Cell;

/// A table and how much it holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableSummary {
    /// The table's name.
    pub name: String,
    /// The number of its rows.
    pub count: u64,
    /// Whether somebody has the table locked, so that its rows cannot be counted: then the number is an estimate.
    pub locked: bool,
}

/// A table with its first rows.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct TableView {
    /// The table's name.
    pub name: String,
    /// The names of its columns: those of the data in the order in which they came, then those that
    /// begin with `_sdc_`.
    pub columns: Vec<String>,
    /// The types of these columns, as they are declared.
    pub types: Vec<String>,
    /// The names of those that are the table's keys, in the order of the key.
    pub keys: Vec<String>,
    /// The rows in the order of the primary key, unless the newest were asked for, each with a value for each of the columns.
    pub rows: Vec<Vec<Cell>>,
    /// The number of rows of the table, whether or not they are among [`TableView::rows`].
    pub count: u64,
}

/// Which rows come first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Order {
    /// Those of the lowest key.
    Key,
    /// Those that were loaded last.
    Newest,
}

impl TableView {
    /// The value of a column in a row; `None` where there is no such row or column.
    #[must_use]
    pub fn cell(&self, row: usize, column: &str) -> Option<&Cell> {
        let column = self.columns.iter().position(|name| name == column)?;
        self.rows.get(row)?.get(column)
    }
}
