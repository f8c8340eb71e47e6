//! Memory is bounded, and who hands over too much is told, or waits.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::time::Instant;

use super::{ACCEPT, Act, Order, SECOND, Server, order};
use crate::{SendError, WhenFull};

/// Takes nothing for a minute.
fn slow() -> Server {
    Server::with([], |seen| if seen.at.as_secs() < 60 { Act::Answer(503, "") } else { ACCEPT })
}

fn large(id: i64) -> Order {
    Order { id, note: "x".repeat(20_000) }
}

#[tokio::test(start_paused = true)]
async fn who_hands_over_waits_for_room() {
    let server = slow();
    let sender = server.sender().memory(1 << 20).start().await.unwrap();
    let began = Instant::now();
    let mut receipts = Vec::new();
    for id in 0..100 {
        receipts.push(sender.send(large(id)).await.unwrap());
        assert!(sender.status().waiting_bytes <= 1 << 20);
    }
    assert!(began.elapsed() >= 60 * SECOND, "it waited");
    for receipt in receipts {
        receipt.await.unwrap();
    }
    assert_eq!(sender.status().free_memory, 1 << 20, "all of it is free again");
}

#[tokio::test(start_paused = true)]
async fn or_for_as_long_as_they_say() {
    let sender = slow().sender().memory(1 << 20).when_full(WhenFull::WaitAtMost(5 * SECOND)).start().await.unwrap();
    let mut taken = 0;
    let began = Instant::now();
    let error = loop {
        match sender.send(large(taken)).await {
            Ok(_) => taken += 1,
            Err(error) => break error,
        }
    };
    assert!(matches!(error, SendError::Full), "{error}");
    assert_eq!(began.elapsed().as_secs(), 5);
    assert!((49..=53).contains(&taken), "{taken}");
}

#[tokio::test(start_paused = true)]
async fn or_not_at_all() {
    let sender = slow().sender().memory(1 << 20).when_full(WhenFull::Refuse).start().await.unwrap();
    let began = Instant::now();
    let error = sender.send_all((0..100).map(large)).await.unwrap_err();
    assert!(matches!(error.cause, SendError::Full), "{error}");
    assert_eq!(began.elapsed(), Duration::ZERO);
    let taken = error.receipts.len();
    assert!((45..=53).contains(&taken), "{taken}");
    assert_eq!(error.receipts.accepted().await.unwrap(), taken, "what was taken is delivered");
}

#[tokio::test(start_paused = true)]
async fn who_waits_is_told_when_the_sender_is_closed() {
    let sender = Server::with([], |_| Act::Silence).sender().memory(1 << 20).start().await.unwrap();
    let other = sender.clone();
    static WAITS: AtomicBool = AtomicBool::new(false);
    let producer = tokio::spawn(async move {
        for id in 0.. {
            WAITS.store(id > 40, Ordering::Relaxed);
            if let Err(error) = other.send(large(id)).await {
                return (id as u64, error);
            }
        }
        unreachable!("the sender is closed")
    });
    tokio::time::sleep(SECOND).await;
    assert!(WAITS.load(Ordering::Relaxed));
    let summary = sender.close_within(SECOND).await.unwrap();
    let (taken, error) = producer.await.unwrap();
    assert!(matches!(error, SendError::Closed(None)), "{error}");
    assert_eq!((summary.taken, summary.lost), (taken, taken));
}

#[tokio::test(start_paused = true)]
async fn a_record_that_fits_no_request_is_refused() {
    let sender = Server::new([]).sender().batch_bytes(5_000).start().await.unwrap();
    let error = sender.send(large(1)).await.unwrap_err();
    let SendError::TooLarge { size, limit } = error else { panic!("{error}") };
    assert_eq!(limit, 5_000);
    assert!(size > 20_000);
    // One byte less than the limit allows goes.
    let mut exact = order(1);
    let around = 5_000 - size_of(&exact).await;
    exact.note = "x".repeat(around);
    sender.send(exact.clone()).await.unwrap().await.unwrap();
    exact.note.push('x');
    assert!(matches!(sender.send(exact).await, Err(SendError::TooLarge { size: 5_001, limit: 5_000 })));
}

/// How many bytes a request with a record has.
async fn size_of(order: &Order) -> usize {
    let server = Server::new([]);
    let sender = server.sender().start().await.unwrap();
    sender.send(order.clone()).await.unwrap().await.unwrap();
    server.seen()[0].body.len()
}
