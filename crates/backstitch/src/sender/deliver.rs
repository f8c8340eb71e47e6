//! How a request is made, and what becomes of its records.

use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, SystemTime};

use tokio::time::{Instant, sleep_until, timeout_at};
use tracing::Instrument as _;

use super::dead_letters::{self, Letter};
use super::observe;
use super::outcome::{Class, class_of, named_record};
use super::queue::{Next, Phase};
use super::receipt::{Accepted, Outcome, Rejection};
use super::route::Route;
use super::shared::Shared;
use super::transport::Failure;
use super::work::{Request, Work};
use crate::client::{Answer, Refusal, retry_after};

/// After so many requests in a row of which nothing came back, one is sent in halves: it may be too long for something
/// on the way.
const SUSPICIOUS: u32 = 2;

/// Shorter requests are not suspected of that.
const SUSPICIOUS_BYTES: usize = 64 << 10;

/// After so many failures of a request while others were accepted, it is sent in halves: something in it may be more than
/// the API can do.
const MOST_LONELY_FAILURES: u32 = 4;

/// After so many records that the API named, the others that it refuses are found by halving: it may name wrong ones.
const MOST_HINTS: u32 = 16;

/// Makes requests, one after the other, until the sender ends.
pub(super) async fn run(shared: Arc<Shared>) {
    while let Some(work) = next_work(&shared).await {
        // Another one goes on with what is left, or watches the clock.
        shared.work_is_ready.notify_one();
        deliver(&shared, work).await;
        shared.queue().busy -= 1;
        shared.changed();
    }
    // The others are to see the end too.
    shared.work_is_ready.notify_one();
}

/// Waits for a request that is due; none comes any more when the sender ends. Whoever makes a request waits for none,
/// so that nobody is woken in vain.
async fn next_work(shared: &Shared) -> Option<Work> {
    loop {
        let mut ready = pin!(shared.work_is_ready.notified());
        ready.as_mut().enable();
        let is_pressed = shared.is_pressed();
        let next = {
            let mut queue = shared.queue();
            let stored = shared.stored(queue.phase == Phase::Closing);
            queue.next(Instant::now(), shared.config.linger, stored, is_pressed)
        };
        match next {
            Next::Work(work) => return Some(work),
            Next::End => return None,
            Next::Wait { until, is_for_store } => {
                if is_for_store {
                    shared.mark_is_wanted.store(true, Ordering::Release);
                    shared.signals.urge();
                }
                match until {
                    Some(until) => {
                        let _ = timeout_at(until, ready).await;
                    }
                    None => ready.await,
                }
            }
        }
    }
}

/// What is to be done with the records of a request.
enum After {
    Accepted(u16),
    /// Again, since it failed for this reason, after what a server asked for.
    Again(String, Option<Duration>),
    TooLarge(Refusal),
    BadRecord(Refusal),
    Pause(Refusal),
    Stop(Refusal),
}

