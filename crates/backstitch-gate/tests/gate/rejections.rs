//! Records that are accepted and cannot be loaded.

use crate::client::{CLIENT, Fixture, record, record_of};

crate::store::on_each_store! {
    a_rejected_record_is_kept_with_its_reason,
    each_record_is_rejected_for_its_own_reason,
    system_columns_that_are_allowed_are_loaded,
    a_column_name_too_long_costs_that_column_only,
    table_names_that_are_reserved_or_too_long_are_rejected,
    table_names_that_differ_in_case_only_collide,
    other_primary_keys_than_the_tables_are_rejected,
    too_many_columns_reject_the_table,
    a_rejected_record_does_not_hide_an_older_good_one,
    a_table_that_somebody_else_made_is_left_alone,
    hostile_names_are_only_names,
}

async fn a_rejected_record_is_kept_with_its_reason(it: Fixture) {
    let rejected = record(1, r#"{"id":1, "a__bi":1}"#);
    it.load(&[rejected.clone(), record(1, r#"{"id":2}"#)]).await;
    assert_eq!(it.shows("t").await.1, ["Integer(2)"]);
    let view = it.table("_sdc_rejected").await;
    assert_eq!(view.columns, ["table_name", "reason", "record", "_sdc_rejected_at"]);
    assert_eq!(view.cell(0, "table_name"), Some(&"t".into()));
    assert_eq!(
        view.cell(0, "reason"),
        Some(&"column names from client should not include reserved datatype suffix on a__bi".into())
    );
    assert_eq!(view.cell(0, "record"), Some(&rejected.into()));
}

async fn each_record_is_rejected_for_its_own_reason(it: Fixture) {
    it.load(&[record(1, r#"{"id":1,"Name":"x"}"#)]).await;
    let long = "c".repeat(60);
    let rows = [
        (r#"{"id":2,"a__b":1,"a":{"b":2}}"#.to_owned(), "Field collision on a__b".to_owned()),
        (r#"{"id":2,"x":1,"X":2}"#.to_owned(), "Field collision on X".to_owned()),
        (r#"{"id":2,"name":"y"}"#.to_owned(), "Field collision on name".to_owned()),
        (
            r#"{"id":2,"age":{"BI":2}}"#.to_owned(),
            "column names from client should not include reserved datatype suffix on age__BI".to_owned(),
        ),
        (
            r#"{"id":2,"_sdc_sequence":2}"#.to_owned(),
            "column names from client should not include reserved prefix on _sdc_sequence".to_owned(),
        ),
        (
            r#"{"id":2,"_RJM":2}"#.to_owned(),
            "column names from client should not include reserved prefix on _RJM".to_owned(),
        ),
        (r#"{"id":2,"":2}"#.to_owned(), "column names from client should not be empty".to_owned()),
        (
            r#"{"id":2,"!\u0000":2}"#.to_owned(),
            "column names from client should not consist of special characters on !\u{2400}".to_owned(),
        ),
        (r#"{"id":2,"!x":1,"x":2}"#.to_owned(), "Field collision on x".to_owned()),
        (
            r#"{"id":2,"!_sdc_x":1}"#.to_owned(),
            "column names from client should not include reserved prefix on !_sdc_x".to_owned(),
        ),
        (r#"{"id":2,"v":1e400}"#.to_owned(), "double out of range for PostgreSQL on v".to_owned()),
        (r#"{"id":"2"}"#.to_owned(), "the key id is a bigint, not a string".to_owned()),
        (r#"{"id":2.0}"#.to_owned(), "the key id is a bigint, not a double".to_owned()),
    ];
    for (number, (data, reason)) in rows.iter().enumerate() {
        it.load(&[record(1, data)]).await;
        assert_eq!(it.reasons().await.get(number), Some(reason), "{data}");
    }
    assert_eq!(it.table("t").await.count, 1);
    let data = format!(r#"{{"{long}":1}}"#);
    it.load(&[record_of("k", &format!("[\"{long}\"]"), 1, &data)]).await;
    assert_eq!(it.reasons().await.last(), Some(&format!("Column name {long} is too long for PostgreSQL")));
    assert!(it.gate.table("k", 1).await.is_err());
}

async fn system_columns_that_are_allowed_are_loaded(it: Fixture) {
    it.load(&[record(1, r#"{"id":1,"_sdc_deleted_at":"2020-01-01T00:00:00Z"}"#)]).await;
    let view = it.table("t").await;
    assert_eq!(view.cell(0, "_sdc_deleted_at"), Some(&"2020-01-01T00:00:00Z".into()));
    assert!(it.reasons().await.is_empty());
}

async fn a_column_name_too_long_costs_that_column_only(it: Fixture) {
    let (fits, long) = ("a".repeat(59), "b".repeat(60));
    it.load(&[record(1, &format!(r#"{{"id":1,"{fits}":1,"{long}":2,"{long}c":3}}"#))]).await;
    assert_eq!(it.shows("t").await.0, ["id".to_owned(), fits]);
    assert_eq!(it.reasons().await, [format!("Column name {long} is too long for PostgreSQL, and 1 more")]);
    it.load(&[record(2, &format!(r#"{{"id":1,"{long}":null}}"#))]).await;
    assert_eq!(it.reasons().await.len(), 1, "null needs no column");
}

async fn table_names_that_are_reserved_or_too_long_are_rejected(it: Fixture) {
    let long = "t".repeat(64);
    let reserved = |name: &str| format!("table names from client should not include reserved prefix on {name}");
    let rows = [
        (long.as_str(), format!("Table name {long} is too long for PostgreSQL")),
        ("_sdc_rejected", reserved("_sdc_rejected")),
        ("_RJM_x", reserved("_RJM_x")),
        ("_backstitch_gate", reserved("_backstitch_gate")),
        ("sqlite_master", reserved("sqlite_master")),
        ("a\0b", "table names from client should not include the character NUL on a\u{2400}b".to_owned()),
    ];
    for (number, (name, reason)) in rows.iter().enumerate() {
        it.load(&[record_of(name, "[\"id\"]", 1, r#"{"id":1}"#)]).await;
        assert_eq!(it.reasons().await.get(number), Some(reason));
    }
}

async fn table_names_that_differ_in_case_only_collide(it: Fixture) {
    it.load(&[record(1, r#"{"id":1}"#), record_of("T", "[\"id\"]", 1, r#"{"id":2}"#)]).await;
    assert_eq!(it.reasons().await, ["Table collision on T"]);
    assert_eq!(it.table("t").await.count, 1);
}

async fn other_primary_keys_than_the_tables_are_rejected(it: Fixture) {
    it.load(&[record_of("p", r#"["a","b"]"#, 1, r#"{"a":1,"b":1}"#)]).await;
    let reason = "Primary Keys for table do not match Primary Keys of incoming data";
    it.load(&[record_of("p", r#"["a"]"#, 2, r#"{"a":1,"b":1}"#)]).await;
    it.load(&[record_of("p", r#"["a","b","c"]"#, 2, r#"{"a":1,"b":1,"c":1}"#)]).await;
    assert_eq!(it.reasons().await, [reason, reason]);
    it.load(&[record_of("p", r#"["b","a"]"#, 2, r#"{"a":1,"b":1,"v":2}"#)]).await;
    assert_eq!(it.shows("p").await.1, ["Integer(1) Integer(1) Integer(2)"]);
}

async fn too_many_columns_reject_the_table(it: Fixture) {
    let wide = |columns: usize| {
        let fields: Vec<String> = (0..columns).map(|n| format!("\"c{n}\":{n}")).collect();
        format!("{{\"id\":1,{}}}", fields.join(","))
    };
    it.load(&[record(1, &wide(1_596)), record(1, r#"{"id":2}"#)]).await;
    assert_eq!(it.reasons().await, ["ERROR: too many columns", "ERROR: too many columns"]);
    it.load(&[record(1, &wide(5_000))]).await;
    assert_eq!(it.reasons().await.len(), 3);
    assert!(it.gate.table("t", 1).await.is_err());
    // Not all in one record: PostgreSQL's rows have a greatest size, too.
    let half = |id: i64, columns: std::ops::Range<usize>| {
        let fields: Vec<String> = columns.map(|n| format!("\"c{n}\":{n}")).collect();
        record(1, &format!("{{\"id\":{id},{}}}", fields.join(",")))
    };
    it.load(&[half(1, 0..800), half(2, 800..1_595)]).await;
    assert_eq!(it.reasons().await.len(), 3);
    assert_eq!(it.table("t").await.columns.len(), 1_600);
    it.load(&[record(2, r#"{"id":1,"one":1}"#)]).await;
    assert_eq!(it.reasons().await.len(), 4);
    it.load(&[record(2, r#"{"id":1,"c0":7}"#)]).await;
    assert_eq!(it.table("t").await.cell(0, "c0"), Some(&7_i64.into()));
}

async fn a_rejected_record_does_not_hide_an_older_good_one(it: Fixture) {
    it.load(&[record(1, r#"{"id":1,"v":1}"#), record(2, r#"{"id":1,"v__st":"x"}"#)]).await;
    assert_eq!(it.shows("t").await.1, ["Integer(1) Integer(1)"]);
}

async fn a_table_that_somebody_else_made_is_left_alone(it: Fixture) {
    it.execute(
        "CREATE TABLE mine (id INTEGER PRIMARY KEY); CREATE TABLE u (id INTEGER); CREATE INDEX \"ix\" ON u (id); \
         CREATE VIEW seen AS SELECT 1 AS id",
    )
    .await;
    it.load(&[
        record_of("mine", "[\"id\"]", 1, r#"{"id":1}"#),
        record_of("ix", "[\"id\"]", 1, r#"{"id":1}"#),
        record_of("seen", "[\"id\"]", 1, r#"{"id":1}"#),
        record(1, r#"{"id":1}"#),
    ])
    .await;
    let reasons = it.reasons().await;
    assert_eq!(reasons.len(), 3, "{reasons:?}");
    assert_eq!(reasons[0], "the table mine was not made by the gate");
    assert!(reasons[1].contains("ix"), "{reasons:?}");
    assert_eq!(it.table("mine").await.count, 0);
    assert_eq!(it.table("t").await.count, 1);
}

async fn hostile_names_are_only_names(it: Fixture) {
    it.load(&[record_of("victim", "[\"id\"]", 1, r#"{"id":1}"#)]).await;
    let names = [
        r#""; DROP TABLE "victim"; --"#,
        "'; DROP TABLE victim; --",
        r#"""#,
        "a]b[c`d",
        "select",
        "excluded",
        "stored",
        "rowid",
        "%s%n?1:x@y$z",
        "new\nline",
        "tab\tand\u{1}bell\u{7}",
        "ключ 鍵 🔑",
        "\\",
        " ",
        ".",
    ];
    for name in names {
        let quoted = name
            .chars()
            .map(|char| {
                if char < ' ' {
                    format!("\\u{:04x}", u32::from(char))
                } else if matches!(char, '"' | '\\') {
                    format!("\\{char}")
                } else {
                    char.to_string()
                }
            })
            .collect::<String>();
        let table = if name.trim().is_empty() { "space" } else { &quoted };
        let record = |sequence: i64, value: &str| {
            format!(
                r#"[{{"client_id":{CLIENT},"table_name":"{table}","sequence":{sequence},"action":"upsert","key_names":["k {quoted}"],"data":{{"k {quoted}":1,"v {quoted}":{value}}}}}]"#
            )
        };
        for (sequence, value) in [(1, "1"), (2, "\"x\""), (3, "true")] {
            let answer = it.push(&record(sequence, value)).await;
            assert_eq!(answer.status, 201, "{name:?} {}", answer.body);
        }
        let stored = if name.trim().is_empty() { "space" } else { name };
        let view = it.table(stored).await;
        assert_eq!(view.count, 1, "{name:?}");
        let stored = |name: String| backstitch_api::Destination::Postgres.profile().transform(&name);
        assert_eq!(view.cell(0, &stored(format!("k {name}"))), Some(&1_i64.into()), "{name:?}");
        assert_eq!(view.cell(0, &stored(format!("v {name}__bo"))), Some(&true.into()), "{name:?}");
    }
    assert_eq!(it.reasons().await, [""; 0]);
    assert_eq!(it.table("victim").await.count, 1);
    assert!(it.gate.table("victim\0", 1).await.is_err());
}
