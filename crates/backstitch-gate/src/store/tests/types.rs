//! Types by schema, by Transit, by value.

use serde_json::json;

use super::{Fixture, Made};

super::on_each_store! {
    a_schema_types_values,
    a_schemas_numbers_are_exact,
    a_decimal_key_is_one_however_it_is_written,
    a_schema_types_values_within_objects_and_arrays,
    what_a_schema_does_not_say_the_value_does,
    a_date_time_that_is_none_is_rejected,
    a_date_time_that_may_be_any_string_is_split,
    transit_carries_dates_decimals_and_big_integers,
    transits_other_values_are_their_texts,
    transits_maps_and_sets_are_objects_and_arrays,
    what_has_no_column_wide_enough_is_rejected,
    a_column_meets_every_type,
    the_time_of_extraction_has_a_column_where_it_is_said,
}

fn a_schema_types_values(mut it: Fixture) {
    let schema = json!({"type": "object", "properties": {
        "id": {"type": "integer"},
        "price": {"type": ["null", "number"]},
        "name": {"type": "string"},
        "alive": {"type": "boolean"},
        "at": {"type": "string", "format": "date-time"},
    }});
    let data = r#"{"id":1,"price":10,"name":"2020-01-13T21:25:03Z","alive":true,"at":"2020-01-13T21:25:03Z"}"#;
    it.load_typed(&[Made::new(1, data)], Some(&schema));
    assert_eq!(
        it.columns("t"),
        ["id BIGINT", "price NUMERIC", "name TEXT", "alive BOOLEAN", "at TIMESTAMP WITH TIME ZONE"]
    );
    assert_eq!(it.rows("t"), ["1 10 2020-01-13T21:25:03Z true 2020-01-13T21:25:03.000000Z"]);
}

