//! Each fault alone, and each way to refuse a record.

use backstitch::Level;

use crate::fault::{Cap, Fault, Naming};
use crate::ledger::{Kind, Ledger, Sent};
use crate::plan::{MARKER, Plan};
use crate::world::{Event, World};

const RECORDS: i64 = 30;
const BATCH: usize = 10;

fn event(id: i64) -> Event {
    Event { id, version: id, note: format!("note {id}") }
}

/// What was seen of a delivery with one fault.
struct Seen {
    requests: u64,
    /// The statuses of the records that were accepted, and how many requests each took, in their order.
    accepted: Vec<(u16, u32)>,
}

/// Sends three requests, the first of which goes wrong in these ways, without a spool and with one; everything is
/// delivered.
async fn delivered(faults: &[Fault]) -> Vec<Seen> {
    let mut all = Vec::new();
    for level in [None, Some(Level::Always)] {
        let world = World::new(Plan::listed(faults.iter().copied())).await;
        let mut builder = world.sender().batch_records(BATCH).concurrency(1);
        if let Some(level) = level {
            builder = builder.spool(world.spool()).level(level);
        }
        let sender = builder.start().await.unwrap();
        let receipts = sender.send_all((0..RECORDS).map(event)).await.unwrap();
        // A sender that is closed tries only once more whether its token is known now.
        receipts.accepted().await.unwrap();
        let summary = sender.close().await.unwrap();
        assert_eq!((summary.accepted, summary.lost), (RECORDS as u64, 0), "{level:?}: {summary:?}");
        let sent = receipts.into_iter().zip(0..);
        let sent: Vec<Sent> = sent.map(|(receipt, id)| Sent { id, version: id, kind: Kind::Good, receipt }).collect();
        let accepted = sent.iter().filter_map(|sent| sent.receipt.outcome()?.ok());
        let accepted = accepted.map(|accepted| (accepted.status, accepted.attempts)).collect();
        let mut ledger = Ledger::default();
        ledger.close(sent, Some(&summary));
        ledger.check(&world, false).await;
        let plan = world.proxy.plan();
        for fault in faults {
            let times = faults.iter().filter(|other| *other == fault).count() as u64;
            assert_eq!(plan.counts().get(&format!("{fault:?}")), Some(&times), "{:?}", plan.counts());
        }
        all.push(Seen { requests: plan.counts()["requests"], accepted });
    }
    all
}

/// One request more than without the fault, and the first records took two.
async fn costs_one_more(fault: Fault) {
    for seen in delivered(&[fault]).await {
        assert_eq!(seen.requests, 4);
        assert_eq!(seen.accepted[..BATCH], [(201, 2); BATCH]);
        assert_eq!(seen.accepted[BATCH..], [(201, 1); 2 * BATCH]);
    }
}

/// As many requests as without the fault, the first of which is answered with `status`.
async fn costs_nothing(fault: Fault, status: u16) {
    for seen in delivered(&[fault]).await {
        assert_eq!(seen.requests, 3);
        assert_eq!(seen.accepted[..BATCH], [(status, 1); BATCH]);
        assert_eq!(seen.accepted[BATCH..], [(201, 1); 2 * BATCH]);
    }
}

/// Tests of faults that cost one more request.
macro_rules! cost_one_more {
    ($($name:ident: $fault:ident,)*) => {$(
        #[tokio::test]
        async fn $name() {
            costs_one_more(Fault::$fault).await;
        }
    )*};
}

