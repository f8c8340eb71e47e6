//! Every answer that is not a success: its status, its body, byte for byte.

use axum::http::StatusCode;
use backstitch_api::limits;

use crate::json;

/// Why a request is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// No such path.
    NotFound,
    /// The path is known, the method is not.
    Method,
    /// No token, or none that the gate knows.
    Unauthorized,
    /// A content type that is not taken, as its essence; `None` where the request names none.
    ContentType(Option<String>),
    /// Transit, which the API takes and this gate does not yet.
    Transit,
    /// A body of so many bytes, or one of which so many bytes came before it was cut off.
    TooLarge(u64),
    /// The body stopped coming.
    TimedOut,
    /// The connection broke, or its chunks are malformed.
    Interrupted,
    /// The body is not JSON; the parser's text.
    Malformed(String),
    /// The body is JSON, but no array of objects.
    NotRecords,
    /// No records, or too many.
    Count,
    /// A record without a client id.
    NoClient,
    /// All records are of a client that the token is not for.
    OtherClient,
    /// What is wrong with the records: each `reason` as JSON text.
    Records(Vec<String>),
    /// The store could not keep the records.
    Unavailable,
}

/// The content type of a body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Media {
    Json,
    Text,
}

impl Media {
    pub(crate) const fn essence(self) -> &'static str {
        match self {
            Media::Json => backstitch_api::JSON,
            Media::Text => "text/plain",
        }
    }
}

impl Refusal {
    /// The refusal of records for one reason that concerns the request as a whole.
    pub(crate) fn of_request(reason: &str) -> Self {
        Refusal::Records(vec![json::quoted(reason)])
    }

    pub(crate) fn status(&self) -> StatusCode {
        match self {
            Refusal::NotFound => StatusCode::NOT_FOUND,
            Refusal::Method => StatusCode::METHOD_NOT_ALLOWED,
            Refusal::Unauthorized | Refusal::NoClient => StatusCode::UNAUTHORIZED,
            Refusal::ContentType(_) | Refusal::Transit => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Refusal::TooLarge(_) => StatusCode::PAYLOAD_TOO_LARGE,
            Refusal::TimedOut => StatusCode::REQUEST_TIMEOUT,
            Refusal::Interrupted | Refusal::Malformed(_) | Refusal::NotRecords | Refusal::Count => {
                StatusCode::BAD_REQUEST
            }
            Refusal::OtherClient => StatusCode::FORBIDDEN,
            Refusal::Records(_) => StatusCode::UNPROCESSABLE_ENTITY,
            Refusal::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    /// Whether the rest of the connection is of no use after this answer.
    pub(crate) fn closes(&self) -> bool {
        matches!(self, Refusal::TimedOut | Refusal::Interrupted)
    }

    pub(crate) fn media(&self) -> Media {
        if *self == Refusal::Method { Media::Text } else { Media::Json }
    }

    pub(crate) fn body(&self) -> String {
        match self {
            Refusal::Method => "Method not allowed.".to_owned(),
            Refusal::Unauthorized => r#"{"message":"Not Authorized"}"#.to_owned(),
            Refusal::NoClient => r#"{"status":"ERROR","error":"Not Authenticated.","errors":null}"#.to_owned(),
            Refusal::OtherClient => {
                r#"{"status":"ERROR","error":"Forbidden","errors":{"error":"Access token is not associated with this client."}}"#
                    .to_owned()
            }
            Refusal::Malformed(error) => format!(
                r#"{{"status":"ERROR","message":"Malformed json in the body!","error":{},"input":null}}"#,
                json::quoted(error)
            ),
            Refusal::Records(reasons) => {
                let errors: Vec<String> = reasons.iter().map(|reason| format!(r#"{{"reason":{reason}}}"#)).collect();
                format!(
                    r#"{{"status":"ERROR","error":"Request cannot be processed; see errors.","errors":[{}]}}"#,
                    errors.join(",")
                )
            }
            Refusal::NotFound => message("Not found"),
            Refusal::ContentType(Some(essence)) => {
                message(&format!("Unsupported content-type {essence}. Please send application/json or application/transit+json"))
            }
            Refusal::ContentType(None) => {
                message("The request has no content-type. Please send application/json or application/transit+json")
            }
            Refusal::Transit => {
                message("This gate does not take application/transit+json yet. Please send application/json")
            }
            Refusal::TooLarge(bytes) => {
                message(&format!("Request rejected: request size ({bytes}s bytes) exceeds the maximum"))
            }
            Refusal::TimedOut => message("The body of the request stopped coming"),
            Refusal::Interrupted => message("The body of the request could not be read"),
            Refusal::NotRecords => message("An array of records is expected"),
            Refusal::Count => {
                message(&format!("An array of 1 to {} records is expected", limits::RECORDS_PER_REQUEST))
            }
            Refusal::Unavailable => message("The Import API is experiencing problems. Try again later."),
        }
    }
}

fn message(text: &str) -> String {
    format!(r#"{{"status":"ERROR","message":{}}}"#, json::quoted(text))
}
