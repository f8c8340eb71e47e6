//! Tables that refuse records, since somebody made them do so.

use super::{Fixture, Made};

super::on_each_store! {
    a_table_that_refuses_some_records_takes_the_others,
    a_table_that_refuses_all_records_rejects_each,
    a_table_that_refuses_a_records_subtable_takes_nothing_of_it,
    a_reset_leaves_a_copy_that_somebody_made,
}

fn a_table_that_refuses_some_records_takes_the_others(mut it: Fixture) {
    it.load(&[Made::new(1, r#"{"id":0,"v":0}"#)]);
    it.0.execute("CREATE UNIQUE INDEX mine ON t (v)");
    let records: Vec<Made> =
        (1..40).map(|id| Made::new(1, format!(r#"{{"id":{id},"v":{}}}"#, if id % 16 == 7 { 0 } else { id }))).collect();
    assert_eq!(it.load(&records).rejected, 3);
    assert_eq!(it.rows("t").len(), 37);
    let reasons = it.reasons();
    assert_eq!(reasons.len(), 3, "{reasons:?}");
    assert!(reasons.iter().all(|reason| reason.starts_with("ERROR: ") && reason.to_lowercase().contains("unique")));
    let kept = it.view("_sdc_rejected").expect("a table");
    let record = |row| kept.cell(row, "record").expect("a record").to_string();
    assert_eq!([record(0), record(1), record(2)], [7, 23, 39].map(|id| format!(r#"{{"id":{id},"v":0}}"#)));
    // What is known of the table is still so.
    it.load(&[Made::new(2, r#"{"id":7,"v":1000,"w":"x"}"#)]);
    assert_eq!(it.rows("t")[7], "7 1000 x");
}

fn a_table_that_refuses_all_records_rejects_each(mut it: Fixture) {
    it.load(&[Made::new(1, r#"{"id":0,"v":0}"#)]);
    it.0.execute("CREATE UNIQUE INDEX mine ON t (v)");
    let records: Vec<Made> = (1..1_000).map(|id| Made::new(1, format!(r#"{{"id":{id},"v":0}}"#))).collect();
    assert_eq!(it.load(&records).rejected, 999);
    assert_eq!(it.rows("t"), ["0 0"]);
    assert_eq!(it.reasons().len(), 999);
}

fn a_table_that_refuses_a_records_subtable_takes_nothing_of_it(mut it: Fixture) {
    it.load(&[Made::new(1, r#"{"id":0,"tags":["a"]}"#)]);
    it.0.execute("CREATE UNIQUE INDEX mine ON t__tags (_sdc_value)");
    it.load(&[Made::new(1, r#"{"id":1,"tags":["b"]}"#), Made::new(1, r#"{"id":2,"tags":["c","a"]}"#)]);
    assert_eq!(it.rows("t"), ["0", "1"]);
    assert_eq!(it.rows("t__tags"), ["0 0 a", "1 0 b"]);
    assert_eq!(it.reasons().len(), 1);
}

fn a_reset_leaves_a_copy_that_somebody_made(mut it: Fixture) {
    it.load(&[Made::new(1, r#"{"id":9,"v":1}"#)]);
    it.0.execute("CREATE TABLE backup AS SELECT * FROM t");
    it.0.reset();
    assert_eq!(it.tables(), ["backup"]);
}