cost_one_more! {
    a_connection_that_is_closed_before_the_body: CutBeforeBody,
    a_connection_that_is_closed_in_the_body: CutInBody,
    a_connection_that_is_closed_before_the_answer: CutAfterBody,
    a_connection_that_is_reset_before_the_body: ResetBeforeBody,
    a_connection_that_is_reset_in_the_body: ResetInBody,
    a_connection_that_is_reset_before_the_answer: ResetAfterBody,
    a_request_that_is_never_answered: Stall,
    an_answer_that_is_dropped_after_the_records_were_taken: DropReply,
    an_answer_that_is_lost_to_a_reset_after_the_records_were_taken: ResetReply,
    an_answer_that_never_comes_after_the_records_were_taken: StallReply,
    a_time_out_of_a_gateway_after_the_records_were_taken: LateReply,
    a_busy_server_that_asks_for_no_wait: Busy,
    a_busy_server_that_asks_for_a_time_that_has_passed: BusyUntilThen,
    a_server_that_fails: Failure,
    a_server_that_is_not_available: Unavailable,
    a_gateway_without_a_server: NoGateway,
}

#[tokio::test]
async fn a_connection_that_is_closed_as_soon_as_it_is_made() {
    for seen in delivered(&[Fault::CutOnAccept]).await {
        assert_eq!(seen.requests, 3, "what was cut is no request");
        assert_eq!(seen.accepted[..BATCH], [(201, 2); BATCH]);
    }
}

#[tokio::test]
async fn a_wait_of_seconds_that_a_server_asks_for() {
    costs_one_more(Fault::BusyForASecond).await;
}

#[tokio::test]
async fn a_wait_until_a_date_that_a_server_asks_for() {
    costs_one_more(Fault::BusyUntil).await;
}

#[tokio::test]
async fn an_answer_that_is_a_text() {
    costs_nothing(Fault::Text, 201).await;
}

#[tokio::test]
async fn an_answer_that_ends_too_early() {
    costs_nothing(Fault::CutInReply, 201).await;
}

#[tokio::test]
async fn records_that_are_queued_by_the_server() {
    costs_nothing(Fault::Queued, 202).await;
}

#[tokio::test]
async fn a_token_that_is_not_known_for_a_while() {
    for seen in delivered(&[Fault::NotAuthorized; 3]).await {
        assert_eq!(seen.requests, 6);
        assert_eq!(seen.accepted[..BATCH], [(201, 4); BATCH]);
    }
}

#[tokio::test]
async fn one_fault_after_the_other() {
    let faults = [Fault::ResetInBody, Fault::Unavailable, Fault::DropReply, Fault::CutBeforeBody, Fault::Busy];
    for seen in delivered(&faults).await {
        assert_eq!(seen.requests, 8);
        assert_eq!(seen.accepted[..BATCH], [(201, 6); BATCH]);
    }
}

/// Sends records of about 2,000 bytes to a server that takes bodies up to `cap`; all are delivered. Returns how many
/// requests were refused.
async fn fits_in(cap: Cap, name: &str) -> u64 {
    let world = World::new(Plan::listed([]).cap(Some(cap))).await;
    let sender = world.sender().spool(world.spool()).concurrency(1).start().await.unwrap();
    let long = |id| Event { note: "n".repeat(2_000), ..event(id) };
    let receipts = sender.send_all((0..150).map(long)).await.unwrap();
    let sent = receipts.into_iter().zip(0..);
    let sent = sent.map(|(receipt, id)| Sent { id, version: id, kind: Kind::Good, receipt }).collect();
    let summary = sender.close().await.unwrap();
    assert_eq!(summary.accepted, 150, "{summary:?}");
    let mut ledger = Ledger::default();
    ledger.close(sent, Some(&summary));
    ledger.check(&world, true).await;
    assert!(world.letters().is_empty());
    world.proxy.plan().counts()[name]
}

#[tokio::test]
async fn a_limit_of_bytes_that_is_told_in_html() {
    // 300 kB, then 150 kB.
    assert_eq!(fits_in(Cap::Html(100_000), "413").await, 2);
}

#[tokio::test]
async fn a_limit_of_bytes_that_is_told_before_the_body_is_read() {
    let refused = fits_in(Cap::HtmlAtOnce(100_000), "413").await;
    assert!(refused >= 2, "{refused}");
}

