//! How the endpoint does, for all requests that go there: when to try again, and how large a request may be.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// How requests that failed are sent again, as often as it takes.
///
/// The wait before the nth retry is a random time of at most `base` × 2ⁿ⁻¹, and at most `cap` ("full jitter"); what a
/// `Retry-After` asks for is waited in any case. While one request waits, the others to the same endpoint do too.
/// A request that fails while others are accepted waits alone. A budget of retries, which successes fill again, keeps a
/// sender from joining a storm: where it is used up, each wait is between half of `cap` and `cap`.
#[derive(Clone, Debug)]
pub struct Retry {
    pub(super) base: Duration,
    pub(super) cap: Duration,
    pub(super) pause: Duration,
}

impl Default for Retry {
    fn default() -> Self {
        Retry { base: Duration::from_millis(200), cap: Duration::from_secs(30), pause: Duration::from_secs(30) }
    }
}

impl Retry {
    /// The longest wait before the first retry: 200 milliseconds unless set.
    #[must_use]
    pub fn base(mut self, base: Duration) -> Self {
        self.base = base;
        self
    }

    /// The longest wait before any retry: 30 seconds unless set.
    #[must_use]
    pub fn cap(mut self, cap: Duration) -> Self {
        self.cap = cap;
        self
    }

    /// How long records wait after the API refused the token (401, 403), before one request tries again: 30 seconds
    /// unless set.
    #[must_use]
    pub fn pause(mut self, pause: Duration) -> Self {
        self.pause = pause;
        self
    }
}

/// The most retries that are made without a success in between before each waits longest.
const MOST_TOKENS: u32 = 500;
/// What a retry takes.
const COST: u32 = 5;
/// What a request that is accepted gives back.
const REFUND: u32 = 1;

/// The longest time that a server can ask for. It is tried again then, whatever it said.
const LONGEST_PAUSE: Duration = Duration::from_secs(3600);

/// The least that a request is cut to after it was too large.
const LEAST_CAP: usize = 1024;

/// How the endpoint does.
#[derive(Debug)]
pub(super) struct Endpoint {
    retry: Retry,
    state: Mutex<State>,
    /// The most bytes that a request may have, as far as it is known.
    cap: AtomicUsize,
}

/// The most bytes that a request may have after longer ones broke the connection, which says nothing for certain: it
/// grows again.
#[derive(Clone, Copy, Debug)]
struct Suspected {
    bytes: usize,
    /// How many requests were accepted since.
    successes: u32,
}

/// After so many requests that were accepted, longer ones are tried again.
const ENOUGH_SUCCESSES: u32 = 50;

#[derive(Debug)]
struct State {
    tokens: u32,
    paused_until: Option<Instant>,
    random: fastrand::Rng,
    suspected: Option<Suspected>,
    /// How many requests were accepted.
    successes: u64,
    /// What the last request failed for, if it did.
    trouble: Option<Arc<str>>,
}

