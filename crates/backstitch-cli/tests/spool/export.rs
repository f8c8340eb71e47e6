//! The records of a spool as lines.

use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};

use super::{Place, spool};

#[tokio::test]
async fn records_are_lines_as_they_would_be_sent() {
    let place = Place::new();
    place.fill(0..300).await;
    let said = spool(&["export", &place.spool()]);
    assert_eq!((said.code, said.stderr.as_str()), (Some(0), "wrote 300 records\n"));
    let lines: Vec<serde_json::Value> = said.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 300);
    assert_eq!((&lines[7]["client_id"], &lines[7]["table_name"]), (&7723.into(), &"orders".into()));
    assert_eq!(lines[7]["data"], serde_json::json!({"id": 7, "note": "note 7."}));

    let out = place.text("out.jsonl");
    let to_file = spool(&["export", "--output", &out, &place.spool()]);
    assert_eq!((to_file.code, to_file.stdout.as_str()), (Some(0), ""));
    assert!(to_file.stderr.contains("wrote 300 records to ") && to_file.stderr.contains("out.jsonl"), "{to_file:?}");
    assert_eq!(std::fs::read_to_string(&out).unwrap(), said.stdout);
}

#[tokio::test]
async fn nothing_is_written_over() {
    let place = Place::new();
    place.fill(0..3).await;
    let before = std::fs::read(place.path("spool.redb")).unwrap();
    let said = spool(&["export", "--output", &place.spool(), &place.spool()]);
    assert_eq!(said.code, Some(1));
    assert!(said.stderr.contains("is there already: name another --output"), "{said:?}");
    assert!(std::fs::read(place.path("spool.redb")).unwrap() == before);
    let said = spool(&["export", "--output", &place.text("out"), &place.text("missing")]);
    assert!(said.stderr.contains("missing can't be used"), "{said:?}");
    assert!(!place.path("out").exists(), "half a file would be taken for a whole one");
}

#[tokio::test]
async fn a_reader_that_has_enough_is_no_error() {
    let place = Place::new();
    place.fill(0..20_000).await;
    let mut export = Command::new(env!("CARGO_BIN_EXE_backstitch"))
        .args(["spool", "export", &place.spool()])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(export.stdout.take().unwrap()).read_line(&mut line).unwrap();
    assert!(line.starts_with('{'), "{line}");
    let output = export.wait_with_output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_full_disk_is_an_error() {
    let place = Place::new();
    place.fill(0..3).await;
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let mut export = Command::new(env!("CARGO_BIN_EXE_backstitch"));
    let output = export.args(["spool", "export", &place.spool()]).stdout(full).output().unwrap();
    let told = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{told}");
    assert!(told.contains("the standard output can't be written: No space left"), "{told}");
}
