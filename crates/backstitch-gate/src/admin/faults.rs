//! Faults on demand: `/_gate/faults`.

use std::sync::Arc;

use axum::Extension;
use axum::body::Bytes;
use axum::extract::State;
use axum::extract::rejection::BytesRejection;
use axum::http::StatusCode;
use axum::response::Response;

use super::reply::{self, Trouble};
use super::viewer::Viewer;
use crate::fault::Fault;
use crate::http::routes::Shared;

/// `GET`: those that have yet to happen.
pub(crate) async fn left(State(shared): State<Arc<Shared>>, Extension(viewer): Extension<Viewer>) -> Response {
    reply::json(&shared.faults.left(viewer.client(&shared)))
}

/// `POST`: these as well; those that now have yet to happen.
pub(crate) async fn add(
    State(shared): State<Arc<Shared>>,
    Extension(viewer): Extension<Viewer>,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, Trouble> {
    let client = viewer.client(&shared);
    shared.faults.add(client, read(body)?).map_err(Trouble::Unclear)?;
    Ok(reply::json(&shared.faults.left(client)))
}

/// `PUT`: these, and no others.
pub(crate) async fn replace(
    State(shared): State<Arc<Shared>>,
    Extension(viewer): Extension<Viewer>,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, Trouble> {
    let client = viewer.client(&shared);
    shared.faults.replace(client, read(body)?).map_err(Trouble::Unclear)?;
    Ok(reply::json(&shared.faults.left(client)))
}

/// `DELETE`: none.
pub(crate) async fn clear(State(shared): State<Arc<Shared>>, Extension(viewer): Extension<Viewer>) -> StatusCode {
    shared.faults.clear(viewer.client(&shared));
    StatusCode::NO_CONTENT
}

fn read(body: Result<Bytes, BytesRejection>) -> Result<Vec<Fault>, Trouble> {
    let body = body.map_err(|error| Trouble::Unclear(error.body_text()))?;
    serde_json::from_slice(&body).map_err(|error| Trouble::Unclear(format!("a list of faults is expected: {error}")))
}
