//! The database restarted underneath: what was accepted is there, what was refused is not.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::time::Duration;

use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

use crate::client::{PUSH, builder_at, record, record_of, request};
use crate::server::Server;
use crate::store::connect;

/// How many restarts, unless `BACKSTITCH_RESTARTS` says so.
const RESTARTS: u64 = 3;

const CLIENTS: u64 = 4;
const RECORDS: i64 = 20;

/// What was said of a request; none where the connection broke.
type Statuses = HashMap<i64, Option<u16>>;

/// Sends requests, each of its own keys, until it is time to stop.
async fn send(address: std::net::SocketAddr, next: Arc<AtomicI64>, stop: Arc<AtomicBool>) -> Statuses {
    let mut statuses = Statuses::new();
    while !stop.load(Ordering::Relaxed) {
        let number = next.fetch_add(1, Ordering::Relaxed);
        let mut records = Vec::new();
        for at in 0..RECORDS {
            let data = format!(r#"{{"id":{},"request":{number},"tags":[{at}]}}"#, number * RECORDS + at);
            records.push(record(1, &data));
            records.push(record_of("u", "[\"id\"]", 1, &data));
        }
        let body = request(PUSH, format!("[{}]", records.join(",")).as_bytes());
        let status = async {
            let mut stream = TcpStream::connect(address).await.ok()?;
            stream.write_all(&body).await.ok()?;
            Some(crate::client::answer(&mut stream).await.status)
        };
        let status = status.await;
        statuses.insert(number, status);
        if status != Some(201) {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
    statuses
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_accepted_survives_crashes_of_the_database() {
    let Some(server) = tokio::task::spawn_blocking(Server::start).await.expect("a server") else { return };
    let restarts = std::env::var("BACKSTITCH_RESTARTS");
    let restarts = restarts.map_or(RESTARTS, |count| count.parse().expect("BACKSTITCH_RESTARTS is a number"));
    let gate = builder_at(&server.url()).start().await.expect("a gate");
    let (next, stop) = (Arc::new(AtomicI64::new(0)), Arc::new(AtomicBool::new(false)));
    let clients: Vec<_> =
        (0..CLIENTS).map(|_| tokio::spawn(send(gate.address(), Arc::clone(&next), Arc::clone(&stop)))).collect();
    let server = tokio::task::spawn_blocking(move || {
        for restart in 0..restarts {
            std::thread::sleep(Duration::from_millis(200 + restart * 137 % 700));
            server.crash();
        }
        server
    });
    let server = server.await.expect("restarts");
    tokio::time::sleep(Duration::from_millis(500)).await;
    stop.store(true, Ordering::Relaxed);
    let mut statuses = Statuses::new();
    for client in clients {
        statuses.extend(client.await.expect("a client"));
    }
    let mut by_status: HashMap<Option<u16>, u64> = HashMap::new();
    for status in statuses.values() {
        *by_status.entry(*status).or_default() += 1;
    }
    println!("{restarts} restarts: {by_status:?}");
    assert!(by_status.get(&Some(201)).is_some_and(|accepted| *accepted > 0), "{by_status:?}");
    // What is in the log is loaded by then.
    let url = server.url();
    let counted = tokio::task::spawn_blocking(move || {
        let mut client = connect(&url);
        for _ in 0..600 {
            if client.query_one("SELECT count(*) FROM _backstitch_log", &[]).expect("a row").get::<_, i64>(0) == 0 {
                break;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        ["t", "u"].map(|table| {
            let count = format!("SELECT request, count(*) FROM {table} GROUP BY 1");
            let rows = client.query(&count, &[]).expect("rows");
            rows.iter().map(|row| (row.get(0), row.get(1))).collect::<HashMap<i64, i64>>()
        })
    });
    let counted = counted.await.expect("counts");
    for (number, status) in &statuses {
        let found = counted.each_ref().map(|table| table.get(number).copied().unwrap_or_default());
        match status {
            Some(201 | 202) => assert_eq!(found, [RECORDS, RECORDS], "request {number} was accepted"),
            Some(503) => assert_eq!(found, [0, 0], "of request {number} nothing was kept"),
            Some(504) | None => assert!(found == [0, 0] || found == [RECORDS, RECORDS], "request {number}: {found:?}"),
            Some(other) => panic!("request {number} was answered {other}"),
        }
    }
    gate.shutdown().await;
    tokio::task::spawn_blocking(move || drop(server)).await.expect("stopped");
}
