//! A spool that can't be written: the test starts itself as a process whose files may not grow, which is what a full
//! disk is to a program.

#![cfg(unix)]

use std::process::Command;
use std::time::Duration;

use backstitch::{Client, Push, Retry, SendError, StoreError, spool};
use nix::sys::resource::{Resource, getrlimit, setrlimit};

#[derive(Push)]
#[push(table = "orders", key = "id", doc_test = false)]
struct Order {
    id: u64,
    note: String,
}

const WITHIN: &str = "BACKSTITCH_TEST_WITHIN";
const NAME: &str = "a_full_disk_is_back_pressure_and_then_an_error_and_nothing_is_lost";

#[test]
fn a_full_disk_is_back_pressure_and_then_an_error_and_nothing_is_lost() {
    if std::env::var_os(WITHIN).is_some() {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        runtime.block_on(within());
        return;
    }
    // A signal would end the process; ignored, the write fails.
    let output = Command::new("sh")
        .args(["-c", r#"trap '' XFSZ; exec "$0" "$@""#])
        .arg(std::env::current_exe().unwrap())
        .args([NAME, "--exact", "--nocapture"])
        .env(WITHIN, "1")
        .output()
        .unwrap();
    let text = [output.stdout, output.stderr].concat();
    let text = String::from_utf8_lossy(&text);
    assert!(output.status.success() && text.contains("the disk was full"), "{text}");
}

fn order(id: u64) -> Order {
    Order { id, note: "x".repeat(5_000) }
}

/// Lets files grow to so many bytes.
fn limit(bytes: Option<u64>) {
    let (_, hard) = getrlimit(Resource::RLIMIT_FSIZE).unwrap();
    setrlimit(Resource::RLIMIT_FSIZE, bytes.unwrap_or(hard), hard).unwrap();
}

async fn within() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("spool.redb");
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let client = Client::builder().client_id(7723).token("at_good").base_url(url).build().unwrap();
    let retry = Retry::default().base(Duration::from_millis(5)).cap(Duration::from_millis(20));
    let sender = client.sender().spool(&path).spool_patience(Duration::from_millis(300)).retry(retry);
    let sender = sender.start().await.unwrap();
    drop(sender.send(order(0)).await.unwrap());

    let size = std::fs::metadata(&path).unwrap().len();
    limit(Some(size + (64 << 10)));
    let mut spooled = 1;
    let mut in_memory = 0;
    let error = loop {
        match sender.send(order(spooled + in_memory)).await {
            Ok(receipt) => {
                assert!(receipt.is_spooled());
                spooled += 1;
            }
            // It was on its way to the disk when that was full.
            Err(SendError::NotSpooled(error)) => {
                assert!(matches!(error, StoreError::Spool(_)), "{error}");
                in_memory += 1;
            }
            Err(error) => break error,
        }
        assert!(spooled < 100_000, "the disk never was full");
    };
    let SendError::Store(StoreError::Spool(reason)) = &error else { panic!("{error}") };
    println!("the disk was full after {spooled} records, {in_memory} more in memory: {reason}");
    assert!(error.to_string().contains("spool.redb"), "{error}");
    // The server can't be reached either; what keeps records from being taken is what is told.
    let spool_trouble = || sender.status().trouble.filter(|trouble| trouble.contains("spool.redb"));
    assert!(spool_trouble().is_some(), "{:?}", sender.status());

    // There is room again.
    limit(None);
    let later = async {
        loop {
            if sender.send(order(spooled + in_memory)).await.is_ok() {
                break;
            }
        }
    };
    tokio::time::timeout(Duration::from_secs(10), later).await.expect("it goes on when there is room");
    assert_eq!(spool_trouble(), None);
    let summary = sender.close_within(Duration::ZERO).await.unwrap();
    assert_eq!((summary.spooled, summary.lost), (spooled + in_memory + 1, 0));
    assert_eq!(summary.taken, summary.spooled);
    assert_eq!(spool::inspect(&path).unwrap().records, summary.spooled);
    assert!(spool::verify(&path).unwrap().is_sound());
}
