//! The gate in a process of its own, and a client that posts to it.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Instant;

use anyhow::{Context as _, ensure};
use bytes::Bytes;
use reqwest::header::CONTENT_TYPE;

use crate::phase::{BATCH, CLIENT_ID, Measured, Phase, ROWS};
use crate::program;

const TOKEN: &str = "at_bench";

/// Builds the command; where it is.
pub(crate) fn build() -> anyhow::Result<PathBuf> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command.args(["build", "--release", "--package", "backstitch-cli", "--message-format", "json"]);
    let printed = program::run(command.stderr(Stdio::inherit()))?;
    let messages = printed.lines().filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok());
    let mut programs = messages.filter_map(|message| message["executable"].as_str().map(PathBuf::from));
    programs.next().context("cargo names no program that it built")
}

/// A gate, which is killed when this is dropped.
struct Running {
    process: Child,
    url: String,
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended by itself, and all that it answered is on the disk.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Running {
    fn start(program: &Path, database: &str) -> anyhow::Result<Self> {
        let mut command = Command::new(program);
        command.args(["gate", "--listen", "127.0.0.1:0", "--database", database]);
        command.args(["--token", &format!("{TOKEN}={CLIENT_ID}")]);
        let mut running = Running { process: command.stdout(Stdio::piped()).spawn()?, url: String::new() };
        let mut line = String::new();
        if let Some(output) = &mut running.process.stdout {
            BufReader::new(output).read_line(&mut line)?;
        }
        let url = line.trim().rsplit(' ').next().filter(|url| url.starts_with("http"));
        running.url = url.with_context(|| format!("the gate says {line:?}"))?.to_owned();
        Ok(running)
    }

    fn told(&self, file: &str) -> Option<String> {
        fs::read_to_string(format!("/proc/{}/{file}", self.process.id())).ok()
    }

    /// Its time of processors so far, where Linux tells.
    fn cpu_seconds(&self) -> Option<f64> {
        // The first two fields are a number and a name in brackets; the 14th and 15th count hundredths of a second.
        let stat = self.told("stat")?;
        let fields = stat.rsplit_once(')')?.1.split_whitespace().skip(11).take(2);
        Some(fields.filter_map(|field| field.parse::<f64>().ok()).sum::<f64>() / 100.0)
    }

    /// The most memory that it had so far, where Linux tells.
    fn peak_bytes(&self) -> Option<u64> {
        let status = self.told("status")?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
        line.trim().strip_suffix(" kB")?.parse::<u64>().ok().map(|kilobytes| kilobytes << 10)
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

/// All phases, with so many requests at once. All tables are emptied at first.
pub(crate) fn measure(program: &Path, database: &str, at_once: usize) -> anyhow::Result<Vec<Measured>> {
    let gate = Running::start(program, database)?;
    let client = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let http = reqwest::Client::builder().no_proxy().build()?;
    client.block_on(async { http.post(format!("{}/_gate/reset", gate.url)).send().await?.error_for_status() })?;
    let mut measured = Vec::new();
    for phase in Phase::ALL {
        let bodies = phase.bodies()?;
        let (before, started) = (gate.cpu_seconds(), Instant::now());
        client.block_on(post(&http, &gate.url, &bodies, at_once))?;
        let seconds = started.elapsed().as_secs_f64();
        measured.push(Measured {
            phase,
            records: bodies.len() * BATCH,
            bytes: bodies.iter().map(Bytes::len).sum(),
            seconds,
            cpu_seconds: gate.cpu_seconds().zip(before).map(|(after, before)| after - before),
            peak_bytes: gate.peak_bytes(),
        });
    }
    client.block_on(check(&http, &gate.url))?;
    Ok(measured)
}
