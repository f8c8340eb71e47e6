//! One delivery, of which everything is drawn from a seed: records, settings, faults, and how often the sender is closed
//! and started again.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use backstitch::{Level, RawValue, SendError, Sender, SenderBuilder, Sequences, Summary, Table, WhenFull};
use fastrand::Rng;
use tokio::task::JoinSet;

use crate::fault::{Cap, Fault, NAMINGS, Naming, QUICK};
use crate::ledger::{Counts, Kind, Ledger, Sent};
use crate::plan::{MARKER, Plan};
use crate::world::{Event, World};

/// Longer than any delivery takes; what is not done by then hangs.
const LONG: Duration = Duration::from_secs(60);

/// Where records are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Keeping {
    Nowhere,
    Always,
    Interval,
    Memory,
}

const KEEPINGS: [Keeping; 4] = [Keeping::Nowhere, Keeping::Always, Keeping::Interval, Keeping::Memory];

/// How a sender ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    /// It is closed when everything was handed over, and has time.
    Close,
    /// It is closed when everything was handed over, and has so much time.
    CloseWithin(Duration),
    /// It is closed so long after it was started, whatever is handed over just then, and has so much time.
    CloseAfter(Duration, Duration),
    /// It is closed when everything was handed over, with so much time, whoever closes it gives up after so long, and it is
    /// closed once more.
    CloseTwice(Duration, Duration),
    /// It is dropped when everything was handed over.
    Drop,
}

/// What is drawn.
#[derive(Debug)]
pub(crate) struct Schedule {
    pub(crate) keeping: Keeping,
    records: usize,
    keys: i64,
    note_bytes: usize,
    marked_percent: u8,
    giant_percent: u8,
    tasks: usize,
    batch_records: usize,
    batch_bytes: usize,
    concurrency: usize,
    memory: Option<usize>,
    when_full: WhenFull,
    has_dead_letters: bool,
    /// Whether the clock that sequences come from is behind and stands, so that only the spool knows which were used.
    is_clock_still: bool,
    /// One sender after the other.
    ends: Vec<End>,
    faults: Vec<Fault>,
    fault_percent: u8,
    rotation: u32,
    namings: Vec<Naming>,
    cap: Option<Cap>,
}

impl Schedule {
    pub(crate) fn draw(seed: u64) -> Self {
        let mut random = Rng::with_seed(seed);
        let r = &mut random;
        let keeping = KEEPINGS[(seed % 4) as usize];
        // Long records are few: what they are for is memory that is short, and bodies that are too long.
        let is_long = r.u8(..4) == 0;
        let (records, note_bytes) = if is_long { (r.usize(60..160), 4_000) } else { (r.usize(20..300), 60) };
        // A reset alone is only taken for a limit where bodies are longer than 64 KiB.
        let cap = match r.u8(..6) {
            0 if is_long => Some(Cap::Reset(r.usize(80_000..120_000))),
            0 | 1 => Some(Cap::Html(r.usize(4 * note_bytes + 1_000..20 * note_bytes + 2_000))),
            2 => Some(Cap::HtmlAtOnce(r.usize(4 * note_bytes + 1_000..20 * note_bytes + 2_000))),
            _ => None,
        };
        let has_giants = matches!(cap, Some(Cap::Html(bytes) | Cap::HtmlAtOnce(bytes)) if bytes < 20_000);
        let mut faults: Vec<Fault> = QUICK.to_vec();
        r.shuffle(&mut faults);
        faults.truncate(r.usize(1..=QUICK.len()));
        let ends = match (keeping, r.u8(..3)) {
            (Keeping::Nowhere, 0) | (_, 1) => Vec::new(),
            _ => (0..r.usize(1..4)).map(|_| End::draw(r, keeping)).collect(),
        };
        Schedule {
            keeping,
            records,
            keys: r.i64(1..=(records as i64)),
            note_bytes,
            marked_percent: if r.bool() { r.u8(..8) } else { 0 },
            giant_percent: if has_giants { r.u8(..5) } else { 0 },
            tasks: r.usize(2..=4),
            batch_records: if is_long { 20_000 } else { r.usize(1..60) },
            batch_bytes: if r.bool() { 4_000_000 } else { r.usize(30_000..200_000) },
            concurrency: r.usize(1..=4),
            memory: r.bool().then_some(1),
            when_full: if r.u8(..3) == 0 { WhenFull::Refuse } else { WhenFull::Wait },
            has_dead_letters: keeping != Keeping::Nowhere || r.bool(),
            is_clock_still: keeping != Keeping::Nowhere && r.bool(),
            ends,
            faults,
            fault_percent: r.u8(5..60),
            rotation: r.u32(1..5),
            namings: NAMINGS.iter().copied().filter(|_| r.bool()).collect(),
            cap,
        }
    }

