//! The journal: `GET /_gate/requests`, `GET /_gate/requests/ID`.

use std::sync::Arc;

use axum::Extension;
use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::extract::{Path, Query, State};
use axum::response::Response;
use serde::Deserialize;
use serde_json::{Value, json};

use super::reply::{self, Trouble};
use super::viewer::Viewer;
use crate::http::routes::Shared;
use crate::journal::JournalEntry;
use crate::timestamp::rfc3339;

/// Which requests are asked for.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Wanted {
    /// A status, such as `422`, or all of a kind, such as `4xx`.
    status: Option<String>,
    /// At most so many.
    limit: Option<usize>,
    /// Those after the request of this number.
    after: Option<u64>,
    /// Whether bodies are shown: many may be large.
    body: Option<bool>,
}

/// The requests, the latest first.
pub(crate) async fn list(
    State(shared): State<Arc<Shared>>,
    Extension(viewer): Extension<Viewer>,
    wanted: Result<Query<Wanted>, QueryRejection>,
) -> Result<Response, Trouble> {
    let Query(wanted) = wanted.map_err(|error| Trouble::Unclear(error.body_text()))?;
    let status = wanted.status.as_deref().map(Statuses::parse).transpose()?;
    let client_id = viewer.client_id(&shared);
    let entries: Vec<Value> = shared
        .journal
        .entries()
        .iter()
        .filter(|entry| client_id.is_none_or(|id| entry.client_id == Some(id)))
        .filter(|entry| wanted.after.is_none_or(|id| entry.id > id))
        .filter(|entry| status.is_none_or(|status| status.has(entry.status)))
        .take(wanted.limit.unwrap_or(usize::MAX))
        .map(|entry| {
            let mut shown = written(entry);
            if let (Some(false), Value::Object(fields)) = (wanted.body, &mut shown) {
                fields.remove("body");
            }
            shown
        })
        .collect();
    Ok(reply::json(&entries))
}

/// One request.
pub(crate) async fn show(
    State(shared): State<Arc<Shared>>,
    Extension(viewer): Extension<Viewer>,
    id: Result<Path<u64>, PathRejection>,
) -> Result<Response, Trouble> {
    let Path(id) = id.map_err(|error| Trouble::Unclear(error.body_text()))?;
    let client_id = viewer.client_id(&shared);
    let found = shared.journal.entry(id).filter(|entry| client_id.is_none_or(|id| entry.client_id == Some(id)));
    let entry = found.ok_or_else(|| Trouble::Missing(format!("the journal has no request {id}")))?;
    Ok(reply::json(&written(&entry)))
}

fn written(entry: &JournalEntry) -> Value {
    json!({
        "id": entry.id,
        "time": rfc3339(entry.time),
        "method": entry.method,
        "path": entry.path,
        "status": entry.status,
        "bytes": entry.bytes,
        "records": entry.records,
        "duration_ms": entry.duration.as_secs_f64() * 1_000.0,
        "client_id": entry.client_id,
        "reason": entry.reason,
        "warnings": entry.warnings,
        "fault": entry.fault,
        "body": entry.body.as_deref(),
        "body_is_cut": entry.body_is_cut,
    })
}

/// Statuses that are asked for.
#[derive(Debug, Clone, Copy)]
enum Statuses {
    One(u16),
    /// Those that begin with a digit.
    Kind(u16),
}

impl Statuses {
    fn parse(text: &str) -> Result<Self, Trouble> {
        let parsed = match text.strip_suffix("xx") {
            Some(digit) => digit.parse().map(Statuses::Kind),
            None => text.parse().map(Statuses::One),
        };
        parsed.map_err(|_| Trouble::Unclear("status is a number, such as 422, or a kind, such as 4xx".to_owned()))
    }

    fn has(self, status: Option<u16>) -> bool {
        status.is_some_and(|status| match self {
            Statuses::One(one) => status == one,
            Statuses::Kind(kind) => status / 100 == kind,
        })
    }
}
