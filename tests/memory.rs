//! How much memory a sender takes, measured on the process: it is the only test of this program.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use backstitch::{Client, Push};
use tokio::net::TcpListener;

#[derive(Push)]
#[push(table = "orders", key = "id", doc_test = false)]
struct Order {
    id: u64,
    note: String,
}

/// What HTTP, the spool and the program itself take beside the records.
const BESIDE: u64 = 24 << 20;

/// The memory that the process has, in bytes.
fn resident() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.trim().strip_suffix(" kB")?.parse::<u64>().ok().map(|kilobytes| kilobytes << 10)
}

/// Takes connections and reads what comes, and never answers.
async fn silence() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((mut socket, _)) = listener.accept().await {
            tokio::spawn(async move { tokio::io::copy(&mut socket, &mut tokio::io::sink()).await });
        }
    });
    url
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_never_answers_makes_producers_wait_and_memory_stays_bounded() {
    let Some(before) = resident() else {
        println!("SKIPPED: the memory of a process is measured on Linux only");
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    for (budget, has_spool) in [(16 << 20, true), (16 << 20, false), (48 << 20, false)] {
        let client = Client::builder().client_id(7723).token("at_good").base_url(silence().await).build().unwrap();
        let mut builder = client.sender().memory(budget);
        if has_spool {
            // More than memory has room for, and not endless.
            builder = builder.spool(folder.path().join("spool.redb")).spool_bytes(96 << 20);
        }
        let sender = builder.start().await.unwrap();
        let sent = Arc::new(AtomicU64::new(0));
        let producers: Vec<_> = (0..4)
            .map(|producer| {
                let (sender, sent) = (sender.clone(), Arc::clone(&sent));
                tokio::spawn(async move {
                    for round in 0.. {
                        let order = |id| Order { id, note: "a note of some length, as notes are".repeat(8) };
                        let handed = match producer {
                            0 | 1 => sender.send(order(round)).await.map(drop).map_err(|error| error.to_string()),
                            _ => {
                                let many = sender.send_all((0..1000).map(order)).await;
                                many.map(drop).map_err(|error| error.to_string())
                            }
                        };
                        if let Err(error) = handed {
                            return error;
                        }
                        sent.fetch_add(1, Ordering::Relaxed);
                    }
                    String::new()
                })
            })
            .collect();
        // Until nobody gets anything in any more.
        let mut last = u64::MAX;
        let mut most = 0;
        while last != sent.load(Ordering::Relaxed) {
            last = sent.load(Ordering::Relaxed);
            for _ in 0..20 {
                tokio::time::sleep(Duration::from_millis(25)).await;
                most = most.max(resident().unwrap());
            }
        }
        let status = sender.status();
        let expected = if has_spool { 96 << 20 } else { budget as u64 };
        assert!(status.waiting_bytes > expected / 4 * 3, "it took what it has room for: {status:?}");
        assert!(status.waiting_bytes <= expected, "{status:?}");
        assert!(producers.iter().all(|producer| !producer.is_finished()), "all wait");
        let grown = most.saturating_sub(before);
        println!("budget {budget}, spool {has_spool}: {} waiting, the process grew by {grown}", status.waiting_bytes);
        assert!(grown <= budget as u64 + BESIDE, "{grown} bytes more, of a budget of {budget}");
        let summary = sender.close_within(Duration::ZERO).await.unwrap();
        assert_eq!(summary.spooled + summary.lost, summary.taken);
        for producer in producers {
            assert!(producer.await.unwrap().contains("closed"));
        }
    }
}
