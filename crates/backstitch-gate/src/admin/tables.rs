//! The tables: `GET /_gate/clients`, `GET /_gate/tables`, `GET /_gate/tables/NAME`.

use std::sync::Arc;

use axum::Extension;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::response::Response;
use serde::ser::SerializeMap as _;
use serde::{Serialize, Serializer};

use super::parameters::{CLIENT, Parameters};
use super::reply::{self, Trouble};
use super::viewer::Viewer;
use crate::http::routes::Shared;
use crate::store::reader::Reader;
use crate::store::view::{Order, TableView};
use crate::{Cell, GateError};

/// How many rows are shown where nothing is said of that, and at most: they are all in memory at once.
const ROWS: usize = 100;
const MOST_ROWS: usize = 10_000;

/// What can be asked of a table besides its client.
const LIMIT: &str = "limit";
const ORDER: &str = "order";
const CELLS: &str = "cells";

/// How values are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Cells {
    /// As values of JSON. A number beyond 64 bits is text, since most readers would round it.
    Json,
    /// All as text, or null: for readers who round 64 bits as well.
    Text,
}

/// The ids of the clients whose tables the viewer may see.
pub(crate) async fn clients(
    State(shared): State<Arc<Shared>>,
    Extension(viewer): Extension<Viewer>,
    parameters: Parameters,
) -> Result<Response, Trouble> {
    parameters.only(&[])?;
    Ok(match viewer.client_id(&shared) {
        Some(client_id) => reply::json(&[client_id]),
        None => reply::json(&shared.tokens.clients()),
    })
}

/// The tables by name, each with its columns.
pub(crate) async fn list(
    State(shared): State<Arc<Shared>>,
    Extension(viewer): Extension<Viewer>,
    parameters: Parameters,
) -> Result<Response, Trouble> {
    parameters.only(&[CLIENT])?;
    let reader = reader(&shared, viewer, parameters.client()?)?;
    let mut views = Vec::new();
    for table in reader.tables().await? {
        match reader.table(&table.name, 0, Order::Key).await {
            Ok(view) => views.push((view, false)),
            // It was dropped in the meantime.
            Err(GateError::NoTable { .. }) => {}
            // Its columns cannot be seen either.
            Err(GateError::Locked { .. }) => {
                views.push((TableView { name: table.name, count: table.count, ..TableView::default() }, true));
            }
            Err(error) => return Err(error.into()),
        }
    }
    Ok(reply::json(
        &views.iter().map(|(view, locked)| Shown { locked: *locked, ..Shown::of(view, None) }).collect::<Vec<_>>(),
    ))
}

/// A table with some of its rows.
pub(crate) async fn show(
    State(shared): State<Arc<Shared>>,
    Extension(viewer): Extension<Viewer>,
    name: Result<Path<String>, PathRejection>,
    parameters: Parameters,
) -> Result<Response, Trouble> {
    parameters.only(&[CLIENT, LIMIT, ORDER, CELLS])?;
    let Path(name) = name.map_err(|_| Trouble::Unclear("the name of the table is no UTF-8".to_owned()))?;
    let limit = parameters.parsed(LIMIT, "a whole number")?.unwrap_or(ROWS);
    let order = parameters.word(ORDER, &[("key", Order::Key), ("newest", Order::Newest)])?.unwrap_or(Order::Key);
    let cells = parameters.word(CELLS, &[("json", Cells::Json), ("text", Cells::Text)])?.unwrap_or(Cells::Json);
    let reader = reader(&shared, viewer, parameters.client()?)?;
    let view = reader.table(&name, limit.min(MOST_ROWS), order).await?;
    Ok(reply::json(&Shown::of(&view, Some(cells))))
}

fn reader(shared: &Shared, viewer: Viewer, client_id: Option<i64>) -> Result<Reader, Trouble> {
    let index = viewer.chosen(shared, client_id)?;
    shared.readers.get(index).cloned().ok_or_else(|| Trouble::Missing("there is no such client".to_owned()))
}

/// A table as it is shown, in this order.
#[derive(Serialize)]
struct Shown<'a> {
    name: &'a str,
    count: u64,
    /// Whether somebody has it locked, so that the count is an estimate.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    locked: bool,
    columns: Vec<Column<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    rows: Option<Vec<Row<'a>>>,
}

#[derive(Serialize)]
struct Column<'a> {
    name: &'a str,
    r#type: &'a str,
    /// Whether it is one of the table's keys.
    key: bool,
}

/// A row as an object with a field for each column, in the order of the columns.
struct Row<'a> {
    columns: &'a [String],
    row: &'a [Cell],
    cells: Cells,
}

impl<'a> Shown<'a> {
    /// A table, with its rows where it is said how their values are written.
    fn of(view: &'a TableView, cells: Option<Cells>) -> Self {
        let columns = view.columns.iter().zip(&view.types);
        let columns = columns.map(|(name, declared)| Column { name, r#type: declared, key: view.keys.contains(name) });
        let row = |cells| move |row: &'a Vec<Cell>| Row { columns: &view.columns, row, cells };
        Shown {
            name: &view.name,
            count: view.count,
            locked: false,
            columns: columns.collect(),
            rows: cells.map(|cells| view.rows.iter().map(row(cells)).collect()),
        }
    }
}

impl Serialize for Row<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = serializer.serialize_map(Some(self.columns.len()))?;
        for (name, cell) in self.columns.iter().zip(self.row) {
            match cell {
                Cell::Null => fields.serialize_entry(name, &())?,
                cell if self.cells == Cells::Text => fields.serialize_entry(name, &cell.to_string())?,
                Cell::Boolean(value) => fields.serialize_entry(name, value)?,
                Cell::Integer(value) => fields.serialize_entry(name, value)?,
                Cell::Double(value) => fields.serialize_entry(name, value)?,
                Cell::Decimal(text) | Cell::Text(text) => fields.serialize_entry(name, text)?,
            }
        }
        fields.end()
    }
}

impl From<GateError> for Trouble {
    fn from(error: GateError) -> Self {
        match error {
            GateError::NoTable { .. } => Trouble::Missing(error.to_string()),
            GateError::Read { source } => Trouble::Store(format!("cannot read the database: {source}")),
            _ => Trouble::Store(error.to_string()),
        }
    }
}
