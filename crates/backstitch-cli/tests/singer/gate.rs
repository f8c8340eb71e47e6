//! What a tap writes, in the tables of a real gate.

use backstitch_gate::{Fault, Gate, TableView};
use serde_json::json;
use tempfile::TempDir;

use crate::messages::{activate, record, row, row_of, schema, state, with};
use crate::running::{Ended, TOKEN, run};

struct Place {
    gate: Gate,
    _folder: TempDir,
}

impl Place {
    async fn new() -> Self {
        let folder = TempDir::new().unwrap();
        let database = format!("sqlite://{}", folder.path().join("gate.db").display());
        let gate = Gate::builder().database(database).token(TOKEN, 7723).start().await.unwrap();
        Place { gate, _folder: folder }
    }

    fn run(&self, lines: &[String]) -> Ended {
        let config = json!({ "client_id": 7723, "token": TOKEN });
        run(&config, &["--url", &self.gate.url()], lines)
    }

    async fn table(&self, name: &str) -> TableView {
        self.gate.table(name, 100).await.unwrap()
    }

    /// The values of a column.
    async fn column(&self, table: &str, column: &str) -> Vec<String> {
        let view = self.table(table).await;
        (0..view.rows.len()).map(|row| view.cell(row, column).unwrap().to_string()).collect()
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn records_are_rows() {
    let place = Place::new().await;
    let lines = [schema("users"), row("users", 1), record("users", r#"{"id": 2, "name": null}"#), state("2")];
    place.run(&lines).is(0, &["2"]);
    assert_eq!(place.column("users", "id").await, ["1", "2"]);
    assert_eq!(place.column("users", "name").await, ["Finn", ""]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_version_takes_the_place_of_another() {
    let place = Place::new().await;
    let first = [schema("users"), row_of("users", 1, 1), row_of("users", 2, 1), activate("users", 1)];
    place.run(&first).is(0, &[]);
    assert_eq!(place.column("users", "id").await, ["1", "2"]);
    let second = [schema("users"), row_of("users", 3, 2), activate("users", 2), state("2")];
    place.run(&second).is(0, &["2"]);
    assert_eq!(place.column("users", "id").await, ["3"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn decimals_and_moments_are_whole() {
    let place = Place::new().await;
    let schema = schema("users")
        .replace(r#""id": {"type": "integer"}"#, r#""id": {"type": "integer"}, "price": {"type": "number"}"#);
    let price = record("users", r#"{"id": 1, "price": 12345678901234567890.1234567890}"#);
    let lines = [schema, with(&price, r#""time_extracted": "2026-01-14T01:00:00+01:00""#)];
    place.run(&lines).is(0, &[]);
    assert_eq!(place.column("users", "price").await, ["12345678901234567890.1234567890"]);
    assert_eq!(place.column("users", "_sdc_extracted_at").await, ["2026-01-14T00:00:00.000000Z"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_record_against_its_schema_is_told_by_its_line() {
    let place = Place::new().await;
    let lines = [schema("users"), row("users", 1), state("1"), record("users", r#"{"id": "two"}"#), state("2")];
    let ended = place.run(&lines);
    ended.is(1, &[]).tells("Record 1 did not conform to schema").tells("stream `users` is line 4 of the input");
    assert!(place.gate.table("users", 1).await.is_err(), "nothing of the request was kept");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_gate_that_is_down_for_a_moment_is_asked_again() {
    let place = Place::new().await;
    place.gate.fault(Fault::answer(503, r#"{"status":"ERROR"}"#).times(2)).unwrap();
    place.run(&[schema("users"), row("users", 1), state("1")]).is(0, &["1"]);
    assert_eq!(place.column("users", "id").await, ["1"]);
}
