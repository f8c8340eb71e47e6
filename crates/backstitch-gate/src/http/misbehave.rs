//! Has faults happen to the requests that they were asked for.

use std::sync::Arc;

use axum::body::{Body, Bytes, HttpBody};
use axum::extract::{Request, State};
use axum::http::header::{CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http_body_util::BodyExt;
use tokio::time::{sleep, timeout};

use super::body;
use super::note::{Note, Said, Unanswered};
use super::routes::Shared;
use super::socket::Cut;
use super::token::Standing;
use crate::fault::{Moment, Then};

/// What a proxy answers.
const HTML_413: &str = "<html>\r\n<head><title>413 Request Entity Too Large</title></head>\r\n<body>\r\n\
    <center><h1>413 Request Entity Too Large</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n";

/// The API documents no body for 429.
const TOO_MANY: &str = r#"{"status":"ERROR","message":"Too many requests"}"#;

/// Lets a request through, or has the next fault that is for it happen to it.
pub(crate) async fn misbehave(State(shared): State<Arc<Shared>>, request: Request, next: Next) -> Response {
    let client = shared.tokens.find(request.headers()).and_then(Standing::client);
    let Some(fault) = shared.faults.take(request.uri().path(), client) else { return next.run(request).await };
    let note = request.extensions().get::<Note>().cloned().unwrap_or_default();
    let cut = request.extensions().get::<Cut>().cloned().unwrap_or_default();
    note.fault(fault.name());
    sleep(fault.wait()).await;
    match fault.then() {
        Then::Pass => next.run(request).await,
        Then::Answer { status, headers, body } => {
            take_body(&shared, request, &note).await;
            let headers = headers.iter().filter_map(|(name, value)| {
                Some((name.parse::<HeaderName>().ok()?, value.parse::<HeaderValue>().ok()?))
            });
            answer(StatusCode::from_u16(status).unwrap_or(StatusCode::SERVICE_UNAVAILABLE), headers, body)
        }
        Then::Html413 => {
            take_body(&shared, request, &note).await;
            let headers = [(CONTENT_TYPE, HeaderValue::from_static("text/html"))];
            answer(StatusCode::PAYLOAD_TOO_LARGE, headers.into_iter(), HTML_413.to_owned())
        }
        Then::TooManyRequests { retry_after } => {
            take_body(&shared, request, &note).await;
            let headers = [
                (CONTENT_TYPE, HeaderValue::from_static(backstitch_api::JSON)),
                (RETRY_AFTER, HeaderValue::from(retry_after)),
            ];
            answer(StatusCode::TOO_MANY_REQUESTS, headers.into_iter(), TOO_MANY.to_owned())
        }
        Then::Reset(moment) => {
            match moment {
                Moment::BeforeBody => {}
                Moment::WithinBody => take_half(&shared, request, &note).await,
                Moment::AfterBody => take_body(&shared, request, &note).await,
            }
            cut.cut();
            let mut response = StatusCode::SERVICE_UNAVAILABLE.into_response();
            response.extensions_mut().insert(Unanswered);
            response
        }
        Then::DropReply => {
            let mut response = next.run(request).await;
            cut.cut();
            response.extensions_mut().insert(Unanswered);
            response
        }
    }
}

fn answer(status: StatusCode, headers: impl Iterator<Item = (HeaderName, HeaderValue)>, body: String) -> Response {
    let mut response = Response::new(Body::from(body.clone()));
    *response.status_mut() = status;
    response.headers_mut().extend(headers);
    response.extensions_mut().insert(Said(body));
    response
}

/// Takes the body of a request. One that breaks off or is too large is no matter here.
async fn take_body(shared: &Shared, request: Request, note: &Note) {
    let (parts, mut body) = request.into_parts();
    match body::read(&mut body, &shared.room, shared.read_timeout).await {
        Ok(held) => {
            note.bytes(held.len());
            if let Ok(Ok(bytes)) = tokio::task::spawn_blocking(move || held.into_bytes()).await {
                note.body(&bytes);
            }
        }
        Err(_) => body::drain(&parts.headers, body),
    }
}

/// Takes the first half of the body of a request; of one that does not say its length, the first that comes.
async fn take_half(shared: &Shared, request: Request, note: &Note) {
    let mut body = request.into_body();
    let half = body.size_hint().exact().unwrap_or(0) / 2;
    let mut taken = 0;
    while let Ok(Some(Ok(frame))) = timeout(shared.read_timeout, body.frame()).await {
        taken += frame.data_ref().map_or(0, Bytes::len);
        if taken as u64 >= half {
            break;
        }
    }
    note.bytes(taken);
}
