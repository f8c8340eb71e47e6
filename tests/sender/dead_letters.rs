//! Records that will never be accepted are in a file, with the reason.

use std::path::Path;

use backstitch::{Push, Rejection, Row, SendError, Table, Undelivered};
use serde_json::Value as Json;

use super::{Place, nowhere, sender};

#[derive(Clone, Push)]
#[push(table = "rates", key = "id", doc_test = false)]
struct Rate {
    id: String,
    rate: f64,
}

fn rate(id: &str, rate: f64) -> Rate {
    Rate { id: id.to_owned(), rate }
}

fn lines(path: &Path) -> Vec<Json> {
    let text = std::fs::read_to_string(path).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[tokio::test]
async fn records_that_are_not_valid_are_rejected_and_the_others_delivered() {
    let place = Place::new();
    let gate = place.gate().await;
    let letters = place.path("rejected.jsonl");
    let sender = sender(gate.url()).dead_letters(&letters).start().await.unwrap();
    let long = "k".repeat(2_000);
    let rates = [rate("a", 1.0), rate("b", f64::NAN), rate("c", 2.0), rate(&long, 3.0)];
    let receipts = sender.send_all(&rates).await.unwrap();
    sender.flush().await;
    let outcomes: Vec<_> = receipts.into_iter().collect();
    for (index, receipt) in outcomes.into_iter().enumerate() {
        match receipt.await {
            Ok(_) => assert!([0, 2].contains(&index)),
            Err(Undelivered::Rejected(Rejection::Invalid(violations))) => {
                let pointer = violations.into_iter().next().unwrap().pointer.to_string();
                assert_eq!(pointer, ["", "/data/rate", "", "/data/id"][index]);
            }
            Err(other) => panic!("{index}: {other}"),
        }
    }
    let error = sender.send(&rates[1]).await.unwrap_err();
    assert!(matches!(error, SendError::Invalid(_)), "{error}");
    let summary = sender.close().await.unwrap();
    assert_eq!((summary.taken, summary.accepted, summary.rejected), (4, 2, 2));
    let lines = lines(&letters);
    assert_eq!(lines.len(), 2);
    assert_eq!(lines[0]["table"], "rates");
    assert_eq!(lines[0]["record"]["data"], serde_json::json!({"id": "b", "rate": null}), "no JSON has such a number");
    assert!(lines[0]["reason"].as_str().unwrap().contains("/data/rate"), "{}", lines[0]);
    assert_eq!(lines[1]["record"]["data"]["id"], long);
    assert_eq!((&lines[1]["path"], &lines[1]["content_type"]), (&"/v2/import/push".into(), &"application/json".into()));
    assert_eq!(lines[1]["sequence"], lines[1]["record"]["sequence"]);
    assert!(lines[1]["time"].as_str().unwrap().ends_with('Z'));
    assert_eq!(gate.table("rates", 1).await.unwrap().count, 2);
}

#[tokio::test]
async fn a_record_that_no_request_takes_is_kept_as_it_is() {
    let place = Place::new();
    let letters = place.path("rejected.jsonl");
    let sender = sender(nowhere()).dead_letters(&letters).start().await.unwrap();
    let table = Table::new("notes").keys(["id"]);
    let text = format!(r#"{{"id":1,"note":"{}"}}"#, "x".repeat(25_000_000));
    let receipts = sender.send_rows(&table, [(Row::read(&text).unwrap(), None)]).await.unwrap();
    assert_eq!(sender.close().await.unwrap().rejected, 1);
    let error = receipts.into_iter().next().unwrap().await.unwrap_err();
    assert!(matches!(error, Undelivered::Rejected(Rejection::TooLarge { .. })), "{error}");
    let lines = lines(&letters);
    assert_eq!(lines[0]["record"]["data"]["note"].as_str().unwrap().len(), 25_000_000);
}

#[tokio::test]
async fn a_file_is_made_with_its_first_line() {
    let place = Place::new();
    let gate = place.gate().await;
    let letters = place.path("rejected.jsonl");
    let sender = sender(gate.url()).dead_letters(&letters).start().await.unwrap();
    sender.send(rate("a", 1.0)).await.unwrap().await.unwrap();
    assert_eq!(sender.close().await.unwrap().accepted, 1);
    assert!(!letters.exists());
    let nowhere = sender_of_letters(&place.path("nowhere/rejected.jsonl")).await;
    assert!(nowhere.contains("rejected.jsonl can't be written"), "{nowhere}");
    let folder = sender_of_letters(&place.path("")).await;
    assert!(folder.contains("can't be written"), "{folder}");
}

/// Why a sender can't start that is to keep rejected records here.
async fn sender_of_letters(path: &Path) -> String {
    sender(nowhere()).dead_letters(path).start().await.unwrap_err().to_string()
}

#[tokio::test]
async fn a_spool_has_its_file_beside_it() {
    let place = Place::new();
    let sender = sender(nowhere()).spool(place.spool()).start().await.unwrap();
    drop(sender.send_all([rate("a", f64::INFINITY)]).await.unwrap());
    assert_eq!(sender.close().await.unwrap().lost, 0);
    assert_eq!(lines(&place.path("spool.redb.rejected.jsonl")).len(), 1);
}
