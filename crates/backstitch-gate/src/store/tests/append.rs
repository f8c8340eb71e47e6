//! Tables without keys.

use super::{Fixture, Made};

super::on_each_store! {
    a_table_without_keys_only_grows,
    a_row_without_a_key_gets_a_uuid,
    the_column_of_the_generated_key_is_the_gates_own,
    subtables_of_a_table_without_keys_have_the_generated_one,
    a_table_whose_values_are_all_null_is_not_created,
}

fn keyless(data: &str) -> Made {
    Made::new(1, data).keys(&[])
}

fn a_table_without_keys_only_grows(mut it: Fixture) {
    it.load(&[keyless(r#"{"id":1}"#), keyless(r#"{"id":1}"#)]);
    it.load(&[keyless(r#"{"id":1,"v":"x"}"#)]);
    assert_eq!(it.view("t").expect("a table").count, 3);
}

fn a_row_without_a_key_gets_a_uuid(mut it: Fixture) {
    it.load(&[keyless(r#"{"id":1}"#), keyless(r#"{"id":2}"#)]);
    assert_eq!(it.columns("t"), ["__sdc_primary_key TEXT", "id BIGINT"]);
    let view = it.view("t").expect("a table");
    let keys: Vec<String> = (0..2).map(|row| view.cell(row, "__sdc_primary_key").expect("a key").to_string()).collect();
    assert_ne!(keys[0], keys[1]);
    for key in keys {
        assert_eq!(key.parse::<uuid::Uuid>().expect("a UUID").get_version_num(), 4, "{key}");
    }
}

fn the_column_of_the_generated_key_is_the_gates_own(mut it: Fixture) {
    it.load(&[keyless(r#"{"__sdc_primary_key":"mine"}"#)]);
    assert_eq!(it.reasons(), ["column names from client should not include reserved prefix on __sdc_primary_key"]);
    assert!(it.tables().is_empty());
}

fn subtables_of_a_table_without_keys_have_the_generated_one(mut it: Fixture) {
    it.load(&[keyless(r#"{"tags":["a","b"]}"#)]);
    it.load(&[keyless(r#"{"tags":["c"]}"#)]);
    assert_eq!(
        it.columns("t__tags"),
        ["_sdc_source_key___sdc_primary_key TEXT", "_sdc_level_0_id BIGINT", "_sdc_value TEXT"]
    );
    let parents = it.view("t").expect("a table");
    let children = it.view("t__tags").expect("a table");
    assert_eq!((parents.count, children.count), (2, 3));
    for row in 0..3 {
        let key = children.cell(row, "_sdc_source_key___sdc_primary_key");
        assert!((0..2).any(|row| parents.cell(row, "__sdc_primary_key") == key));
    }
}

fn a_table_whose_values_are_all_null_is_not_created(mut it: Fixture) {
    it.load(&[keyless(r#"{"a":null}"#).extracted_at("2020-01-13T21:25:03Z"), keyless("{}")]);
    assert!(it.tables().is_empty());
    it.load(&[keyless(r#"{"a":[1]}"#)]);
    assert_eq!(it.tables(), ["t", "t__a"]);
    it.load(&[keyless("{}")]);
    assert_eq!(it.view("t").expect("a table").count, 2);
}
