//! The gate in a process of its own, and a client that posts to it.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::Instant;

use anyhow::{Context as _, bail, ensure};
use backstitch_benches::process::{self, usage};
use backstitch_gate::Gate;
use bytes::Bytes;
use reqwest::header::CONTENT_TYPE;
use serde::{Deserialize, Serialize};
use tokio::io::{AsyncBufReadExt as _, BufReader as AsyncBufReader};

use crate::phase::{BATCH, CLIENT_ID, Measured, Phase, ROWS};

/// The argument that starts it.
pub(crate) const ARGUMENT: &str = "gate";

const TOKEN: &str = "at_bench";

/// What it has used so far.
#[derive(Deserialize, Serialize)]
struct Used {
    cpu_seconds: f64,
    peak_bytes: u64,
}

/// Prints its address, and for each line of its input what it has used; stops where that ends. All tables are emptied
/// at first.
pub(crate) fn serve(database: &str) -> anyhow::Result<()> {
    tokio::runtime::Runtime::new()?.block_on(async {
        let gate = Gate::builder().database(database).token(TOKEN, CLIENT_ID).start().await?;
        gate.reset().await?;
        process::print(&gate.url())?;
        let mut lines = AsyncBufReader::new(tokio::io::stdin()).lines();
        while lines.next_line().await?.is_some() {
            let used = usage()?;
            process::print(&Used { cpu_seconds: used.cpu_seconds, peak_bytes: used.peak_bytes })?;
        }
        gate.shutdown().await;
        Ok(())
    })
}

struct Running {
    process: Child,
    /// The gate stops when this ends.
    input: ChildStdin,
    output: BufReader<ChildStdout>,
    url: String,
}

impl Running {
    fn start(database: &str) -> anyhow::Result<Self> {
        let mut command = Command::new(std::env::current_exe()?);
        command.args([ARGUMENT, database]).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut process = command.spawn()?;
        let (Some(input), Some(output)) = (process.stdin.take(), process.stdout.take()) else {
            bail!("a process without pipes");
        };
        let mut running = Running { process, input, output: BufReader::new(output), url: String::new() };
        running.url = serde_json::from_str(&running.line()?).context("the gate's address")?;
        Ok(running)
    }

    fn line(&mut self) -> anyhow::Result<String> {
        let mut line = String::new();
        self.output.read_line(&mut line)?;
        Ok(line)
    }

    fn used(&mut self) -> anyhow::Result<Used> {
        use std::io::Write as _;
        self.input.write_all(b"\n")?;
        serde_json::from_str(&self.line()?).context("what the gate has used")
    }

    fn stop(mut self) -> anyhow::Result<()> {
        drop(self.input);
        ensure!(self.process.wait()?.success(), "the gate ended with an error");
        Ok(())
    }
}

/// Posts all bodies, so many at a time.
async fn post(http: &reqwest::Client, url: &str, bodies: &[Bytes], at_once: usize) -> anyhow::Result<()> {
    let posters = (0..at_once).map(|first| {
        let (http, url) = (http.clone(), format!("{url}/v2/import/push"));
        let bodies: Vec<Bytes> = bodies.iter().skip(first).step_by(at_once).cloned().collect();
        tokio::spawn(async move {
            for body in bodies {
                let request = http.post(&url).bearer_auth(TOKEN).header(CONTENT_TYPE, "application/json");
                let response = request.body(body).send().await.context("post")?;
                let status = response.status();
                let text = response.text().await?;
                ensure!(status == 201, "{status}: {text}");
            }
            anyhow::Ok(())
        })
    });
    // All of them are started before one is waited for.
    let posters: Vec<_> = posters.collect();
    for poster in posters {
        poster.await??;
    }
    Ok(())
}

/// That nothing is missing, nothing is there twice, and nothing was rejected.
async fn check(http: &reqwest::Client, url: &str) -> anyhow::Result<()> {
    for (table, expected) in [("orders", ROWS), ("_sdc_rejected", 0)] {
        let answer = http.get(format!("{url}/_gate/tables/{table}?limit=0")).send().await?.error_for_status()?;
        let told: serde_json::Value = serde_json::from_slice(&answer.bytes().await?)?;
        ensure!(told["count"] == expected, "{table} has {} rows, and not {expected}", told["count"]);
    }
    Ok(())
}

/// All phases, with so many requests at once.
pub(crate) fn measure(database: &str, at_once: usize) -> anyhow::Result<Vec<Measured>> {
    let mut gate = Running::start(database)?;
    let client = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let http = reqwest::Client::builder().no_proxy().build()?;
    let mut measured = Vec::new();
    for phase in Phase::ALL {
        let bodies = phase.bodies()?;
        let before = gate.used()?;
        let started = Instant::now();
        client.block_on(post(&http, &gate.url, &bodies, at_once))?;
        let seconds = started.elapsed().as_secs_f64();
        let after = gate.used()?;
        measured.push(Measured {
            phase,
            records: bodies.len() * BATCH,
            bytes: bodies.iter().map(Bytes::len).sum(),
            seconds,
            cpu_seconds: Some(after.cpu_seconds - before.cpu_seconds),
            peak_bytes: Some(after.peak_bytes),
        });
    }
    client.block_on(check(&http, &gate.url))?;
    gate.stop()?;
    Ok(measured)
}
