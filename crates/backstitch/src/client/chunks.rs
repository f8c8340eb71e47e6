//! Bodies in pieces, and answers of which no more is read than is needed.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use backstitch_api::endpoints::Endpoint;
use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};

use super::{Client, ClientError, error, response};

/// How long the rest of an answer is waited for, whose status is known already.
const REST_OF_ANSWER: Duration = Duration::from_secs(5);

/// An answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    /// The `Retry-After` of its head.
    pub(crate) retry_after: Option<String>,
    /// What was read of its body.
    pub(crate) body: Vec<u8>,
}

/// A body in pieces.
struct Chunks {
    chunks: std::vec::IntoIter<Bytes>,
    left: u64,
}

impl Body for Chunks {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let chunks = self.get_mut();
        let next = chunks.chunks.next();
        chunks.left -= next.as_ref().map_or(0, |chunk| chunk.len() as u64);
        Poll::Ready(next.map(|chunk| Ok(Frame::data(chunk))))
    }

    fn is_end_stream(&self) -> bool {
        self.left == 0
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.left)
    }
}

impl Client {
    /// Sends a body, which is not copied.
    pub(crate) async fn post_chunks(
        &self,
        endpoint: &Endpoint,
        content_type: &'static str,
        chunks: Vec<Bytes>,
    ) -> Result<Answer, ClientError> {
        let left: usize = chunks.iter().map(Bytes::len).sum();
        let body = reqwest::Body::wrap(Chunks { chunks: chunks.into_iter(), left: left as u64 });
        let response = self
            .request(endpoint, content_type, left)
            .body(body)
            .send()
            .await
            .map_err(|error| error::transport(error, &self.inner.base_url))?;
        let status = response.status().as_u16();
        let retry_after = response.headers().get(reqwest::header::RETRY_AFTER);
        let retry_after = retry_after.and_then(|value| value.to_str().ok()).map(str::to_owned);
        // The status says what became of the records; the rest is for people, and for the connection to be used again.
        let body = tokio::time::timeout(REST_OF_ANSWER, response::head(response)).await;
        let body = body.map(|(body, _)| body).unwrap_or_default();
        Ok(Answer { status, retry_after, body })
    }
}
