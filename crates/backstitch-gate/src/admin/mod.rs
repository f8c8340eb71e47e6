//! What a gate has besides the API: for tests, for those who watch it.
//!
//! - [`door`]: who may look, and from where.
//! - [`reply`]: what all answers have in common.
//! - [`requests`]: the journal.
//! - [`viewer`]: whose tables, requests and faults somebody may see.

mod door;
mod reply;
mod requests;
mod viewer;

use std::sync::Arc;

use axum::Router;
use axum::middleware::from_fn_with_state;
use axum::routing::get;

pub(crate) use self::door::Door;
use self::reply::Trouble;
use crate::http::routes::Shared;

/// Everything under `/_gate`. What it does not know goes to `api`.
pub(crate) fn router(shared: Arc<Shared>, api: Router) -> Router {
    let guard = from_fn_with_state(Arc::clone(&shared), door::guard);
    Router::new()
        .route("/_gate/requests", get(requests::list))
        .method_not_allowed_fallback(async || Trouble::Method)
        .layer(guard)
        .with_state(shared)
        .fallback_service(api)
}
