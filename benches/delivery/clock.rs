//! What a client's process took to deliver its records.

use std::time::Instant;

use backstitch_benches::process::{Usage, usage};
use serde::{Deserialize, Serialize};

/// What a client says at its end, in a line of JSON.
#[derive(Debug, Deserialize, Serialize)]
pub(crate) struct Sent {
    /// The records that were delivered.
    pub(crate) records: u64,
    /// Their bytes, each with the comma or the bracket behind it, where the client can tell: a body has one byte more.
    pub(crate) record_bytes: Option<u64>,
    /// The time from the first record to the last answer.
    pub(crate) seconds: f64,
    /// The processor's time of the whole process meanwhile.
    pub(crate) cpu_seconds: f64,
    /// The most memory that the process had.
    pub(crate) peak_bytes: u64,
    /// What it wrote to files meanwhile, as the system counts it.
    pub(crate) written_bytes: u64,
}

/// Runs while records are delivered.
pub(crate) struct Clock {
    started: Instant,
    before: Usage,
}

impl Clock {
    pub(crate) fn start() -> anyhow::Result<Clock> {
        Ok(Clock { before: usage()?, started: Instant::now() })
    }

    pub(crate) fn stop(self, records: u64, record_bytes: u64) -> anyhow::Result<Sent> {
        let seconds = self.started.elapsed().as_secs_f64();
        let after = usage()?;
        Ok(Sent {
            records,
            record_bytes: Some(record_bytes),
            seconds,
            cpu_seconds: after.cpu_seconds - self.before.cpu_seconds,
            peak_bytes: after.peak_bytes,
            written_bytes: after.written_bytes.saturating_sub(self.before.written_bytes),
        })
    }
}
