//! Records of tables that are known at run time, many at once.

use super::{ACCEPT, Act, Server};
use crate::{Rejection, Row, SendError, Table, Undelivered, WireFormat};

fn table() -> Table {
    Table::new("prices").keys(["id"])
}

fn row(text: &str) -> Row<'_> {
    Row::read(text).unwrap()
}

#[tokio::test(start_paused = true)]
async fn rows_are_sent_as_they_are_written_in_their_order() {
    let server = Server::new([]);
    let sender = server.sender().start().await.unwrap();
    let table = table();
    let rows = [row(r#"{"id": 1, "price":1.10}"#), row(r#"{"id":2,"price":123456789012345678901234567890}"#)];
    let receipts = sender.send_rows(&table, rows.map(|row| (row, None))).await.unwrap();
    assert_eq!(sender.close().await.unwrap().accepted, 2);
    assert_eq!(receipts.accepted().await.unwrap(), 2);
    let body = &server.seen()[0].body;
    assert!(
        body.contains(r#""data":{"id": 1, "price":1.10},"#)
            && body.contains(r#""data":{"id":2,"price":123456789012345678901234567890},"#),
        "{body}"
    );
    let sequences: Vec<i64> = receipts.iter().map(|receipt| receipt.sequence().get()).collect();
    assert!(sequences[0] < sequences[1], "{sequences:?}");
}

#[tokio::test(start_paused = true)]
async fn a_row_can_bring_its_sequence() {
    let server = Server::new([]);
    let sender = server.sender().start().await.unwrap();
    let table = table();
    let receipts = sender.send_rows(&table, [(row(r#"{"id":1}"#), Some(7.into()))]).await.unwrap();
    assert_eq!(receipts.get(0).unwrap().sequence(), 7);
    assert_eq!(sender.close().await.unwrap().accepted, 1);
    assert!(server.seen()[0].body.contains(r#""sequence":7,"#));
}

#[tokio::test(start_paused = true)]
async fn a_row_that_breaks_a_rule_is_rejected_and_the_others_go_on() {
    let folder = tempfile::tempdir().unwrap();
    let letters = folder.path().join("rejected.jsonl");
    let server = Server::new([]);
    let sender = server.sender().dead_letters(&letters).start().await.unwrap();
    let table = table();
    let rows = ["{\"id\":1}", "{\"id\":null}", "{\"id\":3}"].map(|text| (row(text), None));
    let receipts = sender.send_rows(&table, rows).await.unwrap();
    let summary = sender.close().await.unwrap();
    assert_eq!((summary.accepted, summary.rejected), (2, 1));
    let outcome = receipts.get(1).unwrap().await;
    assert!(matches!(outcome, Err(Undelivered::Rejected(Rejection::Invalid(_)))), "{outcome:?}");
    let letter = std::fs::read_to_string(letters).unwrap();
    assert!(letter.contains(r#""data":{"id":null}"#) && letter.contains(r#""table":"prices""#), "{letter}");
}

#[tokio::test(start_paused = true)]
async fn batches_need_a_schema() {
    let server = Server::new([]);
    let sender = server.sender().batch().start().await.unwrap();
    let without = table();
    let error = sender.send_rows(&without, [(row("{\"id\":1}"), None)]).await.unwrap_err();
    assert!(matches!(error.cause, SendError::NoSchema), "{error}");
    let table = table().schema(serde_json::json!({"properties": {"id": {"type": "integer"}}}));
    drop(sender.send_rows(&table, [(row("{\"id\":1}"), None)]).await.unwrap());
    assert_eq!(sender.close().await.unwrap().accepted, 1);
    assert_eq!(server.seen()[0].path, "/v2/import/batch");
}

#[tokio::test(start_paused = true)]
async fn a_sender_that_the_api_refuses_says_that_it_is_held() {
    let server = Server::with([Act::Answer(401, "")], |_| ACCEPT);
    let sender = server.sender().start().await.unwrap();
    let table = table();
    assert!(!sender.status().is_held);
    drop(sender.send_rows(&table, [(row("{\"id\":1}"), None)]).await.unwrap());
    sender.flush().await;
    assert!(sender.status().is_held && sender.status().trouble.is_some());
    let _ = sender.close_within(std::time::Duration::ZERO).await.unwrap();
}

#[test]
fn rows_are_the_same_in_transit_as_one_by_one() {
    let (table, text) = (table(), r#"{"id": 1, "price":1.10, "list":[1,{"a":null}]}"#);
    let raw = serde_json::value::RawValue::from_string(text.to_owned()).unwrap();
    for format in [WireFormat::Json, WireFormat::Transit] {
        let [one, other] = [true, false].map(|is_row| {
            let mut writer = super::super::frames::FrameWriter::of_push(format, 7723.into());
            let pushed = if is_row {
                writer.push_row(&table, 1.into(), &row(text), false)
            } else {
                writer.push_json(&table, 1.into(), &raw, false)
            };
            pushed.unwrap();
            writer.take("prices".into(), Vec::new()).bytes
        });
        assert_eq!(String::from_utf8_lossy(&one), String::from_utf8_lossy(&other));
    }
}
