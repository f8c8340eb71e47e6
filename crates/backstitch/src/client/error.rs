//! What can go wrong between a record and the API's answer.

use std::error::Error as _;
use std::fmt;
use std::ops::Range;

use backstitch_api::{Violation, Violations};
use hyper_util::client::proxy::matcher::Matcher;

use super::Refusal;
use crate::body::BodyError;
use crate::sequence::Taken;

/// Why a request did not succeed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ClientError {
    /// The client can't be built, has no sequences left, or can't be used where it is called.
    #[error("{0}")]
    Config(String),
    /// Records are not valid; nothing was sent. The pointers start with the record's index.
    #[error("not valid, and not sent: {0}")]
    Invalid(Violations),
    /// A record fits no request; nothing was sent.
    #[error("record {index} takes {size} bytes in a request, more than the limit of {limit}")]
    TooLarge {
        /// Its index among the records that were handed over.
        index: usize,
        /// How many bytes a request with this record alone has.
        size: usize,
        /// How many bytes a request may have.
        limit: usize,
    },
    /// The server was not reached; nothing was sent.
    #[error("can't reach {base_url}: {reason}; check the address, and that the server runs")]
    Unreachable {
        /// The address.
        base_url: String,
        /// What the network said.
        reason: String,
    },
    /// The request was sent, or a part of it, and no answer came: the records may have been accepted.
    /// Sending them again with the same sequences does no harm.
    #[error("no answer from {base_url}: {reason}; the request may have been accepted")]
    NoAnswer {
        /// The address.
        base_url: String,
        /// What the network said.
        reason: String,
    },
    /// The API refused the request, and stored nothing of it; or it failed (5xx), and what became of the
    /// request is not known.
    #[error("{0}")]
    Refused(Refusal),
    /// What answered is not the Import API.
    #[error("what answers at {url} (status {status}) is not the Import API; check the address")]
    NotTheApi {
        /// The address.
        url: String,
        /// The status of the answer.
        status: u16,
    },
}

/// Why not all of the records that were pushed are known to be accepted, and what became of each.
/// The ranges are of indices among the records that were handed over.
#[derive(Debug)]
#[non_exhaustive]
pub struct PushError {
    /// Records that the API accepted.
    pub accepted: Vec<Range<usize>>,
    /// Records that the API refused.
    pub refused: Vec<Range<usize>>,
    /// Records that were sent, but no answer came.
    pub unknown: Vec<Range<usize>>,
    /// Records that were not sent.
    pub unsent: Vec<Range<usize>>,
    /// The sequences of all records, in their order. Send a record again with the same one, through
    /// [`PushBody`](crate::PushBody), and nothing is there twice.
    pub sequences: Option<Taken>,
    /// What went wrong.
    pub cause: ClientError,
}

impl fmt::Display for PushError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.cause)?;
        let count = |ranges: &[Range<usize>]| ranges.iter().map(ExactSizeIterator::len).sum::<usize>();
        let parts: Vec<String> = [
            ("accepted", &self.accepted),
            ("refused", &self.refused),
            ("unknown", &self.unknown),
            ("not sent", &self.unsent),
        ]
        .into_iter()
        .filter(|(_, ranges)| count(ranges) > 0)
        .map(|(name, ranges)| format!("{} {name}", count(ranges)))
        .collect();
        if parts.is_empty() { Ok(()) } else { write!(f, " (records: {})", parts.join(", ")) }
    }
}

// Its text holds that of the cause, so that the cause is no source: it would be told twice.
impl std::error::Error for PushError {}

impl ClientError {
    /// The error of the record at `index` of those that were handed over.
    pub(super) fn of_body(error: BodyError, index: usize) -> Self {
        match error {
            BodyError::Invalid(violations) => ClientError::Invalid(of_record(violations, index)),
            BodyError::TooLarge { size, limit } => ClientError::TooLarge { index, size, limit },
            BodyError::Full { bytes, .. } => ClientError::TooLarge { index, size: bytes, limit: bytes },
        }
    }
}

/// Violations whose pointers start with the record's index in its body, with its index among all records instead.
fn of_record(violations: Violations, index: usize) -> Violations {
    let of_record = |violation: &Violation| {
        let within = violation.pointer.find('/').and_then(|first| violation.pointer[first + 1..].split_once('/'));
        let pointer = within.map_or_else(|| format!("/{index}"), |(_, within)| format!("/{index}/{within}"));
        Violation::new(pointer, violation.code, violation.message.clone())
    };
    let found = violations.iter().map(of_record).collect();
    Violations::check(found).err().unwrap_or(violations)
}

/// What the network's error means for the request.
pub(super) fn transport(error: reqwest::Error, base_url: &str) -> ClientError {
    let base_url = base_url.to_owned();
    let unreachable = error.is_connect() || error.is_builder();
    // The innermost error is the one that says what happened; none of them holds the token.
    let mut reason = if error.is_timeout() { "it took too long".to_owned() } else { String::new() };
    if reason.is_empty() {
        let error = error.without_url();
        let mut source: Option<&dyn std::error::Error> = error.source();
        reason = error.to_string();
        while let Some(inner) = source {
            reason = inner.to_string();
            source = inner.source();
        }
    }
    if unreachable && let Some(proxy) = proxy(&base_url) {
        reason += &format!(", through the proxy {proxy} (HTTP_PROXY, HTTPS_PROXY or ALL_PROXY)");
    }
    if unreachable { ClientError::Unreachable { base_url, reason } } else { ClientError::NoAnswer { base_url, reason } }
}

/// The proxy between this machine and an address, as requests have it, without a password.
fn proxy(url: &str) -> Option<String> {
    let proxy = Matcher::from_system().intercept(&url.parse().ok()?)?;
    let port = proxy.uri().port_u16().map_or_else(String::new, |port| format!(":{port}"));
    Some(format!("{}{port}", proxy.uri().host()?))
}
