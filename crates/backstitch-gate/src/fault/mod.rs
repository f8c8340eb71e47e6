//! Faults on demand: what is to go wrong with requests to come.
//!
//! - [`plan`]: the faults that are still to happen, in their order.
//! - [`read`]: faults from JSON.

pub(crate) mod plan;
mod read;

use std::collections::BTreeMap;
use std::time::Duration;

use axum::http::{HeaderName, HeaderValue};
use serde::{Deserialize, Serialize};

pub(crate) use self::read::read;

/// Longer than any client waits, and short enough for whoever mistyped it.
const LONGEST_DELAY_MS: u64 = 3_600_000;

/// What is to go wrong with a request: see [`Gate::fault`](crate::Gate::fault).
///
/// Its JSON is that of `/_gate/faults`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    /// The path of the requests that it is for; none for all under `/v2/import/`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    path: Option<String>,
    #[serde(default = "once")]
    times: u32,
    #[serde(default)]
    delay_ms: u64,
    #[serde(default)]
    then: Then,
}

fn once() -> u32 {
    1
}

/// What happens after the delay.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum Then {
    /// The request is handled.
    #[default]
    Pass,
    /// This is answered, and nothing of the request is kept.
    Answer {
        status: u16,
        #[serde(default)]
        headers: BTreeMap<String, String>,
        #[serde(default)]
        body: String,
    },
    /// A front end refuses the request for its size.
    #[serde(rename = "html_413")]
    Html413,
    /// There were too many requests; the next is welcome after so many seconds.
    TooManyRequests { retry_after: u64 },
    /// The connection is reset.
    Reset(Moment),
    /// The request is handled and its rows are kept, then the connection is reset.
    DropReply,
}

/// When a connection is reset.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Moment {
    /// Once the head of the request is there.
    BeforeBody,
    /// Once half of its body is there.
    WithinBody,
    /// Once all of its body is there.
    AfterBody,
}

impl Fault {
    fn new(then: Then) -> Self {
        Fault { path: None, times: once(), delay_ms: 0, then }
    }

    /// Nothing goes wrong: the request passes. For one between two that fail, or with [`Fault::delay`].
    #[must_use]
    pub fn none() -> Self {
        Fault::new(Then::Pass)
    }

    /// The request is answered with this status and body, and nothing of it is kept.
    #[must_use]
    pub fn answer(status: u16, body: impl Into<String>) -> Self {
        Fault::new(Then::Answer { status, headers: BTreeMap::new(), body: body.into() })
    }

    /// Adds a header to the answer of [`Fault::answer`]; other faults have no headers of their own.
    #[must_use]
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        if let Then::Answer { headers, .. } = &mut self.then {
            headers.insert(name.into(), value.into());
        }
        self
    }

    /// The request is answered with 413 and a page of HTML, as by a proxy before the API.
    #[must_use]
    pub fn html_413() -> Self {
        Fault::new(Then::Html413)
    }

    /// The request is answered with 429, and `Retry-After` of so many seconds.
    #[must_use]
    pub fn too_many_requests(retry_after: u64) -> Self {
        Fault::new(Then::TooManyRequests { retry_after })
    }

    /// The connection is reset, and nothing of the request is kept.
    #[must_use]
    pub fn reset(moment: Moment) -> Self {
        Fault::new(Then::Reset(moment))
    }

    /// The request is handled and its rows are kept, then the connection is reset without an answer.
    #[must_use]
    pub fn drop_reply() -> Self {
        Fault::new(Then::DropReply)
    }

    /// All of this happens only after so long, to the millisecond.
    #[must_use]
    pub fn delay(mut self, delay: Duration) -> Self {
        self.delay_ms = delay.as_millis().try_into().unwrap_or(u64::MAX);
        self
    }

    /// Only requests to this path meet it, such as `/v2/import/push`. Others leave it where it is.
    #[must_use]
    pub fn path(mut self, path: impl Into<String>) -> Self {
        self.path = Some(path.into());
        self
    }

    /// It happens to so many requests.
    #[must_use]
    pub fn times(mut self, times: u32) -> Self {
        self.times = times;
        self
    }

    /// What keeps it from ever happening, if anything does.
    pub(crate) fn problem(&self) -> Option<String> {
        if self.times == 0 {
            return Some("times is 0: a fault happens at least once".to_owned());
        }
        if self.delay_ms > LONGEST_DELAY_MS {
            return Some(format!("delay_ms is {}: {LONGEST_DELAY_MS} is the longest", self.delay_ms));
        }
        if let Some(path) = self.path.as_ref().filter(|path| !path.starts_with(plan::PREFIX)) {
            return Some(format!("path is {path:?}: only requests under {} meet faults", plan::PREFIX));
        }
        let Then::Answer { status, headers, .. } = &self.then else { return None };
        if !(200..600).contains(status) {
            return Some(format!("status is {status}: an answer has one from 200 to 599"));
        }
        let unusable = |(name, value): &(&String, &String)| {
            let framing = ["content-length", "transfer-encoding"].iter().any(|own| name.eq_ignore_ascii_case(own));
            framing || name.parse::<HeaderName>().is_err() || value.parse::<HeaderValue>().is_err()
        };
        headers.iter().find(unusable).map(|(name, _)| format!("the header {name:?} cannot be sent"))
    }

    /// The word for it in the journal, as in JSON.
    pub(crate) fn name(&self) -> &'static str {
        match self.then {
            Then::Pass if self.delay_ms > 0 => "delay",
            Then::Pass => "pass",
            Then::Answer { .. } => "answer",
            Then::Html413 => "html_413",
            Then::TooManyRequests { .. } => "too_many_requests",
            Then::Reset(_) => "reset",
            Then::DropReply => "drop_reply",
        }
    }

    pub(crate) fn wait(&self) -> Duration {
        Duration::from_millis(self.delay_ms)
    }

    pub(crate) fn then(self) -> Then {
        self.then
    }
}
