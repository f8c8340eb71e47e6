//! Rows of a table for a terminal.

use backstitch_gate::{Cell, TableView};
use comfy_table::{Table, presets};

use crate::terminal::plain;

/// The rows with their column names, but for the columns in `without`.
pub(crate) fn of(view: &TableView, without: &[&str]) -> Table {
    let shown: Vec<usize> =
        (0..view.columns.len()).filter(|index| !without.contains(&view.columns[*index].as_str())).collect();
    let mut table = Table::new();
    table.load_style(presets::UTF8_BORDERS_ONLY);
    table.set_header(shown.iter().map(|index| plain(&view.columns[*index])));
    for row in &view.rows {
        table.add_row(shown.iter().map(|index| row.get(*index).map_or_else(String::new, cell)));
    }
    table
}

fn cell(cell: &Cell) -> String {
    match cell {
        Cell::Null => "NULL".to_owned(),
        other => plain(&other.to_string()),
    }
}