fn a_schemas_numbers_are_exact(mut it: Fixture) {
    let schema = json!({"properties": {"n": {"type": "number"}}});
    for (id, number) in
        ["0.1000", "3", "12345678901234567890.123456789012345678901", "-1E+30", "1e400"].iter().enumerate()
    {
        it.load_typed(&[Made::new(1, format!(r#"{{"id":{id},"n":{number}}}"#))], Some(&schema));
    }
    assert_eq!(
        it.rows("t"),
        [
            "0 0.1".to_owned(),
            "1 3".to_owned(),
            "2 12345678901234567890.123456789012345678901".to_owned(),
            format!("3 -1{}", "0".repeat(30)),
            format!("4 1{}", "0".repeat(400)),
        ]
    );
    assert_eq!(it.columns("t"), ["id BIGINT", "n NUMERIC"]);
}

fn a_decimal_key_is_one_however_it_is_written(mut it: Fixture) {
    let schema = json!({"properties": {"id": {"type": "number"}}});
    it.load_typed(&[Made::new(1, r#"{"id":1.50,"v":1}"#), Made::new(2, r#"{"id":15e-1,"v":2}"#)], Some(&schema));
    it.load_typed(&[Made::new(3, r#"{"id":1.5,"v":3}"#)], Some(&schema));
    assert_eq!(it.rows("t"), ["1.5 3"]);
}

fn a_schema_types_values_within_objects_and_arrays(mut it: Fixture) {
    let schema = json!({"properties": {
        "a": {"properties": {"b": {"type": "number"}}},
        "c": {"type": "array", "items": {"properties": {"d": {"type": "number"}, "at": {"format": "date-time"}}}},
        "e": {"items": {"type": "number"}},
    }});
    let data = r#"{"id":1,"a":{"b":1},"c":[{"d":2,"at":"2020-01-13 21:25:03+01"}],"e":[3]}"#;
    it.load_typed(&[Made::new(1, data)], Some(&schema));
    assert_eq!(it.columns("t")[1], "a__b NUMERIC");
    assert_eq!(it.columns("t__c")[2..], ["d NUMERIC", "at TIMESTAMP WITH TIME ZONE"]);
    assert_eq!(it.columns("t__e")[2..], ["_sdc_value NUMERIC"]);
    let view = it.view("t__c").expect("a table");
    assert_eq!(view.cell(0, "at").map(ToString::to_string).as_deref(), Some("2020-01-13T20:25:03.000000Z"));
}

fn what_a_schema_does_not_say_the_value_does(mut it: Fixture) {
    it.load_typed(&[Made::new(1, r#"{"id":1,"v":1.50,"w":"x"}"#)], Some(&json!({"properties": {"v": {}}})));
    assert_eq!(it.columns("t"), ["id BIGINT", "v DOUBLE PRECISION", "w TEXT"]);
}

fn a_date_time_that_is_none_is_rejected(mut it: Fixture) {
    let schema = json!({"properties": {"at": {"type": "string", "format": "date-time"}}});
    it.load_typed(
        &[Made::new(1, r#"{"id":1,"at":"yesterday"}"#), Made::new(1, r#"{"id":2,"at":"2020-01-13T21:25:03+0000"}"#)],
        Some(&schema),
    );
    assert_eq!(it.reasons(), ["timestamp out of range for PostgreSQL on at"]);
    assert_eq!(it.rows("t"), ["2 2020-01-13T21:25:03.000000Z"]);
}

fn a_date_time_that_may_be_any_string_is_split(mut it: Fixture) {
    let schema =
        json!({"properties": {"at": {"anyOf": [{"type": "string", "format": "date-time"}, {"type": "string"}]}}});
    it.load_typed(
        &[Made::new(1, r#"{"id":1,"at":"2020-01-13T21:25:03Z"}"#), Made::new(1, r#"{"id":2,"at":"yesterday"}"#)],
        Some(&schema),
    );
    assert_eq!(it.columns("t"), ["id BIGINT", "at__ti TIMESTAMP WITH TIME ZONE", "at__st TEXT"]);
    assert_eq!(it.rows("t"), ["1 2020-01-13T21:25:03.000000Z -", "2 - yesterday"]);
}

fn transit_carries_dates_decimals_and_big_integers(mut it: Fixture) {
    it.load_transit(&[
        r#"["^ ","id","~i1","at","~m1565880017123","price","~f1.10","big","~n99999999999999999999","text","~~x","d",1.5]"#,
    ]);
    assert_eq!(
        it.columns("t"),
        ["id BIGINT", "at TIMESTAMP WITH TIME ZONE", "price NUMERIC", "big NUMERIC", "text TEXT", "d DOUBLE PRECISION"]
    );
    assert_eq!(it.rows("t"), ["1 2019-08-15T14:40:17.123000Z 1.1 99999999999999999999 ~x 1.5"]);
}

fn transits_other_values_are_their_texts(mut it: Fixture) {
    it.load_transit(&[
        r#"["^ ","id","~:key","u","~uc5fa3bca-dac4-4e1d-8d2f-6b8b3f9e0f0a","r","~rhttp://a","s","~$sym","b","~bAQI="]"#,
    ]);
    assert_eq!(it.rows("t"), ["key c5fa3bca-dac4-4e1d-8d2f-6b8b3f9e0f0a http://a sym AQI="]);
}

fn transits_maps_and_sets_are_objects_and_arrays(mut it: Fixture) {
    it.load_transit(&[r#"["^ ","id",1,"a",["^ ","b",2],"set",["~#set",["x","y"]],"list",["~#list",[1]]]"#]);
    assert_eq!(it.rows("t"), ["1 2"]);
    assert_eq!(it.rows("t__set"), ["1 0 x", "1 1 y"].map(str::to_owned));
    assert_eq!(it.view("t__list").expect("a table").count, 1);
}

fn what_has_no_column_wide_enough_is_rejected(mut it: Fixture) {
    it.load_transit(&[
        r#"["^ ","id",1,"v","~zNaN"]"#,
        r#"["^ ","id",1,"v","~zINF"]"#,
        r#"["^ ","id",1,"v","~m9223372036854775807"]"#,
        r#"["^ ","id",1,"v","~f1E+131072"]"#,
    ]);
    let reason = |kind: &str| format!("{kind} out of range for PostgreSQL on v");
    assert_eq!(it.reasons(), ["double", "double", "timestamp", "decimal"].map(reason));
    assert!(it.tables().is_empty());
}

fn a_column_meets_every_type(mut it: Fixture) {
    let values = ["1", "1.5", "true", "\"x\"", "\"~f1.5\"", "\"~m0\""];
    let data: Vec<String> =
        values.iter().enumerate().map(|(id, value)| format!(r#"["^ ","id",{id},"v",{value}]"#)).collect();
    it.load_transit(&data.iter().map(String::as_str).collect::<Vec<_>>());
    let names: Vec<String> =
        it.columns("t").iter().map(|column| column.split(' ').next().unwrap_or("").to_owned()).collect();
    assert_eq!(names, ["id", "v__bi", "v__do", "v__bo", "v__st", "v__de", "v__ti"]);
}

fn the_time_of_extraction_has_a_column_where_it_is_said(mut it: Fixture) {
    it.load(&[Made::new(1, r#"{"id":1}"#)]);
    assert_eq!(it.columns("t"), ["id BIGINT"]);
    it.load(&[Made::new(1, r#"{"id":2,"a":[1]}"#).extracted_at("2020-01-13T21:25:03+01:00")]);
    assert_eq!(it.columns("t"), ["id BIGINT", "_sdc_extracted_at TIMESTAMP WITH TIME ZONE"]);
    assert_eq!(it.rows("t"), ["1 -", "2 2020-01-13T20:25:03.000000Z"]);
    let view = it.view("t__a").expect("a table");
    assert_eq!(
        view.cell(0, "_sdc_extracted_at").map(ToString::to_string).as_deref(),
        Some("2020-01-13T20:25:03.000000Z")
    );
}
