//! Every status from 200 to 599, from a real server, against the table of `docs/delivery.md`.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU16, AtomicUsize, Ordering};
use std::time::Duration;

use backstitch::{Rejection, Retry, SendError, Undelivered};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use super::{client, order};

/// What the document says of each status.
fn documented() -> BTreeMap<u16, String> {
    let document = include_str!("../../docs/delivery.md");
    let (_, section) = document.split_once("## What happens in each outcome").unwrap();
    let mut classes = BTreeMap::new();
    for line in section.lines().skip_while(|line| !line.starts_with("| ---")).skip(1) {
        let Some(row) = line.strip_prefix("| ") else { break };
        let mut cells = row.split(" | ");
        let (statuses, class) = (cells.next().unwrap(), cells.next().unwrap());
        for part in statuses.split(", ") {
            let (first, last) = part.split_once('–').unwrap_or((part, part));
            let (Ok(first), Ok(last)) = (first.parse::<u16>(), last.parse::<u16>()) else { continue };
            for status in first..=last {
                let before = classes.insert(status, class.to_owned());
                assert_eq!(before, None, "{status} is there twice");
            }
        }
    }
    classes
}

/// Answers the first request with a status, and the others with 201.
#[derive(Default)]
struct Server {
    status: AtomicU16,
    requests: AtomicUsize,
}

impl Server {
    async fn serve(self: Arc<Self>, listener: TcpListener) {
        loop {
            let Ok((socket, _)) = listener.accept().await else { return };
            let server = Arc::clone(&self);
            tokio::spawn(async move { server.answer(socket).await });
        }
    }

    async fn answer(&self, mut socket: TcpStream) -> Option<()> {
        loop {
            let mut bytes = Vec::new();
            let end = loop {
                if socket.read_buf(&mut bytes).await.ok()? == 0 {
                    return None;
                }
                if let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
                    break end + 4;
                }
            };
            let head = String::from_utf8_lossy(&bytes[..end]).to_ascii_lowercase();
            let length: usize = head.split("content-length: ").nth(1)?.split("\r\n").next()?.parse().ok()?;
            while bytes.len() < end + length {
                socket.read_buf(&mut bytes).await.ok()?;
            }
            let is_first = self.requests.fetch_add(1, Ordering::Relaxed) == 0;
            let status = if is_first { self.status.load(Ordering::Relaxed) } else { 201 };
            let answer = format!("HTTP/1.1 {status} Told\r\nContent-Length: 0\r\n\r\n");
            socket.write_all(answer.as_bytes()).await.ok()?;
        }
    }
}

#[tokio::test]
async fn each_has_its_class() {
    let classes = documented();
    assert_eq!(classes.keys().copied().collect::<Vec<_>>(), (200..=599).collect::<Vec<_>>());
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let server = Arc::new(Server::default());
    tokio::spawn(Arc::clone(&server).serve(listener));
    let client = client(url);
    let mut counts: BTreeMap<&str, u32> = BTreeMap::new();
    for (status, class) in &classes {
        server.status.store(*status, Ordering::Relaxed);
        server.requests.store(0, Ordering::Relaxed);
        let retry = Retry::default().base(Duration::from_millis(1)).pause(Duration::from_millis(5));
        let sender = client.sender().linger(Duration::ZERO).concurrency(1).retry(retry).start().await.unwrap();
        let outcome = sender.send(order(1)).await.unwrap().await;
        let requests = server.requests.load(Ordering::Relaxed);
        let found = match &outcome {
            Ok(accepted) if accepted.status == *status => "accepted",
            // A pause is told from a retry by what it is counted as: an attempt like any other.
            Ok(accepted) if accepted.attempts == 2 && (class == "retry" || class == "pause") => class.as_str(),
            Err(Undelivered::Rejected(Rejection::Refused(refusal))) if refusal.status == *status => match status {
                413 => "too large",
                _ => "bad record",
            },
            Err(Undelivered::Lost(_)) => {
                let Err(SendError::Closed(Some(refusal))) = sender.send(order(2)).await else { panic!("{status}") };
                assert_eq!(refusal.status, *status);
                "stop"
            }
            other => panic!("{status}: {other:?}"),
        };
        assert_eq!(found, class, "{status}");
        let again = matches!(found, "retry" | "pause");
        assert_eq!(requests, if again { 2 } else { 1 }, "{status}");
        *counts.entry(found).or_default() += 1;
    }
    println!("{counts:?}");
}
