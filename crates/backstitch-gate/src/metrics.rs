//! What a gate counts, for Prometheus.

use std::time::Duration;

use backstitch_api::endpoints;
use prometheus::{HistogramOpts, HistogramVec, IntCounter, IntCounterVec, Opts, Registry, TextEncoder};

/// The type of the text.
pub(crate) const CONTENT_TYPE: &str = prometheus::TEXT_FORMAT;

/// What stands for every path that is none of the API's: a label has few values, whatever is asked for.
const OTHER: &str = "other";

/// In seconds: from a request of one record to one of 20 MB on a slow disk.
const BUCKETS: [f64; 12] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0];

/// The counters of a gate.
#[derive(Debug)]
pub(crate) struct Metrics {
    registry: Registry,
    requests: IntCounterVec,
    records: IntCounterVec,
    bytes: IntCounterVec,
    seconds: HistogramVec,
    ties: IntCounter,
    rejected: IntCounterVec,
}

/// What is counted of one request.
#[derive(Debug)]
pub(crate) struct Count<'a> {
    pub(crate) path: &'a str,
    /// None where nothing was answered.
    pub(crate) status: Option<u16>,
    /// Whether its records were taken, whoever was told.
    pub(crate) is_accepted: bool,
    pub(crate) bytes: u64,
    /// None where they were not counted.
    pub(crate) records: Option<usize>,
    /// None where nothing was loaded.
    pub(crate) rejected: Option<u64>,
    pub(crate) duration: Duration,
}

impl Metrics {
    /// Counters at zero.
    ///
    /// # Errors
    /// Where two have one name.
    pub(crate) fn new() -> Result<Self, prometheus::Error> {
        let registry = Registry::new();
        let counter = |name: &str, help: &str, labels: &[&str]| {
            let counter = IntCounterVec::new(Opts::new(name, help), labels)?;
            registry.register(Box::new(counter.clone()))?;
            Ok::<_, prometheus::Error>(counter)
        };
        let requests = counter(
            "backstitch_gate_requests_total",
            "Requests, by path and the status of the answer.",
            &["path", "status"],
        )?;
        let records = counter(
            "backstitch_gate_records_total",
            "Records in requests that were accepted, and in those that were refused once their records had been counted.",
            &["path", "outcome"],
        )?;
        let bytes = counter("backstitch_gate_request_bytes_total", "Bytes of the bodies of requests.", &["path"])?;
        let rejected = counter(
            "backstitch_gate_rejected_total",
            "Records that were accepted and are in _sdc_rejected, since they could not be loaded, or not whole.",
            &["path"],
        )?;
        let seconds = HistogramVec::new(
            HistogramOpts::new("backstitch_gate_request_seconds", "Time from the head of a request to its answer.")
                .buckets(BUCKETS.to_vec()),
            &["path"],
        )?;
        registry.register(Box::new(seconds.clone()))?;
        let ties = IntCounter::new(
            "backstitch_gate_ties_total",
            "Records that were not loaded, since the row with the same key has the same sequence.",
        )?;
        registry.register(Box::new(ties.clone()))?;
        Ok(Metrics { registry, requests, records, bytes, seconds, ties, rejected })
    }

    /// Counts records whose sequence was there already.
    pub(crate) fn ties(&self, records: u64) {
        self.ties.inc_by(records);
    }

    /// Counts a request.
    pub(crate) fn count(&self, count: &Count<'_>) {
        let known = [&endpoints::BATCH, &endpoints::PUSH, &endpoints::VALIDATE, &endpoints::STATUS];
        let path = known.iter().find(|endpoint| endpoint.path == count.path).map_or(OTHER, |endpoint| endpoint.path);
        let status = count.status.map_or_else(|| "none".to_owned(), |status| status.to_string());
        self.requests.with_label_values(&[path, &status]).inc();
        self.bytes.with_label_values(&[path]).inc_by(count.bytes);
        self.seconds.with_label_values(&[path]).observe(count.duration.as_secs_f64());
        if let Some(records) = count.records {
            let outcome = if count.is_accepted { "accepted" } else { "refused" };
            self.records.with_label_values(&[path, outcome]).inc_by(records as u64);
        }
        if let Some(rejected) = count.rejected {
            self.rejected.with_label_values(&[path]).inc_by(rejected);
        }
    }

    /// All of them as Prometheus reads them.
    ///
    /// # Errors
    /// The encoder's.
    pub(crate) fn text(&self) -> Result<String, prometheus::Error> {
        TextEncoder::new().encode_to_string(&self.registry.gather())
    }
}