#[tokio::test]
async fn a_limit_of_bytes_that_resets_the_connection() {
    let refused = fits_in(Cap::Reset(100_000), "reset of 413").await;
    assert!(refused >= 4, "{refused}: two requests of each length before it is suspected");
}

/// Sends 20 records, two of which the server does not take, and one that is too long for it; these are rejected, and
/// nothing else.
async fn finds_the_bad_ones(naming: Naming) {
    let world = World::new(Plan::listed([]).namings(&[naming]).cap(Some(Cap::Html(3_000)))).await;
    let sender = world.sender().spool(world.spool()).concurrency(1).start().await.unwrap();
    let kind = |id| match id {
        7 | 18 => Kind::Marked,
        11 => Kind::Giant,
        _ => Kind::Good,
    };
    let event = |id| {
        let note = match kind(id) {
            Kind::Good => "as it should be".to_owned(),
            Kind::Marked => MARKER.to_owned(),
            Kind::Giant => "n".repeat(4_000),
        };
        Event { note, ..event(id) }
    };
    let receipts = sender.send_all((0..20).map(event)).await.unwrap();
    let sent = receipts.into_iter().zip(0..);
    let sent = sent.map(|(receipt, id)| Sent { id, version: id, kind: kind(id), receipt }).collect();
    let summary = sender.close().await.unwrap();
    assert_eq!((summary.accepted, summary.rejected), (17, 3), "{summary:?}");
    let mut ledger = Ledger::default();
    ledger.close(sent, Some(&summary));
    ledger.check(&world, true).await;
    assert_eq!(world.letters().len(), 3);
}

#[tokio::test]
async fn a_refusal_that_names_no_record() {
    finds_the_bad_ones(Naming::Envelope).await;
}

#[tokio::test]
async fn a_refusal_that_names_the_record() {
    finds_the_bad_ones(Naming::Right).await;
}

#[tokio::test]
async fn a_refusal_that_points_at_the_record() {
    finds_the_bad_ones(Naming::Pointer).await;
}

#[tokio::test]
async fn a_refusal_that_names_another_record() {
    finds_the_bad_ones(Naming::Wrong).await;
}

/// What one request tries after the token was refused need not be accepted: any other answer than that says that the
/// token is known again.
async fn goes_on_after_a_token_that_is_not_known(plan: Plan, rejected: u64) {
    let world = World::new(plan).await;
    let sender = world.sender().spool(world.spool()).batch_records(BATCH).concurrency(1).start().await.unwrap();
    let kind = |id| if id == 4 && rejected > 0 { Kind::Marked } else { Kind::Good };
    let event = |id| match kind(id) {
        Kind::Marked => Event { note: MARKER.to_owned(), ..event(id) },
        _ => event(id),
    };
    let receipts = sender.send_all((0..RECORDS).map(event)).await.unwrap();
    let last = receipts.get(RECORDS as usize - 1).unwrap();
    let last = tokio::time::timeout(std::time::Duration::from_secs(30), last).await;
    assert!(last.expect("nothing more is sent").is_ok());
    let summary = sender.close().await.unwrap();
    assert_eq!((summary.accepted, summary.rejected), (RECORDS as u64 - rejected, rejected), "{summary:?}");
    let sent = receipts.into_iter().zip(0..);
    let sent = sent.map(|(receipt, id)| Sent { id, version: id, kind: kind(id), receipt }).collect();
    let mut ledger = Ledger::default();
    ledger.close(sent, Some(&summary));
    ledger.check(&world, true).await;
}

#[tokio::test]
async fn a_record_that_is_refused_after_the_token_was() {
    goes_on_after_a_token_that_is_not_known(Plan::listed([Fault::NotAuthorized]), 1).await;
}

#[tokio::test]
async fn a_request_that_is_too_large_after_the_token_was_refused() {
    let plan = Plan::listed([Fault::NotAuthorized]).cap(Some(Cap::Html(1_000)));
    goes_on_after_a_token_that_is_not_known(plan, 0).await;
}