impl Endpoint {
    pub(super) fn new(retry: Retry, most_bytes: usize, random: fastrand::Rng) -> Self {
        let state =
            State { tokens: MOST_TOKENS, paused_until: None, random, suspected: None, successes: 0, trouble: None };
        Endpoint { retry, state: Mutex::new(state), cap: AtomicUsize::new(most_bytes) }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Until when nothing is to be sent.
    pub(super) fn paused_until(&self, now: Instant) -> Option<Instant> {
        self.state().paused_until.filter(|until| *until > now)
    }

    /// Takes note of a request that was accepted.
    pub(super) fn succeeded(&self) {
        let mut state = self.state();
        state.tokens = (state.tokens + REFUND).min(MOST_TOKENS);
        state.trouble = None;
        state.successes += 1;
        if let Some(suspected) = &mut state.suspected {
            suspected.successes += 1;
            if suspected.successes >= ENOUGH_SUCCESSES {
                *suspected = Suspected { bytes: suspected.bytes.saturating_mul(2), successes: 0 };
            }
        }
    }

    /// How many requests were accepted.
    pub(super) fn successes(&self) -> u64 {
        self.state().successes
    }

    /// Takes note of a request that failed for the `failures`th time; returns how long to wait. All wait, unless it is
    /// the only one that fails; for what the server asks for, all do.
    pub(super) fn failed(
        &self,
        now: Instant,
        failures: u32,
        retry_after: Option<Duration>,
        is_alone: bool,
    ) -> Duration {
        let Retry { base, cap, .. } = self.retry;
        let mut state = self.state();
        let longest = base.saturating_mul(1_u32.checked_shl(failures.saturating_sub(1)).unwrap_or(u32::MAX)).min(cap);
        let wait = match state.tokens.checked_sub(COST) {
            Some(tokens) => {
                state.tokens = tokens;
                longest.mul_f64(state.random.f64())
            }
            // All who are in this wait long, and not all as long.
            None => cap.mul_f64(0.5 + state.random.f64() / 2.0),
        };
        let asked = retry_after.map(|asked| asked.min(LONGEST_PAUSE));
        let wait = wait.max(asked.unwrap_or_default());
        if !is_alone || asked.is_some() {
            state.paused_until = state.paused_until.max(now.checked_add(wait));
        }
        wait
    }

    /// Takes note of why a request failed.
    pub(super) fn set_trouble(&self, reason: &str) {
        let mut state = self.state();
        if state.trouble.as_deref() != Some(reason) {
            state.trouble = Some(reason.into());
        }
    }

    /// Why the last request failed, if it did.
    pub(super) fn trouble(&self) -> Option<Arc<str>> {
        self.state().trouble.clone()
    }

    /// How long records wait after they were refused whatever they are.
    pub(super) fn pause(&self) -> Duration {
        self.retry.pause
    }

    /// The most bytes that a request may have.
    pub(super) fn cap(&self) -> usize {
        let known = self.cap.load(Ordering::Relaxed);
        self.state().suspected.map_or(known, |suspected| known.min(suspected.bytes))
    }

    /// Takes note that a request of so many bytes broke the connection, and went through in halves.
    pub(super) fn may_be_too_large(&self, bytes: usize) {
        let bytes = (bytes / 2).max(LEAST_CAP);
        let mut state = self.state();
        let bytes = state.suspected.map_or(bytes, |suspected| suspected.bytes.min(bytes));
        state.suspected = Some(Suspected { bytes, successes: 0 });
    }

    /// Takes note that a request of so many bytes was too large.
    pub(super) fn too_large(&self, bytes: usize) {
        self.cap.fetch_min((bytes / 2).max(LEAST_CAP), Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::{COST, ENOUGH_SUCCESSES, Endpoint, LONGEST_PAUSE, MOST_TOKENS, Retry};
    use std::time::Duration;
    use tokio::time::Instant;

    const SECOND: Duration = Duration::from_secs(1);

    fn endpoint() -> Endpoint {
        let retry = Retry::default().base(Duration::from_millis(100)).cap(10 * SECOND);
        Endpoint::new(retry, 4_000_000, fastrand::Rng::with_seed(7))
    }

    #[test]
    fn waits_are_random_and_grow_to_the_cap() {
        let now = Instant::now();
        let longest_of = |failures| {
            let waits: Vec<Duration> = (0..90).map(|_| endpoint().failed(now, failures, None, false)).collect();
            assert!(waits.windows(2).all(|pair| pair[0] == pair[1]), "the same seed gives the same wait");
            let endpoint = endpoint();
            (0..90)
                .map(|_| endpoint.failed(now, failures, None, false))
                .fold((10 * SECOND, Duration::ZERO), |(least, most), wait| (least.min(wait), most.max(wait)))
        };
        for (failures, longest) in [(1, 100), (2, 200), (5, 1600), (20, 10_000), (200, 10_000)] {
            let longest = Duration::from_millis(longest);
            let (least, most) = longest_of(failures);
            assert!(
                least < longest / 5 && most <= longest && most > longest * 4 / 5,
                "{failures}: {least:?} to {most:?}"
            );
        }
    }

    #[test]
    fn all_requests_wait_for_what_one_was_asked_to() {
        let (endpoint, now) = (endpoint(), Instant::now());
        assert_eq!(endpoint.paused_until(now), None);
        endpoint.failed(now, 9, None, true);
        assert_eq!(endpoint.paused_until(now), None, "nobody waits for one that fails alone");
        assert_eq!(endpoint.failed(now, 1, Some(7 * SECOND), true), 7 * SECOND);
        assert_eq!(endpoint.paused_until(now), Some(now + 7 * SECOND));
        endpoint.failed(now, 1, None, false);
        assert_eq!(endpoint.paused_until(now), Some(now + 7 * SECOND), "a shorter wait takes nothing off");
        assert_eq!(endpoint.paused_until(now + 7 * SECOND), None);
        assert_eq!(endpoint.failed(now, 1, Some(Duration::MAX), false), LONGEST_PAUSE);
    }

    #[test]
    fn a_storm_is_not_joined() {
        let (endpoint, now) = (endpoint(), Instant::now());
        for _ in 0..MOST_TOKENS / COST {
            assert!(endpoint.failed(now, 1, None, false) < SECOND);
        }
        let wait = endpoint.failed(now, 1, None, false);
        assert!((5 * SECOND..=10 * SECOND).contains(&wait), "the budget is used up: {wait:?}");
        (0..COST).for_each(|_| endpoint.succeeded());
        assert!(endpoint.failed(now, 1, None, false) < SECOND, "successes fill it again");
    }

    #[test]
    fn a_request_that_is_too_large_halves_the_next_ones() {
        let endpoint = endpoint();
        endpoint.too_large(4_000_000);
        endpoint.too_large(3_000_000);
        assert_eq!(endpoint.cap(), 1_500_000);
        endpoint.too_large(4_000_000);
        assert_eq!(endpoint.cap(), 1_500_000);
        endpoint.too_large(10);
        assert_eq!(endpoint.cap(), 1024);
    }

    #[test]
    fn a_request_that_broke_the_connection_halves_the_next_ones_for_a_while() {
        let endpoint = endpoint();
        endpoint.may_be_too_large(2_000_000);
        endpoint.may_be_too_large(3_000_000);
        assert_eq!(endpoint.cap(), 1_000_000);
        (0..ENOUGH_SUCCESSES).for_each(|_| endpoint.succeeded());
        assert_eq!(endpoint.cap(), 2_000_000);
        (0..2 * ENOUGH_SUCCESSES).for_each(|_| endpoint.succeeded());
        assert_eq!(endpoint.cap(), 4_000_000, "what it was at first");
    }
}
