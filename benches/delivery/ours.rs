//! Records through Backstitch.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, ensure};
use backstitch::{Client, Level, Sender, SenderBuilder};

use crate::clock::{Clock, Sent};
use crate::records::{self, BODY_BYTES, CHUNK, CHUNKS, CLIENT_ID, IN_FLIGHT, RECORDS, chunk};

pub(crate) const INTERVAL: Level = Level::Interval(Duration::from_millis(100));

/// How many tasks send records one by one.
const TASKS: usize = 4;

fn client(url: &str) -> anyhow::Result<Client> {
    let http = reqwest::Client::builder().no_proxy().build()?;
    Ok(Client::builder().client_id(CLIENT_ID).token("token").base_url(url).http(http).build()?)
}

/// Chunk after chunk, each in as many requests as it needs.
pub(crate) fn push(url: &str) -> anyhow::Result<Sent> {
    let chunk = chunk();
    let bytes = records::bytes(&chunk)?;
    tokio::runtime::Runtime::new()?.block_on(async {
        let client = client(url)?;
        let clock = Clock::start()?;
        for _ in 0..CHUNKS {
            client.push(&chunk).await.context("push")?;
        }
        clock.stop(RECORDS, bytes)
    })
}

/// A sender with as many and as long requests as the bare client has.
fn builder(url: &str) -> anyhow::Result<SenderBuilder> {
    Ok(client(url)?.sender().concurrency(IN_FLIGHT).batch_bytes(BODY_BYTES))
}

/// Waits until all is delivered, and stops the clock.
async fn finish(sender: Sender, clock: Clock, bytes: u64) -> anyhow::Result<Sent> {
    let summary = sender.close().await.context("close")?;
    ensure!(summary.accepted == RECORDS, "{RECORDS} records were sent: {summary:?}");
    clock.stop(RECORDS, bytes)
}

/// All records in chunks; with a level, through a spool on the disk that the target folder is on.
pub(crate) fn send_all(url: &str, level: Option<Level>) -> anyhow::Result<Sent> {
    let chunk = chunk();
    let bytes = records::bytes(&chunk)?;
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR"))?;
    tokio::runtime::Runtime::new()?.block_on(async {
        let mut builder = builder(url)?;
        if let Some(level) = level {
            builder = builder.spool(folder.path().join("spool.redb")).level(level);
        }
        let sender = builder.start().await.context("start")?;
        let clock = Clock::start()?;
        for _ in 0..CHUNKS {
            drop(sender.send_all(&chunk).await.context("send_all")?);
        }
        finish(sender, clock, bytes).await
    })
}

/// All records, one after the other in each of some tasks.
pub(crate) fn send_one_by_one(url: &str) -> anyhow::Result<Sent> {
    let chunk = Arc::new(chunk());
    let bytes = records::bytes(&chunk)?;
    tokio::runtime::Runtime::new()?.block_on(async {
        let sender = builder(url)?.start().await.context("start")?;
        let clock = Clock::start()?;
        let tasks: Vec<_> = (0..TASKS)
            .map(|task| {
                let (sender, chunk) = (sender.clone(), chunk.clone());
                tokio::spawn(async move {
                    for index in (task..CHUNK * CHUNKS).step_by(TASKS) {
                        // It is told by `close` what became of the record.
                        drop(sender.send(&chunk[index % CHUNK]).await.context("send")?);
                    }
                    anyhow::Ok(())
                })
            })
            .collect();
        for task in tasks {
            task.await??;
        }
        finish(sender, clock, bytes).await
    })
}
