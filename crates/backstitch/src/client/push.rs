//! Many records in as few requests as the limits allow.

use std::ops::Range;

use backstitch_api::endpoints::{self, Endpoint};
use backstitch_api::generated::BatchStatus;
use backstitch_api::{Violation, Violations};

use super::{Client, ClientError, PushError, stored};
use crate::batch::BatchBody;
use crate::body::{BodyError, PushBody};
use crate::check::MOST_VIOLATIONS;
use crate::push::Push;
use crate::sequence::{Sequence, Taken};

pub(super) async fn push<T: Push>(client: &Client, table: &str, records: &[T]) -> Result<BatchStatus, PushError> {
    send(client, &Pushing { endpoint: &endpoints::PUSH, table }, table, records).await
}

pub(super) async fn validate<T: Push>(client: &Client, table: &str, records: &[T]) -> Result<BatchStatus, PushError> {
    send(client, &Pushing { endpoint: &endpoints::VALIDATE, table }, table, records).await
}

pub(super) async fn batch<T: Push>(client: &Client, table: &str, records: &[T]) -> Result<BatchStatus, PushError> {
    send(client, &Batching { table }, table, records).await
}

/// A call that takes records in bodies of its own kind.
trait Call<T: Push> {
    type Body;

    fn endpoint(&self) -> &'static Endpoint;

    /// An empty body in the memory of `buffer`.
    fn body(&self, client: &Client, buffer: Vec<u8>) -> Self::Body;

    /// Checks a record and adds it.
    fn push(&self, body: &mut Self::Body, record: &T, sequence: Sequence) -> Result<(), BodyError>;

    /// Adds a record that was checked already.
    fn append(&self, body: &mut Self::Body, record: &T, sequence: Sequence) -> Result<(), BodyError>;

    fn is_empty(body: &Self::Body) -> bool;

    fn clear(body: &mut Self::Body);

    /// The finished body with its content type.
    fn finish(body: Self::Body) -> (&'static str, Vec<u8>);
}

/// Records with their envelopes.
struct Pushing<'a> {
    endpoint: &'static Endpoint,
    table: &'a str,
}

impl<T: Push> Call<T> for Pushing<'_> {
    type Body = PushBody;

    fn endpoint(&self) -> &'static Endpoint {
        self.endpoint
    }

    fn body(&self, client: &Client, buffer: Vec<u8>) -> PushBody {
        let inner = &client.inner;
        PushBody::within(inner.format, inner.client_id, buffer).limit_bytes(inner.body_bytes)
    }

    fn push(&self, body: &mut PushBody, record: &T, sequence: Sequence) -> Result<(), BodyError> {
        body.push_to(self.table, record, sequence)
    }

    fn append(&self, body: &mut PushBody, record: &T, sequence: Sequence) -> Result<(), BodyError> {
        body.append_to(self.table, record, sequence)
    }

    fn is_empty(body: &PushBody) -> bool {
        body.is_empty()
    }

    fn clear(body: &mut PushBody) {
        body.clear();
    }

    fn finish(body: PushBody) -> (&'static str, Vec<u8>) {
        (body.format().content_type(), body.finish())
    }
}

/// Records of one table, with its schema.
struct Batching<'a> {
    table: &'a str,
}

impl<T: Push> Call<T> for Batching<'_> {
    type Body = BatchBody;

    fn endpoint(&self) -> &'static Endpoint {
        &endpoints::BATCH
    }

    fn body(&self, client: &Client, buffer: Vec<u8>) -> BatchBody {
        BatchBody::within::<T>(self.table, buffer).limit_bytes(client.inner.body_bytes)
    }

    fn push(&self, body: &mut BatchBody, record: &T, sequence: Sequence) -> Result<(), BodyError> {
        body.push(record, sequence)
    }

    fn append(&self, body: &mut BatchBody, record: &T, sequence: Sequence) -> Result<(), BodyError> {
        body.append(record, sequence)
    }

    fn is_empty(body: &BatchBody) -> bool {
        body.is_empty()
    }

    fn clear(body: &mut BatchBody) {
        body.clear();
    }

    fn finish(body: BatchBody) -> (&'static str, Vec<u8>) {
        (backstitch_api::JSON, body.finish())
    }
}

/// What became of the records so far.
struct Progress {
    count: usize,
    accepted: Vec<Range<usize>>,
    sequences: Option<Taken>,
}

