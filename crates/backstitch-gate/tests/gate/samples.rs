//! Requests that other clients sent, byte for byte as they were captured, and what they leave in the tables.
//!
//! `samples/` has their bodies: those in Transit are of the Python client, those of batches of Singer's target. What
//! was before the body was the same in each, but for the length.

use backstitch_gate::Gate;
use tempfile::TempDir;
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;

use crate::client::{ACCEPTED, Answer, answer, database};

const PYTHON_CLIENT: [&str; 8] = [
    "POST /v2/import/push HTTP/1.1",
    "Host: 127.0.0.1:18081",
    "User-Agent: python-requests/2.34.2",
    "Accept-Encoding: gzip, deflate",
    "Accept: */*",
    "Connection: keep-alive",
    "Authorization: Bearer fixture-token",
    "Content-Type: application/transit+json",
];

const SINGER_TARGET: [&str; 7] = [
    "POST /v2/import/batch HTTP/1.1",
    "Host: 127.0.0.1:18082",
    "Authorization: Bearer fixture-token",
    "Content-Type: application/json",
    "Accept: */*",
    "Accept-Encoding: gzip, deflate",
    "User-Agent: Python/3.11 aiohttp/3.13.4",
];

/// The request as it was captured.
fn captured(head: &[&str], body: &str) -> String {
    format!("{}\r\nContent-Length: {}\r\n\r\n{body}", head.join("\r\n"), body.len())
}

/// A gate of the client that the captures are of, and a connection to it that stays open.
struct Replay {
    gate: Gate,
    stream: TcpStream,
    _folder: TempDir,
}

impl Replay {
    async fn start() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let database = format!("sqlite://{}", database(&folder).display());
        let gate = Gate::builder().database(database).token("fixture-token", 123).start().await.expect("a gate");
        let stream = TcpStream::connect(gate.address()).await.expect("connected");
        Replay { gate, stream, _folder: folder }
    }

    async fn send(&mut self, request: String) -> Answer {
        self.stream.write_all(request.as_bytes()).await.expect("sent");
        let answer = answer(&mut self.stream).await;
        assert_eq!(answer.header("content-type"), Some("application/json"));
        assert_eq!(answer.header("connection"), None, "the client keeps its connection");
        answer
    }

    async fn python(&mut self, body: &str) -> Answer {
        self.send(captured(&PYTHON_CLIENT, body)).await
    }

    async fn singer(&mut self, body: &str) {
        self.send(captured(&SINGER_TARGET, body)).await.is(201, ACCEPTED);
    }

    /// The rows of these columns, as text.
    async fn rows(&self, table: &str, columns: &[&str]) -> Vec<String> {
        let view = self.gate.table(table, 100).await.expect("a table");
        let cell = |row, column: &&str| view.cell(row, column).unwrap_or_else(|| panic!("no {column}")).to_string();
        let row = |row| columns.iter().map(|column| cell(row, column)).collect::<Vec<_>>().join(" ");
        (0..view.rows.len()).map(row).collect()
    }

    async fn tables(&self) -> Vec<String> {
        self.gate.tables().await.expect("tables").into_iter().map(|table| table.name).collect()
    }
}

#[tokio::test]
async fn basic_three() {
    let mut replay = Replay::start().await;
    replay.python(include_str!("../samples/basic_three.transit.json")).await.is(201, ACCEPTED);
    let columns = ["id", "value", "name", "_sdc_sequence"];
    assert_eq!(replay.rows("fix", &columns).await, ["1 abc n1 1", "2 abc n2 2", "3 abc n3 3"]);
    assert_eq!(replay.tables().await, ["_sdc_rejected", "fix"]);
}

