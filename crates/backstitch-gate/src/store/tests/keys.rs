//! Keys that change.

use super::{Fixture, Made};

super::on_each_store! {
    a_table_without_keys_gets_none,
    a_table_with_keys_does_not_lose_them,
    a_newer_version_has_the_same_keys,
    a_subtable_takes_no_records,
    a_table_is_no_subtable,
    a_name_is_taken_by_what_waits_under_it,
    subtables_that_wait_do_not_share_a_name,
}

const REASON: &str = "Primary Keys for table do not match Primary Keys of incoming data";

fn a_table_without_keys_gets_none(mut it: Fixture) {
    it.load(&[Made::new(1, r#"{"id":1}"#).keys(&[])]);
    it.load(&[Made::new(2, r#"{"id":1}"#)]);
    assert_eq!(it.reasons(), [REASON]);
    assert_eq!(it.view("t").expect("a table").count, 1);
}

fn a_table_with_keys_does_not_lose_them(mut it: Fixture) {
    it.load(&[Made::new(1, r#"{"id":1}"#)]);
    it.load(&[Made::new(2, r#"{"id":2}"#).keys(&[])]);
    it.load(&[Made::new(2, r#"{"id":2,"b":1}"#).keys(&["id", "b"])]);
    it.forget();
    it.load(&[Made::new(2, r#"{"b":1}"#).keys(&["b"])]);
    assert_eq!(it.reasons(), [REASON, REASON, REASON]);
    assert_eq!(it.rows("t"), ["1"]);
}

fn a_newer_version_has_the_same_keys(mut it: Fixture) {
    it.load(&[Made::new(1, r#"{"id":1}"#).version(1)]);
    it.load(&[Made::new(1, r#"{"b":1}"#).keys(&["b"]).version(2)]);
    assert_eq!(it.reasons(), [REASON]);
}

fn a_subtable_takes_no_records(mut it: Fixture) {
    it.load(&[Made::new(1, r#"{"id":1,"tags":["a"]}"#)]);
    it.load(&[Made::new(1, r#"{"id":1}"#).table("t__tags"), Made::new(1, "{}").table("t__tags").keys(&[])]);
    assert_eq!(it.reasons(), [REASON, REASON]);
    assert_eq!(it.rows("t__tags"), ["1 0 a"]);
}

fn a_table_is_no_subtable(mut it: Fixture) {
    it.load(&[Made::new(1, r#"{"id":1}"#).table("t__tags")]);
    it.load(&[Made::new(1, r#"{"id":1,"tags":["a"]}"#)]);
    it.forget();
    it.load(&[Made::new(1, r#"{"id":2,"tags":["a"]}"#)]);
    assert_eq!(it.reasons(), ["Table collision on t__tags", "Table collision on t__tags"]);
    assert_eq!(it.rows("t"), ["1", "2"]);
    assert_eq!(it.rows("t__tags"), ["1"]);
}

fn a_name_is_taken_by_what_waits_under_it(mut it: Fixture) {
    it.load(&[Made::activate(1)]);
    it.load(&[Made::new(1, r#"{"id":1,"a":[1]}"#).version(2)]);
    it.load(&[Made::new(1, r#"{"id":1}"#).table("T")]);
    it.forget();
    it.load(&[Made::new(1, r#"{"id":2}"#).table("T").version(2)]);
    assert_eq!(it.reasons(), ["Table collision on T", "Table collision on T"]);
    it.load(&[Made::activate(2)]);
    assert_eq!(it.rows("t"), ["1"]);
    assert_eq!(it.tables(), ["t", "t__a"]);
}

fn subtables_that_wait_do_not_share_a_name(mut it: Fixture) {
    it.load(&[Made::new(1, r#"{"id":1}"#).version(1), Made::new(1, r#"{"id":1}"#).table("t__a").version(1)]);
    it.load(&[Made::new(1, r#"{"id":2,"a":{"b":[1]}}"#).version(2)]);
    it.load(&[Made::new(1, r#"{"id":2,"b":[2]}"#).table("t__a").version(2)]);
    assert_eq!(it.reasons(), ["Table collision on t__a__b"]);
    it.load(&[Made::activate(2), Made::activate(2).table("t__a")]);
    assert_eq!(it.rows("t__a__b"), ["2 0 1"]);
    assert_eq!(it.rows("t__a"), ["2"]);
}
