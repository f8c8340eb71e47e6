//! What a sender tells of itself: events of `tracing`, and, with the feature `metrics`, counters, gauges and histograms
//! of the `metrics` facade. The names are in `docs/delivery.md`.

use std::time::Duration;

use super::Summary;
use super::receipt::Rejection;
use super::store::StoreError;
use super::work::Work;
use crate::client::Refusal;

/// Says with the `metrics` facade, where that is wanted.
macro_rules! metric {
    ($($metric:tt)*) => {
        #[cfg(feature = "metrics")]
        {
            $($metric)*;
        }
    };
}

/// Records were handed over.
#[cfg(feature = "metrics")]
pub(super) fn enqueued(table: &str, records: usize) {
    metrics::counter!("backstitch_records_enqueued_total", "table" => table.to_owned()).increment(records as u64);
}

/// A request is on its way.
pub(super) fn in_flight(requests: usize, limit: usize) {
    metric!(metrics::gauge!("backstitch_requests_in_flight").set(requests as f64));
    metric!(metrics::gauge!("backstitch_concurrency_limit").set(limit as f64));
    let _ = (requests, limit);
}

/// A request was answered, or not: `outcome` is a class of answers.
pub(super) fn answered(outcome: &'static str, bytes: usize, took: Duration) {
    metric!(metrics::counter!("backstitch_requests_total", "outcome" => outcome).increment(1));
    metric!(metrics::counter!("backstitch_request_bytes_total").increment(bytes as u64));
    metric!(metrics::histogram!("backstitch_request_seconds").record(took.as_secs_f64()));
    let _ = (outcome, bytes, took);
}

/// The records of a request were accepted.
pub(super) fn delivered(work: &Work, status: u16) {
    let (records, attempts) = (work.records(), work.attempts);
    tracing::debug!(records, attempts, status, "records were accepted");
    #[cfg(feature = "metrics")]
    {
        for (table, count) in work.tables() {
            metrics::counter!("backstitch_records_delivered_total", "table" => table.to_owned())
                .increment(u64::from(count));
        }
        if let Some(since) = work.since() {
            metrics::histogram!("backstitch_delivery_seconds").record(since.elapsed().as_secs_f64());
        }
    }
}

/// A request is to be sent again.
pub(super) fn retried(base_url: &str, class: &'static str, reason: &str, failures: u32, wait: Duration) {
    metric!(metrics::counter!("backstitch_retries_total", "class" => class).increment(1));
    let wait_ms = wait.as_millis() as u64;
    tracing::warn!(base_url, class, reason, failures, wait_ms, "a request failed, and is sent again");
    // Once, and not for what is over after the first wait.
    if failures == FAILURES_TO_TELL {
        tell(&format!("requests fail, and are sent again: {reason}"));
    }
}

/// A request was too large.
pub(super) fn too_large(bytes: usize, cap: usize) {
    tracing::warn!(bytes, cap, "a request was too large, and is sent in halves");
}

/// A record will never be accepted as it is.
pub(super) fn rejected(table: &str, rejection: &Rejection) {
    metric!(metrics::counter!("backstitch_records_rejected_total", "table" => table.to_owned()).increment(1));
    tracing::error!(table, reason = %rejection, "a record was rejected");
}

/// The API refuses whatever is sent.
pub(super) fn held(base_url: &str, refusal: &Refusal, again_in: Option<Duration>) {
    match again_in {
        Some(wait) => {
            let wait_ms = wait.as_millis() as u64;
            tracing::error!(base_url, %refusal, wait_ms, "the API takes no records; they are kept, and it is tried again");
        }
        None => {
            tracing::error!(base_url, %refusal, "the API takes no records; they are kept, and nothing more is sent");
        }
    }
    tell(&format!("the API at {base_url} takes no records: {refusal}"));
}

/// The spool, or the file of dead letters, can't be written.
pub(super) fn spool_failed(error: &StoreError) {
    metric!(metrics::counter!("backstitch_spool_errors_total").increment(1));
    tracing::error!(%error, "what is to be kept can't be written; it is tried again");
}

/// A block of the spool can't be read.
pub(super) fn damaged(block: u64, records: u32, reason: &str) {
    tracing::error!(block, records, reason, "records of the spool can't be read, and stay there");
}

/// How much waits, and how large the spool's file is.
#[cfg(all(feature = "spool", feature = "metrics"))]
pub(super) fn spool(waiting: &super::queue::Waiting, file_bytes: u64) {
    metric!(metrics::gauge!("backstitch_spool_records").set(waiting.records as f64));
    metric!(metrics::gauge!("backstitch_spool_bytes").set(waiting.bytes as f64));
    metric!(metrics::gauge!("backstitch_spool_file_bytes").set(file_bytes as f64));
    metric!(metrics::gauge!("backstitch_spool_oldest_seconds").set(waiting.oldest.as_secs_f64()));
    let _ = (waiting, file_bytes);
}

/// Records are lost with their sender.
pub(super) fn lost(summary: &Summary) {
    let Summary { lost: records, possibly_sent, trouble, .. } = summary;
    let reason = trouble.as_deref().unwrap_or("it was dropped, or closed before they were delivered");
    tracing::error!(records, possibly_sent, reason, "records are lost with their sender");
    tell(&format!("{records} records are lost with their sender: {reason}"));
}

/// After so many failures of one request people are told who do not listen to events.
const FAILURES_TO_TELL: u32 = 3;

/// Tells people who do not listen to events: on standard error.
fn tell(text: &str) {
    if !tracing::dispatcher::has_been_set() {
        use std::io::Write as _;
        let _ = writeln!(std::io::stderr(), "backstitch: {text}");
    }
}
