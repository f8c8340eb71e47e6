//! What is in the spool, and what of it in memory.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use tokio::time::{Instant, timeout};

use super::{ACCEPT, Act, Order, SECOND, Server, orders};
use crate::{Client, Level, RawValue, Retry, SendError, Sequences, Table, WhenFull, spool};

/// Longer than anything here takes.
const LONG: Duration = Duration::from_secs(30);

#[tokio::test]
async fn a_sequence_that_was_asked_for_is_reserved_before_it_is_sent() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("spool");
    let now = Arc::new(AtomicI64::new(1_000_000));
    let server = Server::new([]);
    let sender = |path: &std::path::Path| {
        let clock = Arc::clone(&now);
        let sequences = Sequences::with_clock(move || clock.load(Ordering::Relaxed));
        let client = Client::builder().client_id(7723).token("at_secret").base_url("http://script");
        let client = client.sequences(sequences).build().unwrap();
        client.sender().transport(server.clone()).spool(path).linger(Duration::ZERO)
    };
    let first = sender(&path).level(Level::Interval(60 * SECOND)).start().await.unwrap();
    let table = Table::new("orders").keys(["id"]);
    let row = RawValue::from_string(r#"{"id":7}"#.into()).unwrap();
    let used = first.next_sequence().unwrap();
    first.send_json(&table, used, &row).await.unwrap().await.unwrap();
    // What a kill would leave, and a clock that steps back.
    let copy = folder.path().join("copy");
    std::fs::copy(&path, &copy).unwrap();
    now.store(500_000, Ordering::Relaxed);
    let second = sender(&copy).start().await.unwrap();
    assert!(second.next_sequence().unwrap() > used);
}

#[tokio::test]
async fn records_leave_memory_however_large_they_are() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::with([], |_| Act::Unreachable);
    let builder = server.sender().memory(1 << 20).concurrency(1).spool(folder.path().join("spool"));
    let sender = builder.start().await.unwrap();
    for id in 0..20 {
        let sent = timeout(LONG, sender.send(Order { id, note: "x".repeat(180_000) })).await;
        drop(sent.unwrap_or_else(|_| panic!("record {id}: {:?}", sender.status())).unwrap());
    }
    assert_eq!(sender.close_within(Duration::ZERO).await.unwrap().spooled, 20);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn records_leave_memory_though_requests_are_made_of_them() {
    let levels = [Level::Always, Level::Interval(Duration::from_millis(50)), Level::Memory];
    for (memory, concurrency, size) in [(0, 4, 200), (4 << 20, 8, 200), (4 << 20, 8, 100_000)] {
        for level in levels {
            let folder = tempfile::tempdir().unwrap();
            let server = Server::with([], |_| Act::Unreachable);
            let builder = server.sender().memory(memory).concurrency(concurrency).linger(Duration::from_millis(20));
            let sender = builder.level(level).spool(folder.path().join("spool")).start().await.unwrap();
            let count = (4 * memory.max(512 << 10) / size) as i64;
            let records = (0..count).map(|id| Order { id, note: "y".repeat(size) });
            let sent = timeout(LONG, sender.send_all(records)).await;
            drop(sent.unwrap_or_else(|_| panic!("{memory} {level:?}: {:?}", sender.status())).unwrap());
            let summary = sender.close_within(Duration::ZERO).await.unwrap();
            assert_eq!(summary.spooled, count as u64, "{level:?}");
        }
    }
}

#[tokio::test]
async fn records_of_many_tables_leave_memory() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::with([], |_| Act::Unreachable);
    let builder = server.sender().batch().memory(1 << 20).concurrency(1).spool(folder.path().join("spool"));
    let sender = builder.start().await.unwrap();
    let row = RawValue::from_string(format!(r#"{{"id":7,"note":"{}"}}"#, "x".repeat(1000))).unwrap();
    for number in 0..2000 {
        let table = Table::new(format!("table {}", number % 50)).keys(["id"]);
        let table = table.schema(serde_json::json!({"properties": {"id": {"type": "integer"}}}));
        let sent = timeout(LONG, sender.send_json(&table, number, &row)).await;
        drop(sent.unwrap_or_else(|_| panic!("record {number}: {:?}", sender.status())).unwrap());
    }
    assert_eq!(sender.close_within(Duration::ZERO).await.unwrap().spooled, 2000);
}

#[tokio::test]
async fn what_is_known_of_a_block_is_not_sent_again() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("spool");
    // Of two records that are refused with others one is rejected, and for one the server fails.
    let server = Server::with([], |seen| match seen.ids.as_slice() {
        [4] => Act::Answer(503, ""),
        ids if ids.contains(&4) || ids.contains(&9) => Act::Answer(422, ""),
        _ => ACCEPT,
    });
    let retry = Retry::default().base(Duration::from_millis(1)).cap(Duration::from_millis(2));
    let builder = server.sender().spool(&path).linger(Duration::from_millis(20)).retry(retry);
    let sender = builder.start().await.unwrap();
    drop(sender.send_all(orders(0..10)).await.unwrap());
    while sender.status().accepted + sender.status().rejected < 9 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let summary = sender.close_within(Duration::ZERO).await.unwrap();
    assert_eq!((summary.accepted, summary.rejected, summary.spooled), (8, 1, 1));
    assert_eq!(spool::inspect(&path).unwrap().records, 1);
    let second = Server::new([]);
    let sender = second.sender().spool(&path).start().await.unwrap();
    let summary = sender.close().await.unwrap();
    assert_eq!((summary.replayed, summary.accepted), (1, 1));
    assert_eq!(second.ids(), [[4]]);
    let letters = std::fs::read_to_string(folder.path().join("spool.rejected.jsonl")).unwrap();
    assert_eq!(letters.lines().count(), 1);
}

