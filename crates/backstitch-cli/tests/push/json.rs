//! JSON: lines, arrays, exact numbers.

use crate::Place;

#[tokio::test(flavor = "multi_thread")]
async fn lines_become_rows() {
    let place = Place::new().await;
    place.write(
        "orders.jsonl",
        "{\"id\":1,\"note\":\"a\"}\n\n {\"id\":2,\"note\":\"b\\nc\"}\r\n{\"id\":3,\"note\":null}",
    );
    let said = place.run("push orders.jsonl --table orders --key id");
    assert_eq!((said.code, said.stdout.as_str()), (Some(0), "3 records accepted\n"), "{said:?}");
    assert_eq!(place.rows("orders", &["id", "note"]).await, ["1 a", "2 b\nc", "3 NULL"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn numbers_are_sent_digit_for_digit() {
    let place = Place::new().await;
    let numbers = "{\"id\":1,\"a\":123456789012345678901234567890,\"b\":0.1000,\"c\":1e400,\"d\":-0}";
    place.write("numbers.jsonl", numbers);
    let said = place.run("push numbers.jsonl -t numbers -k id --dry-run");
    assert_eq!(said.code, Some(0), "{said:?}");
    assert!(said.stdout.contains(&format!("\"data\":{numbers},")), "{said:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_array_is_read_element_by_element() {
    let place = Place::new().await;
    // Longer than what is read at once, with brackets in texts.
    let elements: Vec<String> =
        (0..5_000).map(|id| format!("{{\"id\": {id},\n \"text\": \"],}} \\\" {}\"}}", "x".repeat(100))).collect();
    place.write("orders.json", format!("\u{feff} [{} ]\n", elements.join(" ,\n")));
    let said = place.run("push orders.json -t orders -k id");
    assert_eq!((said.code, said.stdout.as_str()), (Some(0), "5000 records accepted\n"), "{said:?}");
    assert_eq!(place.count("orders").await, 5_000);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_standard_input_is_lines_or_an_array() {
    let place = Place::new().await;
    for input in ["{\"id\":1}\n{\"id\":2}\n", "[{\"id\":1},{\"id\":2}]"] {
        let said = place.run_with("push - -t orders -k id", input.as_bytes());
        assert_eq!((said.code, said.stdout.as_str()), (Some(0), "2 records accepted\n"), "{said:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_records_with_one_key_the_last_line_stays() {
    let place = Place::new().await;
    let lines: Vec<String> =
        (0..50_000).map(|number| format!("{{\"id\":{},\"number\":{number}}}\n", number % 10)).collect();
    place.write("orders.jsonl", lines.concat());
    assert_eq!(place.run("push orders.jsonl -t orders -k id").code, Some(0));
    let expected: Vec<String> = (0..10).map(|id| format!("{id} {}", 49_990 + id)).collect();
    assert_eq!(place.rows("orders", &["id", "number"]).await, expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_field_says_which_record_is_the_newer() {
    let place = Place::new().await;
    place.write("orders.jsonl", "{\"id\":1,\"at\":20,\"note\":\"new\"}\n{\"id\":1,\"at\":10,\"note\":\"old\"}\n");
    let said = place.run("push orders.jsonl -t orders -k id --sequence-field at");
    assert_eq!(said.code, Some(0), "{said:?}");
    assert_eq!(place.rows("orders", &["id", "note", "_sdc_sequence"]).await, ["1 new 20"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn fields_are_sent_under_other_names() {
    let place = Place::new().await;
    place.write("orders.jsonl", "{\"Order No\":1,\"a\":1.10,\"b\":2}\n{\"Order No\":2,\"a\":3,\"id\":4}\n");
    let said = place.run_with("push - -t orders -k id --rename a=b --rename b=a --max-rejects 1", b"");
    assert_eq!(said.code, Some(0), "{said:?}");
    let mut command = place.command("push orders.jsonl -t orders -k id --rename a=b --rename b=a --max-rejects 1");
    let said = crate::said(command.args(["--rename", "Order No=id"]), b"");
    assert_eq!(said.code, Some(3), "{said:?}");
    assert!(said.stderr.contains("orders.jsonl:2: has a field `id` already"), "{said:?}");
    assert_eq!(place.rows("orders", &["id", "a", "b"]).await, ["1 2 1.1"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn files_are_sent_in_their_order() {
    let place = Place::new().await;
    place.write("a.jsonl", "{\"id\":1,\"from\":\"a\"}\n");
    place.write("b.json", "[{\"id\":1,\"from\":\"b\"},{\"id\":2,\"from\":\"b\"}]");
    let said = place.run("push a.jsonl b.json -t orders -k id");
    assert_eq!(said.code, Some(0), "{said:?}");
    assert_eq!(place.rows("orders", &["id", "from"]).await, ["1 b", "2 b"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn objects_may_be_written_over_several_lines() {
    let place = Place::new().await;
    for (text, rows) in [
        ("\u{feff}\n{\n  \"id\": 1,\n  \"note\": \"a\"\n}\n", &["1 a"][..]),
        ("{\n\"id\": 1,\n\"note\": \"b\"} {\"id\":2,\n\"note\":\"{\"}\n{\n\"id\": 3}", &["1 b", "2 {", "3 NULL"]),
    ] {
        place.write("orders.json", text);
        let said = place.run("push orders.json -t orders -k id");
        assert_eq!(said.code, Some(0), "{said:?}");
        assert_eq!(place.rows("orders", &["id", "note"]).await, rows);
    }
    place.write("orders.json", "{\n\"id\": 4}\n{\"id\":");
    let said = place.run("push orders.json -t orders -k id");
    assert_eq!(said.code, Some(1), "{said:?}");
    assert!(said.stderr.contains("orders.json:3:1: the JSON is cut short"), "{said:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_first_line_that_is_cut_short_is_still_a_line() {
    let place = Place::new().await;
    for line in ["{\"id\":1,\"note\":\"a", "{\"id\":1,", "{\"id\":1", "{\"id\":NaN}"] {
        place.write("orders.json", format!("{line}\n{{\"id\":2}}\n"));
        let said = place.run("push orders.json -t orders -k id --max-rejects 1");
        assert_eq!((said.code, said.stdout.as_str()), (Some(3), "1 record accepted, 1 rejected\n"), "{line}: {said:?}");
    }
}
