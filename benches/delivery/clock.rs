//! What a client's process took to deliver its records.

use std::io::Write as _;
use std::time::Instant;

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

/// What this process has used so far.
pub(crate) struct Usage {
    /// User and system.
    pub(crate) cpu_seconds: f64,
    peak_bytes: u64,
    written_bytes: u64,
}

#[cfg(unix)]
pub(crate) fn usage() -> anyhow::Result<Usage> {
    use nix::sys::resource::{UsageWho, getrusage};

    let usage = getrusage(UsageWho::RUSAGE_SELF)?;
    let cpu_seconds =
        [usage.user_time(), usage.system_time()].map(|time| time.tv_sec() as f64 + time.tv_usec() as f64 / 1e6);
    // Apple counts bytes, others kilobytes.
    let unit = if cfg!(target_vendor = "apple") { 1 } else { 1024 };
    Ok(Usage {
        cpu_seconds: cpu_seconds.iter().sum(),
        peak_bytes: u64::try_from(usage.max_rss()).unwrap_or_default() * unit,
        written_bytes: u64::try_from(usage.block_writes()).unwrap_or_default() * 512,
    })
}

#[cfg(not(unix))]
pub(crate) fn usage() -> anyhow::Result<Usage> {
    anyhow::bail!("the processor's time is measured on Unix alone")
}

/// Tells the process that started this one.
pub(crate) fn print(told: &impl Serialize) -> anyhow::Result<()> {
    let mut line = serde_json::to_vec(told)?;
    line.push(b'\n');
    let mut output = std::io::stdout().lock();
    output.write_all(&line)?;
    Ok(output.flush()?)
}
