//! One request, record or task that is in trouble does not keep the others.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::time::timeout;

use super::{ACCEPT, Act, Order, SECOND, Server, order, orders};
use crate::{Push, SendError};

#[derive(Clone, Debug, Push)]
#[push(table = "customers", key = "id", doc_test = false)]
struct Customer {
    id: i64,
}

/// A record that is not valid: no key is so long.
#[derive(Clone, Debug, Push)]
#[push(table = "names", key = "id", doc_test = false)]
struct Name {
    id: String,
}

fn invalid() -> Name {
    Name { id: "x".repeat(2000) }
}

#[tokio::test(start_paused = true)]
async fn a_request_that_hangs_takes_no_wake_up_from_the_others() {
    let server = Server::with([Act::Silence], |_| ACCEPT);
    let sender = server.sender().linger(Duration::ZERO).concurrency(2).start().await.unwrap();
    drop(sender.send(order(1)).await.unwrap());
    tokio::time::sleep(SECOND).await;
    for id in 2..8 {
        let receipt = sender.send(order(id)).await.unwrap();
        timeout(SECOND, receipt).await.expect("the other one is idle").unwrap();
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_handed_over_last_is_sent_though_others_hang() {
    for concurrency in 2..6 {
        for hanging in 1..concurrency {
            let server = Server::with((0..hanging).map(|_| Act::Silence), |_| ACCEPT);
            let sender = server.sender().linger(Duration::ZERO).concurrency(concurrency).start().await.unwrap();
            for id in 0..hanging as i64 {
                drop(sender.send(order(id)).await.unwrap());
                tokio::time::sleep(SECOND).await;
            }
            let receipt = sender.send(order(100)).await.unwrap();
            let summary = sender.close().await.unwrap();
            assert_eq!((summary.accepted, summary.possibly_sent), (1, hanging as u64), "{concurrency}");
            receipt.await.unwrap();
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_record_that_the_server_always_fails_for_is_waited_for_by_itself() {
    let fails = |seen: &super::Seen| if seen.ids.contains(&13) { Act::Answer(500, "") } else { ACCEPT };
    let server = Server::taking(Duration::from_millis(50), [], fails);
    let sender = server.client().sender().transport(server.clone()).batch_records(10).start().await.unwrap();
    let receipts = sender.send_all(orders(0..10_000)).await.unwrap();
    tokio::time::sleep(300 * SECOND).await;
    let open: Vec<usize> = receipts
        .iter()
        .enumerate()
        .filter(|(_, receipt)| receipt.outcome().is_none())
        .map(|(index, _)| index)
        .collect();
    assert_eq!(open, [13], "the others of its request are delivered too");
    let tries = server.ids().iter().filter(|ids| ids.contains(&13)).count();
    assert!((5..60).contains(&tries), "{tries}");
}

#[tokio::test(start_paused = true)]
async fn flush_waits_for_the_tables_that_are_taken() {
    let refuses = |seen: &super::Seen| {
        if seen.body.contains(r#""table_name":"orders""#) { Act::Answer(402, "") } else { ACCEPT }
    };
    let server = Server::with([], refuses);
    let builder = server.sender().batch().batch_records(1).concurrency(1).linger(Duration::MAX);
    let sender = builder.start().await.unwrap();
    drop(sender.send(order(1)).await.unwrap());
    tokio::time::sleep(SECOND).await;
    let receipts = sender.send_all((0..5).map(|id| Customer { id })).await.unwrap();
    sender.flush().await;
    assert!(receipts.iter().all(|receipt| receipt.outcome().is_some()));
}

#[tokio::test]
async fn who_hands_over_lets_others_run() {
    static TURNS: AtomicU64 = AtomicU64::new(0);
    let sender = Server::new([]).sender().start().await.unwrap();
    tokio::spawn(async {
        loop {
            TURNS.fetch_add(1, Ordering::Relaxed);
            tokio::task::yield_now().await;
        }
    });
    tokio::task::yield_now().await;
    let before = TURNS.load(Ordering::Relaxed);
    for id in 0..10_000 {
        drop(sender.send(order(id)).await.unwrap());
    }
    assert!(TURNS.load(Ordering::Relaxed) > before + 10);
}

#[tokio::test(start_paused = true)]
async fn what_is_handed_over_later_has_the_greater_sequence() {
    let sender = Server::new([]).sender().start().await.unwrap();
    let mut between = Vec::new();
    let records = (0..300).map(|id| {
        if id % 3 == 0 {
            between.push((id as usize, sender.next_sequence().unwrap()));
        }
        order(id)
    });
    let receipts = sender.send_all(records).await.unwrap();
    for (index, sequence) in between {
        assert!(sequence < receipts.get(index).unwrap().sequence(), "{index}");
    }
}

#[tokio::test]
async fn a_closed_sender_takes_no_record_that_is_not_valid_either() {
    let folder = tempfile::tempdir().unwrap();
    let sender = Server::new([]).sender().dead_letters(folder.path().join("letters")).start().await.unwrap();
    let summary = sender.close().await.unwrap();
    let error = sender.send_all([invalid()]).await.unwrap_err();
    assert!(matches!(error.cause, SendError::Closed(None)), "{error}");
    assert_eq!((error.receipts.len(), summary.taken), (0, 0));
}

#[tokio::test(start_paused = true)]
async fn nobody_shows_records() {
    let sender = Server::with([], |_| Act::Unreachable).sender().start().await.unwrap();
    for id in 0..1000 {
        drop(sender.send(Order { id, note: "personal".into() }).await.unwrap());
    }
    let receipts = sender.send_all([Order { id: 1, note: "personal".into() }]).await.unwrap();
    let receipt = sender.send(order(1)).await.unwrap();
    for text in [format!("{sender:?}"), format!("{receipts:?}"), format!("{receipt:?}")] {
        assert!(text.len() < 300 && !text.contains("personal") && !text.contains("secret"), "{text}");
    }
}

#[tokio::test(start_paused = true)]
async fn who_gave_up_waiting_leaves_nothing() {
    let sender = Server::with([], |_| Act::Silence).sender().start().await.unwrap();
    let receipt = sender.send(order(1)).await.unwrap();
    for _ in 0..1000 {
        assert!(timeout(Duration::from_millis(1), receipt.spooled()).await.is_err());
    }
    assert_eq!(receipt.fate.wakers(), 0);
}