    fn plan(&self, seed: u64) -> Plan {
        let plan = Plan::drawn(self.faults.clone(), self.fault_percent, Rng::with_seed(seed ^ 0x5eed));
        plan.rotation(self.rotation).namings(&self.namings).cap(self.cap)
    }

    fn sender(&self, world: &World) -> SenderBuilder {
        let sequences = if self.is_clock_still { Sequences::with_clock(|| 1) } else { Sequences::new() };
        let mut builder = world
            .sender_with(sequences)
            .batch_records(self.batch_records)
            .batch_bytes(self.batch_bytes)
            .concurrency(self.concurrency)
            .when_full(self.when_full);
        if let Some(memory) = self.memory {
            builder = builder.memory(memory);
        }
        let level = match self.keeping {
            Keeping::Nowhere if self.has_dead_letters => return builder.dead_letters(world.dead_letters()),
            Keeping::Nowhere => return builder,
            Keeping::Always => Level::Always,
            Keeping::Interval => Level::Interval(Duration::from_millis(15)),
            Keeping::Memory => Level::Memory,
        };
        builder.spool(world.spool()).level(level)
    }

    fn kind(&self, random: &mut Rng) -> Kind {
        let drawn = random.u8(..100);
        if drawn < self.marked_percent {
            Kind::Marked
        } else if drawn < self.marked_percent + self.giant_percent {
            Kind::Giant
        } else {
            Kind::Good
        }
    }

    fn event(&self, version: i64, random: &mut Rng) -> (Event, Kind) {
        let kind = self.kind(random);
        let note = match kind {
            Kind::Good => "n".repeat(random.usize(..=self.note_bytes)),
            Kind::Marked => format!("{}{MARKER}", "m".repeat(random.usize(..=self.note_bytes))),
            Kind::Giant => "g".repeat(self.cap.map_or(0, Cap::bytes) + 1),
        };
        (Event { id: random.i64(0..self.keys), version, note }, kind)
    }

    /// Runs it, and checks everything; what it panics for is wrong.
    pub(crate) async fn run(self, seed: u64) -> Outcome {
        let world = World::new(self.plan(seed)).await;
        let schedule = Arc::new(self);
        let mut ledger = Ledger::default();
        let mut senders = 0;
        let next_version = Arc::new(AtomicI64::new(1));
        let ends = schedule.ends.iter().copied().chain([End::Close]);
        let share = schedule.records / (schedule.ends.len() + 1);
        for end in ends {
            senders += 1;
            let sender = schedule.sender(&world).start().await.unwrap();
            let mut tasks = JoinSet::new();
            for task in 0..schedule.tasks {
                let random = Rng::with_seed(seed ^ (senders << 8) ^ (task as u64) << 16);
                let of_task = HandingOver {
                    schedule: Arc::clone(&schedule),
                    next_version: Arc::clone(&next_version),
                    sender: sender.clone(),
                    random,
                    sent: Vec::new(),
                };
                tasks.spawn(of_task.run(share / schedule.tasks));
            }
            let (sent, summary) = finish(end, sender, tasks).await;
            ledger.close(sent, summary.as_ref());
        }
        // Whatever is left is delivered now, by one that has no trouble.
        world.proxy.plan().heal();
        if schedule.keeping != Keeping::Nowhere {
            senders += 1;
            let sender = schedule.sender(&world).start().await.unwrap();
            let summary = sender.close_within(LONG).await.unwrap();
            ledger.close(Vec::new(), Some(&summary));
            assert_eq!((ledger.left(), summary.lost), (0, 0), "{summary:?}");
            let inspection = backstitch::spool::inspect(world.spool()).unwrap();
            assert_eq!((inspection.records, inspection.blocks), (0, 0));
        }
        let counts = ledger.check(&world, schedule.has_dead_letters).await;
        assert!(schedule.keeping == Keeping::Nowhere || counts.lost == 0, "{} records are lost", counts.lost);
        let of_proxy = world.proxy.plan().counts().clone();
        world.gate.shutdown().await;
        Outcome { keeping: schedule.keeping, counts, senders, of_proxy }
    }
}

/// What became of a schedule.
pub(crate) struct Outcome {
    pub(crate) keeping: Keeping,
    pub(crate) counts: Counts,
    pub(crate) senders: u64,
    /// What the proxy did, and how often.
    pub(crate) of_proxy: std::collections::BTreeMap<String, u64>,
}

