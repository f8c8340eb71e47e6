//! Columns that meet a second type.

use crate::client::{Fixture, record};

crate::store::on_each_store! {
    a_column_that_meets_a_second_type_is_split,
    a_split_column_takes_further_types_and_moves_a_replaced_value,
    a_column_can_be_split_within_its_first_request,
    a_column_can_be_added_and_split_in_one_request,
    what_is_known_of_a_table_survives_a_restart,
}

async fn a_column_that_meets_a_second_type_is_split(it: Fixture) {
    it.load(&[record(1, r#"{"id":1,"age":15,"z":true}"#)]).await;
    it.load(&[record(1, r#"{"id":2,"age":1.5}"#)]).await;
    let (columns, rows) = it.shows("t").await;
    assert_eq!(columns, ["id", "age__bi", "z", "age__do"]);
    assert_eq!(rows, ["Integer(1) Integer(15) Boolean(true) Null", "Integer(2) Null Null Double(1.5)"]);
}

async fn a_split_column_takes_further_types_and_moves_a_replaced_value(it: Fixture) {
    it.load(&[record(1, r#"{"id":1,"v":"x"}"#)]).await;
    it.load(&[record(2, r#"{"id":1,"v":false}"#)]).await;
    it.load(&[record(3, r#"{"id":1,"v":99999999999999999999}"#)]).await;
    it.load(&[record(4, r#"{"id":1,"v":-2}"#)]).await;
    let (columns, rows) = it.shows("t").await;
    assert_eq!(columns, ["id", "v__st", "v__bo", "v__de", "v__bi"]);
    assert_eq!(rows, ["Integer(1) Null Null Null Integer(-2)"]);
}

async fn a_column_can_be_split_within_its_first_request(it: Fixture) {
    it.load(&[record(1, r#"{"id":1,"v":1}"#), record(1, r#"{"id":2,"v":"x"}"#), record(1, r#"{"id":3,"v":2}"#)]).await;
    let (columns, rows) = it.shows("t").await;
    assert_eq!(columns, ["id", "v__bi", "v__st"]);
    assert_eq!(rows, ["Integer(1) Integer(1) Null", r#"Integer(2) Null Text("x")"#, "Integer(3) Integer(2) Null"]);
}

async fn a_column_can_be_added_and_split_in_one_request(it: Fixture) {
    it.load(&[record(1, r#"{"id":1}"#)]).await;
    it.load(&[record(1, r#"{"id":2,"v":1}"#), record(1, r#"{"id":3,"v":1.0}"#)]).await;
    let (columns, rows) = it.shows("t").await;
    assert_eq!(columns, ["id", "v__bi", "v__do"]);
    assert_eq!(rows, ["Integer(1) Null Null", "Integer(2) Integer(1) Null", "Integer(3) Null Double(1.0)"]);
}

async fn what_is_known_of_a_table_survives_a_restart(it: Fixture) {
    it.load(&[record(5, r#"{"id":1,"age":15,"a":{"b":"x"}}"#)]).await;
    let it = it.restart().await;
    it.load(&[record(5, r#"{"id":1,"age":16}"#), record(6, r#"{"id":2,"age":"old"}"#)]).await;
    let it = it.restart().await;
    it.load(&[record(7, r#"{"id":3,"age":17,"a":{"b":"y"}}"#)]).await;
    let (columns, rows) = it.shows("t").await;
    assert_eq!(columns, ["id", "age__bi", "a__b", "age__st"]);
    assert_eq!(
        rows,
        [
            r#"Integer(1) Integer(15) Text("x") Null"#,
            r#"Integer(2) Null Null Text("old")"#,
            r#"Integer(3) Integer(17) Text("y") Null"#
        ]
    );
    it.load(&[record(8, r#"{"id":"three"}"#)]).await;
    assert_eq!(it.reasons().await, ["the key id is a bigint, not a string"]);
}
