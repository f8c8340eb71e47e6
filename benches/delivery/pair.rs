//! A client and a sink, each in a process of its own.

use std::process::{Command, Stdio};

use anyhow::{Context as _, ensure};
use backstitch_benches::sink::{Received, Sink};

use crate::clock::Sent;
use crate::python::Python;
use crate::variant::Variant;

/// The argument that starts a sink.
pub(crate) const SINK: &str = "sink";

/// The argument that starts a sink which counts records, and is slow.
pub(crate) const COUNTING_SINK: &str = "counting-sink";

/// Both sides of a round.
pub(crate) struct Measurement {
    pub(crate) sent: Sent,
    pub(crate) received: Received,
}

/// This executable, to be started once more.
fn this(argument: &str) -> anyhow::Result<Command> {
    let mut command = Command::new(std::env::current_exe()?);
    command.arg(argument).stdin(Stdio::null()).stdout(Stdio::piped());
    Ok(command)
}

/// Runs the client of a variant against a sink. Without an earlier round, which was `counted`, the sink counts the
/// records; with one, it is told by the bytes that they are as many.
pub(crate) fn run(
    variant: Variant,
    python: Option<&Python>,
    counted: Option<&Measurement>,
) -> anyhow::Result<Measurement> {
    let sink = Sink::start(&mut this(if counted.is_none() { COUNTING_SINK } else { SINK })?)?;
    let mut client = match (variant, python) {
        (Variant::Python, Some(python)) => python.command(),
        _ => this(variant.name())?,
    };
    let output = client.arg(&sink.url).stderr(Stdio::inherit()).output()?;
    ensure!(output.status.success(), "the client ended with an error");
    let sent: Sent = serde_json::from_slice(&output.stdout).context("what the client sent")?;
    let received = sink.finish()?;
    if counted.is_none() {
        ensure!(
            received.records == sent.records,
            "the client sent {} records, and the sink received {}",
            sent.records,
            received.records
        );
    }
    let expected = match (sent.record_bytes, counted) {
        // Wherever a request ends, its body has a bracket more.
        (Some(bytes), _) => bytes + received.requests,
        (None, Some(counted)) => counted.received.bytes,
        (None, None) => received.bytes,
    };
    ensure!(
        received.bytes == expected,
        "the records have {expected} bytes in {} requests, and the sink received {}",
        received.requests,
        received.bytes
    );
    Ok(Measurement { sent, received })
}
