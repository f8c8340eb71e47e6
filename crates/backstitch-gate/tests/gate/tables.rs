//! The tables over HTTP, a reset, and health.

use serde_json::{Value, json};

use crate::ask::{ask, ask_with, read};
use crate::client::{ACCEPTED, CLIENT, Fixture, PUSH, TOKEN, builder, exchange, record, record_of, with_headers};

#[tokio::test]
async fn tables_are_listed_with_their_columns() {
    let it = Fixture::start().await;
    it.load(&[record(1, r#"{"id":1,"name":"Finn"}"#), record(1, r#"{"id":2,"name":"Jake"}"#)]).await;
    let tables = read(&it.gate, "/_gate/tables").await;
    let tables = tables.as_array().expect("an array");
    let names: Vec<_> = tables.iter().map(|table| (&table["name"], &table["count"])).collect();
    assert_eq!(names, [(&json!("_sdc_rejected"), &json!(0)), (&json!("t"), &json!(2))]);
    let columns = tables[1]["columns"].as_array().expect("an array");
    assert_eq!(columns[0], json!({"name": "id", "type": "BIGINT", "key": true}));
    assert_eq!(columns[1], json!({"name": "name", "type": "TEXT", "key": false}));
    assert!(columns.iter().any(|column| column["name"] == "_sdc_sequence"));
}

#[tokio::test]
async fn a_table_is_shown_with_its_rows() {
    let it = Fixture::start().await;
    let data = r#"{"id":2,"big":9007199254740993,"huge":123456789012345678901234567890,"half":0.5,"yes":true}"#;
    it.load(&[record(7, data), record(8, r#"{"id":1}"#)]).await;
    let table = read(&it.gate, "/_gate/tables/t").await;
    assert_eq!((&table["name"], &table["count"]), (&json!("t"), &json!(2)));
    let row = |index: usize, column: &str| table["rows"][index][column].clone();
    assert_eq!((row(0, "id"), row(1, "id")), (json!(1), json!(2)));
    assert_eq!(
        (row(1, "big"), row(1, "half"), row(1, "yes")),
        (json!(9_007_199_254_740_993_i64), json!(0.5), json!(true))
    );
    assert_eq!(row(1, "huge"), json!("123456789012345678901234567890"));
    assert_eq!((row(0, "big"), row(0, "_sdc_sequence")), (Value::Null, json!(8)));
    let table = read(&it.gate, "/_gate/tables/t?cells=text").await;
    assert_eq!((&table["rows"][1]["big"], &table["rows"][0]["big"]), (&json!("9007199254740993"), &Value::Null));
}

#[tokio::test]
async fn rows_are_limited_and_the_newest_can_come_first() {
    let it = Fixture::start().await;
    for id in [2, 3, 1] {
        it.load(&[record(1, &format!("{{\"id\":{id}}}"))]).await;
    }
    it.load(&[record(2, r#"{"id":3}"#)]).await;
    let ids = async |query: &str| -> Vec<i64> {
        let table = read(&it.gate, &format!("/_gate/tables/t?{query}")).await;
        assert_eq!(table["count"], 3);
        table["rows"].as_array().expect("rows").iter().filter_map(|row| row["id"].as_i64()).collect()
    };
    assert_eq!(ids("limit=2").await, [1, 2]);
    assert_eq!(ids("order=newest").await, [3, 1, 2]);
    assert_eq!(ids("order=newest&limit=1").await, [3]);
    for query in ["order=oldest", "limit=some", "rows=1", "cells=xml"] {
        assert_eq!(ask(&it.gate, &format!("GET /_gate/tables/t?{query}"), "").await.status, 400, "{query}");
    }
}

#[tokio::test]
async fn a_name_is_data_whatever_it_holds() {
    let it = Fixture::start().await;
    let name = "a/b\"; DROP TABLE t; -- <script>é";
    it.load(&[record_of(name, "[\"id\"]", 1, r#"{"id":1,"note":"</script>"}"#), record(1, r#"{"id":1}"#)]).await;
    let path = "/_gate/tables/a%2Fb%22%3B%20DROP%20TABLE%20t%3B%20--%20%3Cscript%3E%C3%A9";
    let table = read(&it.gate, path).await;
    assert_eq!((&table["name"], &table["rows"][0]["note"]), (&json!(name), &json!("</script>")));
    assert_eq!(read(&it.gate, "/_gate/tables/t").await["count"], 1);
    for other in ["%22", "t%00", "%FF", "T", "_backstitch_gate%22"] {
        let status = ask(&it.gate, &format!("GET /_gate/tables/{other}"), "").await.status;
        assert!(matches!(status, 400 | 404), "{other} {status}");
    }
}

#[tokio::test]
async fn each_client_has_its_tables() {
    let folder = tempfile::tempdir().expect("a folder");
    let gate = builder(&folder).token("at_other", 1).start().await.expect("a gate");
    let record = record(1, r#"{"id":1}"#).replace(&CLIENT.to_string(), "1");
    let headers = "Authorization: Bearer at_other\r\nContent-Type: application/json\r\n";
    exchange(&gate, &with_headers(PUSH, headers, format!("[{record}]").as_bytes())).await.is(201, ACCEPTED);
    assert_eq!(read(&gate, "/_gate/tables/t?client=1").await["count"], 1);
    assert_eq!(read(&gate, "/_gate/tables").await.as_array().map(Vec::len), Some(1));
    assert_eq!(read(&gate, "/_gate/tables?client=1").await.as_array().map(Vec::len), Some(2));
    assert_eq!(ask(&gate, "GET /_gate/tables/t", "").await.status, 404);
    assert_eq!(ask(&gate, "GET /_gate/tables?client=2", "").await.status, 404);
    // From other machines nobody sees another client's.
    gate.shutdown().await;
    let gate = builder(&folder).token("at_other", 1).listen("0.0.0.0:0").start().await.expect("a gate");
    let status = async |path: &str, token: &str| {
        let headers = format!("Host: localhost\r\nAuthorization: Bearer {token}\r\n");
        ask_with(&gate, &format!("GET {path}"), &headers, "").await.status
    };
    assert_eq!(status("/_gate/tables/t", "at_other").await, 200);
    assert_eq!(status("/_gate/tables/t?client=1", "at_other").await, 200);
    assert_eq!(status("/_gate/tables/t?client=1", TOKEN).await, 404);
}

#[tokio::test]
async fn a_reset_leaves_a_gate_as_it_was_at_first() {
    let it = Fixture::start().await;
    it.load(&[
        record(9, r#"{"id":1,"age":1,"tags":[1]}"#),
        record(9, r#"{"id":2,"age":0.5}"#),
        record(1, r#"{"id":"x"}"#),
    ])
    .await;
    it.sqlite().execute_batch("CREATE TABLE mine (a); INSERT INTO mine VALUES (1)").expect("a table");
    assert_eq!(it.reasons().await.len(), 1);
    assert_eq!(ask(&it.gate, "POST /_gate/reset", "").await.status, 204);
    assert_eq!(it.gate.requests(), []);
    let tables = it.gate.tables().await.expect("tables");
    let tables: Vec<_> = tables.iter().map(|table| (table.name.as_str(), table.count)).collect();
    assert_eq!(tables, [("_sdc_rejected", 0), ("mine", 1)]);
    // Neither subtables, nor the key's type, nor the split, nor the sequence is left.
    it.load(&[record(1, r#"{"id":"1","age":"old","tags":["x"]}"#)]).await;
    assert_eq!(it.table("t__tags").await.count, 1);
    assert_eq!(it.shows("t").await.0, ["id", "age"]);
    let it = it.restart().await;
    assert_eq!(it.table("t").await.count, 1);
    it.gate.reset().await.expect("a reset");
    assert!(it.gate.table("t", 1).await.is_err());
}

#[tokio::test]
async fn fields_are_in_the_order_of_the_columns() {
    let it = Fixture::start().await;
    it.load(&[record(1, r#"{"z":1,"id":2,"a":3}"#)]).await;
    let shown = ask(&it.gate, "GET /_gate/tables/t", "").await.body;
    assert!(
        shown.starts_with(r#"{"name":"t","count":1,"columns":[{"name":"z","type":"BIGINT","key":false},"#),
        "{shown}"
    );
    assert!(shown.contains(r#""rows":[{"z":1,"id":2,"a":3,"_sdc_"#), "{shown}");
}

#[tokio::test]
async fn a_reset_of_one_client_leaves_the_others() {
    let folder = tempfile::tempdir().expect("a folder");
    let gate = builder(&folder).token("at_other", 1).start().await.expect("a gate");
    let faults = r#"[{"path":"/v2/import/validate","then":"drop_reply"}]"#;
    for (token, client) in [(TOKEN, CLIENT), ("at_other", 1)] {
        let record = record(1, r#"{"id":1}"#).replace(&CLIENT.to_string(), &client.to_string());
        let headers = format!("Authorization: Bearer {token}\r\nContent-Type: application/json\r\n");
        exchange(&gate, &with_headers(PUSH, &headers, format!("[{record}]").as_bytes())).await.is(201, ACCEPTED);
        assert_eq!(ask(&gate, &format!("POST /_gate/faults?client={client}"), faults).await.status, 200);
    }
    assert_eq!(ask(&gate, "POST /_gate/reset?client=2", "").await.status, 404);
    assert_eq!(ask(&gate, "POST /_gate/reset?client=1", "").await.status, 204);
    assert_eq!(ask(&gate, "GET /_gate/tables/t?client=1", "").await.status, 404);
    assert_eq!(read(&gate, "/_gate/tables/t").await["count"], 1);
    assert_eq!(gate.requests().iter().map(|request| request.client_id).collect::<Vec<_>>(), [Some(CLIENT)]);
    assert_eq!(read(&gate, "/_gate/faults?client=1").await, json!([]));
    assert_eq!(gate.faults().len(), 1);
}

#[tokio::test]
async fn unknown_parameters_are_refused_everywhere() {
    let it = Fixture::start().await;
    it.load(&[record(1, r#"{"id":1}"#)]).await;
    for line in [
        "GET /_gate/clients",
        "GET /_gate/faults",
        "POST /_gate/faults",
        "PUT /_gate/faults",
        "DELETE /_gate/faults",
        "GET /_gate/health",
        "GET /_gate/metrics",
        "GET /_gate/requests",
        "GET /_gate/requests/1",
        "POST /_gate/reset",
        "GET /_gate/tables",
        "GET /_gate/tables/t",
    ] {
        let answer = ask(&it.gate, &format!("{line}?clint=7723"), "[]").await;
        assert_eq!(answer.status, 400, "{line}");
        assert!(answer.body.contains("`clint`"), "{line}: {}", answer.body);
    }
    assert_eq!(it.table("t").await.count, 1);
}

#[tokio::test]
async fn what_is_not_understood_is_told_in_words_of_the_gate() {
    let it = Fixture::start().await;
    for (path, told) in [
        ("requests?limit=-1", "the parameter `limit` is a whole number, not `-1`"),
        ("requests?limit=1&limit=2", "the parameter `limit` is there more than once"),
        ("requests/x", "the id of a request is a whole number"),
        ("tables?client=me", "the parameter `client` is the id of a client, such as 7723, not `me`"),
        ("tables/t?order=oldest", "the parameter `order` is key or newest, not `oldest`"),
        ("tables/%FF", "the name of the table is no UTF-8"),
    ] {
        let answer = ask(&it.gate, &format!("GET /_gate/{path}"), "").await;
        answer.is(400, &format!(r#"{{"status":"ERROR","message":"{told}"}}"#));
    }
}

#[tokio::test]
async fn a_reset_that_fails_changes_nothing() {
    let it = Fixture::start().await;
    it.load(&[record(1, r#"{"id":1}"#)]).await;
    let other = it.sqlite();
    other.execute_batch("BEGIN IMMEDIATE").expect("locked");
    assert_eq!(ask(&it.gate, "POST /_gate/reset", "").await.status, 503);
    other.execute_batch("ROLLBACK").expect("unlocked");
    assert_eq!(it.table("t").await.count, 1);
    assert_eq!(it.gate.requests().len(), 1);
}

#[tokio::test]
async fn a_page_of_another_origin_resets_nothing() {
    let it = Fixture::start().await;
    it.load(&[record(1, r#"{"id":1}"#)]).await;
    let host = it.gate.address();
    let reset = async |headers: &str| {
        ask_with(&it.gate, "POST /_gate/reset", &format!("Host: {host}\r\n{headers}"), "").await.status
    };
    for headers in [
        "Origin: http://evil.test\r\n",
        "Origin: null\r\n",
        "Origin: http://127.0.0.1:1\r\n",
        "Sec-Fetch-Site: cross-site\r\n",
        "Sec-Fetch-Site: same-site\r\n",
        "Sec-Fetch-Site: same-origin\r\nOrigin: http://evil.test\r\n",
    ] {
        assert_eq!(reset(headers).await, 403, "{headers}");
    }
    assert_eq!(it.table("t").await.count, 1);
    assert_eq!(reset(&format!("Sec-Fetch-Site: same-origin\r\nOrigin: http://{host}\r\n")).await, 204);
    assert_eq!(reset("Sec-Fetch-Site: none\r\n").await, 204);
}

#[tokio::test]
async fn a_gate_is_well_while_its_database_is_its_own() {
    let it = Fixture::start().await;
    assert_eq!(read(&it.gate, "/_gate/health").await, json!({"status": "OK"}));
    it.sqlite().execute_batch("DROP TABLE \"_backstitch_gate\"").expect("dropped");
    assert_eq!(ask(&it.gate, "GET /_gate/health", "").await.status, 503);
}

#[tokio::test]
async fn health_needs_no_token() {
    let folder = tempfile::tempdir().expect("a folder");
    let gate = builder(&folder).listen("0.0.0.0:0").start().await.expect("a gate");
    assert_eq!(ask_with(&gate, "GET /_gate/health", "Host: 10.0.0.9:8080\r\n", "").await.status, 200);
    assert_eq!(ask_with(&gate, "GET /_gate/tables", "Host: 10.0.0.9:8080\r\n", "").await.status, 401);
}
