//! Bodies on their way: some at once, each again until it is accepted or refused, and the states after them in order.

use std::collections::HashMap;
use std::io::Write as _;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, anyhow};
use backstitch::{Client, ClientError, Refusal};
use bytes::Bytes;
use tokio::task::{AbortHandle, JoinError, JoinSet};
use tokio::time::Instant;

use super::log::Log;
use super::order::Order;
use super::stream::Body;

/// The longest wait before the first retry, and before any.
const FIRST_WAIT: Duration = Duration::from_millis(200);
const LONGEST_WAIT: Duration = Duration::from_secs(15);

/// How often and how long.
#[derive(Clone, Copy, Debug)]
pub(super) struct Patience {
    /// How many requests may be under way at once.
    pub(super) in_flight: usize,
    /// How long a request is tried again after it failed first.
    pub(super) retry: Duration,
}

/// What is under way.
pub(super) struct Delivery {
    patience: Patience,
    log: Log,
    order: Order,
    requests: JoinSet<Ended>,
    handles: Vec<(u64, AbortHandle)>,
    /// The version of the last body of each stream.
    versions: HashMap<Arc<str>, Option<i64>>,
    /// Why the earliest of the requests that failed did.
    failure: Option<anyhow::Error>,
}

/// How a request ended: its number, and why it was not accepted.
type Ended = (u64, anyhow::Result<()>);

impl Delivery {
    pub(super) fn new(patience: Patience, log: Log) -> Self {
        let (order, requests) = (Order::default(), JoinSet::new());
        Delivery { patience, log, order, requests, handles: Vec::new(), versions: HashMap::new(), failure: None }
    }

    /// Waits until a body may be sent: for others to be accepted, and for all of them before a version is activated, and
    /// before records of another version. Were these there first, an older version's records would count for nothing.
    pub(super) async fn room_for(&mut self, body: &Body) -> anyhow::Result<()> {
        let is_other = self.versions.get(&body.stream).is_some_and(|version| *version != body.version);
        self.at_most(if body.is_switch || is_other { 0 } else { self.patience.in_flight.saturating_sub(1) }).await
    }

    /// Sends a body; `state` is written once it and all before it are accepted. Nothing is sent after one that failed.
    pub(super) fn send(&mut self, client: &Client, body: Body, state: Option<Box<str>>) {
        let Some(number) = self.order.add(state) else { return };
        self.versions.insert(Arc::clone(&body.stream), body.version);
        let (client, patience, log) = (client.clone(), self.patience.retry, self.log);
        let handle = self.requests.spawn(async move { (number, deliver(&client, body, patience, log).await) });
        self.handles.push((number, handle));
    }

    /// Writes a state once all before it is accepted; never where something before it failed.
    pub(super) fn state(&mut self, state: Box<str>) -> anyhow::Result<()> {
        self.order.add(Some(state)).map_or(Ok(()), |number| self.accepted(number))
    }

    /// Waits until all is accepted.
    pub(super) async fn all(&mut self) -> anyhow::Result<()> {
        self.at_most(0).await
    }

    /// Waits until one more request has ended; for ever where there is none.
    pub(super) async fn one(&mut self) -> anyhow::Result<()> {
        if self.failure.is_some() {
            return self.all().await;
        }
        match self.requests.join_next().await {
            Some(ended) => self.note(ended),
            None => std::future::pending().await,
        }
    }

    /// Waits until no more than so many requests are under way. Where one failed, until those before it have ended.
    async fn at_most(&mut self, most: usize) -> anyhow::Result<()> {
        loop {
            let is_over = self.order.len() <= if self.failure.is_some() { 0 } else { most };
            if is_over {
                return self.failure.take().map_or(Ok(()), Err);
            }
            match self.requests.join_next().await {
                Some(ended) => self.note(ended)?,
                None => return self.failure.take().map_or(Ok(()), Err),
            }
        }
    }

    fn note(&mut self, ended: Result<Ended, JoinError>) -> anyhow::Result<()> {
        let (number, outcome) = match ended {
            Ok(ended) => ended,
            Err(error) if error.is_cancelled() => return Ok(()),
            Err(error) => return Err(error).context("a request can't be made"),
        };
        self.handles.retain(|(of, _)| *of != number);
        match outcome {
            Ok(()) => return self.accepted(number),
            Err(error) if self.order.fail(number) => self.failure = Some(error),
            // It came after one that had failed.
            Err(_) => return Ok(()),
        }
        // Nothing that comes after it matters any more.
        for (_, handle) in self.handles.extract_if(.., |(of, _)| *of > number) {
            handle.abort();
        }
        Ok(())
    }