impl Progress {
    /// The error for `cause`, which struck the records of `sent`, of which nothing is known, or which
    /// were refused.
    fn fail(self, sent: Option<Range<usize>>, cause: ClientError) -> PushError {
        let next = sent.as_ref().map_or_else(|| self.accepted.last().map_or(0, |last| last.end), |sent| sent.end);
        let mut error = PushError {
            accepted: self.accepted,
            refused: Vec::new(),
            unknown: Vec::new(),
            unsent: Vec::new(),
            sequences: self.sequences,
            cause,
        };
        if let Some(sent) = sent {
            match &error.cause {
                ClientError::Refused(refusal) if refusal.status < 500 => error.refused.push(sent),
                ClientError::Unreachable { .. } => error.unsent.push(sent),
                _ => error.unknown.push(sent),
            }
        }
        if next < self.count {
            match error.unsent.last_mut() {
                Some(last) => last.end = self.count,
                None => error.unsent.push(next..self.count),
            }
        }
        error
    }
}

impl PushError {
    /// The error for `cause`, which came before any of `count` records was sent.
    pub(crate) fn before_sending(count: usize, cause: ClientError) -> Self {
        Progress { count, accepted: Vec::new(), sequences: None }.fail(None, cause)
    }
}

async fn send<T: Push, C: Call<T>>(
    client: &Client,
    call: &C,
    table: &str,
    records: &[T],
) -> Result<BatchStatus, PushError> {
    if table.is_empty() {
        let cause = ClientError::Config("the name of the table is empty".to_owned());
        return Err(PushError::before_sending(records.len(), cause));
    }
    if let Err(cause) = check_all(client, call, records) {
        return Err(PushError::before_sending(records.len(), cause));
    }
    if records.is_empty() {
        return Ok(stored("no records to send"));
    }
    let Some(sequences) = client.inner.sequences.take(records.len()) else {
        let cause = ClientError::Config("no sequences are left: the clock is at the end of 64 bits".to_owned());
        return Err(PushError::before_sending(records.len(), cause));
    };
    let mut progress = Progress { count: records.len(), accepted: Vec::new(), sequences: Some(sequences) };
    let mut last = None;
    let mut next = 0;
    while next < records.len() {
        let start = next;
        let body = match fill(client, call, records, &mut next, sequences) {
            Ok(body) => body,
            Err(cause) => return Err(progress.fail(None, cause)),
        };
        let sent = start..next;
        let (content_type, body) = C::finish(body);
        match client.send(call.endpoint(), content_type, body).await {
            Ok(status) => {
                match progress.accepted.last_mut() {
                    Some(last) => last.end = sent.end,
                    None => progress.accepted.push(sent),
                }
                // One request that is only queued makes the whole only queued.
                let queued = last.as_ref().is_some_and(|last: &BatchStatus| last.status != stored("").status);
                if !queued {
                    last = Some(status);
                }
            }
            Err(cause) => return Err(progress.fail(Some(sent), cause)),
        }
    }
    Ok(last.unwrap_or_else(|| stored("")))
}

/// Writes records, which were checked already, into a body from `next` on, as many as fit.
fn fill<T: Push, C: Call<T>>(
    client: &Client,
    call: &C,
    records: &[T],
    next: &mut usize,
    sequences: Taken,
) -> Result<C::Body, ClientError> {
    let mut body = call.body(client, client.inner.bodies.take());
    for (index, record) in records.iter().enumerate().skip(*next) {
        // As many sequences were taken as there are records.
        let taken = || sequences.at(index);
        match call.append(&mut body, record, record.own_sequence().unwrap_or_else(taken)) {
            Ok(()) => *next = index + 1,
            Err(BodyError::Full { .. }) if !C::is_empty(&body) => break,
            Err(error) => return Err(ClientError::of_body(error, index)),
        }
    }
    Ok(body)
}

/// Checks all records, their size too; the pointers of what is found start with the record's index.
fn check_all<T: Push, C: Call<T>>(client: &Client, call: &C, records: &[T]) -> Result<(), ClientError> {
    let mut found: Vec<Violation> = Vec::new();
    // Not in the memory of a body that was sent: the next body is to have it.
    let mut alone = call.body(client, Vec::new());
    for (index, record) in records.iter().enumerate() {
        // The longest sequence, so that the real one makes no record longer.
        match call.push(&mut alone, record, Sequence::from(i64::MIN)) {
            Err(BodyError::TooLarge { .. }) if !found.is_empty() => {}
            Err(error) => match ClientError::of_body(error, index) {
                ClientError::Invalid(violations) => {
                    found.extend(violations);
                    if found.len() >= MOST_VIOLATIONS {
                        break;
                    }
                }
                error => return Err(error),
            },
            Ok(()) => {}
        }
        C::clear(&mut alone);
    }
    Violations::check(found).map_err(ClientError::Invalid)
}