#[tokio::test]
async fn nested_cached_keys() {
    let mut replay = Replay::start().await;
    replay.python(include_str!("../samples/nested_cached_keys.transit.json")).await.is(201, ACCEPTED);
    let columns = ["id", "addr__street", "addr__geo__lat", "addr__geo__long", "t", "f", "_sdc_sequence"];
    assert_eq!(replay.rows("fix", &columns).await, ["1 Main 1.5 -2.25 true false 1", "2 Side 0.1 0.0000001   2"]);
    let item = ["_sdc_source_key_id", "_sdc_level_0_id", "sku", "quantity"];
    assert_eq!(replay.rows("fix__items", &item).await, ["1 0 x 1", "1 1 y 2"]);
    let scalar = ["_sdc_source_key_id", "_sdc_level_0_id", "_sdc_value"];
    assert_eq!(replay.rows("fix__tags", &scalar).await, ["1 0 a", "1 1 bb", "1 2 cccc", "1 3 dddd"]);
    assert_eq!(replay.rows("fix__tuple", &scalar).await, ["1 0 1", "1 1 2"]);
    // What is empty or null makes nothing.
    assert_eq!(replay.tables().await, ["_sdc_rejected", "fix", "fix__items", "fix__tags", "fix__tuple"]);
}

#[tokio::test]
async fn numbers_and_times_without_their_key() {
    let mut replay = Replay::start().await;
    // The client does not check that the key is among the data; `rows` has them with it.
    for body in
        [include_str!("../samples/numbers.transit.json"), include_str!("../samples/datetimes_aware.transit.json")]
    {
        replay.python(body).await.refuses(r#"[{"reason":{"data":["data must include keys"]}}]"#);
    }
    assert_eq!(replay.tables().await, ["_sdc_rejected"]);
}

#[tokio::test]
async fn multi_table_one_request() {
    let mut replay = Replay::start().await;
    replay.python(include_str!("../samples/multi_table_one_request.transit.json")).await.is(201, ACCEPTED);
    assert_eq!(replay.rows("t0", &["id", "_sdc_sequence"]).await, ["0 0", "2 2"]);
    assert_eq!(replay.rows("t1", &["id", "_sdc_sequence"]).await, ["1 1", "3 3"]);
}

#[tokio::test]
async fn minimal() {
    let mut replay = Replay::start().await;
    replay.singer(include_str!("../samples/minimal.batch.json")).await;
    assert_eq!(replay.rows("users", &["id", "name", "_sdc_sequence"]).await, ["1 Mike 1795458661715803800"]);
}

#[tokio::test]
async fn empty_key_properties() {
    let mut replay = Replay::start().await;
    replay.singer(include_str!("../samples/keyless.batch.json")).await;
    let mut rows = replay.rows("nokeys", &["name", "_sdc_sequence"]).await;
    // Their keys are random.
    rows.sort();
    assert_eq!(rows, ["Ann 1795458662014685601", "Mike 1795458662014679100"]);
}

#[tokio::test]
async fn versioned_activate() {
    let mut replay = Replay::start().await;
    let columns = ["id", "name", "_sdc_table_version"];
    replay.singer(include_str!("../samples/versioned_before.batch.json")).await;
    assert_eq!(replay.rows("users", &columns).await, ["1 Sam 1", "2 Pat 1", "3 Alex 1"]);
    replay.singer(include_str!("../samples/versioned.batch.json")).await;
    assert_eq!(replay.rows("users", &columns).await, ["1 Samantha 2", "2 Patrick 2"]);
    assert_eq!(replay.tables().await, ["_sdc_rejected", "users"]);
}

#[tokio::test]
async fn multi_stream_interleaved() {
    let mut replay = Replay::start().await;
    replay.singer(include_str!("../samples/interleaved.batch.json")).await;
    replay.singer(include_str!("../samples/bookmarks.batch.json")).await;
    assert_eq!(replay.rows("a", &["id", "name"]).await, ["1 x", "2 x", "3 x", "4 x"]);
    assert_eq!(replay.rows("b", &["id", "name"]).await, ["1 y", "2 y", "3 y", "4 y"]);
}
