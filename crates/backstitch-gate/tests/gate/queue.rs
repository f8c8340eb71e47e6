//! Requests whose tables can't be had: they are kept in PostgreSQL's log, and loaded later.

use std::time::Duration;

use backstitch_gate::GateError;
use postgres::Client;

use crate::client::{ACCEPTED, CLIENT, Fixture, PUSH, exchange, record, record_of, request};
use crate::store::{Place, connect};

pub(crate) const QUEUED: &str = r#"{"status":"Accepted","message":"The batch is queued to be processed."}"#;

/// A connection of somebody who has a table locked until it is dropped.
async fn lock(it: &Fixture, table: &str) -> Client {
    run(it, &format!("BEGIN; LOCK TABLE {table}")).await
}

/// A connection that has run these statements, and keeps its transaction open.
pub(crate) async fn run(it: &Fixture, sql: &str) -> Client {
    let (url, sql) = (it.place.url(), sql.to_owned());
    let run = move || {
        let mut client = connect(&url);
        client.batch_execute(&sql).expect("done");
        client
    };
    tokio::task::spawn_blocking(run).await.expect("done")
}

pub(crate) async fn unlock(client: Client) {
    tokio::task::spawn_blocking(move || drop(client)).await.expect("unlocked");
}

/// Waits until a table has so many rows.
pub(crate) async fn rows(it: &Fixture, table: &str, count: u64) {
    for _ in 0..600 {
        if it.gate.table(table, 0).await.is_ok_and(|table| table.count == count) {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("{table} has {:?}, not {count}", it.gate.table(table, 9).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_that_somebody_has_locked_is_loaded_later() {
    let Some(it) = Fixture::start_on_postgres().await else { return };
    it.load(&[record(1, r#"{"id":1,"v":"first"}"#)]).await;
    let locked = lock(&it, "t").await;
    it.push(&format!("[{}]", record(2, r#"{"id":1,"v":"second"}"#))).await.is(202, QUEUED);
    // What comes for this table stands behind it; other tables are to be had.
    it.push(&format!("[{}]", record(1, r#"{"id":2,"v":true}"#))).await.is(202, QUEUED);
    it.push(&format!("[{}]", record_of("u", "[\"id\"]", 1, r#"{"id":1}"#))).await.is(201, ACCEPTED);
    // Who looks is told so, and sees the others.
    let listed: Vec<(String, bool)> =
        it.gate.tables().await.expect("tables").into_iter().map(|table| (table.name, table.locked)).collect();
    assert_eq!(listed, [("_sdc_rejected".to_owned(), false), ("t".to_owned(), true), ("u".to_owned(), false)]);
    assert!(matches!(it.gate.table("t", 1).await, Err(GateError::Locked { name }) if name == "t"));
    let tables = crate::ask::read(&it.gate, "/_gate/tables").await;
    assert_eq!(tables[1]["locked"], true, "{tables}");
    unlock(locked).await;
    rows(&it, "t", 2).await;
    let (columns, shown) = it.shows("t").await;
    assert_eq!(columns, ["id", "v__st", "v__bo"]);
    assert_eq!(shown, [r#"Integer(1) Text("second") Null"#, "Integer(2) Null Boolean(true)"]);
    it.push(&format!("[{}]", record(1, r#"{"id":3}"#))).await.is(201, ACCEPTED);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_in_the_log_survives_the_gate() {
    let Some(it) = Fixture::start_on_postgres().await else { return };
    it.load(&[record(1, r#"{"id":1}"#)]).await;
    let locked = lock(&it, "t").await;
    let batch = r#"{"table_name":"t","key_names":["id"],"schema":{"properties":{"id":{"type":"integer"},"n":{"type":"number"}}},
        "messages":[{"action":"upsert","sequence":7,"data":{"id":2,"n":1.10}}]}"#;
    exchange(&it.gate, &request(crate::client::BATCH, batch.as_bytes())).await.is(202, QUEUED);
    let transit = format!(
        r#"[["^ ","client_id",{CLIENT},"table_name","t","sequence","~i9","action","upsert","key_names",["id"],"data",["^ ","id",3,"at","~m1577836800000"]]]"#
    );
    let head = format!("Authorization: Bearer {}\r\nContent-Type: application/transit+json\r\n", crate::client::TOKEN);
    exchange(&it.gate, &crate::client::with_headers(PUSH, &head, transit.as_bytes())).await.is(202, QUEUED);
    // The gate goes while both wait.
    let Fixture { gate, place } = it;
    gate.shutdown().await;
    unlock(locked).await;
    let gate = crate::client::builder_at(&place.url()).start().await.expect("a gate");
    let it = Fixture { gate, place };
    rows(&it, "t", 3).await;
    let view = it.table("t").await;
    assert_eq!(view.cell(1, "n").map(ToString::to_string).as_deref(), Some("1.10"));
    assert_eq!(view.cell(2, "at").map(ToString::to_string).as_deref(), Some("2020-01-01T00:00:00.000000Z"));
    let Place::Schema(schema) = &it.place else { panic!("a schema") };
    let url = schema.url();
    let left = move || connect(&url).query_one("SELECT count(*) FROM _backstitch_log", &[]).expect("a row").get(0);
    let left: i64 = tokio::task::spawn_blocking(left).await.expect("a count");
    assert_eq!(left, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn gates_on_one_database_do_not_undo_what_the_other_did() {
    let Some(it) = Fixture::start_on_postgres().await else { return };
    let second = crate::client::builder_at(&it.place.url()).start().await.expect("a second gate");
    let send = async |gate: &backstitch_gate::Gate, first: i64| {
        for step in 0..40_i64 {
            let sequence = step * 2 + first;
            let value = if step % 3 == 0 { format!("\"{sequence}\"") } else { sequence.to_string() };
            let records: Vec<String> = (0..20)
                .map(|id| {
                    record(
                        sequence,
                        &format!(r#"{{"id":{id},"v":{value},"c{first}_{step}":1,"tags":[{sequence},{sequence}]}}"#),
                    )
                })
                .collect();
            let answer = exchange(gate, &request(PUSH, format!("[{}]", records.join(",")).as_bytes())).await;
            assert!(matches!(answer.status, 201 | 202), "{}", answer.body);
        }
    };
    tokio::join!(send(&it.gate, 0), send(&second, 1));
    for _ in 0..600 {
        let view = it.table("t").await;
        if (0..20).all(|row| view.cell(row, "_sdc_sequence") == Some(&79.into())) {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let view = it.table("t").await;
    assert_eq!((view.count, view.columns.len()), (20, 1 + 2 + 80 + 4));
    for row in 0..20 {
        assert_eq!(view.cell(row, "_sdc_sequence"), Some(&79.into()));
        assert_eq!(view.cell(row, "v__st"), Some(&"79".into()));
    }
    let tags = it.table("t__tags").await;
    assert_eq!(tags.count, 40);
    assert!((0..40).all(|row| tags.cell(row, "_sdc_value") == Some(&79.into())));
    assert_eq!(it.reasons().await, [""; 0]);
    second.shutdown().await;
}
