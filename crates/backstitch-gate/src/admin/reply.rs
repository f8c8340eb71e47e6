//! What all answers under `/_gate` have in common.

use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

/// The page's script and style come from the gate, and so does all that it asks for. It is shown in no other page.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; \
                      base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// Headers that every answer has, so that no browser takes one for what it is not.
const HEADERS: [(HeaderName, &str); 6] = [
    (CACHE_CONTROL, "no-store"),
    (CONTENT_SECURITY_POLICY, POLICY),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    (REFERRER_POLICY, "no-referrer"),
    (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (X_FRAME_OPTIONS, "DENY"),
];

/// Adds these headers.
pub(crate) fn seal(headers: &mut HeaderMap) {
    for (name, value) in HEADERS {
        headers.insert(name, HeaderValue::from_static(value));
    }
}

/// An answer of JSON.
pub(crate) fn json(value: &impl Serialize) -> Response {
    match serde_json::to_string(value) {
        Ok(text) => ([(CONTENT_TYPE, backstitch_api::JSON)], text).into_response(),
        Err(error) => Trouble::Store(error.to_string()).into_response(),
    }
}

/// Why there is no other answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Trouble {
    /// The `Host` is none of the gate's.
    Host,
    /// The request changes something, and comes from a page that is not the gate's.
    Origin,
    /// There is no token, or none that the gate knows.
    Token,
    /// The path is known, the method is not.
    Method,
    /// What is asked for is not there.
    Missing(String),
    /// A parameter or a body is not understood.
    Unclear(String),
    /// The database does not answer.
    Store(String),
}

/// What is answered then, in this order.
#[derive(Serialize)]
struct Body {
    status: &'static str,
    message: String,
}

impl IntoResponse for Trouble {
    fn into_response(self) -> Response {
        let (status, message) = match self {
            Trouble::Host => (
                StatusCode::FORBIDDEN,
                "the Host of the request is none of the gate's: ask by address, or start the gate with --name HOST"
                    .to_owned(),
            ),
            Trouble::Origin => (StatusCode::FORBIDDEN, "a page of another origin changes nothing here".to_owned()),
            Trouble::Token => (
                StatusCode::UNAUTHORIZED,
                "the gate listens to other machines: send one of its tokens, as in Authorization: Bearer <token>"
                    .to_owned(),
            ),
            Trouble::Method => (StatusCode::METHOD_NOT_ALLOWED, "this path takes other methods".to_owned()),
            Trouble::Missing(message) => (StatusCode::NOT_FOUND, message),
            Trouble::Unclear(message) => (StatusCode::BAD_REQUEST, message),
            Trouble::Store(message) => (StatusCode::SERVICE_UNAVAILABLE, message),
        };
        // A text is always JSON.
        let body = serde_json::to_string(&Body { status: "ERROR", message }).unwrap_or_default();
        (status, [(CONTENT_TYPE, backstitch_api::JSON)], body).into_response()
    }
}