    fn accepted(&mut self, number: u64) -> anyhow::Result<()> {
        self.order.accept(number).iter().try_for_each(|state| write(state))
    }
}

/// Writes a state to the standard output.
pub(super) fn write(state: &str) -> anyhow::Result<()> {
    let mut output = std::io::stdout().lock();
    writeln!(output, "{state}")
        .and_then(|()| output.flush())
        .context("a STATE can't be written to the standard output, though all before it was accepted")
}

/// Sends a body until it is accepted, is refused, or has failed for too long.
async fn deliver(client: &Client, body: Body, patience: Duration, log: Log) -> anyhow::Result<()> {
    let Body { bytes, stream, lines, records, .. } = body;
    let bytes = Bytes::from(bytes);
    let (mut longest, mut until) = (FIRST_WAIT, None);
    loop {
        log.debug(format_args!("sending {} bytes, {records} records of `{stream}`", bytes.len()));
        let Err(error) = client.batch_bytes(bytes.clone()).await else {
            // What runners count records by.
            log.info(format_args!(
                r#"METRIC: {{"type": "counter", "metric": "record_count", "value": {records}, "tags": {{"endpoint": {}, "num_bytes": {}}}}}"#,
                serde_json::Value::from(&*stream),
                bytes.len()
            ));
            return Ok(());
        };
        let Some(asked) = retriable(&error) else { return Err(anyhow!("{error}{}", place(&error, &stream, &lines))) };
        let now = Instant::now();
        if asked > patience {
            return Err(anyhow!(
                "{error}: it asks to wait for {} seconds, which is longer than --retry-seconds {}{}",
                asked.as_secs_f64(),
                patience.as_secs_f64(),
                place(&error, &stream, &lines)
            ));
        }
        let until = *until.get_or_insert_with(|| now.checked_add(patience));
        // Between half of it and all, so that not all who failed come back at once.
        let wait = longest.mul_f64(0.5 + fastrand::f64() / 2.0).max(asked);
        longest = (2 * longest).min(LONGEST_WAIT);
        if until.is_some_and(|until| now.checked_add(wait).is_none_or(|then| then > until)) {
            let seconds = patience.as_secs_f64();
            return Err(anyhow!("{error} (tried again for {seconds} seconds){}", place(&error, &stream, &lines)));
        }
        log.info(format_args!("{error}: trying again in {:.1} seconds", wait.as_secs_f64()));
        tokio::time::sleep(wait).await;
    }
}

/// How long to wait at least before a request is made again; none where the same request would fail again.
fn retriable(error: &ClientError) -> Option<Duration> {
    match error {
        ClientError::Unreachable { .. } | ClientError::NoAnswer { .. } => Some(Duration::ZERO),
        ClientError::Refused(Refusal { status: 408 | 425 | 429 | 500..=599, retry_after, .. }) => {
            Some(retry_after.unwrap_or_default())
        }
        _ => None,
    }
}

/// Where in the input is what a request was refused for.
fn place(error: &ClientError, stream: &str, lines: &[u64]) -> String {
    if let ClientError::Refused(refusal) = error
        && let Some(index) = named_record(&refusal.message)
        && let Some(line) = lines.get(index)
    {
        return format!("; that record of the stream `{stream}` is line {line} of the input");
    }
    match (lines.first(), lines.last()) {
        (Some(first), Some(last)) if first < last => {
            format!("; the request had records of the stream `{stream}`, of lines {first} to {last} of the input")
        }
        (Some(line), _) => format!("; the request had line {line} of the input, of the stream `{stream}`"),
        _ => String::new(),
    }
}

/// The index of the record that the API names: `Record 17 did not conform to schema: …`.
fn named_record(message: &str) -> Option<usize> {
    let (_, after) = message.split_once("Record ")?;
    let digits = after.find(|character: char| !character.is_ascii_digit()).unwrap_or(after.len());
    after.get(..digits)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::named_record;

    #[test]
    fn the_record_that_the_api_names_is_found() {
        assert_eq!(named_record("Record 17 did not conform to schema: #/id: expected: Integer"), Some(17));
        assert_eq!(named_record("Record 3 has more than 10000 data points"), Some(3));
        for message in ["Record is missing key property id", "", "Record 99999999999999999999 is bad"] {
            assert_eq!(named_record(message), None, "{message}");
        }
    }
}
