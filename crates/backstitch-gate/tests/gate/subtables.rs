//! Arrays, which become tables of their own.

use crate::client::{Fixture, record, record_of};

crate::store::on_each_store! {
    an_array_of_objects_is_a_subtable,
    scalars_in_arrays_have_a_column_of_their_own,
    arrays_within_arrays_count_each_level_from_0_within_its_parent,
    an_array_in_an_array_is_a_subtable_of_its_elements,
    an_array_in_an_object_is_named_as_its_column_would_be,
    rows_of_a_subtable_are_replaced_with_their_parent,
    an_older_parent_replaces_no_rows_of_a_subtable,
    of_one_requests_versions_only_the_winner_has_rows_in_subtables,
    a_subtable_whose_values_are_all_null_is_not_created,
    a_field_can_be_a_scalar_in_one_record_and_an_array_in_another,
    columns_of_subtables_are_added_and_split,
    a_record_rejected_for_an_element_is_rejected_whole,
    a_subtable_name_too_long_costs_that_subtable_only,
    keys_with_names_too_long_for_subtables_have_none,
    too_many_columns_of_a_subtable_reject_the_subtable,
    a_subtable_that_someone_dropped_is_created_again,
    arrays_of_long_names_are_left_out_quickly,
    the_deepest_nesting_is_read,
}

/// The rows of a subtable, each as its values, system columns left out.
async fn rows(it: &Fixture, table: &str) -> (Vec<String>, Vec<String>) {
    const SYSTEM: [&str; 4] = ["_sdc_received_at", "_sdc_batched_at", "_sdc_sequence", "_sdc_table_version"];
    let view = it.table(table).await;
    let shown: Vec<usize> =
        (0..view.columns.len()).filter(|&at| !SYSTEM.contains(&view.columns[at].as_str())).collect();
    let columns = shown.iter().map(|&at| view.columns[at].clone()).collect();
    let row =
        |row: &Vec<backstitch_gate::Cell>| shown.iter().map(|&at| row[at].to_string()).collect::<Vec<_>>().join("|");
    (columns, view.rows.iter().map(row).collect())
}

