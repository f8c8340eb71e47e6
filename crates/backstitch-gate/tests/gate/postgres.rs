//! What is PostgreSQL's own: names, limits, schemas, and what else is in the database.

use backstitch_gate::{Cell, Gate, GateError};

use crate::client::{ACCEPTED, CLIENT, Fixture, TOKEN, builder_at, record, record_of};
use crate::store::{Place, Schema, connect};

/// None where there is no server to run on.
async fn on_postgres() -> Option<(Fixture, String)> {
    let it = Fixture::start_on_postgres().await?;
    let url = it.place.url();
    Some((it, url))
}

/// What a query answers, each row as the text of its first column.
async fn query(url: &str, sql: &str) -> Vec<String> {
    let (url, sql) = (url.to_owned(), sql.to_owned());
    let query = move || connect(&url).query(&sql, &[]).expect("done").iter().map(|row| row.get(0)).collect();
    tokio::task::spawn_blocking(query).await.expect("done")
}

#[tokio::test]
async fn a_table_has_the_types_and_the_constraint_of_the_destination() {
    let Some((it, url)) = on_postgres().await else { return };
    it.load(&[record(1, r#"{"id":1,"a":1.5,"b":true,"c":"x","d":99999999999999999999,"e":[{"f":1}]}"#)]).await;
    let columns = "SELECT attname || ' ' || format_type(atttypid, atttypmod) || CASE WHEN attnotnull THEN ' NOT NULL' ELSE '' END \
                   FROM pg_attribute WHERE attrelid = 't'::regclass AND attnum > 0 ORDER BY attnum";
    assert_eq!(
        query(&url, columns).await,
        [
            "id bigint NOT NULL",
            "a double precision",
            "b boolean",
            "c text",
            "d numeric",
            "_sdc_received_at timestamp with time zone",
            "_sdc_batched_at timestamp with time zone",
            "_sdc_sequence bigint",
            "_sdc_table_version bigint",
        ]
    );
    let keys = "SELECT conname || ' ' || pg_get_constraintdef(oid) FROM pg_constraint \
                WHERE contype = 'p' AND connamespace = current_schema()::regnamespace AND conname NOT LIKE '\\_%' ORDER BY conname";
    assert_eq!(
        query(&url, keys).await,
        ["t__e_pkey PRIMARY KEY (_sdc_source_key_id, _sdc_level_0_id)", "t_pkey PRIMARY KEY (id)"]
    );
}

#[tokio::test]
async fn decimals_keep_every_digit() {
    let Some((it, url)) = on_postgres().await else { return };
    let digits = "12345678901234567890123456789012345678901234567890";
    it.load(&[record(1, &format!(r#"{{"id":1,"d":{digits},"n":-{digits}}}"#))]).await;
    assert_eq!(query(&url, "SELECT (d + n)::text || ' ' || d::text FROM t").await, [format!("0 {digits}")]);
}

#[tokio::test]
async fn what_the_server_cannot_hold_is_rejected_record_by_record() {
    let Some((it, _)) = on_postgres().await else { return };
    let wide: Vec<String> = (0..1_500).map(|n| format!("\"c{n}\":{n}")).collect();
    let key: String = (0..100).map(|_| uuid::Uuid::new_v4().simple().to_string()).collect();
    it.load(&[
        record(1, r#"{"id":1,"v":"x\u0000y"}"#),
        record(1, r#"{"id":2,"v":"fine","a":["x\u0000"]}"#),
        record(1, &format!(r#"{{"id":3,{}}}"#, wide.join(","))),
        record(1, r#"{"id":4,"v":"fine"}"#),
        // The key is too long for an index, however it is packed.
        record_of(
            "k",
            r#"["a","b","c"]"#,
            1,
            &format!(r#"{{"a":"{}","b":"{}","c":"{}"}}"#, &key[..1_000], &key[1_000..2_000], &key[2_000..3_000]),
        ),
        record_of("k", r#"["a","b","c"]"#, 1, r#"{"a":"1","b":"2","c":"3"}"#),
    ])
    .await;
    assert_eq!(it.table("t").await.count, 1);
    assert_eq!(it.table("k").await.count, 1);
    let mut reasons = it.reasons().await;
    reasons.sort_unstable();
    assert_eq!(reasons.len(), 4, "{reasons:?}");
    assert!(reasons[0].starts_with("ERROR: index row size "), "{reasons:?}");
    assert!(reasons[1].starts_with("ERROR: row is too big"), "{reasons:?}");
    assert_eq!(reasons[2], "PostgreSQL cannot hold the character NUL on _sdc_value");
    assert_eq!(reasons[3], "PostgreSQL cannot hold the character NUL on v");
}

#[tokio::test]
async fn names_are_no_longer_than_the_server_has_them() {
    let Some((it, _)) = on_postgres().await else { return };
    let (fits, long) = ("ä".repeat(29), "ä".repeat(30));
    it.load(&[record(1, &format!(r#"{{"id":1,"{fits}":1,"{long}":2}}"#))]).await;
    it.load(&[record(2, &format!(r#"{{"id":1,"{fits}":"split"}}"#))]).await;
    it.load(&[
        record_of(&"ä".repeat(32), "[\"id\"]", 1, r#"{"id":1}"#),
        record_of(&long, "[\"id\"]", 1, r#"{"id":1}"#),
    ])
    .await;
    assert_eq!(it.table("t").await.cell(0, &format!("{fits}__st")), Some(&"split".into()));
    assert_eq!(it.table(&long).await.count, 1);
    assert_eq!(
        it.reasons().await,
        [
            format!("Column name {long} is too long for PostgreSQL"),
            format!("Table name {} is too long for PostgreSQL", "ä".repeat(32)),
        ]
    );
    // The server needs these for itself.
    it.load(&[record(3, r#"{"id":3,"xmin":1,"ctid":2,"v":3}"#)]).await;
    assert_eq!(it.reasons().await[2], "ERROR: column name \"xmin\" conflicts with a system column name");
    assert_eq!(it.table("t").await.cell(1, "v"), Some(&3.into()));
    it.load(&[record_of("u", "[\"id\"]", 1, r#"{"id":1,"CTID":1}"#)]).await;
    it.load(&[record_of("u", "[\"id\"]", 2, r#"{"id":1,"ctid":2,"v":2}"#)]).await;
    assert_eq!(it.shows("u").await.1, ["Integer(1) Null Integer(2)"]);
}

#[tokio::test]
async fn a_long_names_versions_take_each_others_place() {
    let Some((it, _)) = on_postgres().await else { return };
    let table = "t".repeat(60);
    let versioned = |version: i64, data: &str| {
        let record = record_of(&table, "[\"id\"]", 1, data);
        record.replacen("\"sequence\"", &format!("\"table_version\":{version},\"sequence\""), 1)
    };
    it.load(&[versioned(1, r#"{"id":1,"a":["old"]}"#)]).await;
    it.load(&[versioned(2, r#"{"id":2,"a":["new"]}"#)]).await;
    assert_eq!(it.shows(&table).await.1, ["Integer(1)"]);
    let switch = format!(
        r#"{{"client_id":{CLIENT},"table_name":"{table}","sequence":9,"action":"switch_view","table_version":2}}"#
    );
    it.push(&format!("[{switch}]")).await.is(201, ACCEPTED);
    assert_eq!(it.shows(&table).await.1, ["Integer(2)"]);
    assert_eq!(it.table(&format!("{table}__a")).await.count, 1);
    let tables: Vec<String> = it.gate.tables().await.expect("tables").into_iter().map(|table| table.name).collect();
    assert_eq!(tables, ["_sdc_rejected".to_owned(), table.clone(), format!("{table}__a")]);
}

#[tokio::test]
async fn columns_that_somebody_added_are_left_alone() {
    let Some((it, url)) = on_postgres().await else { return };
    it.load(&[record(1, r#"{"id":1,"v":1}"#)]).await;
    it.execute(
        "ALTER TABLE t ADD COLUMN mine jsonb, ADD COLUMN note varchar(3) DEFAULT 'new', \
         ADD COLUMN twice bigint GENERATED ALWAYS AS (v * 2) STORED",
    )
    .await;
    it.load(&[record(2, r#"{"id":1,"v":2}"#), record(1, r#"{"id":2,"v":3}"#)]).await;
    assert_eq!(it.reasons().await, [""; 0]);
    assert_eq!(query(&url, "SELECT note || twice FROM t ORDER BY id").await, ["new4", "new6"]);
}

#[tokio::test]
async fn tables_named_as_the_catalogs_are_tables_of_data() {
    let Some((it, _)) = on_postgres().await else { return };
    for table in ["pg_class", "pg_attribute", "information_schema", "user", "t_pkey", "t"] {
        it.load(&[record_of(table, "[\"id\"]", 1, r#"{"id":1,"relname":"x"}"#)]).await;
        it.load(&[record_of(table, "[\"id\"]", 2, r#"{"id":1,"relname":"y"}"#)]).await;
        assert_eq!(it.table(table).await.cell(0, "relname"), Some(&"y".into()), "{table}");
    }
    assert_eq!(it.reasons().await, [""; 0]);
}

#[tokio::test]
async fn each_client_has_a_schema_of_its_own() {
    let Some(schema) = Schema::new().await else { return };
    let url = schema.url();
    let start = || builder_at(&url).token("at_other", 1).start();
    let gate = start().await.expect("a gate");
    let place = Place::Schema(schema);
    let it = Fixture { gate, place };
    it.load(&[record(1, r#"{"id":1}"#)]).await;
    let Place::Schema(schema) = &it.place else { panic!("a schema") };
    let places: Vec<(i64, bool)> =
        it.gate.databases().map(|(id, place)| (id, place.ends_with(&format!("schema {}", schema.name())))).collect();
    assert_eq!(places, [(CLIENT, true), (1, false)]);
    assert!(it.gate.databases().all(|(_, place)| !place.contains("stitch:")), "a password is shown");
    assert_eq!(it.gate.tables_of(1).await.expect("tables").len(), 1);
    it.execute(&format!("DROP SCHEMA {}_1 CASCADE", schema.name())).await;
    it.gate.shutdown().await;
    let url = it.place.url();
    let error = Gate::builder().database(&url).token(TOKEN, 5).start().await.expect_err("another client's");
    assert!(matches!(error, GateError::OtherClient { found: CLIENT, expected: 5, .. }), "{error}");
}

#[tokio::test]
async fn a_server_that_is_not_there_is_said_without_the_password() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("an address").port();
    drop(listener);
    let url = format!("postgres://user:secret@127.0.0.1:{port}/gate");
    let error = builder_at(&url).start().await.expect_err("nobody there");
    let text = format!("{error} {error:?}");
    assert!(matches!(error, GateError::Open { .. }), "{error}");
    assert!(text.contains(&format!("postgres://127.0.0.1:{port}/gate")) && !text.contains("secret"), "{text}");
}

#[tokio::test]
async fn a_connection_that_is_ended_is_made_again() {
    let Some(schema) = Schema::new().await else { return };
    let (url, name) = (schema.url(), schema.name().to_owned());
    let gate = builder_at(&format!("{url}&application_name={name}")).start().await.expect("a gate");
    let it = Fixture { gate, place: Place::Schema(schema) };
    it.load(&[record(1, r#"{"id":1}"#)]).await;
    assert_eq!(it.table("t").await.count, 1);
    let end = format!("SELECT pg_terminate_backend(pid)::text FROM pg_stat_activity WHERE application_name = '{name}'");
    assert_eq!(query(&url, &end).await, ["true", "true"]);
    // They are told to end, and end in their own time: until then one could still begin a transaction.
    let left = format!("SELECT 'left' FROM pg_stat_activity WHERE application_name = '{name}'");
    while !query(&url, &left).await.is_empty() {
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    it.load(&[record(2, r#"{"id":2}"#)]).await;
    assert_eq!(it.table("t").await.count, 2);
    assert_eq!(it.table("t").await.cell(1, "id"), Some(&Cell::from(2)));
}

#[tokio::test]
async fn a_reset_leaves_what_somebody_else_made() {
    let Some((it, _)) = on_postgres().await else { return };
    it.load(&[record(1, r#"{"id":1}"#), record_of("u", "[\"id\"]", 1, r#"{"id":1,"id__x":true}"#)]).await;
    it.execute("CREATE TABLE mine (a bigint); INSERT INTO mine VALUES (1); CREATE VIEW seen AS SELECT id FROM t").await;
    it.gate.reset().await.expect("reset");
    let tables: Vec<(String, u64)> =
        it.gate.tables().await.expect("tables").into_iter().map(|table| (table.name, table.count)).collect();
    // A view stands on `t`, so that only its rows are gone.
    assert_eq!(tables, [("_sdc_rejected".to_owned(), 0), ("mine".to_owned(), 1), ("t".to_owned(), 0)]);
    it.load(&[record(1, r#"{"id":1}"#)]).await;
    assert_eq!(it.table("t").await.count, 1);
}
