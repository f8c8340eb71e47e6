//! The tables: `GET /_gate/clients`, `GET /_gate/tables`, `GET /_gate/tables/NAME`.

use std::sync::Arc;

use axum::Extension;
use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::extract::{Path, Query, State};
use axum::response::Response;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::reply::{self, Trouble};
use super::viewer::Viewer;
use crate::http::routes::Shared;
use crate::store::reader::Reader;
use crate::store::view::{Order, TableView};
use crate::{Cell, GateError};

/// How many rows are shown where nothing is said of that, and at most: they are all in memory at once.
const ROWS: usize = 100;
const MOST_ROWS: usize = 10_000;

/// Whose tables are asked for.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Whose {
    client: Option<i64>,
}

/// Which rows of a table are asked for.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Wanted {
    client: Option<i64>,
    /// At most so many.
    limit: Option<usize>,
    #[serde(default)]
    order: Rows,
    #[serde(default)]
    cells: Cells,
}

/// Which rows come first.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Rows {
    #[default]
    Key,
    Newest,
}

/// How values are written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Cells {
    /// As values of JSON. A number beyond 64 bits is text, since most readers would round it.
    #[default]
    Json,
    /// All as text, or null: for readers who round 64 bits as well.
    Text,
}

/// The ids of the clients whose tables the viewer may see.
pub(crate) async fn clients(State(shared): State<Arc<Shared>>, Extension(viewer): Extension<Viewer>) -> Response {
    match viewer.client_id(&shared) {
        Some(client_id) => reply::json(&[client_id]),
        None => reply::json(&shared.tokens.clients()),
    }
}

/// The tables by name, each with its columns.
pub(crate) async fn list(
    State(shared): State<Arc<Shared>>,
    Extension(viewer): Extension<Viewer>,
    whose: Result<Query<Whose>, QueryRejection>,
) -> Result<Response, Trouble> {
    let Query(whose) = whose.map_err(|error| Trouble::Unclear(error.body_text()))?;
    let reader = reader(&shared, viewer, whose.client)?;
    let mut tables = Vec::new();
    for table in reader.tables().await? {
        match reader.table(&table.name, 0, Order::Key).await {
            Ok(view) => tables.push(head(&view)),
            // It was dropped in the meantime.
            Err(GateError::NoTable { .. }) => {}
            Err(GateError::Locked { .. }) => {
                tables.push(json!({ "name": table.name, "count": table.count, "columns": [], "locked": true }));
            }
            Err(error) => return Err(error.into()),
        }
    }
    Ok(reply::json(&tables))
}

/// A table with some of its rows.
pub(crate) async fn show(
    State(shared): State<Arc<Shared>>,
    Extension(viewer): Extension<Viewer>,
    name: Result<Path<String>, PathRejection>,
    wanted: Result<Query<Wanted>, QueryRejection>,
) -> Result<Response, Trouble> {
    let Path(name) = name.map_err(|error| Trouble::Unclear(error.body_text()))?;
    let Query(wanted) = wanted.map_err(|error| Trouble::Unclear(error.body_text()))?;
    let order = match wanted.order {
        Rows::Key => Order::Key,
        Rows::Newest => Order::Newest,
    };
    let reader = reader(&shared, viewer, wanted.client)?;
    let view = reader.table(&name, wanted.limit.unwrap_or(ROWS).min(MOST_ROWS), order).await?;
    let rows = view.rows.iter().map(|row| {
        let cells = row.iter().map(|cell| written(cell, wanted.cells));
        Value::Object(view.columns.iter().cloned().zip(cells).collect::<Map<_, _>>())
    });
    let rows = rows.collect();
    let mut table = head(&view);
    if let Value::Object(fields) = &mut table {
        fields.insert("rows".to_owned(), rows);
    }
    Ok(reply::json(&table))
}

fn reader(shared: &Shared, viewer: Viewer, client_id: Option<i64>) -> Result<Reader, Trouble> {
    let index = viewer.chosen(shared, client_id)?;
    shared.readers.get(index).cloned().ok_or_else(|| Trouble::Missing("there is no such client".to_owned()))
}

fn head(view: &TableView) -> Value {
    let columns =
        view.columns.iter().zip(&view.types).map(|(name, declared)| json!({ "name": name, "type": declared }));
    json!({ "name": view.name, "count": view.count, "columns": columns.collect::<Vec<_>>() })
}

fn written(cell: &Cell, cells: Cells) -> Value {
    match cell {
        Cell::Null => Value::Null,
        cell if cells == Cells::Text => cell.to_string().into(),
        Cell::Boolean(value) => (*value).into(),
        Cell::Integer(value) => (*value).into(),
        Cell::Double(value) => (*value).into(),
        Cell::Decimal(text) | Cell::Text(text) => text.as_str().into(),
    }
}

impl From<GateError> for Trouble {
    fn from(error: GateError) -> Self {
        match error {
            GateError::NoTable { .. } => Trouble::Missing(error.to_string()),
            _ => Trouble::Store(error.to_string()),
        }
    }
}