impl End {
    fn draw(random: &mut Rng, keeping: Keeping) -> Self {
        let short = |random: &mut Rng| Duration::from_millis([0, 0, 3, 20, 80][random.usize(..5)]);
        match random.u8(..7) {
            0 => End::Close,
            4 => End::CloseTwice(short(random), Duration::from_micros(random.u64(..20_000))),
            1 | 2 => End::CloseWithin(short(random)),
            // Records that nobody could be told of: without a spool they are lost.
            3 if keeping != Keeping::Nowhere => End::Drop,
            _ => End::CloseAfter(Duration::from_millis(random.u64(..60)), short(random)),
        }
    }
}

/// Ends a sender. Returns what it was handed, and its summary, where it has one.
async fn finish(end: End, sender: Sender, mut tasks: JoinSet<Vec<Sent>>) -> (Vec<Sent>, Option<Summary>) {
    let mut sent = Vec::new();
    let early = match end {
        End::CloseAfter(after, within) => {
            tokio::time::sleep(after).await;
            Some(sender.close_within(within).await.unwrap())
        }
        _ => None,
    };
    while let Some(of_task) = tasks.join_next().await {
        sent.extend(of_task.unwrap());
    }
    let summary = match end {
        End::Close => {
            let summary = sender.close_within(LONG).await.unwrap();
            // Only a server that takes nothing at all has it end before everything is delivered.
            assert!(summary.spooled + summary.lost == 0 || summary.trouble.is_some(), "{summary:?}");
            Some(summary)
        }
        End::CloseWithin(within) => Some(sender.close_within(within).await.unwrap()),
        End::CloseAfter(..) => early,
        End::CloseTwice(within, until) => {
            let first = tokio::time::timeout(until, sender.close_within(within)).await;
            let second = sender.close_within(within).await.unwrap();
            if let Ok(first) = first {
                assert_eq!(first.unwrap(), second);
            }
            Some(second)
        }
        End::Drop => {
            // It waits for its thread, which has no place among tasks.
            tokio::task::spawn_blocking(move || drop(sender)).await.unwrap();
            None
        }
    };
    (sent, summary)
}

/// A task that hands records over, one by one, several at once, and as JSON.
struct HandingOver {
    schedule: Arc<Schedule>,
    next_version: Arc<AtomicI64>,
    sender: Sender,
    random: Rng,
    sent: Vec<Sent>,
}

impl HandingOver {
    async fn run(mut self, records: usize) -> Vec<Sent> {
        let mut left = records;
        while left > 0 {
            let done = match self.random.u8(..3) {
                0 => self.send().await,
                1 => self.send_json().await,
                _ => {
                    let many = self.random.usize(1..=left.min(40));
                    self.send_all(many).await
                }
            };
            match done {
                Ok(count) => left -= count.min(left),
                // The records were not taken: others come in their place.
                Err(SendError::Full) => tokio::time::sleep(Duration::from_millis(2)).await,
                Err(SendError::Closed(_)) => break,
                Err(error) => panic!("{error}"),
            }
            if self.random.u8(..8) == 0 {
                tokio::time::sleep(Duration::from_millis(self.random.u64(..8))).await;
            }
        }
        self.sent
    }

    fn event(&mut self) -> (Event, Kind) {
        let version = self.next_version.fetch_add(1, Ordering::Relaxed);
        self.schedule.event(version, &mut self.random)
    }

    async fn send(&mut self) -> Result<usize, SendError> {
        let (event, kind) = self.event();
        let (id, version) = (event.id, event.version);
        let receipt = self.sender.send(event).await?;
        self.sent.push(Sent { id, version, kind, receipt });
        Ok(1)
    }

    async fn send_json(&mut self) -> Result<usize, SendError> {
        let (Event { id, version, note }, kind) = self.event();
        let data = serde_json::json!({"id": id, "version": version, "note": note}).to_string();
        let data = RawValue::from_string(data).unwrap();
        let table = Table::new("events").keys(["id"]);
        let receipt = self.sender.send_json(&table, self.sender.next_sequence()?, &data).await?;
        self.sent.push(Sent { id, version, kind, receipt });
        Ok(1)
    }

    async fn send_all(&mut self, count: usize) -> Result<usize, SendError> {
        let (events, known): (Vec<Event>, Vec<(i64, i64, Kind)>) = (0..count)
            .map(|_| {
                let (event, kind) = self.event();
                let known = (event.id, event.version, kind);
                (event, known)
            })
            .unzip();
        let (receipts, error) = match self.sender.send_all(events).await {
            Ok(receipts) => (receipts, None),
            Err(error) => (error.receipts, Some(error.cause)),
        };
        let taken = receipts.len();
        assert!(taken == count || error.is_some(), "{taken} receipts for {count} records");
        let known = known.into_iter().zip(receipts);
        self.sent.extend(known.map(|((id, version, kind), receipt)| Sent { id, version, kind, receipt }));
        match error {
            Some(error) if taken == 0 => Err(error),
            _ => Ok(taken),
        }
    }
}
