//! What can be had at most: `reqwest` with bodies that are already there.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::{Context as _, ensure};
use backstitch::PushBody;
use backstitch_benches::shapes::Medium;
use bytes::Bytes;
use reqwest::header::CONTENT_TYPE;

use crate::clock::{Clock, Sent};
use crate::records::{BODY_BYTES, CLIENT_ID, FIRST_SEQUENCE, IN_FLIGHT, RECORDS, chunk};

/// How many times as many records are posted as others deliver: as many would be posted in a moment, in which a
/// machine may do something else.
const TIMES: u64 = 5;

/// A body, and how many records it has.
struct Prepared {
    bytes: Bytes,
    records: u64,
}

/// A body as long as it may be.
fn prepare(chunk: &[Medium]) -> anyhow::Result<Prepared> {
    let mut body = PushBody::json(CLIENT_ID).limit_bytes(BODY_BYTES);
    let mut records = 0;
    for (record, sequence) in chunk.iter().cycle().zip(FIRST_SEQUENCE..) {
        if body.push(record, sequence).is_err() {
            break;
        }
        records += 1;
    }
    let bytes = Bytes::from(body.finish());
    ensure!(bytes.len() > BODY_BYTES / 10 * 9, "a body of {} bytes holds {records} records", bytes.len());
    Ok(Prepared { bytes, records })
}

/// Posts `body` to `url` until none is left to post; how many times.
async fn post_from(left: Arc<AtomicUsize>, http: reqwest::Client, url: String, body: Bytes) -> anyhow::Result<u64> {
    let mut posted = 0;
    while left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1)).is_ok() {
        let request = http.post(&url).bearer_auth("token").header(CONTENT_TYPE, "application/json");
        let response = request.body(body.clone()).send().await.context("post")?.error_for_status()?;
        response.bytes().await.context("answer")?;
        posted += 1;
    }
    Ok(posted)
}

/// Posts the same bodies again and again.
pub(crate) fn post(url: &str) -> anyhow::Result<Sent> {
    let chunk = chunk();
    let bodies = (0..IN_FLIGHT).map(|_| prepare(&chunk)).collect::<anyhow::Result<Vec<_>>>()?;
    let url = format!("{url}/v2/import/push");
    tokio::runtime::Runtime::new()?.block_on(async {
        let http = reqwest::Client::builder().no_proxy().build()?;
        let each = bodies.iter().map(|body| body.records).max().unwrap_or(1);
        let left = Arc::new(AtomicUsize::new(usize::try_from((TIMES * RECORDS).div_ceil(each))?));
        let clock = Clock::start()?;
        let tasks: Vec<_> = bodies
            .iter()
            .map(|body| tokio::spawn(post_from(left.clone(), http.clone(), url.clone(), body.bytes.clone())))
            .collect();
        let (mut records, mut bytes) = (0, 0);
        for (task, body) in tasks.into_iter().zip(&bodies) {
            let posted = task.await??;
            records += posted * body.records;
            bytes += posted * (body.bytes.len() as u64 - 1);
        }
        clock.stop(records, bytes)
    })
}
