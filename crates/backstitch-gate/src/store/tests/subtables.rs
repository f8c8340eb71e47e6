//! Subtables, where the names or versions of records matter.

use super::{Fixture, Made};

super::on_each_store! {
    a_field_and_a_nested_array_of_the_same_name_collide,
    subtables_of_two_tables_with_one_name_collide,
    rows_of_a_subtable_have_their_records_version_and_sequence,
}

fn a_field_and_a_nested_array_of_the_same_name_collide(mut it: Fixture) {
    // `t__a__b` is keyed by one level in the first record, by two in the second.
    it.load(&[Made::new(1, r#"{"id":1,"a":{"b":[1]}}"#), Made::new(1, r#"{"id":2,"a":[{"b":[1]}]}"#)]);
    assert_eq!(it.reasons(), ["Field collision on b"]);
    it.load(&[Made::new(1, r#"{"id":2,"a":[{"b":[1]}]}"#)]);
    assert_eq!(
        it.reasons().last().map(String::as_str),
        Some("Primary Keys for table do not match Primary Keys of incoming data")
    );
    it.load(&[Made::new(2, r#"{"id":1}"#)]);
    assert!(it.rows("t__a__b").is_empty());
}

fn subtables_of_two_tables_with_one_name_collide(mut it: Fixture) {
    it.load(&[Made::new(1, r#"{"id":1,"x":{"y":[1]}}"#)]);
    it.load(&[Made::new(1, r#"{"id":1,"y":[1]}"#).table("t__x")]);
    assert_eq!(it.reasons(), ["Table collision on t__x__y"]);
    it.load(&[Made::new(2, r#"{"id":1}"#).table("t__x")]);
    assert_eq!(it.rows("t__x__y"), ["1 0 1"]);
}

fn rows_of_a_subtable_have_their_records_version_and_sequence(mut it: Fixture) {
    it.load(&[Made::new(17, r#"{"id":1,"a":["x"]}"#).version(3)]);
    let view = it.view("t__a").expect("a table");
    let cell = |name| view.cell(0, name).map(ToString::to_string).unwrap_or_default();
    assert_eq!((cell("_sdc_sequence").as_str(), cell("_sdc_table_version").as_str()), ("17", "3"));
    assert!(!cell("_sdc_received_at").is_empty() && !cell("_sdc_batched_at").is_empty());
}
