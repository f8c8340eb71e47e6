//! Records whose sequence is there already.

use super::{Fixture, Made};

super::on_each_store! {
    ties_across_requests_are_counted,
    ties_within_a_request_are_counted,
    a_tie_with_another_group_of_the_request_has_no_children,
    a_tie_with_another_half_of_the_request_has_no_children,
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

fn a_tie_with_another_group_of_the_request_has_no_children(mut it: Fixture) {
    it.load(&[Made::new(1, r#"{"id":9}"#).version(7)]);
    let records = [
        Made::new(5, r#"{"id":1,"v":"first","a":["first"]}"#),
        Made::new(5, r#"{"id":1,"v":"second","a":["second","second"]}"#).version(7),
    ];
    assert_eq!(it.load(&records).ties, 1);
    assert_eq!(it.rows("t__a"), ["1 0 first"]);
}

fn a_tie_with_another_half_of_the_request_has_no_children(mut it: Fixture) {
    it.load(&[Made::new(1, r#"{"id":9,"v":1,"a":[1]}"#)]);
    it.0.execute("CREATE UNIQUE INDEX mine ON t (v)");
    let records = [
        Made::new(5, r#"{"id":1,"v":10,"a":[10]}"#),
        // The index refuses this one, so that the request is halved.
        Made::new(5, r#"{"id":2,"v":1}"#),
        Made::new(5, r#"{"id":1,"v":11,"a":[11,11]}"#),
        Made::new(5, r#"{"id":3,"v":12}"#),
    ];
    assert_eq!(it.load(&records).ties, 1);
    assert_eq!(it.rows("t"), ["1 10", "3 12", "9 1"]);
    assert_eq!(it.rows("t__a"), ["1 0 10", "9 0 1"]);
}