/// Sends records until something is known of them, or until they are to be sent otherwise.
async fn deliver(shared: &Arc<Shared>, mut work: Work) {
    let Some(route) = shared.queue().lanes.get(work.lane).map(|lane| Arc::clone(&lane.route)) else { return };
    let Some(request) = load(shared, &work, &route).await else { return };
    let mut silences = 0;
    loop {
        while let Some(until) = shared.endpoint.paused_until(Instant::now()) {
            sleep_until(until).await;
        }
        if request.bytes > shared.endpoint.cap() && work.records() > 1 {
            return halve(shared, work, &request);
        }
        work.attempts += 1;
        for part in &work.parts {
            part.block.may_be_sent.fetch_add(1, Ordering::Relaxed);
        }
        let (outcome, answer) = send(shared, &work, &request, &route).await;
        let is_silent = matches!(answer, Err(Failure::NoAnswer(_)));
        let is_definite = match &answer {
            Ok(answer) => answer.status < 500,
            Err(failure) => matches!(failure, Failure::Unreachable(_)),
        };
        let after = after(shared, answer);
        // What was accepted stays possibly sent until everybody is told that it was.
        if is_definite && !matches!(after, After::Accepted(_)) {
            for part in &work.parts {
                part.block.may_be_sent.fetch_sub(1, Ordering::Relaxed);
            }
        }
        if matches!(after, After::TooLarge(_) | After::BadRecord(_)) {
            // The API knows the token again.
            shared.queue().release(work.lane);
        }
        match after {
            After::Accepted(status) => return accepted(shared, &work, status),
            After::Again(reason, asked) => {
                work.failures += 1;
                silences = if is_silent { silences + 1 } else { 0 };
                if silences >= SUSPICIOUS && request.bytes > SUSPICIOUS_BYTES && work.records() > 1 {
                    let bytes = work.suspected.map_or(request.bytes, |bytes| bytes.min(request.bytes));
                    work.suspected = Some(bytes);
                    return halve(shared, work, &request);
                }
                shared.endpoint.set_trouble(&reason);
                let successes = shared.endpoint.successes();
                let is_alone = work.successes_seen.replace(successes).is_some_and(|seen| seen != successes);
                let wait = shared.endpoint.failed(Instant::now(), work.failures, asked, is_alone);
                observe::retried(shared.client.base_url(), outcome, &reason, work.failures, wait);
                if is_alone {
                    // Others get through: it is this one, or a record of it, and nobody is to wait for it.
                    work.lonely_failures += 1;
                    if work.lonely_failures >= MOST_LONELY_FAILURES && work.records() > 1 {
                        work.lonely_failures = 0;
                        return halve(shared, work, &request);
                    }
                    work.not_before = Instant::now().checked_add(wait);
                    return put_back(shared, [work]);
                }
                tokio::time::sleep(wait).await;
            }
            After::TooLarge(refusal) if work.records() == 1 => return reject(shared, &work, &request, &route, refusal),
            After::TooLarge(_) => {
                shared.endpoint.too_large(request.bytes);
                observe::too_large(request.bytes, shared.endpoint.cap());
                return halve(shared, work, &request);
            }
            After::BadRecord(refusal) if work.records() == 1 => {
                return reject(shared, &work, &request, &route, refusal);
            }
            After::BadRecord(refusal) => return find_bad(shared, work, &request, &refusal),
            After::Pause(refusal) => {
                let pause = shared.endpoint.pause();
                observe::held(shared.client.base_url(), &refusal, Some(pause));
                let mut queue = shared.queue();
                queue.hold(work.lane, Arc::new(refusal), Instant::now().checked_add(pause));
                return queue.put_back(work, true);
            }
            After::Stop(refusal) => {
                observe::held(shared.client.base_url(), &refusal, None);
                let mut queue = shared.queue();
                queue.hold(work.lane, Arc::new(refusal), None);
                queue.put_back(work, true);
                shared.stop.notify_one();
                return;
            }
        }
    }
}

/// Has the records in memory. What can't be read stays in the spool.
#[cfg_attr(not(feature = "spool"), expect(clippy::unused_async, reason = "it waits for the spool"))]
async fn load(shared: &Arc<Shared>, work: &Work, route: &Route) -> Option<Request> {
    let mut contents = Vec::with_capacity(work.parts.len());
    for part in &work.parts {
        if let Some(content) = part.block.content() {
            contents.push(content);
            continue;
        }
        #[cfg(feature = "spool")]
        match read(shared, part).await? {
            Ok(content) => contents.push(content),
            Err(reason) => {
                observe::damaged(part.block.id, part.block.records, &reason);
                leave_out(shared, work, part.block.id);
                return None;
            }
        }
        #[cfg(not(feature = "spool"))]
        let _ = shared;
    }
    (contents.len() == work.parts.len()).then(|| Request::new(work, contents, route))
}

/// Reads a block from the spool, however often that takes; or says why it never will be.
#[cfg(feature = "spool")]
async fn read(shared: &Arc<Shared>, part: &super::work::Part) -> Option<Result<super::block::Content, String>> {
    let (id, records) = (part.block.id, part.block.records as usize);
    loop {
        let disk = shared.disk.clone()?;
        // Nothing, where the runtime ends.
        match tokio::task::spawn_blocking(move || disk.load(id)).await.ok()? {
            Ok(decoded) if decoded.content.ends.len() == records => return Some(Ok(decoded.content)),
            Ok(_) => return Some(Err("it has other records".to_owned())),
            Err(error @ super::spool::SpoolError::Damaged { .. }) => return Some(Err(error.to_string())),
            Err(_) => tokio::time::sleep(Duration::from_millis(250)).await,
        }
    }
}

/// Sends the rest of some records, without those of a block that can't be read; these stay in the spool.
#[cfg(feature = "spool")]
fn leave_out(shared: &Shared, work: &Work, block: u64) {
    let mut rest = work.clone();
    rest.parts.retain(|part| part.block.id != block);
    let mut queue = shared.queue();
    queue.not_tried(work.lane);
    queue.unreadable.insert(block);
    if !rest.parts.is_empty() {
        queue.put_back(rest, true);
    }
}

