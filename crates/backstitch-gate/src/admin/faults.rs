//! Faults on demand: `/_gate/faults`.

use std::sync::Arc;

use axum::Extension;
use axum::body::Bytes;
use axum::extract::State;
use axum::extract::rejection::BytesRejection;
use axum::http::StatusCode;
use axum::response::Response;

use super::parameters::{CLIENT, Parameters};
use super::reply::{self, Trouble};
use super::viewer::Viewer;
use crate::fault::{self, Fault};
use crate::http::routes::Shared;

/// `GET`: those that have yet to happen.
pub(crate) async fn left(
    State(shared): State<Arc<Shared>>,
    Extension(viewer): Extension<Viewer>,
    parameters: Parameters,
) -> Result<Response, Trouble> {
    Ok(reply::json(&shared.faults.left(whose(&shared, viewer, &parameters)?)))
}

/// `POST`: these as well; those that now have yet to happen.
pub(crate) async fn add(
    State(shared): State<Arc<Shared>>,
    Extension(viewer): Extension<Viewer>,
    parameters: Parameters,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, Trouble> {
    let client = whose(&shared, viewer, &parameters)?;
    shared.faults.add(client, read(body)?).map_err(Trouble::Unclear)?;
    Ok(reply::json(&shared.faults.left(client)))
}

/// `PUT`: these, and no others.
pub(crate) async fn replace(
    State(shared): State<Arc<Shared>>,
    Extension(viewer): Extension<Viewer>,
    parameters: Parameters,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, Trouble> {
    let client = whose(&shared, viewer, &parameters)?;
    shared.faults.replace(client, read(body)?).map_err(Trouble::Unclear)?;
    Ok(reply::json(&shared.faults.left(client)))
}

/// `DELETE`: none.
pub(crate) async fn clear(
    State(shared): State<Arc<Shared>>,
    Extension(viewer): Extension<Viewer>,
    parameters: Parameters,
) -> Result<StatusCode, Trouble> {
    shared.faults.clear(whose(&shared, viewer, &parameters)?);
    Ok(StatusCode::NO_CONTENT)
}

/// The index of the client whose faults these are; `None` for all.
fn whose(shared: &Shared, viewer: Viewer, parameters: &Parameters) -> Result<Option<usize>, Trouble> {
    parameters.only(&[CLIENT])?;
    viewer.narrowed(shared, parameters.client()?)
}

fn read(body: Result<Bytes, BytesRejection>) -> Result<Vec<Fault>, Trouble> {
    let unread = "the body is longer than 2 MB, or could not be read to its end";
    let body = body.map_err(|_| Trouble::Unclear(unread.to_owned()))?;
    fault::read(&body).map_err(Trouble::Unclear)
}
