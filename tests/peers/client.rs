//! The Python client, and the tables that it leaves. What it does is in `client.py`.

use std::path::Path;

use backstitch_gate::Cell;
use serde_json::{Value as Json, json};

use crate::place::{CLIENT_ID, Place, TOKEN, decimal, installed, text};

/// Has the client do what the function of this name says; returns what it printed, line by line.
async fn run(name: &str) -> Option<(Place, Vec<Json>)> {
    let mut python = installed("client/bin/python")?;
    let place = Place::new().await;
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("peers/client.py");
    python.arg(script).args([name, &place.gate.url(), &CLIENT_ID.to_string(), TOKEN]);
    let output = python.output().expect("it starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let output = String::from_utf8(output.stdout).expect("text");
    Some((place, output.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect()))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn several_tables_of_one_client() {
    let Some((place, told)) = run("tables").await else { return };
    assert_eq!(told, [json!([1, -1, 2, -2, 3, -3, 4, 5])]);
    assert_eq!(
        place.rows("orders", &["id", "what", "_sdc_sequence"]).await,
        ["1 order 1 1", "2 changed 9", "3 order 3 3"]
    );
    assert_eq!(place.rows("lines", &["order", "line", "amount"]).await, ["1 1 10", "2 1 20", "3 1 30"]);
    let orders = place.table("orders").await;
    let time = |column| orders.cell(0, column).map(ToString::to_string).expect("a system column");
    let (received, batched) = (time("_sdc_received_at"), time("_sdc_batched_at"));
    assert!(received.starts_with("20") && received.ends_with('Z') && received <= batched, "{received} {batched}");
    place.rejects_nothing().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nested_records() {
    let Some((place, _)) = run("nested").await else { return };
    let columns = ["id", "address__street", "address__geo__latitude", "address__geo__longitude"];
    assert_eq!(place.rows("people", &columns).await, ["1 Main 1.5 -2.25", "2 Side  "]);
    let phones = ["_sdc_source_key_id", "_sdc_level_0_id", "kind"];
    assert_eq!(place.rows("people__phones", &phones).await, ["1 0 home", "1 1 work"]);
    let digits = ["_sdc_source_key_id", "_sdc_level_0_id", "_sdc_level_1_id", "_sdc_value"];
    assert_eq!(place.rows("people__phones__digits", &digits).await, ["1 0 0 1", "1 0 1 2", "1 1 0 3"]);
    let values = ["_sdc_source_key_id", "_sdc_level_0_id", "_sdc_value"];
    assert_eq!(place.rows("people__tags", &values).await, ["1 0 a", "1 1 bb"]);
    assert_eq!(place.rows("people__pair", &values).await, ["1 0 7", "1 1 8"]);
    assert_eq!(place.rows("people__set", &values).await, ["2 0 5"]);
    assert!(!place.table("people").await.columns.iter().any(|column| column == "none"));
    place.rejects_nothing().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_type() {
    let Some((place, _)) = run("types").await else { return };
    const BIGINT: &str = "BIGINT";
    const DECIMAL: &str = "DECIMAL_TEXT";
    const DOUBLE: &str = "DOUBLE PRECISION";
    const TEXT: &str = "TEXT";
    const TIME: &str = "TIMESTAMP_TEXT";
    let long = "-12345678901234567890.0123456789012345678901234567890";
    let expected = [
        ("zero", BIGINT, Cell::from(0)),
        ("of_53_bits", BIGINT, Cell::from((1_i64 << 53) - 1)),
        ("beyond_53_bits", BIGINT, Cell::from((1_i64 << 53) + 1)),
        ("least_below_53_bits", BIGINT, Cell::from(-(1_i64 << 53) - 1)),
        ("greatest", BIGINT, Cell::from(i64::MAX)),
        ("least", BIGINT, Cell::from(i64::MIN)),
        ("beyond_64_bits", DECIMAL, decimal("9223372036854775808")),
        ("large", DECIMAL, decimal("10000000000000000000000000000000000000000")),
        ("double", DOUBLE, Cell::from(0.1)),
        ("whole_double", DOUBLE, Cell::from(1.0)),
        ("greatest_double", DOUBLE, Cell::from(f64::MAX)),
        ("smallest_double", DOUBLE, Cell::from(5e-324)),
        ("negative_zero", DOUBLE, Cell::from(-0.0)),
        ("decimal", DECIMAL, decimal("1.10")),
        ("long_decimal", DECIMAL, decimal(long)),
        ("decimal_of_thousands", DECIMAL, decimal("1.2E+4")),
        ("utc", TIME, text("2024-02-29T12:34:56.789000Z")),
        ("offset", TIME, text("2024-02-29T07:04:56.000000Z")),
        ("epoch", TIME, text("1970-01-01T00:00:00.000000Z")),
        ("before_the_epoch", TIME, text("1969-12-31T23:59:59.000000Z")),
        ("first_year", TIME, text("0001-01-01T00:00:00.000000Z")),
        ("last_year", TIME, text("9999-12-31T23:59:59.000000Z")),
        ("text_of_a_time", TEXT, text("2024-02-29T12:34:56Z")),
        ("tilde", TEXT, text("~t")),
        ("caret", TEXT, text("^0")),
        ("backtick", TEXT, text("`x")),
        ("marked_as_a_map", TEXT, text("^ ")),
        ("unicode", TEXT, text("Zoë 🧵")),
        ("control", TEXT, text("a\tb\u{1}\"\\")),
        ("empty", TEXT, text("")),
        ("yes", "BOOLEAN", Cell::from(true)),
        ("no", "BOOLEAN", Cell::from(false)),
        ("uuid", TEXT, text("0f8fad5b-d9cb-469f-a165-70867728950e")),
        ("uri", TEXT, text("https://example.com/?a=1")),
        ("keyword", TEXT, text("word")),
        ("symbol", TEXT, text("sign")),
        ("_sdc_sequence", BIGINT, Cell::from(i64::MAX)),
    ];
    place.holds("types", &expected).await;
    assert_eq!(place.rows("types__tagged", &["_sdc_level_0_id", "_sdc_value"]).await, ["0 1", "1 2"]);
    // What is no number is accepted and does not fit the column.
    assert_eq!(
        place.rows("_sdc_rejected", &["table_name", "reason"]).await,
        ["not_finite double out of range for PostgreSQL on double"; 3]
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_records_in_several_requests() {
    let Some((place, told)) = run("many").await else { return };
    let numbers: Vec<i64> =
        told.iter().flat_map(|request| serde_json::from_value::<Vec<i64>>(request.clone()).unwrap()).collect();
    assert!(numbers.into_iter().eq(0..45_000));
    assert!(told.len() > 5, "{} requests", told.len());
    assert_eq!(place.statuses(), vec![201; told.len()]);
    let table = place.table("many").await;
    assert_eq!(table.count, 30_000);
    for row in 0..30_000 {
        let number = if row < 15_000 { row + 30_000 } else { row };
        assert_eq!(table.cell(row, "id"), Some(&Cell::from(i64::try_from(row).unwrap())));
        assert_eq!(table.cell(row, "note"), Some(&text(&format!("note of {number}"))));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_buffer_is_sent_once_it_is_flushed() {
    let Some((place, told)) = run("flushed").await else { return };
    assert_eq!(told, [json!([0]), json!([1]), json!("pushed"), json!([2, 3, 4])]);
    assert_eq!(place.statuses(), [201; 3]);
    assert_eq!(place.rows("flushed", &["id"]).await, ["0", "1", "2", "3", "4"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_version_takes_anothers_place() {
    let Some((place, _)) = run("versions").await else { return };
    assert_eq!(place.rows("versions", &["id", "_sdc_table_version"]).await, ["2 5"]);
    place.rejects_nothing().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_client_is_told_why_it_is_refused() {
    let Some((place, told)) = run("refusals").await else { return };
    let expected = [
        ("401", r#""message":"Not Authorized""#),
        ("422", r#"{"key_names":["can\'t be blank"]}"#),
        ("422", r#"{"data":["data must include keys"]}"#),
        ("422", r#"{"sequence":["sequence can not be above 9223372036854775807"]}"#),
    ];
    assert_eq!(told.len(), expected.len(), "{told:?}");
    for (told, (status, reason)) in told.iter().zip(expected) {
        let told = told.as_str().expect("text");
        assert!(told.starts_with(&format!("Error sending data to the Stitch API. {status} - ")), "{told}");
        assert!(told.contains(reason), "{told}");
    }
    let names: Vec<_> = place.gate.tables().await.unwrap().into_iter().map(|table| table.name).collect();
    assert_eq!(names, ["_sdc_rejected"]);
}
