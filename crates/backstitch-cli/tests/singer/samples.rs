//! What `target-stitch` was given, sent and wrote, captured byte for byte.

use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::running::Running;
use crate::server::{Server, ok};

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/singer/samples").join(name)
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap()
}

/// A body with its sequences, which come from a clock, as zeros: all have 19 digits.
fn without_sequences(body: &str) -> String {
    const BEFORE: &str = r#""sequence": "#;
    let mut parts = body.split(BEFORE);
    let mut result = parts.next().unwrap().to_owned();
    for part in parts {
        let digits = part.bytes().take_while(u8::is_ascii_digit).count();
        assert_eq!(digits, 19, "{part}");
        result.extend([BEFORE, &"0".repeat(19), &part[digits..]]);
    }
    result
}

/// The line, the headers that matter, and the body of a request.
fn of(line: &str, headers: &[String], body: &str) -> Vec<String> {
    let matters = |header: &&String| {
        let name = header.split_once(':').unwrap().0.to_ascii_lowercase();
        ["authorization", "content-type", "accept", "content-length"].contains(&name.as_str())
    };
    let lower = |header: &String| {
        let (name, value) = header.split_once(": ").unwrap();
        format!("{}: {value}", name.to_ascii_lowercase())
    };
    let mut headers: Vec<String> = headers.iter().filter(matters).map(lower).collect();
    headers.sort();
    [vec![line.to_owned()], headers, vec![without_sequences(body)]].concat()
}

fn captured(path: &Path) -> Vec<String> {
    let text = read(path);
    let (head, body) = text.split_once("\r\n\r\n").unwrap_or_else(|| text.split_once("\n\n").unwrap());
    let mut lines = head.lines().map(str::to_owned);
    let line = lines.next().unwrap();
    of(&line, &lines.collect::<Vec<_>>(), body)
}

#[track_caller]
fn is_as_captured(name: &str) {
    let folder = folder(name);
    let server = Server::start([ok()]);
    let mut config: Value = serde_json::from_str(&read(&folder.join("config.json"))).unwrap();
    for url in ["small_batch_url", "big_batch_url"] {
        let of_sample = config[url].as_str().unwrap();
        config[url] = of_sample.replace("http://127.0.0.1:18082", &server.url).into();
    }
    let mut running = Running::start(&config, &[]);
    running.feed_bytes(read(&folder.join("input.jsonl")).as_bytes());
    let ended = running.end();
    let states = read(&folder.join("stdout.jsonl"));
    ended.is(0, &states.lines().filter(|line| !line.is_empty()).collect::<Vec<_>>());
    let expected: Vec<Vec<String>> = (0..)
        .map(|number| folder.join(format!("req_{number:04}.http")))
        .take_while(|path| path.exists())
        .map(|path| captured(&path))
        .collect();
    let sent: Vec<Vec<String>> =
        server.requests().iter().map(|request| of(&request.line, &request.headers, &request.body)).collect();
    assert_eq!(sent, expected);
}

#[test]
fn minimal() {
    is_as_captured("minimal");
}

#[test]
fn empty_key_properties() {
    is_as_captured("empty_key_properties");
}

#[test]
fn versioned_activate() {
    is_as_captured("versioned_activate");
}

#[test]
fn multi_stream_interleaved() {
    is_as_captured("multi_stream_interleaved");
}

#[test]
fn state_only() {
    is_as_captured("state_only");
}