async fn an_array_of_objects_is_a_subtable(it: Fixture) {
    it.load(&[record(1, r#"{"id":7,"lines":[{"sku":"a","n":1},{"n":2,"price":{"net":1.5}}]}"#)]).await;
    assert_eq!(it.shows("t").await.0, ["id"]);
    let (columns, lines) = rows(&it, "t__lines").await;
    assert_eq!(columns, ["sku", "n", "price__net", "_sdc_source_key_id", "_sdc_level_0_id"]);
    assert_eq!(lines, ["a|1||7|0", "|2|1.5|7|1"]);
}

async fn scalars_in_arrays_have_a_column_of_their_own(it: Fixture) {
    it.load(&[record(1, r#"{"id":"k","tags":["a","b",null,"c"]}"#)]).await;
    let (columns, tags) = rows(&it, "t__tags").await;
    assert_eq!(columns, ["_sdc_source_key_id", "_sdc_level_0_id", "_sdc_value"]);
    assert_eq!(tags, ["k|0|a", "k|1|b", "k|3|c"]);
}

async fn arrays_within_arrays_count_each_level_from_0_within_its_parent(it: Fixture) {
    it.load(&[record(1, r#"{"id":1,"a":[{"b":[{"c":"x"},{"c":"y"}]},{"v":1,"b":[{"c":"z"}]}]}"#)]).await;
    assert_eq!(rows(&it, "t__a").await.1, ["|1|0", "1|1|1"]);
    let (columns, b) = rows(&it, "t__a__b").await;
    assert_eq!(columns, ["c", "_sdc_source_key_id", "_sdc_level_0_id", "_sdc_level_1_id"]);
    assert_eq!(b, ["x|1|0|0", "y|1|0|1", "z|1|1|0"]);
}

async fn an_array_in_an_array_is_a_subtable_of_its_elements(it: Fixture) {
    it.load(&[record(1, r#"{"id":1,"m":[[1,2],[3],4]}"#)]).await;
    assert_eq!(rows(&it, "t__m").await.1, ["1|0|", "1|1|", "1|2|4"]);
    assert_eq!(rows(&it, "t__m___sdc_value").await.1, ["1|0|0|1", "1|0|1|2", "1|1|0|3"]);
}

async fn an_array_in_an_object_is_named_as_its_column_would_be(it: Fixture) {
    it.load(&[record(1, r#"{"id":1,"a":{"b":["x"]}}"#)]).await;
    assert_eq!(rows(&it, "t__a__b").await.1, ["1|0|x"]);
}

#[tokio::test]
async fn a_subtable_is_keyed_by_all_keys_of_its_parent() {
    let it = Fixture::start().await;
    it.load(&[record_of("c", r#"["a","b"]"#, 1, r#"{"a":1,"b":"x","tags":[true]}"#)]).await;
    let sql: String = it
        .sqlite()
        .query_row("SELECT sql FROM sqlite_master WHERE name = 'c__tags'", [], |row| row.get(0))
        .expect("a table");
    assert!(
        sql.starts_with(
            r#"CREATE TABLE "c__tags" ("_sdc_source_key_a" BIGINT NOT NULL, "_sdc_source_key_b" TEXT NOT NULL, "_sdc_level_0_id" BIGINT NOT NULL, "_sdc_value" BOOLEAN, "#
        ),
        "{sql}"
    );
    assert!(
        sql.ends_with(
            r#"CONSTRAINT "c__tags_pkey" PRIMARY KEY ("_sdc_source_key_a", "_sdc_source_key_b", "_sdc_level_0_id"))"#
        ),
        "{sql}"
    );
}

async fn rows_of_a_subtable_are_replaced_with_their_parent(it: Fixture) {
    it.load(&[record(1, r#"{"id":1,"a":["x","y","z"],"b":[{"c":[1]}]}"#), record(1, r#"{"id":2,"a":["other"]}"#)])
        .await;
    it.load(&[record(2, r#"{"id":1,"a":["new"]}"#)]).await;
    assert_eq!(rows(&it, "t__a").await.1, ["1|0|new", "2|0|other"]);
    assert!(rows(&it, "t__b").await.1.is_empty());
    assert!(rows(&it, "t__b__c").await.1.is_empty());
    let it = it.restart().await;
    it.load(&[record(3, r#"{"id":1}"#)]).await;
    assert_eq!(rows(&it, "t__a").await.1, ["2|0|other"]);
}

async fn an_older_parent_replaces_no_rows_of_a_subtable(it: Fixture) {
    it.load(&[record(5, r#"{"id":1,"a":["x","y"]}"#)]).await;
    it.load(&[record(4, r#"{"id":1,"a":["old"]}"#), record(5, r#"{"id":1,"a":["same"]}"#)]).await;
    assert_eq!(rows(&it, "t__a").await.1, ["1|0|x", "1|1|y"]);
}

async fn of_one_requests_versions_only_the_winner_has_rows_in_subtables(it: Fixture) {
    it.load(&[
        record(2, r#"{"id":1,"a":["two","two"]}"#),
        record(3, r#"{"id":1,"a":["three"]}"#),
        record(1, r#"{"id":1,"a":["one"]}"#),
    ])
    .await;
    assert_eq!(rows(&it, "t__a").await.1, ["1|0|three"]);
}

async fn a_subtable_whose_values_are_all_null_is_not_created(it: Fixture) {
    it.load(&[record(1, r#"{"id":1,"a":[],"b":[null],"c":[{}],"d":[{"e":null}],"f":[[],[null]]}"#)]).await;
    let names: Vec<String> = it.gate.tables().await.expect("tables").into_iter().map(|table| table.name).collect();
    assert_eq!(names, ["_sdc_rejected", "t"]);
}

async fn a_field_can_be_a_scalar_in_one_record_and_an_array_in_another(it: Fixture) {
    it.load(&[record(1, r#"{"id":1,"v":"x"}"#), record(1, r#"{"id":2,"v":["y"]}"#)]).await;
    assert_eq!(it.shows("t").await.0, ["id", "v"]);
    assert_eq!(rows(&it, "t__v").await.1, ["2|0|y"]);
}

async fn columns_of_subtables_are_added_and_split(it: Fixture) {
    it.load(&[record(1, r#"{"id":1,"a":[{"v":1}]}"#)]).await;
    it.load(&[record(1, r#"{"id":2,"a":[{"v":"x","w":true}, 5]}"#)]).await;
    let (columns, a) = rows(&it, "t__a").await;
    assert_eq!(columns, ["v__bi", "v__st", "w", "_sdc_source_key_id", "_sdc_level_0_id", "_sdc_value"]);
    assert_eq!(a, ["1|||1|0|", "|x|true|2|0|", "|||2|1|5"]);
}

async fn a_record_rejected_for_an_element_is_rejected_whole(it: Fixture) {
    let rows = [
        (
            r#"{"id":1,"a":[{"v__st":1}]}"#,
            "column names from client should not include reserved datatype suffix on v__st",
        ),
        (
            r#"{"id":1,"a":[{"_sdc_value":1}]}"#,
            "column names from client should not include reserved prefix on _sdc_value",
        ),
        (
            r#"{"id":1,"a":[1,{"_sdc_value":1}]}"#,
            "column names from client should not include reserved prefix on _sdc_value",
        ),
        (r#"{"id":1,"a":[{"v":1},{"V":1}]}"#, "Field collision on V"),
        (r#"{"id":1,"a":[{"v":1,"V":1}]}"#, "Field collision on V"),
        (r#"{"id":1,"a__b":[1],"a":{"b":[2]}}"#, "Field collision on a__b"),
        (r#"{"id":1,"a":[1],"A":[2]}"#, "Field collision on A"),
        (r#"{"id":1,"a__bi":[1]}"#, "column names from client should not include reserved datatype suffix on a__bi"),
        (r#"{"id":1,"a":[1e999]}"#, "double out of range for PostgreSQL on _sdc_value"),
    ];
    for (number, (data, reason)) in rows.iter().enumerate() {
        it.load(&[record(1, data)]).await;
        assert_eq!(it.reasons().await.get(number).map(String::as_str), Some(*reason), "{data}");
    }
    assert!(it.gate.table("t", 1).await.is_err());
}

async fn a_subtable_name_too_long_costs_that_subtable_only(it: Fixture) {
    let (fits, long) = ("a".repeat(60), "b".repeat(61));
    it.load(&[record(1, &format!(r#"{{"id":1,"{fits}":[1],"{long}":[2]}}"#))]).await;
    assert_eq!(it.reasons().await, [format!("Table name t__{long} is too long for PostgreSQL")]);
    assert_eq!(it.shows("t").await.1, ["Integer(1)"]);
    assert_eq!(rows(&it, &format!("t__{fits}")).await.1, ["1|0|1"]);
}

async fn keys_with_names_too_long_for_subtables_have_none(it: Fixture) {
    let key = "k".repeat(44);
    it.load(&[record_of("t", &format!("[\"{key}\"]"), 1, &format!(r#"{{"{key}":1,"a":[1]}}"#))]).await;
    assert_eq!(it.reasons().await, [format!("Column name _sdc_source_key_{key} is too long for PostgreSQL")]);
    assert_eq!(it.shows("t").await.1, ["Integer(1)"]);
}

async fn too_many_columns_of_a_subtable_reject_the_subtable(it: Fixture) {
    let fields: Vec<String> = (0..2_000).map(|n| format!("\"c{n}\":{n}")).collect();
    it.load(&[record(1, r#"{"id":1,"a":[{"v":1}]}"#)]).await;
    it.load(&[record(2, &format!(r#"{{"id":1,"a":[{{{}}}],"b":[1]}}"#, fields.join(",")))]).await;
    assert_eq!(it.reasons().await, ["ERROR: too many columns"]);
    assert!(rows(&it, "t__a").await.1.is_empty(), "its rows were of the parent that is gone");
    assert_eq!(rows(&it, "t__b").await.1, ["1|0|1"]);
    it.load(&[record(3, r#"{"id":1,"a":[{"v":2}]}"#)]).await;
    assert_eq!(rows(&it, "t__a").await.1, ["2|1|0"]);
}

async fn a_subtable_that_someone_dropped_is_created_again(it: Fixture) {
    it.load(&[record(1, r#"{"id":1,"a":["x"]}"#)]).await;
    it.execute("DROP TABLE t__a").await;
    it.load(&[record(2, r#"{"id":1}"#)]).await;
    it.load(&[record(3, r#"{"id":1,"a":["y"]}"#)]).await;
    assert_eq!(rows(&it, "t__a").await.1, ["1|0|y"]);
    it.execute("DROP TABLE t").await;
    it.load(&[record(1, r#"{"id":1,"a":["z"]}"#)]).await;
    assert_eq!(rows(&it, "t__a").await.1, ["1|0|z"]);
}

async fn arrays_of_long_names_are_left_out_quickly(it: Fixture) {
    let arrays: Vec<String> = (0..9_000).map(|n| format!("\"f{n}\":[1]")).collect();
    let data = format!(r#"{{"id":1,"{}":{{{}}}}}"#, "n".repeat(5_000_000), arrays.join(","));
    it.load(&[record(1, &data)]).await;
    assert!(it.reasons().await[0].ends_with(" is too long for PostgreSQL, and 8999 more"));
}

async fn the_deepest_nesting_is_read(it: Fixture) {
    let nested = |open: &str, close: &str, depth: usize| format!("{}1{}", open.repeat(depth), close.repeat(depth));
    let (arrays, objects, both) = (nested("[", "]", 124), nested("{\"o\":", "}", 124), nested("[{\"b\":", "}]", 62));
    it.load(&[record(1, &format!(r#"{{"id":1,"a":{arrays},"o":{objects},"b":{both}}}"#))]).await;
    assert_eq!(it.table("t").await.count, 1);
    assert!(it.reasons().await[0].ends_with(" is too long for PostgreSQL, and 2 more"));
}
