//! Processes that are killed with `kill -9`: the one that sends, the gate, and both. Whatever the sender said to be in
//! its spool is in the gate's table in the end.
#![cfg(unix)]

mod killing;
mod process;
mod record;

use std::time::Duration;

use killing::{Killing, Victim};

/// How often each victim is killed, unless `BACKSTITCH_KILLS` says so.
const KILLS: u64 = 20;

fn number(name: &str) -> Option<u64> {
    let value = std::env::var(name).ok()?;
    Some(value.parse().unwrap_or_else(|_| panic!("{name} is {value}: write a number")))
}

fn kill(victim: Victim) {
    let seed = number("BACKSTITCH_SEED").unwrap_or_else(|| fastrand::u64(..1 << 32));
    let kills = number("BACKSTITCH_KILLS").unwrap_or(KILLS);
    Killing::new(victim, seed).run(kills, Duration::from_secs(180));
}

#[test]
fn a_sender_that_is_killed_loses_nothing_that_was_in_its_spool() {
    kill(Victim::Sender);
}

#[test]
fn a_gate_that_is_killed_makes_a_sender_lose_nothing() {
    kill(Victim::Gate);
}

#[test]
fn a_sender_and_a_gate_that_are_killed_lose_nothing() {
    kill(Victim::Either);
}
