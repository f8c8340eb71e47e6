//! Versions of tables.

use super::{Fixture, Made};
use crate::cell::Cell;

super::on_each_store! {
    the_first_version_is_shown_at_once,
    records_without_a_version_are_of_the_active_one,
    a_newer_version_loads_beside_the_active_one,
    a_version_that_waits_survives_a_restart,
    rows_of_an_older_version_are_ignored,
    activating_a_version_deletes_those_below_and_keeps_those_above,
    activating_a_version_without_rows_empties_the_table,
    a_version_can_be_activated_before_there_is_a_table,
    an_activation_stands_between_the_records_around_it,
    columns_of_versions_before_stay,
    views_of_a_table_outlive_its_versions,
    versions_of_a_table_without_keys_are_swapped_too,
    tables_of_waiting_versions_are_not_to_be_seen,
    a_versions_subtable_takes_the_place_of_one_in_other_letters,
}

fn row(version: i64, data: &str) -> Made {
    Made::new(1, data).version(version)
}

fn the_first_version_is_shown_at_once(mut it: Fixture) {
    it.load(&[row(7, r#"{"id":1}"#)]);
    assert_eq!(it.rows("t"), ["1"]);
    assert_eq!(it.view("t").expect("a table").cell(0, "_sdc_table_version"), Some(&Cell::from(7)));
}

fn records_without_a_version_are_of_the_active_one(mut it: Fixture) {
    it.load(&[row(7, r#"{"id":1}"#)]);
    it.load(&[Made::new(1, r#"{"id":2}"#)]);
    assert_eq!(it.view("t").expect("a table").cell(1, "_sdc_table_version"), Some(&Cell::from(7)));
}

fn a_newer_version_loads_beside_the_active_one(mut it: Fixture) {
    it.load(&[row(1, r#"{"id":1,"v":"old"}"#)]);
    it.load(&[row(2, r#"{"id":1,"v":"new"}"#), row(2, r#"{"id":2,"v":"new"}"#), row(1, r#"{"id":3,"v":"old"}"#)]);
    assert_eq!(it.rows("t"), ["1 old", "3 old"]);
    assert_eq!(it.tables(), ["t"]);
    it.load(&[Made::activate(2)]);
    assert_eq!(it.rows("t"), ["1 new", "2 new"]);
    assert_eq!(it.view("t").expect("a table").cell(0, "_sdc_table_version"), Some(&Cell::from(2)));
    assert!(it.reasons().is_empty());
}

fn a_version_that_waits_survives_a_restart(mut it: Fixture) {
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

fn rows_of_an_older_version_are_ignored(mut it: Fixture) {
    it.load(&[row(5, r#"{"id":1}"#)]);
    it.load(&[row(4, r#"{"id":2}"#), row(0, r#"{"id":3,"new":1}"#)]);
    assert_eq!(it.rows("t"), ["1"]);
    assert!(it.reasons().is_empty());
}

fn activating_a_version_deletes_those_below_and_keeps_those_above(mut it: Fixture) {
    it.load(&[row(1, r#"{"id":1}"#), row(2, r#"{"id":2}"#), row(3, r#"{"id":3}"#), row(4, r#"{"id":4}"#)]);
    it.load(&[Made::activate(3)]);
    assert_eq!(it.rows("t"), ["3"]);
    it.load(&[row(2, r#"{"id":22}"#), row(4, r#"{"id":44}"#)]);
    it.load(&[Made::activate(4)]);
    assert_eq!(it.rows("t"), ["4", "44"]);
    it.load(&[Made::activate(3)]);
    assert_eq!(it.rows("t"), ["4", "44"]);
}

fn activating_a_version_without_rows_empties_the_table(mut it: Fixture) {
    it.load(&[row(1, r#"{"id":1,"a":[1]}"#)]);
    it.load(&[Made::activate(2)]);
    assert!(it.rows("t").is_empty());
    assert!(it.rows("t__a").is_empty());
    it.load(&[row(2, r#"{"id":2}"#)]);
    assert_eq!(it.rows("t"), ["2"]);
}

fn a_version_can_be_activated_before_there_is_a_table(mut it: Fixture) {
    it.load(&[Made::activate(3)]);
    assert!(it.tables().is_empty());
    it.load(&[row(2, r#"{"id":2}"#), row(3, r#"{"id":3}"#), row(4, r#"{"id":4}"#)]);
    assert_eq!(it.rows("t"), ["3"]);
}

fn an_activation_stands_between_the_records_around_it(mut it: Fixture) {
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

fn columns_of_versions_before_stay(mut it: Fixture) {
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

fn views_of_a_table_outlive_its_versions(mut it: Fixture) {
    it.load(&[row(1, r#"{"id":1}"#)]);
    it.0.execute("CREATE VIEW seen AS SELECT id FROM t; CREATE INDEX mine ON t (id)");
    it.load(&[row(2, r#"{"id":2}"#)]);
    it.load(&[Made::activate(2)]);
    let seen = it.0.number("SELECT id FROM seen");
    assert_eq!(seen, 2);
    assert!(it.reasons().is_empty());
}

fn versions_of_a_table_without_keys_are_swapped_too(mut it: Fixture) {
    let keyless = |version, data: &str| row(version, data).keys(&[]);
    it.load(&[keyless(1, r#"{"v":1}"#), keyless(2, r#"{"v":2}"#), keyless(2, r#"{"v":2}"#)]);
    assert_eq!(it.view("t").expect("a table").count, 1);
    it.load(&[Made::activate(2)]);
    assert_eq!(it.view("t").expect("a table").count, 2);
}

fn tables_of_waiting_versions_are_not_to_be_seen(mut it: Fixture) {
    it.load(&[row(1, r#"{"id":1}"#), row(2, r#"{"id":2,"a":[1]}"#)]);
    assert_eq!(it.tables(), ["t"]);
    assert!(it.view("_backstitch_v2_t").is_none());
}

fn a_versions_subtable_takes_the_place_of_one_in_other_letters(mut it: Fixture) {
    it.load(&[row(1, r#"{"id":1}"#), row(2, r#"{"id":2,"a":[2]}"#), row(1, r#"{"id":1,"v":1}"#)]);
    it.load(&[Made::new(2, r#"{"id":1,"A":[1]}"#).version(1)]);
    assert_eq!(it.rows("t__A"), ["1 0 1"]);
    it.load(&[Made::activate(2)]);
    assert_eq!(it.rows("t__a"), ["2 0 2"]);
    assert_eq!(it.tables(), ["t", "t__a"]);
    assert!(it.reasons().is_empty());
}
