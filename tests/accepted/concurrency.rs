//! Clients that send records of the same keys at once, with sequences at random.

use std::collections::BTreeMap;

use fastrand::Rng;
use reqwest::StatusCode;
use tokio::task::JoinSet;

use crate::database::Database;
use crate::record::{Account, Request, client};
use crate::rows;

const CLIENTS: i64 = 8;
const KEYS: i64 = 60;

/// What is to be there in the end: of each key the greatest sequence, and the nonce that came with it.
type Expected = BTreeMap<i64, (i64, i64)>;

pub(crate) async fn check(database: &Database, seed: u64, rounds: u64) {
    let gate = database.empty_gate().await;
    let mut clients = JoinSet::new();
    for number in 0..CLIENTS {
        let random = Rng::with_seed(seed.wrapping_add(number as u64));
        clients.spawn(
            Sending { number, random, url: gate.url(), next_nonce: number, expected: Expected::new() }.run(rounds),
        );
    }
    let mut expected = Expected::new();
    while let Some(of_one) = clients.join_next().await {
        for (key, newest) in of_one.unwrap() {
            let greatest = expected.entry(key).or_insert(newest);
            *greatest = newest.max(*greatest);
        }
    }
    let found = rows::accounts(&gate).await;
    gate.shutdown().await;
    assert!(found.keys().eq(expected.keys()), "there are {:?}, and were to be {:?}", found.keys(), expected.keys());
    for (key, (sequence, nonce)) in expected {
        assert_eq!(found[&key], (Account::new(key, nonce), sequence), "the key {key}");
    }
    eprintln!("{}: {CLIENTS} clients sent {rounds} requests each", database.name());
}

struct Sending {
    number: i64,
    random: Rng,
    url: String,
    next_nonce: i64,
    /// What this client's requests would leave if there were no others.
    expected: Expected,
}

impl Sending {
    async fn run(mut self, rounds: u64) -> Expected {
        let client = client();
        for _ in 0..rounds {
            let accounts = self.accounts();
            let request = Request::of_accounts(&mut self.random, &accounts);
            if self.random.u8(..8) == 0 {
                let status = request.spoiled().send(&client, &self.url).await.unwrap();
                assert!(status.is_client_error(), "{status}");
                continue;
            }
            let status = request.send(&client, &self.url).await.unwrap();
            assert_eq!(status, StatusCode::CREATED);
            self.accepted(&accounts);
        }
        self.expected
    }

    /// Some accounts, of which several may have the same key.
    fn accounts(&mut self) -> Vec<(Account, i64)> {
        let count = self.random.usize(1..30);
        let account = |_| {
            let nonce = self.next_nonce;
            self.next_nonce += CLIENTS;
            // No two clients ever send the same sequence: which of them would win is for nobody to say.
            let sequence = self.random.i64(-200..5_000) * CLIENTS + self.number;
            (Account::new(self.random.i64(0..KEYS), nonce), sequence)
        };
        (0..count).map(account).collect()
    }

    /// Of equal sequences the first stays, and within one request the last.
    fn accepted(&mut self, accounts: &[(Account, i64)]) {
        let mut newest = Expected::new();
        for (account, sequence) in accounts {
            let greatest = newest.entry(account.key()).or_insert((*sequence, account.nonce));
            if *sequence >= greatest.0 {
                *greatest = (*sequence, account.nonce);
            }
        }
        for (key, newest) in newest {
            let greatest = self.expected.entry(key).or_insert(newest);
            if newest.0 > greatest.0 {
                *greatest = newest;
            }
        }
    }
}
