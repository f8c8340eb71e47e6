//! What was answered with 201 survives the end of the process, whatever ends it.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::client::{PUSH, builder_at, record, request};

const DATABASE: &str = "GATE_TEST_DATABASE";
const LISTENS: &str = "listens at ";

/// Not a test by itself: the process that the next test kills.
#[tokio::test]
#[ignore = "runs only as a process of another test"]
async fn process() {
    let Ok(database) = std::env::var(DATABASE) else { return };
    let gate = builder_at(&database).start().await.expect("a gate");
    println!("\n{LISTENS}{}", gate.address());
    gate.serve_until(std::future::pending()).await;
}

fn start(database: &str) -> (Child, String) {
    let mut child = Command::new(std::env::current_exe().expect("this test"))
        .args(["--exact", "durability::process", "--ignored", "--nocapture"])
        .env(DATABASE, database)
        .stdout(Stdio::piped())
        .spawn()
        .expect("a process");
    let output = BufReader::new(child.stdout.take().expect("its output"));
    let address = output
        .lines()
        .map_while(Result::ok)
        .find_map(|line| line.strip_prefix(LISTENS).map(str::to_owned))
        .expect("an address");
    (child, address)
}

/// Pushes one record after the other; the greatest id that was answered with 201.
async fn push_until_gone(address: &str, first: i64, accepted: &AtomicI64) {
    let Ok(mut stream) = TcpStream::connect(address).await else { return };
    for id in first.. {
        let body = format!("[{}]", record(1, &format!("{{\"id\":{id}}}")));
        if stream.write_all(&request(PUSH, body.as_bytes())).await.is_err() {
            return;
        }
        let mut bytes = [0; 1024];
        match stream.read(&mut bytes).await {
            Ok(read) if bytes[..read].starts_with(b"HTTP/1.1 201") => accepted.store(id, Ordering::SeqCst),
            _ => return,
        }
    }
}

#[tokio::test]
async fn what_was_accepted_survives_kill_9() {
    let folder = tempfile::tempdir().expect("a folder");
    let database = format!("sqlite://{}", crate::client::database(&folder).display());
    let mut last = 0;
    for _ in 0..3 {
        let (mut child, address) = start(&database);
        let accepted = AtomicI64::new(last);
        let _ = tokio::time::timeout(Duration::from_millis(300), push_until_gone(&address, last + 1, &accepted)).await;
        // The signal that no process can catch.
        child.kill().expect("killed");
        child.wait().expect("gone");
        let before = last;
        last = accepted.load(Ordering::SeqCst);
        assert!(last > before, "nothing was accepted");
    }
    let gate = builder_at(&database).start().await.expect("a gate");
    let count = gate.table("t", 1).await.expect("a table").count;
    // The request that was under way when the process ended may or may not be there, each time.
    assert!(count >= last.unsigned_abs() && count <= last.unsigned_abs() + 3, "{count} rows, {last} accepted");
}