/// Makes a request; returns the class of its outcome, as metrics name it, and the answer.
async fn send(
    shared: &Arc<Shared>,
    work: &Work,
    request: &Request,
    route: &Arc<Route>,
) -> (&'static str, Result<Answer, Failure>) {
    let span = tracing::debug_span!(
        "backstitch.request",
        path = route.endpoint().path,
        records = work.records(),
        bytes = request.bytes,
        attempt = work.attempts,
    );
    let started = Instant::now();
    let in_flight = shared.in_flight();
    let answer = shared.transport.send(Arc::clone(route), request.chunks.clone()).instrument(span).await;
    drop(in_flight);
    let outcome = match &answer {
        Ok(answer) => match class_of(answer.status) {
            Class::Accepted => "accepted",
            Class::Retry if answer.status < 500 => "busy",
            Class::Retry => "unavailable",
            Class::TooLarge => "too_large",
            Class::BadRecord => "bad_record",
            Class::Pause => "not_authorized",
            Class::Stop => "wrong_address",
        },
        Err(Failure::Unreachable(_)) => "unreachable",
        Err(Failure::NoAnswer(_)) => "no_answer",
    };
    observe::answered(outcome, request.bytes, started.elapsed());
    (outcome, answer)
}

fn after(shared: &Shared, answer: Result<Answer, Failure>) -> After {
    let answer = match answer {
        Ok(answer) => answer,
        Err(Failure::Unreachable(reason) | Failure::NoAnswer(reason)) => return After::Again(reason, None),
    };
    let refusal = || shared.client.refusal(&answer);
    match class_of(answer.status) {
        Class::Accepted => After::Accepted(answer.status),
        Class::Retry => {
            let asked = answer.retry_after.as_deref().and_then(|asked| retry_after(asked, SystemTime::now()));
            After::Again(refusal().to_string(), asked)
        }
        Class::TooLarge => After::TooLarge(refusal()),
        Class::BadRecord => After::BadRecord(refusal()),
        Class::Pause => After::Pause(refusal()),
        Class::Stop => After::Stop(refusal()),
    }
}

fn accepted(shared: &Shared, work: &Work, status: u16) {
    observe::delivered(work, status);
    shared.endpoint.succeeded();
    if let Some(bytes) = work.suspected {
        shared.endpoint.may_be_too_large(bytes);
    }
    shared.counts.accepted.fetch_add(work.records() as u64, Ordering::Relaxed);
    let finished = work.resolve(&Outcome::Accepted(Accepted { status, attempts: work.attempts }));
    shared.queue().release(work.lane);
    shared.finish(&finished);
}

fn halve(shared: &Shared, work: Work, request: &Request) {
    let middle = request.middle(&work);
    put_back(shared, work.split(middle));
}

/// Puts works back, the first one to be sent first.
fn put_back<const N: usize>(shared: &Shared, works: [Work; N]) {
    let mut queue = shared.queue();
    for work in &works {
        queue.not_tried(work.lane);
    }
    for work in works.into_iter().rev().filter(|work| !work.parts.is_empty()) {
        queue.put_back(work, true);
    }
    drop(queue);
    shared.work_is_ready.notify_one();
}

/// Has a record that was refused found: the one that the API names goes into a request of its own, so that it is known
/// to be the one; otherwise each half does.
fn find_bad(shared: &Shared, mut work: Work, request: &Request, refusal: &Refusal) {
    let named = named_record(&refusal.message).filter(|named| *named < work.records() && work.hints < MOST_HINTS);
    let Some(named) = named else { return halve(shared, work, request) };
    work.hints += 1;
    let [mut others, from_named] = work.split(named);
    let [alone, after] = from_named.split(1);
    others.join(after);
    put_back(shared, [alone, others]);
}

/// Rejects the only record of a request.
fn reject(shared: &Shared, work: &Work, request: &Request, route: &Route, refusal: Refusal) {
    let (Some(part), Some(record)) = (work.parts.first(), request.record(work, 0)) else { return };
    let rejection = Rejection::Refused(Arc::new(refusal));
    let (table, sequence) = dead_letters::read(record.get(1..).unwrap_or_default(), route);
    let now = time::OffsetDateTime::now_utc();
    let text = dead_letters::line(Some(&record), (table.as_deref(), sequence), &rejection, route, now);
    shared.reject(Letter {
        text,
        rejection,
        fate: Arc::clone(&part.block.fate),
        index: part.records.start,
        block: Some(Arc::clone(&part.block)),
        table: table.unwrap_or_default(),
    });
}
