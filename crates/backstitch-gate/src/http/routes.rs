//! The endpoints, each with its checks in the API's order.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::header::{CONNECTION, CONTENT_TYPE};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodFilter, on};
use backstitch_api::JSON;
use backstitch_api::endpoints::{self, Endpoint};
use backstitch_api::responses::{self, Response as Answer};

use super::body;
use super::token::Tokens;
use crate::batch::Batch;
use crate::refusal::{Media, Refusal};
use crate::request::roles::Roles;
use crate::request::{check, flatten};
use crate::store::{Intake, Unavailable};

/// What this gate's build is called.
const REVISION: &str = "backstitch";

/// A body larger than this is parsed on a thread of its own, so that other connections go on.
const INLINE_BYTES: usize = 32 * 1024;

/// What the endpoints need.
pub(crate) struct Shared {
    pub(crate) tokens: Tokens,
    pub(crate) roles: Roles,
    pub(crate) intake: Intake,
    pub(crate) read_timeout: Duration,
}

/// The endpoints of the Import API.
pub(crate) fn router(shared: Arc<Shared>) -> Router {
    Router::new()
        .route(endpoints::PUSH.path, on(method(&endpoints::PUSH), push))
        .route(endpoints::VALIDATE.path, on(method(&endpoints::VALIDATE), validate))
        .route(endpoints::STATUS.path, on(method(&endpoints::STATUS), status))
        .fallback(async || Refusal::NotFound)
        .method_not_allowed_fallback(async || Refusal::Method)
        .with_state(shared)
}

/// The method of a call, as its definition has it.
fn method(endpoint: &Endpoint) -> MethodFilter {
    let method = Method::from_bytes(endpoint.method.as_bytes());
    method.ok().and_then(|method| method.try_into().ok()).unwrap_or(MethodFilter::POST)
}

/// The answer where all is well: with the status that the definition of the call gives it, and the words that its
/// answers have for that status, or those of `usual`.
fn succeeded(endpoint: &Endpoint, answers: &[Answer], usual: &Answer, values: &[(&str, &str)]) -> Response {
    let found = answers.iter().find(|answer| answer.status == endpoint.success).unwrap_or(usual);
    // The definition is checked to hold a status of success.
    let status = StatusCode::from_u16(endpoint.success).unwrap_or(StatusCode::OK);
    answer(status, Media::of(found), found.fill(values))
}

async fn status() -> Response {
    let values = [("<VERSION>", env!("CARGO_PKG_VERSION")), ("<REVISION>", REVISION)];
    succeeded(&endpoints::STATUS, responses::status::ALL, &responses::status::RUNNING, &values)
}

async fn push(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    let received_at = SystemTime::now();
    let batch = match take(&shared, &endpoints::PUSH, request, received_at).await {
        Ok(batch) => batch,
        Err(refusal) => return refusal.into_response(),
    };
    match shared.intake.load(batch).await {
        Ok(()) => succeeded(&endpoints::PUSH, responses::push::ALL, &responses::push::ACCEPTED, &[]),
        Err(Unavailable) => Refusal::Unavailable.into_response(),
    }
}

async fn validate(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    match take(&shared, &endpoints::VALIDATE, request, SystemTime::now()).await {
        Ok(_) => succeeded(&endpoints::VALIDATE, responses::validate::ALL, &responses::validate::VALID, &[]),
        Err(refusal) => refusal.into_response(),
    }
}

/// All checks of a request from its token on.
async fn take(
    shared: &Arc<Shared>,
    endpoint: &Endpoint,
    request: Request,
    received_at: SystemTime,
) -> Result<Batch, Refusal> {
    let (parts, mut body) = request.into_parts();
    let bytes = match bytes(shared, endpoint, &parts.headers, &mut body).await {
        Ok(bytes) => bytes,
        Err(refusal) => {
            if !refusal.closes() {
                body::drain(&parts.headers, body);
            }
            return Err(refusal);
        }
    };
    if bytes.len() <= INLINE_BYTES {
        return batch(shared, &bytes, received_at);
    }
    let shared = Arc::clone(shared);
    let parsed = tokio::task::spawn_blocking(move || batch(&shared, &bytes, received_at)).await;
    // The thread is cancelled only when the whole runtime stops.
    parsed.unwrap_or(Err(Refusal::Unavailable))
}

async fn bytes(shared: &Shared, endpoint: &Endpoint, headers: &HeaderMap, body: &mut Body) -> Result<Bytes, Refusal> {
    if endpoint.authorization && !shared.tokens.admit(headers) {
        return Err(Refusal::Unauthorized);
    }
    content_type(endpoint, headers)?;
    if let Some(stated) = body::stated_excess(body) {
        return Err(Refusal::TooLarge(stated));
    }
    body::read(body, shared.read_timeout).await
}

fn content_type(endpoint: &Endpoint, headers: &HeaderMap) -> Result<(), Refusal> {
    let Some(value) = headers.get(CONTENT_TYPE) else {
        return Err(Refusal::ContentType(None));
    };
    let value = String::from_utf8_lossy(value.as_bytes());
    let essence = value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    match essence.as_str() {
        "" => Err(Refusal::ContentType(None)),
        taken if !endpoint.content_types.contains(&taken) => Err(Refusal::ContentType(Some(essence))),
        JSON => Ok(()),
        // The other one is Transit.
        _ => Err(Refusal::Transit),
    }
}

fn batch(shared: &Shared, bytes: &Bytes, received_at: SystemTime) -> Result<Batch, Refusal> {
    let records = check::records(&shared.roles, shared.tokens.client_id(), bytes)?;
    flatten::batch(records, None, received_at).map_err(check::malformed)
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let mut response = answer(self.status(), self.media(), self.body());
        if self.closes() {
            response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
        }
        response
    }
}

fn answer(status: StatusCode, media: Media, body: impl Into<Body>) -> Response {
    let mut response = Response::new(body.into());
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(media.essence()));
    response
}
