//! CSV and TSV.

use crate::Place;

#[tokio::test(flavor = "multi_thread")]
async fn cells_are_strings_unless_something_else_is_said() {
    let place = Place::new().await;
    place.write("orders.csv", "\u{feff}id,note,total\n007,\"a, \"\"b\"\"\nc\",1.50\n8,,\n");
    let said = place.run("push orders.csv -t orders -k id --dry-run");
    assert!(said.stdout.contains(r#""data":{"id":"007","note":"a, \"b\"\nc","total":"1.50"}"#), "{said:?}");
    assert!(said.stdout.contains(r#""data":{"id":"8","note":"","total":""}"#), "{said:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn types_keep_the_digits_and_an_empty_cell_is_null() {
    let place = Place::new().await;
    place.write("orders.csv", "id,total,paid,tags,note\n1,1.500,true,\"[1,2]\",-\n2,,false,,x\n");
    let said = place.run(
        "push orders.csv -t orders -k id --types id=integer,total=number,paid=boolean,tags=json --null - --dry-run",
    );
    assert!(said.stdout.contains(r#"{"id":1,"total":1.500,"paid":true,"tags":[1,2],"note":null}"#), "{said:?}");
    assert!(said.stdout.contains(r#"{"id":2,"total":null,"paid":false,"tags":null,"note":"x"}"#), "{said:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn types_are_found_where_all_cells_have_them() {
    let place = Place::new().await;
    place.write("orders.tsv", "id\tzip\ttotal\tmixed\n1\t01234\t1\t1\n2\t12345\t2.50\ttrue\n");
    let said = place.run("push orders.tsv -t orders -k id --types infer --dry-run");
    assert!(said.stdout.contains(r#"{"id":1,"zip":"01234","total":1,"mixed":"1"}"#), "{said:?}");
    assert!(said.stdout.contains(r#"{"id":2,"zip":"12345","total":2.50,"mixed":"true"}"#), "{said:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_row_with_too_many_fields_is_told_with_its_line_and_the_others_are_sent() {
    let place = Place::new().await;
    place.write("orders.csv", "id,note\n1,\"two\nlines\"\n2,a,b\n3\n4,\n");
    let said = place.run("push orders.csv -t orders -k id --dead-letter rejected.jsonl");
    assert_eq!(said.code, Some(3), "{said:?}");
    assert!(said.stderr.contains("orders.csv:4: too many fields: 3, and the first line has 2"), "{said:?}");
    assert!(said.stderr.contains("orders.csv:5: too few fields: 1"), "{said:?}");
    assert_eq!(place.rows("orders", &["id"]).await, ["1", "4"]);
    assert!(place.read("rejected.jsonl").contains(r#""text":"2,a,b""#));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_row_that_is_rejected_is_kept_as_it_stands() {
    let place = Place::new().await;
    place.write("orders.csv", "id,note\r\n1,\"a, b\",\"c\r\nd\"\r\n2,e\r\n3");
    let said = place.run("push orders.csv -t orders -k id --dead-letter rejected.jsonl");
    assert_eq!(said.code, Some(3), "{said:?}");
    let letters = place.read("rejected.jsonl");
    for text in [r#""text":"1,\"a, b\",\"c\r\nd\"""#, r#""text":"3""#] {
        assert!(letters.contains(text), "{text} is not in {letters}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cell_that_is_not_of_its_type_is_told() {
    let place = Place::new().await;
    place.write("orders.csv", b"id,total\n1,1.5\n2,NaN\n3,1_000\n\xff,1\n".as_slice());
    let said = place.run("push orders.csv -t orders -k id --types total=number --max-rejects 3");
    assert_eq!(said.code, Some(3), "{said:?}");
    for told in
        ["orders.csv:3: \"total\" is `NaN`, not a number", "orders.csv:4: ", "orders.csv:5: \"id\" is not UTF-8"]
    {
        assert!(said.stderr.contains(told), "{told}: {said:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_first_line_that_names_no_fields_is_told() {
    let place = Place::new().await;
    for (text, told) in [
        ("id,,x\n1,2,3\n", "orders.csv:1: field 2 has no name"),
        ("id,id\n1,2\n", "orders.csv:1: two fields are called `id`"),
        ("id,a\n1,2\n", "orders.csv:1: no field is called `total`"),
    ] {
        place.write("orders.csv", text);
        let said = place.run("push orders.csv -t orders -k id --types total=number");
        assert_eq!(said.code, Some(1), "{said:?}");
        assert!(said.stderr.contains(told), "{told}: {said:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_quote_that_nobody_closes_is_told_with_its_line_and_nothing_of_it_is_sent() {
    let place = Place::new().await;
    let told = "a quote in this record is never closed";
    // Cut within the last cell, which would otherwise be taken for all of it.
    place.write("orders.csv", "id,note\n1,a\n2,\"b\nc");
    let said = place.run("push orders.csv -t orders -k id");
    assert_eq!(said.code, Some(1), "{said:?}");
    assert!(said.stderr.contains(&format!("orders.csv:3: {told}")), "{said:?}");
    assert_eq!(place.rows("orders", &["id"]).await, ["1"]);
    place.write("orders.csv", "id,\"note\n1,a\n");
    let said = place.run("push orders.csv -t orders -k id");
    assert!(said.stderr.contains(&format!("orders.csv:1: {told}")), "{said:?}");
    // What is in quotes may end in any way, and so may a file.
    for (text, notes) in
        [("id,note\n3,\"a\n\"", "a\n"), ("id,note\n3,5\"\n", "5\""), ("id,note\r\n3,\"\"\"\"\r\n", "\"")]
    {
        place.write("orders.csv", text);
        let said = place.run("push orders.csv -t orders -k id");
        assert_eq!((said.code, said.stdout.as_str()), (Some(0), "1 record accepted\n"), "{said:?}");
        assert_eq!(place.rows("orders", &["id", "note"]).await, ["1 a".to_owned(), format!("3 {notes}")]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_without_records_has_none() {
    let place = Place::new().await;
    for text in ["", "\n", "id,note", "id,note\n"] {
        place.write("orders.csv", text);
        let said = place.run("push orders.csv -t orders -k id");
        assert_eq!((said.code, said.stdout.as_str()), (Some(0), "0 records accepted\n"), "{text:?}: {said:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn cells_are_divided_as_is_said() {
    let place = Place::new().await;
    place.write("orders.csv", "id;note\n1;\"a;b\"\n");
    let said = place.run("push orders.csv -t orders -k id --delimiter ; --dry-run");
    assert!(said.stdout.contains(r#""data":{"id":"1","note":"a;b"}"#), "{said:?}");
    place.write("orders.csv", "id\tnote\n1\ta,b\n");
    let said = place.run("push orders.csv -t orders -k id --delimiter tab --dry-run");
    assert!(said.stdout.contains(r#""data":{"id":"1","note":"a,b"}"#), "{said:?}");
    for wrong in [";;", "\"", "é"] {
        let said = place.run(&format!("push orders.csv -t orders -k id --delimiter {wrong}"));
        assert_eq!(said.code, Some(2), "{said:?}");
        assert!(said.stderr.contains("write one ASCII character"), "{said:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn types_are_those_of_all_files() {
    let place = Place::new().await;
    place.write("a.csv", "id,n,empty,only\n1,5,,7\n");
    place.write("b.csv", "id,n,empty\n2,x,\n");
    place.write("c.csv", "id,empty\n3,1.5\n");
    let said = place.run("push a.csv b.csv c.csv -t orders -k id --types infer --dry-run");
    for data in
        [r#"{"id":1,"n":"5","empty":null,"only":7}"#, r#"{"id":2,"n":"x","empty":null}"#, r#"{"id":3,"empty":1.5}"#]
    {
        assert!(said.stdout.contains(&format!("\"data\":{data}")), "{data} is not in {said:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn types_may_be_of_names_with_commas_and_have_spaces_between_them() {
    let place = Place::new().await;
    place.write("orders.csv", "id,\"a,b\",n\n1,2,3\n");
    let mut command = place.command("push orders.csv -t orders -k id --dry-run");
    let said = crate::said(command.args(["--types", "\"a,b=integer\", id=integer", "--types", "n=number"]), b"");
    assert!(said.stdout.contains(r#""data":{"id":1,"a,b":2,"n":3}"#), "{said:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_first_line_that_is_divided_otherwise_is_told() {
    let place = Place::new().await;
    for (name, text, other, usual) in [
        ("orders.csv", "id;note\n1;a\n", "';'", ","),
        ("orders.csv", "id\tnote\n1\ta\n", "tab", ","),
        ("orders.tsv", "id,note\n1,a\n", "','", "tab"),
    ] {
        place.write(name, text);
        let said = place.run(&format!("push {name} -t orders -k id"));
        assert_eq!(said.code, Some(1), "{said:?}");
        let told = format!("{name}:1: one field is called `{}`", text.lines().next().unwrap());
        assert!(said.stderr.contains(&told), "{told}: {said:?}");
        assert!(said.stderr.contains(&format!("--delimiter {other} if")), "{said:?}");
        // A name may have any character.
        let named = text.lines().next().unwrap();
        let mut command =
            place.command(&format!("push {name} -t named --endpoint batch --dry-run --delimiter {usual}"));
        let said = crate::said(&mut command, b"");
        assert!(said.stdout.contains(&named.replace('\t', "\\t")), "{said:?}");
    }
}
