//! Versions of tables.

use super::{Fixture, Made};
use crate::cell::Cell;

fn row(version: i64, data: &str) -> Made {
    Made::new(1, data).version(version)
}

#[test]
fn the_first_version_is_shown_at_once() {
    let mut it = Fixture::new();
    it.load(&[row(7, r#"{"id":1}"#)]);
    assert_eq!(it.rows("t"), ["1"]);
    assert_eq!(it.view("t").expect("a table").cell(0, "_sdc_table_version"), Some(&Cell::from(7)));
}

#[test]
fn records_without_a_version_are_of_the_active_one() {
    let mut it = Fixture::new();
    it.load(&[row(7, r#"{"id":1}"#)]);
    it.load(&[Made::new(1, r#"{"id":2}"#)]);
    assert_eq!(it.view("t").expect("a table").cell(1, "_sdc_table_version"), Some(&Cell::from(7)));
}

#[test]
fn a_newer_version_loads_beside_the_active_one() {
    let mut it = Fixture::new();
    it.load(&[row(1, r#"{"id":1,"v":"old"}"#)]);
    it.load(&[row(2, r#"{"id":1,"v":"new"}"#), row(2, r#"{"id":2,"v":"new"}"#), row(1, r#"{"id":3,"v":"old"}"#)]);
    assert_eq!(it.rows("t"), ["1 old", "3 old"]);
    assert_eq!(it.tables(), ["t"]);
    it.load(&[Made::activate(2)]);
    assert_eq!(it.rows("t"), ["1 new", "2 new"]);
    assert_eq!(it.view("t").expect("a table").cell(0, "_sdc_table_version"), Some(&Cell::from(2)));
    assert!(it.reasons().is_empty());
}

#[test]
fn a_version_that_waits_survives_a_restart() {
    let mut it = Fixture::new();
    it.load(&[row(1, r#"{"id":1}"#)]);
    it.load(&[row(2, r#"{"id":2,"a":["x"]}"#)]);
    it.forget();
    it.load(&[row(2, r#"{"id":3,"a":["y"]}"#)]);
    it.forget();
    it.load(&[Made::activate(2)]);
    it.forget();
    it.load(&[row(1, r#"{"id":9}"#)]);
    assert_eq!(it.rows("t"), ["2", "3"]);
    assert_eq!(it.rows("t__a"), ["2 0 x", "3 0 y"]);
}

#[test]
fn rows_of_an_older_version_are_ignored() {
    let mut it = Fixture::new();
    it.load(&[row(5, r#"{"id":1}"#)]);
    it.load(&[row(4, r#"{"id":2}"#), row(0, r#"{"id":3,"new":1}"#)]);
    assert_eq!(it.rows("t"), ["1"]);
    assert!(it.reasons().is_empty());
}

#[test]
fn activating_a_version_deletes_those_below_and_keeps_those_above() {
    let mut it = Fixture::new();
    it.load(&[row(1, r#"{"id":1}"#), row(2, r#"{"id":2}"#), row(3, r#"{"id":3}"#), row(4, r#"{"id":4}"#)]);
    it.load(&[Made::activate(3)]);
    assert_eq!(it.rows("t"), ["3"]);
    it.load(&[row(2, r#"{"id":22}"#), row(4, r#"{"id":44}"#)]);
    it.load(&[Made::activate(4)]);
    assert_eq!(it.rows("t"), ["4", "44"]);
    it.load(&[Made::activate(3)]);
    assert_eq!(it.rows("t"), ["4", "44"]);
}

#[test]
fn activating_a_version_without_rows_empties_the_table() {
    let mut it = Fixture::new();
    it.load(&[row(1, r#"{"id":1,"a":[1]}"#)]);
    it.load(&[Made::activate(2)]);
    assert!(it.rows("t").is_empty());
    assert!(it.rows("t__a").is_empty());
    it.load(&[row(2, r#"{"id":2}"#)]);
    assert_eq!(it.rows("t"), ["2"]);
}

#[test]
fn a_version_can_be_activated_before_there_is_a_table() {
    let mut it = Fixture::new();
    it.load(&[Made::activate(3)]);
    assert!(it.tables().is_empty());
    it.load(&[row(2, r#"{"id":2}"#), row(3, r#"{"id":3}"#), row(4, r#"{"id":4}"#)]);
    assert_eq!(it.rows("t"), ["3"]);
}

#[test]
fn an_activation_stands_between_the_records_around_it() {
    let mut it = Fixture::new();
    it.load(&[
        row(1, r#"{"id":1}"#),
        row(2, r#"{"id":2}"#),
        Made::activate(2),
        row(2, r#"{"id":3}"#),
        row(1, r#"{"id":4}"#),
        Made::activate(3).table("u"),
    ]);
    assert_eq!(it.rows("t"), ["2", "3"]);
}

#[test]
fn columns_of_versions_before_stay() {
    let mut it = Fixture::new();
    it.load(&[row(1, r#"{"id":1,"old":1,"v":1}"#)]);
    it.load(&[row(2, r#"{"id":1,"v":"x","new":true}"#)]);
    it.load(&[row(1, r#"{"id":2,"late":1}"#)]);
    it.load(&[Made::activate(2)]);
    assert_eq!(
        it.columns("t"),
        ["id BIGINT", "old BIGINT", "v__bi BIGINT", "late BIGINT", "v__st TEXT", "new BOOLEAN"]
    );
    assert_eq!(it.rows("t"), ["1 - - - x true"]);
}

#[test]
fn views_of_a_table_outlive_its_versions() {
    let mut it = Fixture::new();
    it.load(&[row(1, r#"{"id":1}"#)]);
    it.reader.execute_batch("CREATE VIEW seen AS SELECT id FROM t; CREATE INDEX mine ON t (id)").expect("made");
    it.load(&[row(2, r#"{"id":2}"#)]);
    it.load(&[Made::activate(2)]);
    let seen: i64 = it.reader.query_row("SELECT id FROM seen", [], |row| row.get(0)).expect("a row");
    assert_eq!(seen, 2);
    assert!(it.reasons().is_empty());
}

#[test]
fn versions_of_a_table_without_keys_are_swapped_too() {
    let mut it = Fixture::new();
    let keyless = |version, data: &str| row(version, data).keys(&[]);
    it.load(&[keyless(1, r#"{"v":1}"#), keyless(2, r#"{"v":2}"#), keyless(2, r#"{"v":2}"#)]);
    assert_eq!(it.view("t").expect("a table").count, 1);
    it.load(&[Made::activate(2)]);
    assert_eq!(it.view("t").expect("a table").count, 2);
}

#[test]
fn tables_of_waiting_versions_are_not_to_be_seen() {
    let mut it = Fixture::new();
    it.load(&[row(1, r#"{"id":1}"#), row(2, r#"{"id":2,"a":[1]}"#)]);
    assert_eq!(it.tables(), ["t"]);
    assert!(it.view("_backstitch_v2_t").is_none());
}
