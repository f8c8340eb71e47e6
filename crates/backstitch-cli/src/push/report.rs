//! What a run tells: a bar on a terminal; lines elsewhere, of text or of JSON.

use std::io::Write as _;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use indicatif::{HumanBytes, HumanCount, ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde_json::json;

use crate::exit::told;
use crate::terminal::say;

/// How what happens is told where there is no terminal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Log {
    /// Lines for people
    Text,
    /// A JSON object a line, on the standard error
    Json,
}

/// How often a line tells how far it is.
const EACH: Duration = Duration::from_secs(10);

/// How many rejected records are told one by one; more are a flood.
const MOST_TOLD: u64 = 100;

/// How far a run is.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Far {
    pub(crate) records: u64,
    pub(crate) rejected: u64,
    pub(crate) bytes: u64,
}

pub(crate) struct Report {
    log: Log,
    bar: ProgressBar,
    started: Instant,
    /// When a line was written last, in milliseconds since the start.
    told: AtomicU64,
    rejections: AtomicU64,
}

impl Report {
    pub(crate) fn new(log: Log) -> Self {
        let (told, rejections) = Default::default();
        Report { log, bar: ProgressBar::hidden(), started: Instant::now(), told, rejections }
    }

    /// Shows a bar from now on, where there is a terminal. `bytes` are those of all files, where they are known.
    pub(crate) fn show(&self, bytes: Option<u64>) {
        if self.log == Log::Json {
            return;
        }
        let template = match bytes {
            Some(bytes) => {
                self.bar.set_length(bytes);
                "[{bar:30}] {bytes}/{total_bytes} {msg}"
            }
            None => "{spinner} {bytes} {msg}",
        };
        if let Ok(style) = ProgressStyle::with_template(template) {
            self.bar.set_style(style.progress_chars("=> "));
        }
        self.bar.set_draw_target(ProgressDrawTarget::stderr());
    }

    /// Tells how far it is, where there is a bar, or a line is due.
    pub(crate) fn far(&self, far: Far) {
        let elapsed = self.started.elapsed();
        let rate = (far.records as f64 / elapsed.as_secs_f64().max(0.001)) as u64;
        if !self.bar.is_hidden() {
            self.bar.set_position(far.bytes);
            let rejected =
                if far.rejected > 0 { format!(", {} rejected", HumanCount(far.rejected)) } else { String::new() };
            self.bar.set_message(format!("{} records, {}/s{rejected}", HumanCount(far.records), HumanCount(rate)));
            return;
        }
        let now = elapsed.as_millis() as u64;
        let last = self.told.load(Ordering::Relaxed);
        if now < last + EACH.as_millis() as u64 {
            return;
        }
        self.told.store(now, Ordering::Relaxed);
        let Far { records, rejected, bytes } = far;
        match self.log {
            Log::Json => event(&json!({
                "event": "progress", "records": records, "rejected": rejected, "bytes": bytes, "records_per_second": rate,
            })),
            Log::Text => self.line(&format!(
                "{} records, {}, {}/s, {} rejected",
                HumanCount(records),
                HumanBytes(bytes),
                HumanCount(rate),
                HumanCount(rejected)
            )),
        }
    }

    /// A line on the standard error.
    pub(crate) fn line(&self, text: &str) {
        self.bar.suspend(|| drop(writeln!(std::io::stderr(), "{text}")));
    }

    /// Something that is good to know.
    pub(crate) fn note(&self, text: &str) {
        match self.log {
            Log::Text => self.line(text),
            Log::Json => event(&json!({"event": "note", "text": text})),
        }
    }

    /// A record that was rejected, and its place.
    pub(crate) fn rejected(&self, place: &str, reason: &str) {
        let told = self.rejections.fetch_add(1, Ordering::Relaxed);
        match self.log {
            Log::Json => event(&json!({"event": "rejected", "place": place, "reason": reason})),
            Log::Text if told < MOST_TOLD => self.line(&format!("{place}: {reason}")),
            Log::Text if told == MOST_TOLD => self.line("more records were rejected, which are not told one by one"),
            Log::Text => {}
        }
    }

    /// The end.
    pub(crate) fn end(&self, text: &str, far: Far) {
        self.bar.finish_and_clear();
        match self.log {
            Log::Text => say!("{text}"),
            Log::Json => event(&json!({
                "event": "end", "records": far.records, "rejected": far.rejected, "bytes": far.bytes,
                "seconds": self.started.elapsed().as_secs_f64(), "text": text,
            })),
        }
    }

    /// Tells of the error that ends the run, where it is told as an event; otherwise whoever started the run does.
    pub(crate) fn failed(&self, error: anyhow::Error) -> anyhow::Error {
        self.bar.finish_and_clear();
        if self.log == Log::Text {
            return error;
        }
        event(&json!({"event": "error", "text": format!("{error:#}")}));
        told(&error)
    }
}

fn event(told: &serde_json::Value) {
    let _ = writeln!(std::io::stderr(), "{told}");
}
