//! How a sender ends.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::time::Instant;
use tracing::field::{Field, Visit};

use super::{ACCEPT, Act, SECOND, Server, order, orders};
use crate::{SendError, Undelivered};

#[tokio::test(start_paused = true)]
async fn close_sends_what_is_there_and_counts_it() {
    let server = Server::new([Act::Answer(503, ""), Act::Unreachable]);
    let sender = server.sender().linger(Duration::MAX).start().await.unwrap();
    let receipts = sender.send_all(orders(0..10)).await.unwrap();
    let summary = sender.close().await.unwrap();
    assert_eq!((summary.taken, summary.accepted, summary.lost), (10, 10, 0));
    assert_eq!(receipts.accepted().await.unwrap(), 10);
    assert!(matches!(sender.send(order(1)).await, Err(SendError::Closed(None))));
    assert_eq!(sender.clone().close_within(Duration::ZERO).await.unwrap(), summary);
}

#[tokio::test(start_paused = true)]
async fn close_ends_in_time_whatever_the_server_does() {
    for act in [Act::Silence, Act::Break, Act::Answer(503, "")] {
        let server = Server::with([], move |_| act.clone());
        let sender = server.sender().start().await.unwrap();
        let receipt = sender.send(order(1)).await.unwrap();
        let began = Instant::now();
        let summary = sender.close_within(7 * SECOND).await.unwrap();
        assert_eq!(began.elapsed().as_secs(), 7);
        assert_eq!((summary.lost, summary.possibly_sent), (1, 1));
        assert!(matches!(receipt.await, Err(Undelivered::PossiblySent(_))));
    }
}

#[tokio::test(start_paused = true)]
async fn what_never_arrived_is_lost_and_not_possibly_sent() {
    let server = Server::with([], |_| Act::Unreachable);
    let sender = server.sender().start().await.unwrap();
    let receipt = sender.send(order(1)).await.unwrap();
    let summary = sender.close_within(7 * SECOND).await.unwrap();
    assert_eq!((summary.lost, summary.possibly_sent), (1, 0));
    assert!(matches!(receipt.await, Err(Undelivered::Lost(_))));
}

#[tokio::test(start_paused = true)]
async fn close_does_not_wait_for_an_api_that_refuses_the_token() {
    let server = Server::with([], |_| Act::Answer(403, ""));
    let sender = server.sender().batch_records(1).concurrency(2).start().await.unwrap();
    let receipts = sender.send_all(orders(0..5)).await.unwrap();
    let began = Instant::now();
    let summary = sender.close().await.unwrap();
    assert_eq!(began.elapsed(), Duration::ZERO);
    assert_eq!((summary.lost, summary.possibly_sent), (5, 0));
    let trouble = summary.trouble.unwrap();
    assert!(trouble.contains("403") && trouble.contains("belongs to the client id"), "{trouble}");
    let why = receipts.accepted().await.unwrap_err();
    assert!(why.to_string().contains("403"), "{why}");
}

#[tokio::test(start_paused = true)]
async fn close_that_is_given_up_can_be_called_again() {
    let server = Server::taking(5 * SECOND, [], |_| ACCEPT);
    let sender = server.sender().start().await.unwrap();
    let receipt = sender.send(order(1)).await.unwrap();
    assert!(tokio::time::timeout(SECOND, sender.close()).await.is_err());
    assert_eq!(sender.close().await.unwrap().accepted, 1);
    receipt.await.unwrap();
}

/// Keeps what is said.
#[derive(Clone, Default)]
struct Said(Arc<Mutex<Vec<String>>>);

impl tracing::Subscriber for Said {
    fn enabled(&self, _: &tracing::Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, _: &tracing::span::Attributes<'_>) -> tracing::span::Id {
        tracing::span::Id::from_u64(1)
    }

    fn record(&self, _: &tracing::span::Id, _: &tracing::span::Record<'_>) {}

    fn record_follows_from(&self, _: &tracing::span::Id, _: &tracing::span::Id) {}

    fn event(&self, event: &tracing::Event<'_>) {
        struct Text(String);
        impl Visit for Text {
            fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
                self.0 += &format!("{}={value:?} ", field.name());
            }
        }
        let mut text = Text(format!("{} ", event.metadata().level()));
        event.record(&mut text);
        self.0.lock().unwrap().push(text.0);
    }

    fn enter(&self, _: &tracing::span::Id) {}

    fn exit(&self, _: &tracing::span::Id) {}
}

#[tokio::test(start_paused = true)]
async fn a_sender_that_is_dropped_says_how_many_records_it_lost() {
    let said = Said::default();
    let _listening = tracing::subscriber::set_default(said.clone());
    let sender = Server::new([]).sender().linger(Duration::MAX).start().await.unwrap();
    let receipts = sender.send_all(orders(0..5)).await.unwrap();
    let clone = sender.clone();
    drop(sender);
    assert!(receipts.get(0).unwrap().outcome().is_none(), "there is another one");
    drop(clone);
    let why = receipts.accepted().await.unwrap_err().why;
    assert!(matches!(why, Undelivered::Lost(_)), "{why}");
    let said = said.0.lock().unwrap().clone();
    assert!(said.iter().any(|line| line.starts_with("ERROR") && line.contains("records=5")), "{said:?}");
}

#[tokio::test(start_paused = true)]
async fn a_sender_that_delivered_everything_says_nothing_when_it_is_dropped() {
    let said = Said::default();
    let _listening = tracing::subscriber::set_default(said.clone());
    let sender = Server::new([]).sender().start().await.unwrap();
    sender.send(order(1)).await.unwrap().await.unwrap();
    drop(sender);
    assert!(said.0.lock().unwrap().iter().all(|line| !line.starts_with("ERROR")));
}
