//! The journal: `GET /_gate/requests`, `GET /_gate/requests/ID`.

use std::sync::Arc;

use axum::Extension;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::response::Response;
use serde::Serialize;

use super::parameters::{CLIENT, Parameters};
use super::reply::{self, Trouble};
use super::viewer::Viewer;
use crate::http::routes::Shared;
use crate::journal::JournalEntry;
use crate::timestamp::rfc3339;

/// What can be asked of the list.
const STATUS: &str = "status";
const LIMIT: &str = "limit";
const AFTER: &str = "after";
const BODY: &str = "body";
const STRANGERS: &str = "strangers";

const WHETHER: [(&str, bool); 2] = [("true", true), ("false", false)];

/// The requests, the latest first.
pub(crate) async fn list(
    State(shared): State<Arc<Shared>>,
    Extension(viewer): Extension<Viewer>,
    parameters: Parameters,
) -> Result<Response, Trouble> {
    parameters.only(&[STATUS, LIMIT, AFTER, BODY, CLIENT, STRANGERS])?;
    let status = parameters.text(STATUS)?.map(Statuses::parse).transpose()?;
    let limit: Option<usize> = parameters.parsed(LIMIT, "a whole number")?;
    let after: Option<u64> = parameters.parsed(AFTER, "the id of a request")?;
    let has_body = parameters.word(BODY, &WHETHER)?.unwrap_or(true);
    // What nobody's token came with is shown only to those who may see everything.
    let strangers = parameters.word(STRANGERS, &WHETHER)?.unwrap_or(false) && viewer.client(&shared).is_none();
    let client = viewer.narrowed(&shared, parameters.client()?)?;
    let client_id = client.and_then(|client| shared.tokens.clients().get(client).copied());
    let is_of = |entry: &JournalEntry| {
        client_id.is_none_or(|id| entry.client_id.map_or(strangers, |client_id| client_id == id))
    };
    let entries = shared.journal.entries();
    let entries = entries.iter().filter(|entry| is_of(entry));
    let entries = entries
        .filter(|entry| after.is_none_or(|id| entry.id > id))
        .filter(|entry| status.is_none_or(|status| status.has(entry.status)))
        .take(limit.unwrap_or(usize::MAX));
    Ok(reply::json(&entries.map(|entry| Shown::of(entry, has_body)).collect::<Vec<_>>()))
}

/// One request.
pub(crate) async fn show(
    State(shared): State<Arc<Shared>>,
    Extension(viewer): Extension<Viewer>,
    id: Result<Path<String>, PathRejection>,
    parameters: Parameters,
) -> Result<Response, Trouble> {
    parameters.only(&[])?;
    let id = id.ok().and_then(|Path(id)| id.parse().ok());
    let id = id.ok_or_else(|| Trouble::Unclear("the id of a request is a whole number".to_owned()))?;
    let client_id = viewer.client_id(&shared);
    let found = shared.journal.entry(id).filter(|entry| client_id.is_none_or(|id| entry.client_id == Some(id)));
    let entry = found.ok_or_else(|| Trouble::Missing(format!("the journal has no request {id}")))?;
    Ok(reply::json(&Shown::of(&entry, true)))
}

/// A request as it is shown, in this order.
#[derive(Serialize)]
struct Shown<'a> {
    id: u64,
    time: String,
    method: &'a str,
    path: &'a str,
    status: Option<u16>,
    bytes: u64,
    records: Option<usize>,
    rejected: Option<u64>,
    duration_ms: f64,
    client_id: Option<i64>,
    answer: Option<&'a str>,
    reason: Option<&'a str>,
    warnings: &'a [String],
    fault: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    body: Option<Option<&'a str>>,
    body_is_cut: bool,
}

impl<'a> Shown<'a> {
    fn of(entry: &'a JournalEntry, has_body: bool) -> Self {
        Shown {
            id: entry.id,
            time: rfc3339(entry.time),
            method: &entry.method,
            path: &entry.path,
            status: entry.status,
            bytes: entry.bytes,
            records: entry.records,
            rejected: entry.rejected,
            // To the microsecond: what is finer tells nothing.
            duration_ms: (entry.duration.as_secs_f64() * 1_000_000.0).round() / 1_000.0,
            client_id: entry.client_id,
            answer: entry.answer.as_deref(),
            reason: entry.reason.as_deref(),
            warnings: &entry.warnings,
            fault: entry.fault,
            body: has_body.then_some(entry.body.as_deref()),
            body_is_cut: entry.body_is_cut,
        }
    }
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
