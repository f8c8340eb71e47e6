//! Starting, stopping, and what survives.

use std::time::Duration;

use backstitch_gate::GateError;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

use crate::client::{ACCEPTED, CLIENT, Fixture, PUSH, TOKEN, VALIDATE, answer, builder, exchange, record, request};
use crate::store::Place;

#[tokio::test]
async fn a_second_gate_on_the_same_database_is_refused() {
    let it = Fixture::start().await;
    let error = builder(it.folder()).start().await.expect_err("in use");
    assert!(matches!(error, GateError::InUse { .. }), "{error}");
    assert!(error.to_string().starts_with("another gate is using the database "));
    // Another way to write the same path.
    let folder = it.folder().path().display();
    let detour = format!("sqlite://{folder}/./gate.db");
    let error = builder(it.folder()).database(detour).start().await.expect_err("in use");
    assert!(matches!(error, GateError::InUse { .. }), "{error}");
    it.load(&[record(1, r#"{"id":1}"#)]).await;
}

#[tokio::test]
async fn other_readers_keep_working() {
    let it = Fixture::start().await;
    let reader = it.sqlite();
    it.load(&[record(1, r#"{"id":1}"#)]).await;
    let count = || reader.query_row("SELECT count(*) FROM t", [], |row| row.get::<_, i64>(0)).expect("a count");
    assert_eq!(count(), 1);
    it.load(&[record(1, r#"{"id":2}"#)]).await;
    assert_eq!(count(), 2);
}

#[tokio::test]
async fn a_dropped_gate_makes_room_for_the_next() {
    let it = Fixture::start().await;
    it.load(&[record(1, r#"{"id":1}"#)]).await;
    let Fixture { gate, place: Place::Folder(folder) } = it else { panic!("no folder") };
    drop(gate);
    let gate = builder(&folder).start().await.expect("a gate");
    assert_eq!(gate.table("t", 1).await.expect("a table").count, 1);
}

#[tokio::test]
async fn a_database_belongs_to_one_client() {
    let it = Fixture::start().await;
    let Fixture { gate, place: Place::Folder(folder) } = it else { panic!("no folder") };
    gate.shutdown().await;
    let database = format!("sqlite://{}", crate::client::database(&folder).display());
    let error =
        backstitch_gate::Gate::builder().database(database).token(TOKEN, 1).start().await.expect_err("another client");
    assert!(matches!(error, GateError::OtherClient { found: CLIENT, expected: 1, .. }), "{error}");
}

#[tokio::test]
async fn what_cannot_be_opened_is_said() {
    let folder = tempfile::tempdir().expect("a folder");
    let start = async |database: String| builder(&folder).database(database).start().await.expect_err("not opened");
    assert!(
        matches!(start("mysql://x".to_owned()).await, GateError::UnsupportedDatabase { scheme } if scheme == "mysql")
    );
    let here = folder.path().display();
    assert!(matches!(start(format!("sqlite://{here}/none/gate.db")).await, GateError::Open { .. }));
    assert!(matches!(start(format!("sqlite://{here}")).await, GateError::Open { .. }));
    std::fs::write(folder.path().join("text.db"), "not a database, but longer than its header would be".repeat(40))
        .expect("written");
    assert!(matches!(start(format!("sqlite://{here}/text.db")).await, GateError::Open { .. }));
    let error = builder(&folder).listen("256.0.0.1:0").start().await.expect_err("no address");
    assert!(matches!(error, GateError::Listen { .. }));
}

#[tokio::test]
async fn a_request_under_way_finishes_when_the_gate_stops() {
    let it = Fixture::start().await;
    let Fixture { gate, place: Place::Folder(folder) } = it else { panic!("no folder") };
    let body = format!("[{}]", record(1, r#"{"id":1}"#));
    let bytes = request(PUSH, body.as_bytes());
    let (first, rest) = bytes.split_at(bytes.len() - 10);
    let mut stream = TcpStream::connect(gate.address()).await.expect("connected");
    stream.write_all(first).await.expect("sent");
    let idle = TcpStream::connect(gate.address()).await.expect("connected");
    tokio::time::sleep(Duration::from_millis(100)).await;
    let address = gate.address();
    let stopping = tokio::spawn(gate.shutdown());
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert!(!stopping.is_finished());
    assert!(TcpStream::connect(address).await.is_err(), "no new connections");
    stream.write_all(rest).await.expect("sent");
    answer(&mut stream).await.is(201, ACCEPTED);
    stopping.await.expect("stopped");
    drop(idle);
    let gate = builder(&folder).start().await.expect("a gate");
    assert_eq!(gate.table("t", 1).await.expect("a table").count, 1);
}

#[tokio::test]
async fn half_a_request_does_not_hold_a_stop_for_ever() {
    let folder = tempfile::tempdir().expect("a folder");
    let gate = builder(&folder).stop_timeout(Duration::from_millis(200)).start().await.expect("a gate");
    let mut head = TcpStream::connect(gate.address()).await.expect("connected");
    head.write_all(b"POST /v2/import/push HTTP/1.1\r\nHo").await.expect("sent");
    tokio::time::sleep(Duration::from_millis(50)).await;
    tokio::time::timeout(Duration::from_secs(5), gate.shutdown()).await.expect("stopped");
}

#[tokio::test]
async fn a_gate_serves_until_it_is_told_to_stop() {
    let it = Fixture::start().await;
    let Fixture { gate, place: _place } = it;
    let url = gate.url();
    assert_eq!(url, format!("http://{}", gate.address()));
    let address = gate.address();
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let serving = tokio::spawn(gate.serve_until(async {
        let _ = stopped.await;
    }));
    TcpStream::connect(address).await.expect("connected");
    stop.send(()).expect("sent");
    serving.await.expect("served");
    assert!(TcpStream::connect(address).await.is_err());
}

#[tokio::test]
async fn a_store_that_is_down_is_503_on_push_alone_and_recovers() {
    let it = Fixture::start().await;
    let other = it.sqlite();
    other.execute_batch("BEGIN IMMEDIATE").expect("locked");
    let body = format!("[{}]", record(1, r#"{"id":1}"#));
    let answer = it.push(&body).await;
    answer.is(503, r#"{"status":"ERROR","message":"The Import API is experiencing problems. Try again later."}"#);
    assert_eq!(answer.header("content-type"), Some("application/json"));
    assert_eq!(exchange(&it.gate, &request(VALIDATE, body.as_bytes())).await.status, 200);
    other.execute_batch("ROLLBACK").expect("unlocked");
    it.push(&body).await.is(201, ACCEPTED);
    assert_eq!(it.table("t").await.count, 1);
}

#[tokio::test]
async fn a_database_of_the_format_before_is_taken_over() {
    let it = Fixture::start().await;
    it.load(&[record(1, r#"{"id":1,"a":"x"}"#)]).await;
    it.sqlite()
        .execute_batch(
            "UPDATE _backstitch_gate SET format = 1; DROP TABLE _backstitch_tables; DROP TABLE _backstitch_versions",
        )
        .expect("changed");
    let it = it.restart().await;
    it.load(&[record(2, r#"{"id":1,"a":"y","b":[1]}"#)]).await;
    assert_eq!(it.shows("t").await.1, [r#"Integer(1) Text("y")"#]);
    assert_eq!(it.table("t__b").await.count, 1);
}
