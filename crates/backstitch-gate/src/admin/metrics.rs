//! What a gate counts: `GET /_gate/metrics`.

use std::sync::Arc;

use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};

use super::parameters::Parameters;
use super::reply::Trouble;
use crate::http::routes::Shared;
use crate::metrics;

/// In the text format of Prometheus.
pub(crate) async fn show(State(shared): State<Arc<Shared>>, parameters: Parameters) -> Result<Response, Trouble> {
    parameters.only(&[])?;
    let text = shared.metrics.text().map_err(|error| Trouble::Store(error.to_string()))?;
    Ok(([(CONTENT_TYPE, metrics::CONTENT_TYPE)], text).into_response())
}