#[tokio::test]
async fn what_a_kill_left_of_a_dead_letter_spoils_no_other() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("letters");
    std::fs::write(&path, r#"{"time":"2026","rea"#).unwrap();
    let sender = Server::with([], |_| Act::Answer(422, "")).sender().dead_letters(&path).start().await.unwrap();
    drop(sender.send_all(orders(0..1)).await.unwrap());
    assert_eq!(sender.close().await.unwrap().rejected, 1);
    let text = std::fs::read_to_string(&path).unwrap();
    let lines: Vec<bool> = text.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).is_ok()).collect();
    assert_eq!(lines, [false, true], "{text}");
}

#[tokio::test]
async fn an_interval_is_from_when_a_record_was_handed_over() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::new([]);
    let builder = server.sender().spool(folder.path().join("spool")).level(Level::Interval(LONG)).linger(LONG);
    let sender = builder.start().await.unwrap();
    tokio::time::sleep(Duration::from_millis(50)).await;
    let receipt = sender.send(super::order(1)).await.unwrap();
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert!(!receipt.is_spooled());
    assert_eq!(sender.close().await.unwrap().accepted, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_hangs_whatever_the_settings() {
    let levels = [
        None,
        Some(Level::Always),
        Some(Level::Interval(Duration::MAX)),
        Some(Level::Interval(Duration::ZERO)),
        Some(Level::Memory),
    ];
    for linger in [Duration::ZERO, Duration::MAX] {
        for (concurrency, memory) in [(1, 0), (256, 64 << 20)] {
            for batch in [1, 20_000] {
                for level in levels {
                    let folder = tempfile::tempdir().unwrap();
                    let server = Server::taking(Duration::from_millis(1), [], |_| ACCEPT);
                    let builder = server.sender().linger(linger).concurrency(concurrency).memory(memory);
                    let mut builder = builder.batch_records(batch);
                    if let Some(level) = level {
                        builder = builder.spool(folder.path().join("spool")).level(level);
                    }
                    let sender = builder.start().await.unwrap();
                    let all = async {
                        let large = |id| Order { id, note: "z".repeat(300) };
                        let receipts = sender.send_all((0..300).map(large)).await.unwrap();
                        for id in 0..50 {
                            drop(sender.send(large(id)).await.unwrap());
                        }
                        sender.flush().await;
                        receipts.accepted().await.unwrap();
                        sender.close().await.unwrap()
                    };
                    let summary = timeout(LONG, all).await;
                    let what = format!("{linger:?} {concurrency} {batch} {level:?}");
                    let summary = summary.unwrap_or_else(|_| panic!("{what} hangs: {:?}", sender.status()));
                    assert_eq!((summary.taken, summary.accepted), (350, 350), "{what}");
                    if level.is_some() {
                        assert_eq!(spool::inspect(folder.path().join("spool")).unwrap().records, 0, "{what}");
                    }
                }
            }
        }
    }
}

#[tokio::test]
async fn memory_that_leaves_requests_too_little_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let builder = Server::new([]).sender().memory(1 << 20).concurrency(256).spool(folder.path().join("spool"));
    let error = builder.start().await.unwrap_err().to_string();
    assert!(error.contains("memory(1048576)") && error.contains("concurrency(256)"), "{error}");
    let error = Server::new([]).sender().level(Level::Always).start().await.unwrap_err().to_string();
    assert!(error.contains("spool"), "{error}");
}

#[tokio::test]
async fn who_is_to_be_refused_does_not_wait_for_a_file_that_can_not_be_written() {
    let server = Server::with([], |_| Act::Answer(422, ""));
    let builder = server.sender().dead_letters("/dev/full").spool_patience(Duration::MAX).linger(Duration::ZERO);
    let sender = builder.when_full(WhenFull::Refuse).start().await.unwrap();
    drop(sender.send(super::order(1)).await.unwrap());
    while sender.status().trouble.is_none() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let began = Instant::now();
    let error = sender.send(super::order(2)).await.unwrap_err();
    assert!(matches!(error, SendError::Store(_)), "{error}");
    assert!(began.elapsed() < 5 * SECOND);
}
