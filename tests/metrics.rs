//! What a sender tells through the `metrics` facade: the names of `docs/delivery.md`, and the numbers of a delivery.

use std::collections::BTreeMap;
use std::time::Duration;

use backstitch::{Client, Push, Retry};
use backstitch_gate::Gate;
use metrics_util::debugging::{DebugValue, DebuggingRecorder};

#[derive(Push)]
#[push(table = "orders", key = "id", doc_test = false)]
struct Order {
    id: u64,
    price: f64,
}

/// The names in the document's table.
fn documented() -> Vec<String> {
    let document = include_str!("../docs/delivery.md");
    let (_, section) = document.split_once("through the [`metrics`]").unwrap();
    let rows = section.lines().filter_map(|line| line.strip_prefix("| `"));
    let names = rows.flat_map(|row| row.split(" | ").next().unwrap().split(", "));
    let mut names: Vec<String> = names.map(|name| name.trim_matches('`').to_owned()).collect();
    names.sort();
    names
}

#[tokio::test]
async fn deliveries_are_counted() {
    let recorder = DebuggingRecorder::new();
    let snapshots = recorder.snapshotter();
    recorder.install().unwrap();

    let folder = tempfile::tempdir().unwrap();
    let database = format!("sqlite://{}", folder.path().join("gate.db").display());
    let gate = Gate::builder().database(database).token("at_good", 7723).start().await.unwrap();
    let (url, address) = (gate.url(), gate.address().to_string());
    gate.shutdown().await;
    let client = Client::builder().client_id(7723).token("at_good").base_url(url).build().unwrap();
    let retry = Retry::default().base(Duration::from_millis(5)).cap(Duration::from_millis(20));
    let builder = client.sender().spool(folder.path().join("spool.redb")).retry(retry);
    let sender = builder.linger(Duration::from_millis(5)).start().await.unwrap();
    let prices = [1.0, 2.0, f64::NAN, 4.0].into_iter().enumerate();
    drop(sender.send_all(prices.map(|(id, price)| Order { id: id as u64, price })).await.unwrap());
    while sender.status().in_flight == 0 {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    tokio::time::sleep(Duration::from_millis(50)).await;
    let database = format!("sqlite://{}", folder.path().join("gate.db").display());
    let gate = Gate::builder().database(database).token("at_good", 7723).listen(&address).start().await.unwrap();
    sender.flush().await;
    let summary = sender.close().await.unwrap();
    assert_eq!((summary.taken, summary.accepted, summary.rejected), (4, 3, 1));
    gate.shutdown().await;

    let mut found: BTreeMap<String, f64> = BTreeMap::new();
    for (key, _, _, value) in snapshots.snapshot().into_vec() {
        let key = key.key();
        let labels: Vec<String> = key.labels().map(|label| format!("{}={}", label.key(), label.value())).collect();
        let number = match value {
            DebugValue::Counter(count) => count as f64,
            DebugValue::Gauge(gauge) => gauge.into_inner(),
            DebugValue::Histogram(values) => values.len() as f64,
        };
        found.insert([&[key.name().to_owned()], labels.as_slice()].concat().join(" "), number);
    }
    let expected = [
        ("backstitch_records_enqueued_total table=orders", 4.0),
        ("backstitch_records_delivered_total table=orders", 3.0),
        ("backstitch_records_rejected_total table=orders", 1.0),
        ("backstitch_requests_in_flight", 0.0),
        ("backstitch_concurrency_limit", 4.0),
        ("backstitch_spool_records", 0.0),
        ("backstitch_spool_bytes", 0.0),
    ];
    for (name, value) in expected {
        assert_eq!(found.get(name), Some(&value), "{name} of {found:#?}");
    }
    assert!(found["backstitch_requests_total outcome=accepted"] >= 1.0);
    assert!(found["backstitch_requests_total outcome=unreachable"] >= 1.0);
    assert!(found["backstitch_retries_total class=unreachable"] >= 1.0);
    assert!(found["backstitch_request_bytes_total"] > 0.0);
    assert!(found["backstitch_spool_file_bytes"] > 0.0);
    // Each that is told is documented, and each that is documented is told, but for errors.
    let mut names: Vec<String> = found.keys().map(|key| key.split(' ').next().unwrap().to_owned()).collect();
    names.dedup();
    let mut documented = documented();
    documented.retain(|name| name != "backstitch_spool_errors_total");
    assert_eq!(names, documented);
}
