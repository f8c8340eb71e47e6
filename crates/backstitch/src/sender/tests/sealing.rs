//! When a request is made of what was handed over.

use std::time::Duration;

use super::{Order, SECOND, Server, order, orders};
use crate::{RawValue, Table};

#[tokio::test(start_paused = true)]
async fn after_the_linger_of_the_first_record() {
    let server = Server::new([]);
    let sender = server.sender().linger(3 * SECOND).start().await.unwrap();
    let first = sender.send(order(1)).await.unwrap();
    tokio::time::sleep(2 * SECOND).await;
    let second = sender.send(order(2)).await.unwrap();
    first.await.unwrap();
    second.await.unwrap();
    let seen = server.seen();
    assert_eq!((seen.len(), seen[0].ids.clone(), seen[0].at.as_secs()), (1, vec![1, 2], 3));
    assert!(seen[0].body.starts_with(r#"[{"client_id":7723,"table_name":"orders","sequence":"#), "{}", seen[0].body);
    assert!(seen[0].body.ends_with(r#","key_names":["id"],"action":"upsert"}]"#), "{}", seen[0].body);
}

#[tokio::test(start_paused = true)]
async fn with_as_many_records_as_are_asked_for() {
    let server = Server::new([]);
    let sender = server.sender().batch_records(100).linger(Duration::MAX).start().await.unwrap();
    for id in 0..150 {
        drop(sender.send(order(id)).await.unwrap());
    }
    let many = sender.send_all(orders(150..450)).await.unwrap();
    let last = many.get(249).unwrap();
    last.await.unwrap();
    assert_eq!(server.sizes(), [100; 4], "the rest waits");
    let summary = sender.close().await.unwrap();
    assert_eq!(server.sizes(), [100, 100, 100, 100, 50]);
    assert_eq!(server.ids().concat(), (0..450).collect::<Vec<_>>());
    assert_eq!((summary.taken, summary.accepted), (450, 450));
}

#[tokio::test(start_paused = true)]
async fn with_no_more_bytes_than_are_allowed() {
    let server = Server::new([]);
    let sender = server.sender().batch_bytes(10_000).linger(Duration::MAX).start().await.unwrap();
    let receipts = sender.send_all(orders(0..1000)).await.unwrap();
    for id in 1000..1200 {
        drop(sender.send(order(id)).await.unwrap());
    }
    assert_eq!(sender.close().await.unwrap().lost, 0);
    assert_eq!(receipts.accepted().await.unwrap(), 1000);
    let lengths: Vec<usize> = server.seen().iter().map(|seen| seen.body.len()).collect();
    let (_, full) = lengths.split_last().unwrap();
    assert!(full.iter().all(|length| (9_800..=10_000).contains(length)), "{lengths:?}");
    assert_eq!(server.ids().concat(), (0..1200).collect::<Vec<_>>());
}

#[tokio::test(start_paused = true)]
async fn a_record_that_is_longer_than_a_block_goes_with_others() {
    let server = Server::new([]);
    let sender = server.sender().start().await.unwrap();
    let long = |id| Order { id, note: "long ".repeat(40_000) };
    let receipts = sender.send_all([order(1), long(2), order(3), long(4)]).await.unwrap();
    let one = sender.send(long(5)).await.unwrap();
    one.await.unwrap();
    assert_eq!(receipts.accepted().await.unwrap(), 4);
    assert_eq!(server.ids(), [[1, 2, 3, 4, 5]]);
}

#[tokio::test(start_paused = true)]
async fn when_it_is_asked_for() {
    let server = Server::new([]);
    let sender = server.sender().linger(Duration::MAX).start().await.unwrap();
    let receipts = sender.send_all(orders(0..3)).await.unwrap();
    sender.flush().await;
    assert!(receipts.iter().all(|receipt| receipt.outcome().unwrap().unwrap().status == 201));
    sender.flush().await;
    assert_eq!(server.sizes(), [3]);
}

#[tokio::test(start_paused = true)]
async fn each_table_has_its_own_where_they_are_batches() {
    let server = Server::new([]);
    let sender = server.sender().batch().start().await.unwrap();
    let table =
        Table::new("returns").keys(["id"]).schema(serde_json::json!({"properties": {"id": {"type": "integer"}}}));
    let row = RawValue::from_string(r#"{"id":7}"#.into()).unwrap();
    drop(sender.send(order(1)).await.unwrap());
    drop(sender.send_json(&table, 5, &row).await.unwrap());
    drop(sender.send(order(2)).await.unwrap());
    let without = sender.send_json(&Table::new("returns").keys(["id"]), 5, &row).await.unwrap_err();
    assert!(without.to_string().contains("schema"), "{without}");
    assert_eq!(sender.close().await.unwrap().lost, 0);
    let mut bodies: Vec<_> = server.seen().into_iter().map(|seen| (seen.path, seen.ids, seen.body)).collect();
    bodies.sort();
    assert_eq!((bodies[0].0, &bodies[0].1[..]), ("/v2/import/batch", &[1, 2][..]));
    let expected = concat!(
        r#"{"table_name":"returns","schema":{"properties":{"id":{"type":"integer"}}},"#,
        r#""messages":[{"action":"upsert","sequence":5,"data":{"id":7}}],"key_names":["id"]}"#
    );
    assert_eq!(bodies[1].2, expected);
}

#[tokio::test(start_paused = true)]
async fn several_at_once_and_no_more() {
    let server = Server::taking(SECOND, [], |_| super::ACCEPT);
    let sender = server.sender().batch_records(1).concurrency(3).start().await.unwrap();
    let receipts = sender.send_all(orders(0..9)).await.unwrap();
    receipts.accepted().await.unwrap();
    let seconds: Vec<u64> = server.seen().iter().map(|seen| seen.at.as_secs()).collect();
    assert_eq!(seconds, [0, 0, 0, 1, 1, 1, 2, 2, 2]);
}
