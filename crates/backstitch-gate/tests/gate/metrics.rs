//! What a gate counts.

use backstitch_gate::{Fault, Gate, Moment};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::ask::ask;
use crate::client::{Fixture, PUSH, VALIDATE, exchange, record, request};

async fn metrics(gate: &Gate) -> String {
    let answer = ask(gate, "GET /_gate/metrics", "").await;
    assert_eq!(answer.status, 200);
    assert!(answer.header("content-type").is_some_and(|media| media.starts_with("text/plain; version=0.0.4")));
    answer.body
}

fn body(records: usize) -> Vec<u8> {
    let records: Vec<String> = (0..records).map(|id| record(1, &format!("{{\"id\":{id}}}"))).collect();
    format!("[{}]", records.join(",")).into_bytes()
}

#[tokio::test]
async fn requests_records_and_bytes_are_counted() {
    let it = Fixture::start().await;
    exchange(&it.gate, &request(PUSH, &body(3))).await;
    exchange(&it.gate, &request(PUSH, &body(2))).await;
    exchange(&it.gate, &request(VALIDATE, format!("[{}]", record(1, "{}")).as_bytes())).await;
    let metrics = metrics(&it.gate).await;
    let bytes = body(3).len() + body(2).len();
    for line in [
        r#"backstitch_gate_requests_total{path="/v2/import/push",status="201"} 2"#.to_owned(),
        r#"backstitch_gate_requests_total{path="/v2/import/validate",status="422"} 1"#.to_owned(),
        r#"backstitch_gate_records_total{outcome="accepted",path="/v2/import/push"} 5"#.to_owned(),
        r#"backstitch_gate_records_total{outcome="refused",path="/v2/import/validate"} 1"#.to_owned(),
        format!("backstitch_gate_request_bytes_total{{path=\"/v2/import/push\"}} {bytes}"),
        r#"backstitch_gate_request_seconds_count{path="/v2/import/push"} 2"#.to_owned(),
        r#"backstitch_gate_request_seconds_bucket{path="/v2/import/push",le="+Inf"} 2"#.to_owned(),
        "# TYPE backstitch_gate_request_seconds histogram".to_owned(),
        "# TYPE backstitch_gate_requests_total counter".to_owned(),
    ] {
        assert!(metrics.lines().any(|found| found == line), "{line}\n{metrics}");
    }
}

#[tokio::test]
async fn unknown_paths_are_counted_as_one() {
    let it = Fixture::start().await;
    for path in ["/a", "/b\"}", "/_gates"] {
        exchange(&it.gate, &request(path, b"")).await;
    }
    let metrics = metrics(&it.gate).await;
    assert!(metrics.contains(r#"requests_total{path="other",status="404"} 3"#), "{metrics}");
    assert!(!metrics.contains("/a"));
}

#[tokio::test]
async fn rejected_records_are_counted() {
    let it = Fixture::start().await;
    it.load(&[record(1, r#"{"id":1}"#), record(1, r#"{"id":2,"a__b":1,"a":{"b":2}}"#)]).await;
    let metrics = metrics(&it.gate).await;
    assert!(metrics.contains(r#"backstitch_gate_rejected_total{path="/v2/import/push"} 1"#), "{metrics}");
}

#[tokio::test]
async fn records_whose_answer_was_dropped_are_accepted() {
    let it = Fixture::start().await;
    it.gate.fault(Fault::drop_reply()).expect("a fault");
    let mut stream = TcpStream::connect(it.gate.address()).await.expect("connected");
    stream.write_all(&request(PUSH, &body(2))).await.expect("sent");
    stream.read_to_end(&mut Vec::new()).await.expect_err("reset");
    let metrics = metrics(&it.gate).await;
    assert!(metrics.contains(r#"requests_total{path="/v2/import/push",status="none"} 1"#), "{metrics}");
    assert!(metrics.contains(r#"records_total{outcome="accepted",path="/v2/import/push"} 2"#), "{metrics}");
}

#[tokio::test]
async fn a_request_without_an_answer_has_no_status() {
    let it = Fixture::start().await;
    it.gate.fault(Fault::reset(Moment::AfterBody)).expect("a fault");
    let mut stream = TcpStream::connect(it.gate.address()).await.expect("connected");
    stream.write_all(&request(PUSH, &body(1))).await.expect("sent");
    stream.read_to_end(&mut Vec::new()).await.expect_err("reset");
    assert!(metrics(&it.gate).await.contains(r#"requests_total{path="/v2/import/push",status="none"} 1"#));
}
