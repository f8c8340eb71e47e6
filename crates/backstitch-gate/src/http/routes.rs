//! The endpoints, each with its checks in the API's order.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::header::{CONNECTION, CONTENT_TYPE};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode};
use axum::middleware::from_fn_with_state;
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodFilter, on};
use backstitch_api::TRANSIT;
use backstitch_api::endpoints::{self, Endpoint};
use backstitch_api::responses::{self, Response as Answer};

use super::body;
use super::encoding::Encoding;
use super::held::{Held, Room};
use super::misbehave::misbehave;
use super::note::{Note, Said};
use super::observe::observe;
use super::token::{Standing, Tokens};
use super::turn::{Turn, Turns};
use crate::admin::{self, Door};
use crate::batch::Batch;
use crate::fault::plan::Plan;
use crate::journal::Journal;
use crate::metrics::Metrics;
use crate::refusal::{Media, Refusal};
use crate::request::flatten::Flattener;
use crate::request::roles::Roles;
use crate::request::{check, message};
use crate::store::intake::{Intake, Kept, Original, Reread, Unavailable};
use crate::store::reader::Reader;
use crate::warnings::Magnitudes;

/// What this gate's build is called.
const REVISION: &str = "backstitch";

/// A body larger than this is parsed on a thread of its own, so that other connections go on.
const INLINE_BYTES: usize = 32 * 1024;

/// What the endpoints need.
pub(crate) struct Shared {
    pub(crate) tokens: Tokens,
    pub(crate) roles: Arc<Roles>,
    /// One for each of the clients of the tokens, in their order; and so are the readers.
    pub(crate) intakes: Vec<Intake>,
    pub(crate) readers: Vec<Reader>,
    pub(crate) read_timeout: Duration,
    /// The room for bodies that come in, and the turns of those that have come.
    pub(crate) room: Room,
    pub(crate) turns: Turns,
    pub(crate) door: Door,
    pub(crate) journal: Journal,
    pub(crate) faults: Plan,
    pub(crate) metrics: Metrics,
    pub(crate) magnitudes: Magnitudes,
}

/// The endpoints of the Import API, and what a gate has besides.
pub(crate) fn router(shared: Arc<Shared>) -> Router {
    let api = Router::new()
        .route(endpoints::BATCH.path, on(method(&endpoints::BATCH), batch))
        .route(endpoints::PUSH.path, on(method(&endpoints::PUSH), push))
        .route(endpoints::VALIDATE.path, on(method(&endpoints::VALIDATE), validate))
        .route(endpoints::STATUS.path, on(method(&endpoints::STATUS), status))
        .fallback(async || Refusal::NotFound)
        .method_not_allowed_fallback(async || Refusal::Method)
        .layer(from_fn_with_state(Arc::clone(&shared), misbehave))
        .layer(from_fn_with_state(Arc::clone(&shared), observe))
        .with_state(Arc::clone(&shared));
    admin::router(shared, api)
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

/// The answer to a request that is kept, and not loaded yet.
fn queued(response: &Answer) -> Response {
    let status = StatusCode::from_u16(response.status).unwrap_or(StatusCode::ACCEPTED);
    answer(status, Media::of(response), response.body.to_owned())
}

async fn status() -> Response {
    let values = [("<VERSION>", env!("CARGO_PKG_VERSION")), ("<REVISION>", REVISION)];
    succeeded(&endpoints::STATUS, responses::status::ALL, &responses::status::RUNNING, &values)
}

async fn push(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    match store(&shared, Call::Push, request).await {
        Ok(Kept::Loaded(_)) => succeeded(&endpoints::PUSH, responses::push::ALL, &responses::push::ACCEPTED, &[]),
        Ok(Kept::Queued) => queued(&responses::push::QUEUED),
        Err(refusal) => refusal.into_response(),
    }
}

async fn batch(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    match store(&shared, Call::Batch, request).await {
        Ok(Kept::Loaded(_)) => succeeded(&endpoints::BATCH, responses::batch::ALL, &responses::batch::ACCEPTED, &[]),
        Ok(Kept::Queued) => queued(&responses::batch::QUEUED),
        Err(refusal) => refusal.into_response(),
    }
}

async fn validate(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    match take(&shared, Call::Validate, request).await {
        Ok(_) => succeeded(&endpoints::VALIDATE, responses::validate::ALL, &responses::validate::VALID, &[]),
        Err(refusal) => refusal.into_response(),
    }
}

/// An endpoint that takes records.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Call {
    Push,
    Validate,
    Batch,
}

impl Call {
    fn endpoint(self) -> &'static Endpoint {
        match self {
            Call::Push => &endpoints::PUSH,
            Call::Validate => &endpoints::VALIDATE,
            Call::Batch => &endpoints::BATCH,
        }
    }

    /// The index of the client whose token a request has.
    fn client(self, found: Option<Standing>) -> Result<usize, Refusal> {
        match (found, self) {
            (None, _) => Err(Refusal::Unauthorized),
            (Some(Standing::Foreign), Call::Batch) => Err(Refusal::BatchRegion),
            (Some(Standing::Foreign), Call::Push | Call::Validate) => Err(Refusal::Region),
            (Some(Standing::Inactive(_)), _) => Err(Refusal::Inactive),
            (Some(Standing::Good(client)), _) => Ok(client),
        }
    }
}

/// The body of a request that passed all checks before that of the body itself.
struct Sent {
    call: Call,
    /// The index of the client whose token the request has.
    client: usize,
    is_transit: bool,
    encoding: Encoding,
    held: Held,
    received_at: SystemTime,
    note: Note,
}

