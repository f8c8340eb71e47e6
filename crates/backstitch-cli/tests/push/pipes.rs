//! Pipes: what is written into one is sent as it comes, and can be read once.

use std::io::Write as _;
use std::process::Stdio;
use std::time::{Duration, Instant};

use crate::Place;

/// A line that is written while more may come is sent without those.
async fn sends_as_it_comes(arguments: &str, parts: [&str; 3]) {
    let place = Place::new().await;
    let mut command = place.command(arguments);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    for (before, part) in parts.into_iter().enumerate() {
        let since = Instant::now();
        while place.count("orders").await < before as u64 {
            assert!(since.elapsed() < Duration::from_secs(60), "{arguments}: {before} records are not sent");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        stdin.write_all(part.as_bytes()).unwrap();
    }
    drop(stdin);
    let output = child.wait_with_output().unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stdout), "3 records accepted\n", "{arguments}");
}

#[tokio::test(flavor = "multi_thread")]
async fn lines_are_sent_as_they_come() {
    sends_as_it_comes("push - -t orders -k id", ["{\"id\":1}\n{\"id\"", ":2}\n", "{\"id\":3}"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn elements_of_an_array_are_sent_as_they_come() {
    sends_as_it_comes("push - -t orders -k id", ["[{\"id\":1},{\"a\":\"", "}]\",\"id\":2}\n,", "{\"id\":3}]"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_of_csv_are_sent_as_they_come() {
    sends_as_it_comes("push - -t orders -k id --format csv", ["id,a\r\n1,b\r\n2", ",\"c\n\nd\"\r\n", "3,"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_can_be_read_once_is_not_read_twice() {
    let place = Place::new().await;
    nix::unistd::mkfifo(&place.path("pipe"), nix::sys::stat::Mode::S_IRWXU).unwrap();
    for (options, told) in [
        (
            "--format jsonl --endpoint batch",
            "pipe can't be read twice, as finding a schema needs it: give its schema with --schema",
        ),
        ("--format csv --types infer", "pipe can't be read twice, as --types infer needs it: name the types"),
        ("--format jsonl --resume position", "pipe can't be read twice, as --resume needs it"),
        ("--format parquet", "pipe can't be read as Parquet"),
    ] {
        // Nobody writes into it: it must not be opened.
        let said = place.run(&format!("push pipe -t orders -k id {options}"));
        assert_eq!(said.code, Some(2), "{said:?}");
        assert!(said.stderr.contains(told), "{told}: {said:?}");
    }
}
