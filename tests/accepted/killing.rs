//! Clients that send while the gate is killed again and again.

use std::collections::BTreeMap;
use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering};
use std::time::Duration;

use fastrand::Rng;
use reqwest::StatusCode;
use tokio::task::JoinSet;

use crate::database::Database;
use crate::record::{Account, Request, client};
use crate::rows;
use crate::served::Served;

const CLIENTS: u64 = 4;
const KEYS: i64 = 200;

/// What is known by all who send.
struct Shared {
    url: String,
    is_over: AtomicBool,
    /// Sequences and nonces: each is of one record alone.
    next: AtomicI64,
    accepted: AtomicU64,
}

/// What became of what a client sent.
#[derive(Default)]
struct Told {
    /// The key of each sequence that was sent.
    sent: BTreeMap<i64, i64>,
    /// Of each key the greatest sequence that was accepted.
    accepted: BTreeMap<i64, i64>,
    /// The visits of each request.
    visits: Vec<Visits>,
}

/// A request's visits, by their numbers.
struct Visits {
    numbers: std::ops::Range<i64>,
    /// How often it was sent, and how often it was accepted.
    sent: u64,
    accepted: u64,
}

pub(crate) async fn check(database: &Database, seed: u64, kills: u64) {
    database.empty_gate().await.shutdown().await;
    // A port that is free now: the gate is to be found at the same address again.
    let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
    let url = format!("http://{address}");
    let shared = Shared { url, is_over: false.into(), next: 1.into(), accepted: 0.into() };
    let shared = Arc::new(shared);
    let mut random = Rng::with_seed(seed);
    let mut clients = JoinSet::new();
    for _ in 0..CLIENTS {
        let (shared, random) = (Arc::clone(&shared), random.fork());
        clients.spawn(Sending { shared, random, told: Told::default() }.run());
    }
    for kill in 0..=kills {
        let served = Served::start(&address, database.url());
        wait(&mut random, &shared.accepted).await;
        if kill == kills {
            shared.is_over.store(true, Ordering::Relaxed);
            // The last of them are answered.
            check_rows(database, &mut clients, served, kills).await;
            return;
        }
        drop(served);
    }
}

/// Waits for a while, or until so many requests more were accepted.
async fn wait(random: &mut Rng, accepted: &AtomicU64) {
    if random.bool() {
        return tokio::time::sleep(Duration::from_micros(random.u64(..60_000))).await;
    }
    let until = accepted.load(Ordering::Relaxed) + random.u64(1..60);
    while accepted.load(Ordering::Relaxed) < until {
        tokio::time::sleep(Duration::from_micros(100)).await;
    }
}

struct Sending {
    shared: Arc<Shared>,
    random: Rng,
    told: Told,
}

impl Sending {
    async fn run(mut self) -> Told {
        let client = client();
        while !self.shared.is_over.load(Ordering::Relaxed) {
            let count = self.random.i64(1..40);
            let first = self.shared.next.fetch_add(count, Ordering::Relaxed);
            let numbers = first..first + count;
            if self.random.u8(..3) == 0 {
                let request = Request::of_visits(&numbers.clone().collect::<Vec<_>>());
                let (sent, accepted) = self.send(&client, &request).await;
                self.told.visits.push(Visits { numbers, sent, accepted });
                continue;
            }
            let random = &mut self.random;
            let accounts: Vec<_> = numbers.map(|number| (Account::new(random.i64(0..KEYS), number), number)).collect();
            let request = Request::of_accounts(random, &accounts);
            self.told.sent.extend(accounts.iter().map(|(account, sequence)| (*sequence, account.key())));
            if self.send(&client, &request).await.1 > 0 {
                for (account, sequence) in accounts {
                    let greatest = self.told.accepted.entry(account.key()).or_insert(sequence);
                    *greatest = sequence.max(*greatest);
                }
            }
        }
        self.told
    }

    /// Sends it until it is accepted, or given up; how often it was sent, and accepted.
    async fn send(&mut self, client: &reqwest::Client, request: &Request) -> (u64, u64) {
        for sent in 1.. {
            match request.send(client, &self.shared.url).await {
                Ok(status) => {
                    assert_eq!(status, StatusCode::CREATED);
                    self.shared.accepted.fetch_add(1, Ordering::Relaxed);
                    return (sent, 1);
                }
                Err(error) => assert!(!error.is_timeout(), "{error}"),
            }
            if self.random.bool() || self.shared.is_over.load(Ordering::Relaxed) {
                return (sent, 0);
            }
            tokio::time::sleep(Duration::from_millis(self.random.u64(..5))).await;
        }
        (0, 0)
    }
}

async fn check_rows(database: &Database, clients: &mut JoinSet<Told>, served: Served, kills: u64) {
    let mut all = Told::default();
    while let Some(told) = clients.join_next().await {
        let told = told.unwrap();
        all.sent.extend(told.sent);
        all.visits.extend(told.visits);
        for (key, sequence) in told.accepted {
            let greatest = all.accepted.entry(key).or_insert(sequence);
            *greatest = sequence.max(*greatest);
        }
    }
    drop(served);
    let gate = database.gate().await;
    let accounts = rows::accounts(&gate).await;
    let mut visits = rows::visits(&gate).await;
    gate.shutdown().await;
    for (key, accepted) in &all.accepted {
        let found = accounts.get(key).map(|(_, sequence)| *sequence);
        assert!(found >= Some(*accepted), "the key {key} has {found:?}, and {accepted} was accepted");
    }
    for (key, (account, sequence)) in &accounts {
        assert_eq!(all.sent.get(sequence), Some(key), "nobody sent {account:?} with the sequence {sequence}");
        assert_eq!(*account, Account::new(*key, *sequence));
    }
    let mut untold = 0;
    for request in &all.visits {
        let mut times = request.numbers.clone().map(|number| visits.remove(&number).unwrap_or_default());
        let first = times.next().unwrap_or_default();
        assert!(times.all(|times| times == first), "a part of a request is there: {:?}", request.numbers);
        let (sent, accepted) = (request.sent, request.accepted);
        untold += u64::from(first > accepted);
        assert!(
            (accepted..=sent).contains(&first),
            "sent {sent} times, accepted {accepted} times, there {first} times"
        );
    }
    assert!(visits.is_empty(), "nobody sent {visits:?}");
    eprintln!(
        "{}: {kills} kills; {} accounts and {} requests of visits were sent, and {untold} of these are there without \
         an answer that said so",
        database.name(),
        all.sent.len(),
        all.visits.len()
    );
}
