//! Bodies that nobody would send in good faith: whatever they hold, the gate answers each as the API would, with no
//! 500, no panic and no more memory than a body may take.
//!
//! A case is a few requests to an empty gate, so that bodies meet the tables that others left. Each follows from its
//! seed, which a failure names.
#![cfg(unix)]

mod data;
mod messages;
mod mutation;
mod schemas;
mod served;
mod transit;

use std::io::Write as _;

use fastrand::Rng;
use reqwest::StatusCode;

use messages::Body;
use served::Served;

/// How many cases are tried, unless `BACKSTITCH_CASES` says so.
const CASES: u64 = 150;

/// What the gate may take in memory for these bodies, of which none has a megabyte.
#[cfg(target_os = "linux")]
const BYTES: u64 = 150_000_000;

fn number(name: &str) -> Option<u64> {
    let value = std::env::var(name).ok()?;
    Some(value.parse().unwrap_or_else(|_| panic!("{name} is {value}: write a number")))
}

#[tokio::test]
async fn whatever_a_body_holds_it_has_an_answer() {
    let first = number("BACKSTITCH_SEED").unwrap_or_else(|| fastrand::u64(..1 << 32));
    let cases = number("BACKSTITCH_CASES").unwrap_or(CASES);
    let served = Served::start();
    let (mut accepted, mut refused) = (0, 0);
    for seed in first..first + cases {
        let mut random = Rng::with_seed(seed);
        for _ in 0..random.usize(1..6) {
            let body = Body::new(&mut random);
            match check(&served, &body, seed).await {
                true => accepted += 1,
                false => refused += 1,
            }
        }
        served.check_tables(seed).await;
        served.reset(seed).await;
    }
    let told = served.told();
    assert_eq!(told, "", "the gate told of something, seeds {first}..{}", first + cases);
    #[cfg(target_os = "linux")]
    {
        let peak = served.peak_bytes();
        let _ = writeln!(std::io::stderr(), "the gate had at most {} MB", peak / 1_000_000);
        assert!(peak < BYTES, "{peak} bytes");
    }
    let _ =
        writeln!(std::io::stderr(), "seeds {first}..{}: {accepted} bodies accepted, {refused} refused", first + cases);
    // Were all of one kind, little would have been tried.
    assert!(cases < CASES || (accepted > cases / 4 && refused > cases / 4), "{accepted} accepted, {refused} refused");
}

/// Sends a body; whether it was accepted.
async fn check(served: &Served, body: &Body, seed: u64) -> bool {
    let shown = || String::from_utf8_lossy(&body.bytes[..body.bytes.len().min(4_000)]).into_owned();
    let answer = |found: Result<_, String>| {
        found.unwrap_or_else(|error| panic!("seed {seed}: {error}\n{}\n{}", served.told(), shown()))
    };
    // What validate says of a push is what push says of it.
    let validated = match body.path {
        "/v2/import/push" => Some(answer(served.send("/v2/import/validate", body).await)),
        _ => None,
    };
    let (status, text) = answer(served.send(body.path, body).await);
    let is_accepted = status == StatusCode::CREATED;
    let is_expected = is_accepted || matches!(status.as_u16(), 400 | 401 | 403 | 413 | 422);
    assert!(is_expected, "seed {seed}: {status} {text}\n{}\n{}", served.told(), shown());
    if let Some((validated, words)) = validated {
        assert_eq!(validated == StatusCode::OK, is_accepted, "seed {seed}: {words} {text}\n{}", shown());
        assert!(is_accepted || (validated, &words) == (status, &text), "seed {seed}: {words} {text}\n{}", shown());
    }
    let is_json = serde_json::from_str::<serde_json::Value>(&text).is_ok();
    assert!(is_json, "seed {seed}: {status} {text}\n{}", shown());
    is_accepted
}
