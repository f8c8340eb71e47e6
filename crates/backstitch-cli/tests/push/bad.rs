//! What is wrong with a file: where, and what to do; and nothing is lost.

use crate::{Place, Said};

fn fails(said: &Said, code: i32, told: &[&str]) {
    assert_eq!(said.code, Some(code), "{said:?}");
    for part in told {
        assert!(said.stderr.contains(part), "{part:?} is not in {said:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_stops_at_the_first_record_that_is_rejected() {
    let place = Place::new().await;
    place.write("orders.jsonl", "{\"id\":1}\n{\"id\":null}\n{\"id\":3}\n");
    let said = place.run("push orders.jsonl -t orders -k id");
    fails(
        &said,
        1,
        &["orders.jsonl:2: /data/id must not be null", "1 record rejected", "--max-rejects N", "--dead-letter FILE"],
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn it_goes_on_as_long_as_there_are_no_more_than_was_said() {
    let place = Place::new().await;
    place.write("orders.jsonl", "{\"id\":1}\n{}\n{\"id\":3}\n{}\n");
    fails(
        &place.run("push orders.jsonl -t orders -k id --max-rejects 2"),
        3,
        &["orders.jsonl:4: ", "2 records rejected"],
    );
    assert_eq!(place.count("orders").await, 2);
    fails(&place.run("push orders.jsonl -t orders -k id --max-rejects 1"), 1, &["more than --max-rejects 1"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_sent_is_a_failure() {
    let place = Place::new().await;
    place.write("orders.jsonl", "{\"no\":1}\n{\"no\":2}\n");
    let said = place.run("push orders.jsonl -t orders -k id --dead-letter rejected.jsonl");
    fails(&said, 1, &["nothing was sent: 2 records rejected"]);
    assert_eq!(place.read("rejected.jsonl").lines().count(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_json_is_told_with_its_column_and_kept() {
    let place = Place::new().await;
    place.write(
        "orders.jsonl",
        b"{\"id\":1}\n{\"id\":2,\"a\":NaN}\n{\"id\":3,\"a\":\"\xfc\"}\n[4]\n{\"id\":5\n{\"id\":6,\"a\":-Infinity}\n{\"id\":7}".as_slice(),
    );
    let said = place.run("push orders.jsonl -t orders -k id --dead-letter rejected.jsonl");
    fails(
        &said,
        3,
        &[
            "orders.jsonl:2:13: JSON has no NaN and no infinity: write null in its place",
            "orders.jsonl:3:14: not UTF-8: write the file in UTF-8",
            "orders.jsonl:4:1: not a JSON object",
            "orders.jsonl:5:7: the JSON is cut short",
            "orders.jsonl:6:",
        ],
    );
    assert_eq!(place.rows("orders", &["id"]).await, ["1", "7"]);
    let letters = place.read("rejected.jsonl");
    assert_eq!(letters.lines().count(), 5, "{letters}");
    assert!(letters.contains(r#""place":"orders.jsonl:2:13","text":"{\"id\":2,\"a\":NaN}""#), "{letters}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_array_that_is_no_array_is_told_where_it_ends_to_be_one() {
    let place = Place::new().await;
    for (text, told) in [
        ("[{\"id\":1}\n {\"id\":2}]", "orders.json:2:2: expected `,` or `]`, found `{`"),
        ("[{\"id\":1},\n]", "orders.json:2:1: expected an object, found `]`"),
        ("[{\"id\":1}] x", "orders.json:1:12: expected nothing after the array"),
        ("[{\"id\":1},\n{\"id\":", "orders.json:2:1: the array is cut short"),
    ] {
        place.write("orders.json", text);
        fails(&place.run("push orders.json -t orders -k id"), 1, &[told]);
        assert_eq!(place.rows("orders", &["id"]).await, ["1"], "{text}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mistake_within_an_element_has_its_own_line() {
    let place = Place::new().await;
    place.write("orders.json", "[{\"id\":1},\n  {\"id\":2,\n   \"a\":NaN},  {\"id\": x}]");
    let said = place.run("push orders.json -t orders -k id --max-rejects 5");
    fails(&said, 3, &["orders.json:3:8: JSON has no NaN", "orders.json:3:22: not JSON"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_is_not_there_is_named() {
    let place = Place::new().await;
    fails(&place.run("push none.jsonl -t orders -k id"), 1, &["none.jsonl: can't be opened"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_whose_name_says_nothing_needs_a_format() {
    let place = Place::new().await;
    place.write("orders.txt", "{\"id\":1}");
    fails(&place.run("push orders.txt -t orders -k id"), 2, &["orders.txt", "give --format"]);
    assert_eq!(place.run("push orders.txt -t orders -k id --format jsonl").code, Some(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn little_is_sent_after_the_first_record_that_is_rejected() {
    let place = Place::new().await;
    let lines: String = (1..=400_000).map(|id| format!("{{\"id\":{id}}}\n")).collect();
    place.write("orders.jsonl", format!("{{\"id\":null}}\n{lines}"));
    let said = place.run("push orders.jsonl -t orders -k id");
    fails(&said, 1, &["orders.jsonl:1: /data/id must not be null", "1 record rejected"]);
    // What was read along with it.
    let sent = place.count("orders").await;
    assert!(sent < 40_000, "{sent}");
}
