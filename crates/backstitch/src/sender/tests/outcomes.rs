//! What is done about each answer.

use std::time::Duration;

use super::{ACCEPT, Act, Order, SECOND, Server, order, orders};
use crate::{NotAccepted, Reason, Rejection, SendError, Undelivered};

const REFUSED: Act = Act::Answer(
    422,
    r#"{"status":"ERROR","error":"Request cannot be processed; see errors.","errors":[{"reason":"no"}]}"#,
);

/// Refuses requests with one of some records.
fn refusing(bad: &'static [i64]) -> Server {
    Server::with([], |seen| if seen.ids.iter().any(|id| bad.contains(id)) { REFUSED } else { ACCEPT })
}

#[tokio::test(start_paused = true)]
async fn any_2xx_is_accepted_whatever_it_says() {
    for act in [Act::Answer(200, "<html>"), Act::Answer(202, r#"{"status":"Accepted"}"#), Act::Answer(204, "")] {
        let Act::Answer(status, _) = act else { continue };
        let server = Server::new([act]);
        let sender = server.sender().start().await.unwrap();
        let accepted = sender.send(order(1)).await.unwrap().await.unwrap();
        assert_eq!((accepted.status, accepted.attempts), (status, 1));
        assert_eq!(sender.close().await.unwrap().lost, 0);
        assert_eq!(server.sizes(), [1], "it is never sent again");
    }
}

#[tokio::test(start_paused = true)]
async fn what_fails_is_sent_again_as_it_was() {
    let failures = [
        Act::Unreachable,
        Act::Break,
        Act::Answer(408, ""),
        Act::Answer(425, ""),
        Act::Answer(429, "slow down"),
        Act::Answer(500, ""),
        Act::Answer(503, ""),
        Act::Answer(504, ""),
        Act::Answer(599, ""),
    ];
    let server = Server::new(failures);
    let sender = server.sender().start().await.unwrap();
    let receipts = sender.send_all(orders(0..5)).await.unwrap();
    for receipt in &receipts.iter().collect::<Vec<_>>() {
        receipt.spooled().await;
        assert_eq!(receipt.outcome().unwrap().unwrap().attempts, 10);
    }
    let bodies: Vec<String> = server.seen().into_iter().map(|seen| seen.body).collect();
    assert_eq!(bodies.len(), 10);
    assert!(bodies.iter().all(|body| *body == bodies[0]), "with the same sequences");
}

#[tokio::test(start_paused = true)]
async fn all_wait_as_long_as_one_was_asked_to() {
    let server = Server::new([Act::RetryAfter(429, "120")]);
    let sender = server.sender().batch_records(1).concurrency(2).linger(Duration::ZERO).start().await.unwrap();
    let first = sender.send(order(1)).await.unwrap();
    tokio::time::sleep(SECOND).await;
    let second = sender.send(order(2)).await.unwrap();
    first.await.unwrap();
    second.await.unwrap();
    let seen: Vec<(u64, Vec<i64>)> = server.seen().into_iter().map(|seen| (seen.at.as_secs(), seen.ids)).collect();
    assert_eq!(seen[0], (0, vec![1]));
    assert!(seen[1..].iter().all(|(at, _)| *at == 120), "{seen:?}");
    assert_eq!(seen.len(), 3);
}

#[tokio::test(start_paused = true)]
async fn waits_stay_below_their_bounds() {
    let server = Server::with([], |seen| if seen.at.as_secs() < 100 { Act::Answer(503, "") } else { ACCEPT });
    let sender = server.sender().start().await.unwrap();
    sender.send(order(1)).await.unwrap().await.unwrap();
    let at: Vec<Duration> = server.seen().iter().map(|seen| seen.at).collect();
    let waits: Vec<Duration> = at.windows(2).map(|pair| pair[1] - pair[0]).collect();
    for (index, wait) in waits.iter().enumerate() {
        let longest = SECOND * 2_u32.pow(index.min(3) as u32);
        assert!(*wait <= longest + Duration::from_millis(1), "{waits:?}");
    }
    assert!(waits.len() > 100 / 8, "{waits:?}");
}

#[tokio::test(start_paused = true)]
async fn a_request_that_is_too_large_is_halved_and_the_next_ones_are_smaller() {
    let server = Server::with([], |seen| match seen.body.len() {
        0..=3_000 => ACCEPT,
        _ => Act::Answer(413, "<html><body>413 Request Entity Too Large</body></html>"),
    });
    let sender = server.sender().concurrency(1).start().await.unwrap();
    let receipts = sender.send_all(orders(0..100)).await.unwrap();
    assert_eq!(receipts.accepted().await.unwrap(), 100);
    let before = server.seen().len();
    let receipts = sender.send_all(orders(100..200)).await.unwrap();
    assert_eq!(receipts.accepted().await.unwrap(), 100);
    let later = &server.seen()[before..];
    assert!(later.iter().all(|seen| seen.body.len() <= 3_000), "the limit is known now");
    let mut ids: Vec<i64> =
        server.seen().iter().filter(|seen| seen.body.len() <= 3_000).flat_map(|seen| seen.ids.clone()).collect();
    ids.sort_unstable();
    assert_eq!(ids, (0..200).collect::<Vec<_>>());
}

#[tokio::test(start_paused = true)]
async fn a_record_that_is_too_large_alone_is_rejected() {
    let server = Server::with([], |seen| if seen.body.len() > 1_000 { Act::Answer(413, "") } else { ACCEPT });
    let sender = server.sender().start().await.unwrap();
    let long = Order { id: 2, note: "long ".repeat(300) };
    let receipts = sender.send_all([order(1), long, order(3)]).await.unwrap();
    let NotAccepted { index, why } = receipts.accepted().await.unwrap_err();
    let Undelivered::Rejected(Rejection::Refused(refusal)) = why else { panic!("{why}") };
    assert_eq!((index, refusal.reason), (1, Reason::TooLarge));
    let summary = sender.close().await.unwrap();
    assert_eq!((summary.taken, summary.accepted, summary.rejected, summary.lost), (3, 2, 1, 0));
}

#[tokio::test(start_paused = true)]
async fn what_breaks_the_connection_twice_is_halved() {
    let server = Server::with([], |seen| if seen.body.len() > 100_000 { Act::Break } else { ACCEPT });
    let sender = server.sender().concurrency(1).start().await.unwrap();
    let receipts = sender.send_all(orders(0..2_000)).await.unwrap();
    assert_eq!(receipts.accepted().await.unwrap(), 2_000);
    let lengths: Vec<usize> = server.seen().iter().map(|seen| seen.body.len()).collect();
    assert_eq!(lengths[0], lengths[1]);
    assert!(lengths[2] * 2 < lengths[0] + 1_000, "{lengths:?}");
    let before = lengths.len();
    sender.send_all(orders(0..2_000)).await.unwrap().accepted().await.unwrap();
    assert!(server.seen()[before..].iter().all(|seen| seen.body.len() <= 100_000), "the next ones are shorter");
}

#[tokio::test(start_paused = true)]
async fn bad_records_are_found_by_halving_and_the_others_are_delivered() {
    let server = refusing(&[0, 17, 18, 99]);
    let sender = server.sender().start().await.unwrap();
    let receipts = sender.send_all(orders(0..100)).await.unwrap();
    sender.flush().await;
    for (id, receipt) in receipts.iter().enumerate() {
        match receipt.outcome().unwrap() {
            Ok(_) => assert!(![0, 17, 18, 99].contains(&id)),
            Err(Undelivered::Rejected(Rejection::Refused(refusal))) => {
                assert!([0, 17, 18, 99].contains(&id));
                assert_eq!((refusal.status, refusal.reasons[0].1.as_str()), (422, "no"));
            }
            Err(other) => panic!("{id}: {other}"),
        }
    }
    let requests = server.seen().len();
    assert!(requests < 60, "{requests} requests");
    let summary = sender.close().await.unwrap();
    assert_eq!((summary.accepted, summary.rejected), (96, 4));
}

#[tokio::test(start_paused = true)]
async fn a_bad_record_that_is_named_is_found_at_once() {
    let server = Server::with([], |seen| match seen.ids.iter().position(|id| *id == 61) {
        Some(at) => Act::Answer(
            400,
            Box::leak(
                format!(
                    r#"{{"error":"Record {at} did not conform to schema: #/id: expected: String, found: Integer"}}"#
                )
                .into_boxed_str(),
            ),
        ),
        None => ACCEPT,
    });
    let sender = server.sender().start().await.unwrap();
    let receipts = sender.send_all(orders(0..100)).await.unwrap();
    let index = receipts.accepted().await.unwrap_err().index;
    assert_eq!(sender.close().await.unwrap().lost, 0);
    assert_eq!(index, 61);
    assert_eq!(server.sizes(), [100, 1, 99]);
}

#[tokio::test(start_paused = true)]
async fn a_wrong_name_rejects_no_good_record() {
    let server = Server::with([], |seen| match seen.ids.contains(&61) {
        true => Act::Answer(400, r#"{"error":"Record 0 did not conform to schema: #/id: no"}"#),
        false => ACCEPT,
    });
    let sender = server.sender().start().await.unwrap();
    drop(sender.send_all(orders(0..100)).await.unwrap());
    let summary = sender.close().await.unwrap();
    assert_eq!((summary.accepted, summary.rejected), (99, 1));
}

#[tokio::test(start_paused = true)]
async fn a_token_that_is_refused_pauses_and_loses_nothing() {
    let server = Server::with([], |seen| match seen.at.as_secs() {
        0..100 => Act::Answer(401, r#"{"message":"Invalid region."}"#),
        _ => ACCEPT,
    });
    let sender = server.sender().batch_records(10).linger(Duration::ZERO).concurrency(2).start().await.unwrap();
    let receipts = sender.send_all(orders(0..40)).await.unwrap();
    tokio::time::sleep(SECOND).await;
    let trouble = sender.status().trouble.unwrap();
    assert!(trouble.contains("another region: try https://"), "{trouble}");
    assert_eq!(receipts.accepted().await.unwrap(), 40);
    let at: Vec<u64> = server.seen().iter().map(|seen| seen.at.as_secs()).collect();
    // Whoever sent before the first refusal came, then one that tries, and then all.
    assert_eq!(at.iter().filter(|at| (1..120).contains(*at)).collect::<Vec<_>>(), [&60]);
    assert_eq!(at.iter().filter(|at| **at >= 120).count(), 4, "{at:?}");
    assert_eq!(sender.status().trouble, None);
}

#[tokio::test(start_paused = true)]
async fn a_wrong_address_ends_the_sender() {
    for status in [301, 404, 405, 415] {
        let server = Server::with([], move |_| Act::Answer(status, ""));
        let sender = server.sender().start().await.unwrap();
        let receipt = sender.send(order(1)).await.unwrap();
        let why = receipt.await.unwrap_err();
        assert!(matches!(&why, Undelivered::Lost(_)), "{why}");
        assert!(why.to_string().contains(&status.to_string()), "{why}");
        let error = sender.send(order(2)).await.unwrap_err();
        let SendError::Closed(Some(refusal)) = &error else { panic!("{error}") };
        assert_eq!(refusal.status, status);
        let summary = sender.close().await.unwrap();
        assert_eq!((summary.taken, summary.lost, summary.possibly_sent), (1, 1, 0));
        assert_eq!(server.sizes(), [1]);
    }
}
