//! Many records in as few requests as the limits allow.

use std::ops::Range;

use backstitch_api::endpoints::{self, Endpoint};
use backstitch_api::generated::BatchStatus;
use backstitch_api::{Violation, Violations};

use super::{Client, ClientError, PushError, stored};
use crate::body::{BodyError, PushBody};
use crate::check::MOST_VIOLATIONS;
use crate::push::Push;
use crate::sequence::{Sequence, Taken};

pub(super) async fn push<T: Push>(client: &Client, table: &str, records: &[T]) -> Result<BatchStatus, PushError> {
    send(client, &endpoints::PUSH, table, records).await
}

pub(super) async fn validate<T: Push>(client: &Client, table: &str, records: &[T]) -> Result<BatchStatus, PushError> {
    send(client, &endpoints::VALIDATE, table, records).await
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

async fn send<T: Push>(
    client: &Client,
    endpoint: &Endpoint,
    table: &str,
    records: &[T],
) -> Result<BatchStatus, PushError> {
    let mut progress = Progress { count: records.len(), accepted: Vec::new(), sequences: None };
    if table.is_empty() {
        let cause = ClientError::Config("the name of the table is empty".to_owned());
        return Err(progress.fail(None, cause));
    }
    if let Err(cause) = check_all(client, table, records) {
        return Err(progress.fail(None, cause));
    }
    if records.is_empty() {
        return Ok(stored("no records to send"));
    }
    let Some(sequences) = client.inner.sequences.take(records.len()) else {
        let cause = ClientError::Config("no sequences are left: the clock is at the end of 64 bits".to_owned());
        return Err(progress.fail(None, cause));
    };
    progress.sequences = Some(sequences);
    let mut last = None;
    let mut next = 0;
    while next < records.len() {
        let start = next;
        let body = match fill(client, table, records, &mut next, sequences) {
            Ok(body) => body,
            Err(cause) => return Err(progress.fail(None, cause)),
        };
        let sent = start..next;
        let outcome = match client.post(endpoint, body).await {
            Ok(response) => client.accepted(response).await,
            Err(error) => Err(error),
        };
        match outcome {
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
fn fill<T: Push>(
    client: &Client,
    table: &str,
    records: &[T],
    next: &mut usize,
    sequences: Taken,
) -> Result<PushBody, ClientError> {
    let mut body = client.body();
    for (index, record) in records.iter().enumerate().skip(*next) {
        // As many sequences were taken as there are records.
        let taken = || sequences.at(index);
        match body.append_to(table, record, record.own_sequence().unwrap_or_else(taken)) {
            Ok(()) => *next = index + 1,
            Err(BodyError::Full { .. }) if !body.is_empty() => break,
            Err(error) => return Err(ClientError::of_body(error, index)),
        }
    }
    Ok(body)
}

/// Checks all records, their size too; the pointers of what is found start with the record's index.
fn check_all<T: Push>(client: &Client, table: &str, records: &[T]) -> Result<(), ClientError> {
    let mut found: Vec<Violation> = Vec::new();
    // Not in the memory of a body that was sent: the next body is to have it.
    let mut alone =
        PushBody::within(client.inner.format, client.inner.client_id, Vec::new()).limit_bytes(client.inner.body_bytes);
    for (index, record) in records.iter().enumerate() {
        // The longest sequence, so that the real one makes no record longer.
        match alone.push_to(table, record, Sequence::from(i64::MIN)) {
            Err(BodyError::Invalid(violations)) => {
                // In a body of one record, every pointer starts with its index there.
                found.extend(violations.into_iter().map(|mut violation| {
                    let within = violation.pointer.get(2..).unwrap_or_default();
                    violation.pointer = format!("/{index}{within}").into();
                    violation
                }));
                if found.len() >= MOST_VIOLATIONS {
                    break;
                }
            }
            Err(error @ BodyError::TooLarge { .. }) if found.is_empty() => {
                return Err(ClientError::of_body(error, index));
            }
            _ => {}
        }
        alone.clear();
    }
    Violations::check(found).map_err(ClientError::Invalid)
}
