//! Records whose sequence is there already.

use super::{Fixture, Made};

super::on_each_store! {
    ties_across_requests_are_counted,
    ties_within_a_request_are_counted,
}

fn ties_across_requests_are_counted(mut it: Fixture) {
    it.load(&[Made::new(5, r#"{"id":1,"v":"first"}"#), Made::new(5, r#"{"id":2}"#), Made::new(5, r#"{"id":3}"#)]);
    let records = [
        Made::new(5, r#"{"id":1,"v":"tie","tags":["tie"]}"#),
        Made::new(4, r#"{"id":2,"v":"older"}"#),
        Made::new(6, r#"{"id":3,"v":"newer","tags":["newer"]}"#),
        Made::new(5, r#"{"id":4,"v":"new"}"#),
    ];
    assert_eq!(it.load(&records).ties, 1);
    assert_eq!(it.rows("t"), ["1 first", "2 -", "3 newer", "4 new"]);
    assert_eq!(it.rows("t__tags"), ["3 0 newer"]);
}

fn ties_within_a_request_are_counted(mut it: Fixture) {
    let record = |sequence, v: &str| Made::new(sequence, format!(r#"{{"id":1,"v":"{v}"}}"#));
    let records = [record(7, "first"), record(7, "second"), record(6, "older"), record(7, "last")];
    assert_eq!(it.load(&records).ties, 2);
    assert_eq!(it.rows("t"), ["1 last"]);
}
