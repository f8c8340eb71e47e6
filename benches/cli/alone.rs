//! A program as the only child of a process, whose memory and time can be told from those of all others.

use std::io::{BufWriter, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::{Context as _, ensure};
use backstitch_benches::process;
use backstitch_benches::sink::Sink;
use serde::{Deserialize, Serialize};

use crate::command::COUNTING_SINK;

/// The argument that has this executable run a program, and tell what it took.
pub(crate) const ALONE: &str = "alone";

/// What a program took, all in all: also to start.
#[derive(Clone, Copy, Debug, Deserialize, Serialize)]
pub(crate) struct Took {
    pub(crate) seconds: f64,
    pub(crate) cpu_seconds: f64,
    pub(crate) peak_bytes: u64,
}

/// Runs a program to its end with this process's input, and prints what it took.
pub(crate) fn run(program: &str, arguments: &[&str]) -> anyhow::Result<()> {
    let started = Instant::now();
    let mut command = Command::new(program);
    // A proxy of the environment is not measured.
    command.env("NO_PROXY", "127.0.0.1").env("no_proxy", "127.0.0.1");
    let output = command.args(arguments).stdin(Stdio::inherit()).output()?;
    let seconds = started.elapsed().as_secs_f64();
    ensure!(output.status.success(), "{program}: {}", String::from_utf8_lossy(&output.stderr).trim());
    let (cpu_seconds, peak_bytes) = (process::cpu_seconds_of_children()?, process::peak_bytes_of_children()?);
    process::print(&Took { seconds, cpu_seconds, peak_bytes })
}

/// Feeds a program that sends to a sink; what it took, once so many records have come there.
pub(crate) fn measure(
    program: &Path,
    arguments: impl FnOnce(&str) -> anyhow::Result<Vec<String>>,
    records: u64,
    feed: impl FnOnce(&mut dyn Write) -> std::io::Result<()>,
) -> anyhow::Result<Took> {
    let this = std::env::current_exe()?;
    let sink = Sink::start(Command::new(&this).arg(COUNTING_SINK))?;
    let mut command = Command::new(this);
    command.arg(ALONE).arg(program).args(arguments(&sink.url)?).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut process = command.spawn()?;
    let mut input = BufWriter::with_capacity(64 << 10, process.stdin.take().context("its input")?);
    let fed = feed(&mut input).and_then(|()| input.flush());
    drop(input);
    let output = process.wait_with_output()?;
    ensure!(output.status.success(), "{} ended with an error", program.display());
    fed?;
    let received = sink.finish()?;
    ensure!(received.records == records, "{records} records were read, and {} were sent", received.records);
    serde_json::from_slice(&output.stdout).context("what it took")
}
