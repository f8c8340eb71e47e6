//! What the gate answered with 201 is in its tables, and nothing else is: with clients that send the same keys at once,
//! and with a gate that is killed (`kill -9`) while they send.
//!
//! Everything here is plain HTTP: what a client of ours does about an answer that it never got is not part of it.
//!
//! Each check runs against SQLite, and where `BACKSTITCH_TEST_POSTGRES` is a URL such as
//! `postgres://user:password@127.0.0.1:5432/database`, against that database as well, which it empties.
#![cfg(unix)]

mod concurrency;
mod database;
mod killing;
mod record;
mod rows;
mod served;

use database::Database;

/// How many requests each client sends, unless `BACKSTITCH_ROUNDS` says so.
const ROUNDS: u64 = 40;

/// How often the gate is killed, unless `BACKSTITCH_KILLS` says so.
const KILLS: u64 = 20;

fn number(name: &str) -> Option<u64> {
    let value = std::env::var(name).ok()?;
    Some(value.parse().unwrap_or_else(|_| panic!("{name} is {value}: write a number")))
}

fn seed() -> u64 {
    number("BACKSTITCH_SEED").unwrap_or_else(|| fastrand::u64(..1 << 32))
}

/// Runs a check against each kind of database.
fn on_each_database(check: &impl AsyncFn(&Database, u64)) {
    for database in Database::all() {
        let seed = seed();
        eprintln!("{}, seed {seed}", database.name());
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        runtime.block_on(check(&database, seed));
    }
}

#[test]
fn the_greatest_accepted_sequence_of_each_key_stays() {
    let rounds = number("BACKSTITCH_ROUNDS").unwrap_or(ROUNDS);
    on_each_database(&async |database, seed| concurrency::check(database, seed, rounds).await);
}

#[test]
fn a_gate_that_is_killed_keeps_what_it_accepted() {
    let kills = number("BACKSTITCH_KILLS").unwrap_or(KILLS);
    on_each_database(&async |database, seed| killing::check(database, seed, kills).await);
}
