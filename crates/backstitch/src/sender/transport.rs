//! Requests over HTTP, as a sender makes them.

use std::fmt::Debug;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use super::route::Route;
use crate::client::{Answer, Client, ClientError};

/// What makes requests.
pub(super) trait Transport: Debug + Send + Sync {
    /// Sends a body and waits for the answer.
    fn send<'a>(&'a self, route: Arc<Route>, chunks: Vec<bytes::Bytes>) -> Sending<'a>;
}

pub(super) type Sending<'a> = Pin<Box<dyn Future<Output = Result<Answer, Failure>> + Send + 'a>>;

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Failure {
    /// The server was not reached: nothing was sent.
    Unreachable(String),
    /// The connection broke, or it took too long: the request may have arrived.
    NoAnswer(String),
}

impl Transport for Client {
    fn send<'a>(&'a self, route: Arc<Route>, chunks: Vec<bytes::Bytes>) -> Sending<'a> {
        Box::pin(async move {
            self.post_chunks(route.endpoint(), route.content_type(), chunks).await.map_err(|error| match error {
                error @ ClientError::Unreachable { .. } => Failure::Unreachable(error.to_string()),
                error => Failure::NoAnswer(error.to_string()),
            })
        })
    }
}
