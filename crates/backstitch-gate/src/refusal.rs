//! Every answer that is not a success. What it says and with which status comes from the tables of answers that the
//! API's definition has; here is only when it is given, and what is put into it.

use axum::http::StatusCode;
use backstitch_api::limits;
use backstitch_api::responses::{self, Response, batch, push};

use crate::request::complaint;

/// Why a request is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// No such path.
    NotFound,
    /// The path is known, the method is not.
    Method,
    /// No token, or none that the gate knows.
    Unauthorized,
    /// The token is good in another region; the body that was seen of push.
    Region,
    /// The same; the body that is documented.
    BatchRegion,
    /// The integration of the token is paused or deleted.
    Inactive,
    /// A content type that is not taken, as its essence; `None` where the request names none.
    ContentType(Option<String>),
    /// A content type that the Batch endpoint does not take, or none.
    BatchContentType,
    /// A content encoding that is not taken.
    ContentEncoding(String),
    /// A body of so many bytes, or one of which so many bytes came before it was cut off.
    TooLarge(u64),
    /// The body stopped coming.
    TimedOut,
    /// The connection broke, or its chunks are malformed.
    Interrupted,
    /// The body is not in the encoding that the request names.
    NotGzip,
    /// The body is not JSON; the parser's text.
    Malformed(String),
    /// The body is not Transit; the parser's text.
    MalformedTransit(String),
    /// The body is JSON, but no array of objects.
    NotRecords,
    /// No records, or too many.
    Count,
    /// A record without a client id.
    NoClient,
    /// The records are of several clients.
    SeveralClients {
        /// The attribute that says whose a record is.
        argument: &'static str,
        /// The client of the token.
        client_id: i64,
    },
    /// All records are of a client that the token is not for.
    OtherClient,
    /// What is wrong with the records.
    Records {
        /// The answer to what was found first.
        response: &'static Response,
        /// Each `reason` as JSON text.
        reasons: Vec<String>,
    },
    /// What is wrong with a batch.
    Batch {
        /// The answer.
        response: &'static Response,
        /// What stands in its place for each name.
        values: Vec<(&'static str, String)>,
    },
    /// The store could not keep the records.
    Unavailable,
    /// Whether the store has kept the records is not known.
    Undecided,
}

/// The content type of a body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Media {
    Json,
    Text,
}

impl Media {
    /// The content type of an answer's body.
    pub(crate) const fn of(response: &Response) -> Self {
        if response.is_json { Media::Json } else { Media::Text }
    }

    pub(crate) const fn essence(self) -> &'static str {
        match self {
            Media::Json => backstitch_api::JSON,
            Media::Text => "text/plain",
        }
    }
}

impl Refusal {
    /// The answer, as it is defined. Push and validate share theirs.
    fn response(&self) -> &'static Response {
        match self {
            Refusal::NotFound => &responses::NOT_FOUND,
            Refusal::Method => &push::METHOD,
            Refusal::Unauthorized => &push::NOT_AUTHORIZED,
            Refusal::Region => &push::INVALID_REGION_WITH_STATUS,
            Refusal::BatchRegion => &batch::INVALID_REGION,
            Refusal::Inactive => &push::NOT_ACTIVE,
            Refusal::ContentType(Some(_)) => &push::CONTENT_TYPE,
            Refusal::ContentType(None) => &push::NO_CONTENT_TYPE,
            Refusal::BatchContentType => &batch::CONTENT_TYPE,
            Refusal::ContentEncoding(_) => &responses::CONTENT_ENCODING,
            Refusal::TooLarge(_) => &push::TOO_LARGE,
            Refusal::TimedOut => &responses::TIMED_OUT,
            Refusal::Interrupted => &responses::INTERRUPTED,
            Refusal::NotGzip => &responses::NOT_GZIP,
            Refusal::Malformed(_) => &push::MALFORMED,
            Refusal::MalformedTransit(_) => &push::MALFORMED_TRANSIT,
            Refusal::NotRecords => &push::NOT_AN_ARRAY,
            Refusal::Count => &push::RECORD_COUNT,
            Refusal::NoClient => &push::NO_CLIENT_ID,
            Refusal::SeveralClients { .. } => &push::SEVERAL_CLIENTS,
            Refusal::OtherClient => &push::OTHER_CLIENT,
            Refusal::Records { response, .. } | Refusal::Batch { response, .. } => response,
            Refusal::Unavailable | Refusal::Undecided => &push::UNAVAILABLE,
        }
    }

    pub(crate) fn status(&self) -> StatusCode {
        // 503 says that nothing was kept.
        if *self == Refusal::Undecided {
            return StatusCode::GATEWAY_TIMEOUT;
        }
        // The definition is checked to hold an HTTP status.
        StatusCode::from_u16(self.response().status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    /// Whether the rest of the connection is of no use after this answer.
    pub(crate) fn closes(&self) -> bool {
        matches!(self, Refusal::TimedOut | Refusal::Interrupted)
    }

    pub(crate) fn media(&self) -> Media {
        Media::of(self.response())
    }

    pub(crate) fn body(&self) -> String {
        let response = self.response();
        match self {
            Refusal::ContentType(Some(essence)) => response.fill(&[("<TYPE>", essence)]),
            Refusal::ContentEncoding(encoding) => response.fill(&[("<ENCODING>", encoding)]),
            Refusal::TooLarge(bytes) => response.fill(&[("<BYTE>", &bytes.to_string())]),
            Refusal::Malformed(error) | Refusal::MalformedTransit(error) => response.fill(&[("<TEXT>", error)]),
            Refusal::Count => response.fill(&[("<RECORDS>", &limits::RECORDS_PER_REQUEST.to_string())]),
            Refusal::SeveralClients { argument, client_id } => {
                response.fill(&[("<ARGUMENT>", argument), ("<ID>", &client_id.to_string())])
            }
            Refusal::Batch { values, .. } => {
                let values: Vec<(&str, &str)> = values.iter().map(|(name, value)| (*name, value.as_str())).collect();
                response.fill(&values)
            }
            Refusal::Records { reasons, .. } => complaint::with_reasons(response, reasons),
            _ => response.body.to_owned(),
        }
    }
}