/// Checks a request and has its rows committed.
async fn store(shared: &Arc<Shared>, call: Call, request: Request) -> Result<Kept, Refusal> {
    let note = request.extensions().get::<Note>().cloned().unwrap_or_default();
    let (Taken { client, batch, original }, turn) = take(shared, call, request).await?;
    let Some(intake) = shared.intakes.get(client).cloned() else { return Err(Refusal::Unavailable) };
    let load = async move {
        let kept = intake.load(batch, original).await;
        drop(turn);
        kept
    };
    // Its turn ends when the rows are loaded, also where the client has gone before.
    let kept = tokio::spawn(load).await.unwrap_or(Err(Unavailable::NothingKept));
    let kept = kept.map_err(|reason| match reason {
        Unavailable::NothingKept => Refusal::Unavailable,
        Unavailable::Unknown => Refusal::Undecided,
    })?;
    if let Kept::Loaded(loaded) = kept {
        shared.metrics.ties(loaded.ties);
        note.rejected(loaded.rejected);
    }
    Ok(kept)
}

/// A request that passed all checks.
struct Taken {
    /// The index of the client whose token the request has.
    client: usize,
    batch: Batch,
    original: Original,
}

/// All checks of a request from its token on. A request that is not small has its turn from here on.
async fn take(shared: &Arc<Shared>, call: Call, request: Request) -> Result<(Taken, Option<Turn>), Refusal> {
    let received_at = SystemTime::now();
    let (parts, mut body) = request.into_parts();
    let note = parts.extensions.get::<Note>().cloned().unwrap_or_default();
    let sent = match sent(shared, call, &parts.headers, &mut body, received_at, note).await {
        Ok(sent) => sent,
        Err(refusal) => {
            if !refusal.closes() {
                body::drain(&parts.headers, body);
            }
            return Err(refusal);
        }
    };
    if sent.encoding == Encoding::Plain && sent.held.len() <= INLINE_BYTES {
        return Ok((taken(shared, sent)?, None));
    }
    let turn = shared.turns.wait(sent.held.len(), sent.encoding, sent.is_transit).await;
    let to_read = Arc::clone(shared);
    // What was made of the body is gone before its turn is, also where the client has gone before.
    let read = move || Ok((taken(&to_read, sent)?, Some(turn)));
    let parsed = tokio::task::spawn_blocking(read).await;
    // The thread is cancelled only when the whole runtime stops.
    parsed.unwrap_or(Err(Refusal::Unavailable))
}

async fn sent(
    shared: &Shared,
    call: Call,
    headers: &HeaderMap,
    body: &mut Body,
    received_at: SystemTime,
    note: Note,
) -> Result<Sent, Refusal> {
    let client = call.client(shared.tokens.find(headers))?;
    let is_transit = content_type(call, headers)? == TRANSIT;
    let encoding = Encoding::of(headers)?;
    if let Some(stated) = body::stated_excess(body) {
        return Err(Refusal::TooLarge(stated));
    }
    let held = body::read(body, &shared.room, shared.read_timeout).await?;
    note.bytes(held.len());
    Ok(Sent { call, client, is_transit, encoding, held, received_at, note })
}

/// The essence of a request's content type.
fn content_type(call: Call, headers: &HeaderMap) -> Result<String, Refusal> {
    let value = headers.get(CONTENT_TYPE).map_or(&b""[..], HeaderValue::as_bytes);
    let value = String::from_utf8_lossy(value);
    let essence = value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    if call.endpoint().content_types.contains(&essence.as_str()) {
        return Ok(essence);
    }
    Err(match call {
        Call::Batch => Refusal::BatchContentType,
        Call::Push | Call::Validate => Refusal::ContentType(Some(essence).filter(|essence| !essence.is_empty())),
    })
}

/// The rows of a body.
fn taken(shared: &Shared, sent: Sent) -> Result<Taken, Refusal> {
    let Sent { call, client, is_transit, encoding, held, received_at, note } = sent;
    let body = encoding.decoded(held.into_bytes().map_err(|_| Refusal::Unavailable)?)?;
    note.body(&body);
    let Some(&client_id) = shared.tokens.clients().get(client) else { return Err(Refusal::Unauthorized) };
    let original = Original { received_at, path: call.endpoint().path, is_transit, body };
    let batch = rows(&shared.roles, client_id, &original, &note)?;
    // What is only validated says nothing of a table.
    note.warnings(shared.magnitudes.warnings(client, &batch, call != Call::Validate));
    Ok(Taken { client, batch, original })
}

/// The rows of a body, unpacked.
fn rows(roles: &Roles, client_id: i64, original: &Original, note: &Note) -> Result<Batch, Refusal> {
    let Original { received_at, path, is_transit, body } = original;
    if *path == endpoints::BATCH.path {
        let (records, rows) = message::read(body, *received_at)?;
        note.records(Some(records));
        return Ok(rows);
    }
    let body = if *is_transit { check::Body::transit(body)? } else { check::Body::json(body.clone()) };
    let mut rows = Flattener::new(None);
    let checked = check::records(roles, client_id, &body, |record| rows.add(record));
    note.records(checked.as_ref().map_or_else(|_| body.count(), |records| Some(*records)));
    checked?;
    Ok(rows.finish(*received_at))
}

/// Makes the rows of a client's requests again that a database kept.
pub(crate) fn reread(roles: Arc<Roles>, client_id: i64) -> Reread {
    Arc::new(move |original| rows(&roles, client_id, original, &Note::default()).map_err(|refusal| refusal.body()))
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

fn answer(status: StatusCode, media: Media, body: String) -> Response {
    let mut response = Response::new(Body::from(body.clone()));
    *response.status_mut() = status;
    response.extensions_mut().insert(Said(body));
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(media.essence()));
    response
}
