//! The command, and the sink that takes what it sends.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use anyhow::{Context as _, ensure};
use backstitch_benches::process::cpu_seconds_of_children;
use backstitch_benches::sink::{Received, Sink};

/// The argument that starts a sink.
pub(crate) const SINK: &str = "sink";

/// The argument that starts a sink which counts records, and is slow.
pub(crate) const COUNTING_SINK: &str = "counting-sink";

/// What a run took.
pub(crate) struct Measured {
    pub(crate) seconds: f64,
    pub(crate) cpu_seconds: f64,
    pub(crate) received: Received,
}

/// Where the command is once it is built.
pub(crate) fn program() -> PathBuf {
    // Beside the folder of this benchmark's own files.
    let name = format!("backstitch{}", std::env::consts::EXE_SUFFIX);
    Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("release").join(name)
}

/// Builds the command as it is released.
pub(crate) fn build() -> anyhow::Result<()> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let status = Command::new(cargo)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .args(["build", "--release", "--package", "backstitch-cli"])
        .status()?;
    ensure!(status.success(), "the command can't be built");
    Ok(())
}

/// Runs the command against a sink, as `set_up` says.
pub(crate) fn run(set_up: impl FnOnce(&mut Command), counts: bool) -> anyhow::Result<Measured> {
    let argument = if counts { COUNTING_SINK } else { SINK };
    let sink = Sink::start(Command::new(std::env::current_exe()?).arg(argument))?;
    let mut command = Command::new(program());
    command.env("STITCH_URL", &sink.url).env("STITCH_CLIENT_ID", "7723").env("STITCH_TOKEN", "at_test");
    set_up(&mut command);
    let (before, started) = (cpu_seconds_of_children()?, Instant::now());
    let output = command.output().context("the command can't be started")?;
    let seconds = started.elapsed().as_secs_f64();
    let cpu_seconds = cpu_seconds_of_children()? - before;
    ensure!(output.status.success(), "the command failed: {}", String::from_utf8_lossy(&output.stderr).trim());
    Ok(Measured { seconds, cpu_seconds, received: sink.finish()? })
}
