//! What a process has used, and how it tells the one that started it.

use std::io::Write as _;

use serde::Serialize;

/// What this process has used so far.
pub struct Usage {
    /// User and system time of processors.
    pub cpu_seconds: f64,
    /// The most memory that it had.
    pub peak_bytes: u64,
    /// What it wrote to files, as the system counts it.
    pub written_bytes: u64,
}

/// What this process has used so far.
///
/// # Errors
///
/// Where the system does not tell.
#[cfg(unix)]
pub fn usage() -> anyhow::Result<Usage> {
    use nix::sys::resource::{UsageWho, getrusage};

    let usage = getrusage(UsageWho::RUSAGE_SELF)?;
    let cpu_seconds =
        [usage.user_time(), usage.system_time()].map(|time| time.tv_sec() as f64 + time.tv_usec() as f64 / 1e6);
    // Apple counts bytes, others kilobytes.
    let unit = if cfg!(target_vendor = "apple") { 1 } else { 1024 };
    let peak_bytes = u64::try_from(usage.max_rss()).unwrap_or_default() * unit;
    Ok(Usage {
        cpu_seconds: cpu_seconds.iter().sum(),
        peak_bytes: own_peak().unwrap_or(peak_bytes),
        written_bytes: u64::try_from(usage.block_writes()).unwrap_or_default() * 512,
    })
}

/// What this process has used so far.
///
/// # Errors
///
/// Always: here nothing tells.
#[cfg(not(unix))]
pub fn usage() -> anyhow::Result<Usage> {
    anyhow::bail!("the processor's time is measured on Unix alone")
}

/// The time of processors that all processes took which were started by this one and have ended.
///
/// # Errors
///
/// Where the system does not tell.
#[cfg(unix)]
pub fn cpu_seconds_of_children() -> anyhow::Result<f64> {
    use nix::sys::resource::{UsageWho, getrusage};

    let usage = getrusage(UsageWho::RUSAGE_CHILDREN)?;
    Ok([usage.user_time(), usage.system_time()]
        .map(|time| time.tv_sec() as f64 + time.tv_usec() as f64 / 1e6)
        .iter()
        .sum())
}

/// The time of processors that all processes took which were started by this one and have ended.
///
/// # Errors
///
/// Always: here nothing tells.
#[cfg(not(unix))]
pub fn cpu_seconds_of_children() -> anyhow::Result<f64> {
    anyhow::bail!("the processor's time is measured on Unix alone")
}

/// The most memory that any process had which was started by this one and has ended; at least what this one had when it
/// started them.
///
/// # Errors
///
/// Where the system does not tell.
#[cfg(unix)]
pub fn peak_bytes_of_children() -> anyhow::Result<u64> {
    use nix::sys::resource::{UsageWho, getrusage};

    let kilobytes = u64::try_from(getrusage(UsageWho::RUSAGE_CHILDREN)?.max_rss())?;
    // Apple counts bytes, others kilobytes.
    Ok(kilobytes * if cfg!(target_vendor = "apple") { 1 } else { 1024 })
}

/// The most memory that any process had which was started by this one and has ended.
///
/// # Errors
///
/// Always: here nothing tells.
#[cfg(not(unix))]
pub fn peak_bytes_of_children() -> anyhow::Result<u64> {
    anyhow::bail!("memory is measured on Unix alone")
}

/// The most memory of this process on Linux, where what `getrusage` tells begins with that of the process which started
/// this one.
#[cfg(unix)]
fn own_peak() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().strip_suffix(" kB")?.parse::<u64>().ok().map(|kilobytes| kilobytes << 10)
}

/// Tells the process that started this one, in a line of JSON.
///
/// # Errors
///
/// Where nobody listens any more.
pub fn print(told: &impl Serialize) -> anyhow::Result<()> {
    let mut line = serde_json::to_vec(told)?;
    line.push(b'\n');
    let mut output = std::io::stdout().lock();
    output.write_all(&line)?;
    Ok(output.flush()?)
}
