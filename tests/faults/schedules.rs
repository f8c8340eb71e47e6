//! Deliveries at random.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::time::Duration;

use tokio::task::JoinSet;

use crate::schedule::{Outcome, Schedule};

/// How many schedules run at once: they wait for one another's disk more than for the processor.
const AT_ONCE: usize = 8;

/// What takes longer hangs.
const HANGS: Duration = Duration::from_secs(180);

fn number(name: &str) -> Option<u64> {
    let value = std::env::var(name).ok()?;
    Some(value.parse().unwrap_or_else(|_| panic!("{name} is {value}: write a number")))
}

/// Tells something, whether the test passes or not.
fn tell(text: &str) {
    let _ = writeln!(std::io::stderr(), "{text}");
}

/// `BACKSTITCH_SCHEDULES` says how many there are, `BACKSTITCH_FIRST_SEED` from which seed on, `BACKSTITCH_SEED` which one
/// alone.
#[tokio::test(flavor = "multi_thread")]
async fn whatever_goes_wrong_what_is_said_of_each_record_is_so() {
    let seeds: Vec<u64> = match number("BACKSTITCH_SEED") {
        Some(seed) => vec![seed],
        None => {
            let first = number("BACKSTITCH_FIRST_SEED").unwrap_or_else(|| fastrand::u64(..1 << 32));
            let count = number("BACKSTITCH_SCHEDULES").unwrap_or(200);
            tell(&format!("schedules of the seeds {first} to {}", first + count.saturating_sub(1)));
            (first..first + count).collect()
        }
    };
    let mut waiting = seeds.into_iter();
    let mut running: JoinSet<(u64, Result<Outcome, String>)> = JoinSet::new();
    let mut sums: BTreeMap<String, Sums> = BTreeMap::new();
    let mut failed = Vec::new();
    loop {
        while running.len() < AT_ONCE
            && let Some(seed) = waiting.next()
        {
            running.spawn(async move {
                let schedule = Schedule::draw(seed);
                let shown = format!("{schedule:?}");
                let task = tokio::spawn(tokio::time::timeout(HANGS, schedule.run(seed)));
                let outcome = match task.await {
                    Ok(Ok(outcome)) => Ok(outcome),
                    Ok(Err(_)) => Err(format!("hangs: {shown}")),
                    Err(_) => Err(format!("panics: {shown}")),
                };
                (seed, outcome)
            });
        }
        let Some(done) = running.join_next().await else { break };
        match done.unwrap() {
            (_, Ok(outcome)) => {
                sums.entry(format!("{:?}", outcome.keeping)).or_default().add(&outcome);
            }
            (seed, Err(why)) => {
                tell(&format!("BACKSTITCH_SEED={seed} {why}"));
                failed.push(seed);
            }
        }
    }
    for (keeping, sums) in &sums {
        tell(&format!("{keeping}: {sums}"));
    }
    assert!(failed.is_empty(), "failed, each to be run again with BACKSTITCH_SEED: {failed:?}");
}

/// What became of all schedules of a kind.
#[derive(Default)]
struct Sums {
    schedules: u64,
    senders: u64,
    records: u64,
    rejected: u64,
    lost: u64,
    of_proxy: BTreeMap<String, u64>,
}

impl Sums {
    fn add(&mut self, outcome: &Outcome) {
        self.schedules += 1;
        self.senders += outcome.senders;
        self.records += outcome.counts.records;
        self.rejected += outcome.counts.rejected;
        self.lost += outcome.counts.lost;
        for (what, count) in &outcome.of_proxy {
            *self.of_proxy.entry(what.clone()).or_default() += count;
        }
    }
}

impl std::fmt::Display for Sums {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Sums { schedules, senders, records, rejected, lost, of_proxy } = self;
        write!(f, "{schedules} schedules, {senders} senders, {records} records, {rejected} rejected, {lost} lost;")?;
        let requests = of_proxy.get("requests").copied().unwrap_or_default();
        write!(f, " {requests} requests, with")?;
        for (what, count) in of_proxy.iter().filter(|(what, _)| *what != "requests") {
            write!(f, " {count} {what},")?;
        }
        Ok(())
    }
}
