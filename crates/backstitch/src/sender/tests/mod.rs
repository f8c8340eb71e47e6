//! A sender whose answers are scripted, in time that is paused: nothing here waits for a clock.

mod closing;
mod fairness;
mod outcomes;
mod queue;
mod room;
mod rows;
mod sealing;
#[cfg(feature = "spool")]
mod spooling;

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use tokio::time::Instant;

use super::route::Route;
use super::transport::{Failure, Sending, Transport};
use super::{Retry, SenderBuilder};
use crate::Push;
use crate::client::{Answer, Client};

const SECOND: Duration = Duration::from_secs(1);

#[derive(Clone, Debug, Push)]
#[push(table = "orders", key = "id", doc_test = false)]
struct Order {
    id: i64,
    note: String,
}

fn order(id: i64) -> Order {
    Order { id, note: String::new() }
}

fn orders(ids: std::ops::Range<i64>) -> impl Iterator<Item = Order> {
    ids.map(order)
}

/// What a server does with a request.
#[derive(Clone, Debug)]
enum Act {
    Answer(u16, &'static str),
    RetryAfter(u16, &'static str),
    Silence,
    Break,
    Unreachable,
}

const ACCEPT: Act = Act::Answer(201, r#"{"status":"OK","message":"Batch Accepted!"}"#);

type Rule = Box<dyn Fn(&Seen) -> Act + Send + Sync>;

/// A request that came.
#[derive(Clone, Debug)]
struct Seen {
    at: Duration,
    path: &'static str,
    body: String,
    /// The ids of its records.
    ids: Vec<i64>,
}

/// A server that follows a script, and then a rule.
#[derive(Clone)]
struct Server(Arc<Script>);

struct Script {
    started: Instant,
    first: Mutex<VecDeque<Act>>,
    rule: Rule,
    /// How long an answer takes.
    takes: Duration,
    seen: Mutex<Vec<Seen>>,
}

impl std::fmt::Debug for Server {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Server")
    }
}

impl Server {
    fn new(first: impl IntoIterator<Item = Act>) -> Self {
        Server::with(first, |_| ACCEPT)
    }

    fn with(first: impl IntoIterator<Item = Act>, rule: impl Fn(&Seen) -> Act + Send + Sync + 'static) -> Self {
        Server::taking(Duration::ZERO, first, rule)
    }

    fn taking(
        takes: Duration,
        first: impl IntoIterator<Item = Act>,
        rule: impl Fn(&Seen) -> Act + Send + Sync + 'static,
    ) -> Self {
        let first = Mutex::new(first.into_iter().collect());
        Server(Arc::new(Script { started: Instant::now(), first, rule: Box::new(rule), takes, seen: Mutex::default() }))
    }

    /// The requests so far.
    fn seen(&self) -> Vec<Seen> {
        self.0.seen.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The ids of each request.
    fn ids(&self) -> Vec<Vec<i64>> {
        self.seen().into_iter().map(|seen| seen.ids).collect()
    }

    /// How many records each request had.
    fn sizes(&self) -> Vec<usize> {
        self.seen().iter().map(|seen| seen.ids.len()).collect()
    }

    fn client(&self) -> Client {
        let client = Client::builder().client_id(7723).token("at_secret").base_url("http://script");
        client.build().expect("the settings are right")
    }

    /// A sender that sends here.
    fn sender(&self) -> SenderBuilder {
        let retry = Retry::default().base(SECOND).cap(8 * SECOND).pause(60 * SECOND);
        self.client().sender().transport(self.clone()).retry(retry)
    }
}

impl Transport for Server {
    fn send<'a>(&'a self, route: Arc<Route>, chunks: Vec<Bytes>) -> Sending<'a> {
        let body = String::from_utf8(chunks.concat()).expect("a request is text");
        let json: serde_json::Value = serde_json::from_str(&body).expect("a request is JSON");
        let records = json.as_array().or_else(|| json["messages"].as_array()).expect("it has records");
        let ids = records.iter().map(|record| record["data"]["id"].as_i64().expect("each has an id")).collect();
        let at = self.0.started.elapsed();
        let seen = Seen { at, path: route.endpoint().path, body, ids };
        let scripted = self.0.first.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
        let act = scripted.unwrap_or_else(|| (self.0.rule)(&seen));
        self.0.seen.lock().unwrap_or_else(PoisonError::into_inner).push(seen);
        Box::pin(async move {
            tokio::time::sleep(self.0.takes).await;
            match act {
                Act::Answer(status, body) => Ok(Answer { status, retry_after: None, body: body.into() }),
                Act::RetryAfter(status, after) => {
                    Ok(Answer { status, retry_after: Some(after.to_owned()), body: Vec::new() })
                }
                Act::Silence => std::future::pending().await,
                Act::Break => Err(Failure::NoAnswer("connection reset".to_owned())),
                Act::Unreachable => Err(Failure::Unreachable("connection refused".to_owned())),
            }
        })
    }
}
