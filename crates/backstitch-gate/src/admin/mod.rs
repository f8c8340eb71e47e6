//! What a gate has besides the API: for tests, for those who watch it.
//!
//! - [`console`]: the page.
//! - [`door`]: who may look, and from where.
//! - [`faults`]: faults on demand.
//! - [`health`]: whether the databases answer.
//! - [`metrics`]: what is counted.
//! - [`parameters`]: what stands after the question mark.
//! - [`reply`]: what all answers have in common.
//! - [`requests`]: the journal.
//! - [`reset`]: a gate as it was at first.
//! - [`tables`]: what the tables hold.
//! - [`viewer`]: whose tables, requests and faults somebody may see.

mod console;
mod door;
mod faults;
mod health;
mod metrics;
mod parameters;
mod reply;
mod requests;
mod reset;
mod tables;
mod viewer;

use std::sync::Arc;

use axum::Router;
use axum::middleware::from_fn_with_state;
use axum::routing::{any, get, post};

pub(crate) use self::door::Door;
use self::reply::Trouble;
use crate::http::routes::Shared;

/// Everything under `/_gate`, known or not; all else goes to `api`.
pub(crate) fn router(shared: Arc<Shared>, api: Router) -> Router {
    let guard = from_fn_with_state(Arc::clone(&shared), door::guard);
    Router::new()
        .route("/_gate/clients", get(tables::clients))
        .route("/_gate/console/{file}", get(console::file))
        .route("/_gate/faults", get(faults::left).post(faults::add).put(faults::replace).delete(faults::clear))
        .route("/_gate/health", get(health::show))
        .route("/_gate/metrics", get(metrics::show))
        .route("/_gate/requests", get(requests::list))
        .route("/_gate/requests/{id}", get(requests::show))
        .route("/_gate/reset", post(reset::reset))
        .route("/_gate/tables", get(tables::list))
        .route("/_gate/tables/{name}", get(tables::show))
        .route("/_gate", any(nothing))
        .route("/_gate/", any(nothing))
        .route("/_gate/{*path}", any(nothing))
        .method_not_allowed_fallback(async || Trouble::Method)
        .layer(guard.clone())
        // What is no page is the API's, which knows nothing of it and does not look at the `Host`.
        .route("/", get(console::page).layer(guard).fallback_service(api.clone()))
        .with_state(shared)
        .fallback_service(api)
}

async fn nothing() -> Trouble {
    Trouble::Missing("the gate has nothing at this path, but clients, faults, health, metrics, requests, reset and tables under /_gate/".to_owned())
}
