//! Hands records over until its input ends, and says of each when it is in the spool: a process that tests kill.
//!
//! `deliver URL SPOOL FIRST_VERSION system|still`, the last of which is the clock that sequences come from. A line `KEY VERSION SEQUENCE` is written, and so in the pipe, when the record's
//! receipt says that it is in the spool; in the end there is one with the summary. Each key is one task's, so that its
//! versions are in order.

use std::io::Write as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::time::Duration;

use backstitch::{Client, Level, Push, Receipt, Retry, SendError, Sender, Sequences};

const CLIENT_ID: i64 = 7723;
const TASKS: i64 = 4;
const KEYS_OF_A_TASK: i64 = 15;

/// How many records may wait: more would say nothing more, and take their time in the end.
const MOST_WAITING: u64 = 2_000;

/// A version of a row.
#[derive(Clone, Push)]
#[push(table = "events", key = "id", doc_test = false)]
struct Event {
    id: i64,
    version: i64,
    note: String,
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().collect();
    let [_, url, spool, first_version, clock] = arguments.as_slice() else {
        return Err("usage: deliver URL SPOOL FIRST_VERSION system|still".into());
    };
    let first_version: i64 = first_version.parse()?;
    let sequences = match clock.as_str() {
        "system" => Sequences::new(),
        // A clock that is behind, and stands: only the spool knows which sequences were used.
        _ => Sequences::with_clock(|| 1),
    };
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    runtime.block_on(run(url, spool, first_version, sequences))
}

async fn run(
    url: &str,
    spool: &str,
    first_version: i64,
    sequences: Sequences,
) -> Result<(), Box<dyn std::error::Error>> {
    let client = Client::builder().client_id(CLIENT_ID).token("at_good").base_url(url).sequences(sequences);
    let client = client.timeout(Duration::from_secs(2)).build()?;
    let retry = Retry::default().base(Duration::from_millis(5)).cap(Duration::from_millis(50));
    let sender = client.sender().spool(spool).level(Level::Always).retry(retry).batch_records(100);
    let sender = sender.linger(Duration::from_millis(5)).start().await?;
    let is_over = Arc::new(AtomicBool::new(false));
    let next_version = Arc::new(AtomicI64::new(first_version));
    let mut tasks = tokio::task::JoinSet::new();
    for task in 0..TASKS {
        let (sender, is_over) = (sender.clone(), Arc::clone(&is_over));
        let handing = HandingOver { task, sender, is_over, next_version: Arc::clone(&next_version), count: 0 };
        tasks.spawn(handing.run());
    }
    // Whoever started this process is done, or gone.
    tokio::task::spawn_blocking(|| std::io::copy(&mut std::io::stdin(), &mut std::io::sink())).await??;
    is_over.store(true, Ordering::Relaxed);
    while let Some(done) = tasks.join_next().await {
        done??;
    }
    let summary = sender.close_within(Duration::from_secs(120)).await?;
    let backstitch::Summary { taken, replayed, accepted, rejected, spooled, lost, .. } = summary;
    writeln!(std::io::stdout(), "closed {taken} {replayed} {accepted} {rejected} {spooled} {lost}")?;
    Ok(())
}

/// A task that hands records over, each alone or several at once.
struct HandingOver {
    task: i64,
    sender: Sender,
    is_over: Arc<AtomicBool>,
    next_version: Arc<AtomicI64>,
    count: i64,
}

impl HandingOver {
    async fn run(mut self) -> Result<(), SendError> {
        while !self.is_over.load(Ordering::Relaxed) {
            if self.sender.status().waiting_records > MOST_WAITING {
                tokio::time::sleep(Duration::from_millis(2)).await;
                continue;
            }
            if self.task % 2 == 0 {
                let event = self.event();
                let (id, version) = (event.id, event.version);
                let receipt = self.sender.send(event).await?;
                say([(id, version, receipt)]);
            } else {
                let events: Vec<Event> = (0..8).map(|_| self.event()).collect();
                let known: Vec<(i64, i64)> = events.iter().map(|event| (event.id, event.version)).collect();
                let receipts = self.sender.send_all(events).await.map_err(|error| error.cause)?;
                say(known.into_iter().zip(receipts).map(|((id, version), receipt)| (id, version, receipt)));
            }
        }
        Ok(())
    }

    fn event(&mut self) -> Event {
        self.count += 1;
        let id = (self.count % KEYS_OF_A_TASK) * TASKS + self.task;
        let version = self.next_version.fetch_add(1, Ordering::Relaxed);
        Event { id, version, note: "n".repeat((version % 200) as usize) }
    }
}

/// Says which records are in the spool.
fn say(records: impl IntoIterator<Item = (i64, i64, Receipt)>) {
    let mut lines = String::new();
    for (id, version, receipt) in records {
        // What is accepted at once may be known to be so before it is known to have been in the spool.
        let is_kept = receipt.is_spooled() || matches!(receipt.outcome(), Some(Ok(_)));
        assert!(is_kept, "record {version} was taken, and is not in the spool");
        lines.push_str(&format!("{id} {version} {}\n", receipt.sequence()));
    }
    let mut output = std::io::stdout().lock();
    // Nobody reads any more where this fails; then nobody counts on the records either.
    let _ = output.write_all(lines.as_bytes()).and_then(|()| output.flush());
}
