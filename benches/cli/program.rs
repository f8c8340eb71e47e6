//! A program that is measured while it reads its input and sends to a sink.

use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::{Context as _, ensure};
use backstitch_benches::process;
use backstitch_benches::sink::{COUNTING_SINK, Sink};
use serde::{Deserialize, Serialize};

/// The argument that has this executable run a program, and tell what it took.
pub(crate) const MEASURED: &str = "measured";

/// What a program took, all in all: also to start.
#[derive(Clone, Copy, Debug, Deserialize, Serialize)]
pub(crate) struct Took {
    pub(crate) seconds: f64,
    pub(crate) cpu_seconds: f64,
    pub(crate) peak_bytes: u64,
}

/// The command, built as it is shipped.
pub(crate) fn backstitch() -> anyhow::Result<PathBuf> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let status = Command::new(cargo)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .args(["build", "--release", "--package", "backstitch-cli"])
        .status()?;
    ensure!(status.success(), "the command can't be built");
    let program = Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("release").join("backstitch");
    Ok(program.with_extension(std::env::consts::EXE_EXTENSION))
}

/// Runs a program to its end with this process's input, and prints what it took.
pub(crate) fn run(program: &str, arguments: &[&str]) -> anyhow::Result<()> {
    let started = Instant::now();
    let mut command = Command::new(program);
    // What it would go through elsewhere is not measured.
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
    let sink = Sink::start(COUNTING_SINK)?;
    let arguments = arguments(&sink.url)?;
    let mut process = process::this(MEASURED)?.arg(program).args(arguments).stdin(Stdio::piped()).spawn()?;
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
