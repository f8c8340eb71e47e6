//! What other clients' requests leave in the tables, from the bytes that they send.

use backstitch_gate::{Cell, Gate, TableView};

use crate::client::{ACCEPTED, BATCH, CLIENT, Fixture, PUSH, TOKEN, exchange, request, with_headers};

crate::store::on_each_store! {
    transit_tells_types_apart,
    nested_data_in_transit_becomes_subtables,
    a_schema_types_the_columns_and_says_when,
    a_batch_without_keys_is_appended,
    the_singer_targets_versions_take_each_others_place,
    a_switch_in_a_push_makes_its_version_the_active_one,
}

async fn transit(gate: &Gate, body: &str) {
    // The samples are of another client.
    let body = body.replace("123]", &format!("{CLIENT}]"));
    let headers = format!("Authorization: Bearer {TOKEN}\r\nContent-Type: application/transit+json\r\n");
    exchange(gate, &with_headers(PUSH, &headers, body.as_bytes())).await.is(201, ACCEPTED);
}

async fn batch(gate: &Gate, body: &str) {
    exchange(gate, &request(BATCH, body.as_bytes())).await.is(201, ACCEPTED);
}

#[track_caller]
fn holds(view: &TableView, expected: &[(&str, Cell)]) {
    for (column, cell) in expected {
        assert_eq!(view.cell(0, column), Some(cell), "{column}: {:?}", view.columns);
    }
}

async fn transit_tells_types_apart(it: Fixture) {
    let with_key = |body: &str| body.replacen(r#""data",["^ ","#, r#""data",["^ ","id",1,"#, 1);
    let numbers = with_key(include_str!("../samples/numbers.transit.json"));
    transit(&it.gate, &numbers).await;
    assert_eq!(it.reasons().await, ["double out of range for PostgreSQL on nan"]);
    transit(&it.gate, &numbers.replace(r#""nan","~zNaN","inf","~zINF","ninf","~z-INF","#, "")).await;
    let decimal = |digits: &str| Cell::Decimal(digits.to_owned());
    holds(
        &it.table("fix").await,
        &[
            ("i63m1", i64::MAX.into()),
            ("i63", decimal("9223372036854775808")),
            ("big", decimal("10000000000000000000000000000000000000000")),
            ("fthird", (1.0 / 3.0).into()),
            ("d1", decimal("1.10")),
        ],
    );
    let times = include_str!("../samples/datetimes_aware.transit.json").replace("\"fix\"", "\"times\"");
    transit(&it.gate, &with_key(&times)).await;
    // A second after the last of the year 9999.
    assert_eq!(it.reasons().await[1], "timestamp out of range for PostgreSQL on year9999");
    transit(&it.gate, &with_key(&times.replace("253402300800000", "253402300799000"))).await;
    let times = it.table("times").await;
    assert_eq!(times.cell(0, "utc").map(ToString::to_string).as_deref(), Some("2024-02-29T12:34:56.789000Z"));
    holds(&times, &[("iso_string", "2024-02-29T12:34:56Z".into())]);
}

async fn nested_data_in_transit_becomes_subtables(it: Fixture) {
    transit(&it.gate, include_str!("../samples/nested_cached_keys.transit.json")).await;
    holds(&it.table("fix").await, &[("addr__street", "Main".into()), ("addr__geo__lat", 1.5.into())]);
    assert_eq!(it.table("fix__items").await.count, 2);
    assert_eq!(it.table("fix__tags").await.count, 4);
}

async fn a_schema_types_the_columns_and_says_when(it: Fixture) {
    batch(
        &it.gate,
        r#"{"table_name":"t","schema":{"properties":{"id":{"type":"integer"},"at":{"type":["string","null"],"format":"date-time"},"n":{"type":"number"}}},
            "key_names":["id"],"table_version":0,"messages":[{"action":"upsert","sequence":1,"data":{"id":1,"at":"2020-01-13T21:25:03+0200","n":1.10},"time_extracted":"2020-01-14T00:00:00+01:00"}]}"#,
    )
    .await;
    let view = it.table("t").await;
    let shown = |column| view.cell(0, column).map(ToString::to_string);
    assert_eq!(shown("at").as_deref(), Some("2020-01-13T19:25:03.000000Z"));
    assert_eq!(shown("n").as_deref(), Some("1.10"));
    assert_eq!(shown("_sdc_extracted_at").as_deref(), Some("2020-01-13T23:00:00.000000Z"));
}

async fn a_batch_without_keys_is_appended(it: Fixture) {
    let body = include_str!("../samples/keyless.batch.json");
    batch(&it.gate, body).await;
    batch(&it.gate, body).await;
    let view = it.table("nokeys").await;
    assert_eq!(view.count, 4);
    assert!(view.columns.iter().any(|name| name == "__sdc_primary_key"), "{:?}", view.columns);
}

async fn the_singer_targets_versions_take_each_others_place(it: Fixture) {
    let second = include_str!("../samples/versioned.batch.json");
    let first = second.replace("\"table_version\": 2", "\"table_version\": 1").replace("{\"id\": 2", "{\"id\": 3");
    assert_ne!(first, second);
    batch(&it.gate, &first).await;
    batch(&it.gate, second).await;
    let (_, rows) = it.shows("users").await;
    assert_eq!(rows, [r#"Integer(1) Text("Samantha")"#, r#"Integer(2) Text("Patrick")"#]);
}

async fn a_switch_in_a_push_makes_its_version_the_active_one(it: Fixture) {
    let record = |id: u8, version: u8| {
        format!(
            r#"{{"client_id":7723,"table_name":"t","sequence":1,"action":"upsert","key_names":["id"],"table_version":{version},"namespace":null,"data":{{"id":{id}}}}}"#
        )
    };
    it.load(&[record(1, 0), record(2, 7)]).await;
    assert_eq!(it.shows("t").await.1, ["Integer(1)"]);
    let switch = r#"{"client_id":7723,"table_name":"t","sequence":2,"action":"switch_view","table_version":7}"#;
    it.load(&[record(3, 7), switch.to_owned()]).await;
    assert_eq!(it.shows("t").await.1, ["Integer(2)", "Integer(3)"]);
}
