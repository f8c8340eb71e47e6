//! Transit to push and validate.

use crate::client::{ACCEPTED, Answer, Fixture, PUSH, TOKEN, VALIDATE, exchange, request, with_headers};

async fn send(it: &Fixture, path: &str, body: &str) -> Answer {
    let headers = format!("Authorization: Bearer {TOKEN}\r\nContent-Type: application/transit+json; charset=utf-8\r\n");
    exchange(&it.gate, &with_headers(path, &headers, body.as_bytes())).await
}

/// A record in Transit with one attribute's text replaced, or left out; and the same in JSON.
fn altered(name: &str, value: Option<(&str, &str)>) -> (String, String) {
    let attributes = [
        ("client_id", "7723", "7723"),
        ("table_name", "\"t\"", "\"t\""),
        ("sequence", "\"~i1\"", "1"),
        ("action", "\"upsert\"", "\"upsert\""),
        ("key_names", "[\"id\"]", "[\"id\"]"),
        ("data", "[\"^ \",\"id\",1]", "{\"id\":1}"),
    ];
    let (mut transit, mut json) = (vec!["\"^ \"".to_owned()], Vec::new());
    for (known, in_transit, in_json) in attributes {
        let Some((in_transit, in_json)) = (if known == name { value } else { Some((in_transit, in_json)) }) else {
            continue;
        };
        transit.push(format!("\"{known}\",{in_transit}"));
        json.push(format!("\"{known}\":{in_json}"));
    }
    (format!("[[{}]]", transit.join(",")), format!("[{{{}}}]", json.join(",")))
}

#[tokio::test]
async fn the_greatest_sequence_comes_as_a_large_integer() {
    let it = Fixture::start().await;
    let (body, _) = altered("sequence", Some(("\"~n9223372036854775807\"", "0")));
    send(&it, PUSH, &body).await.is(201, ACCEPTED);
    assert_eq!(it.table("t").await.cell(0, "_sdc_sequence"), Some(&i64::MAX.into()));
}

#[tokio::test]
async fn each_fault_has_the_same_answer_as_in_json() {
    let it = Fixture::start().await;
    let same = |text: &'static str| Some((text, text));
    for (name, value) in [
        ("client_id", None),
        ("client_id", same("null")),
        ("client_id", same("1")),
        ("client_id", same("\"x\"")),
        ("table_name", None),
        ("table_name", same("\" \"")),
        ("table_name", same("1")),
        ("sequence", None),
        ("sequence", Some(("\"~n9223372036854775808\"", "9223372036854775808"))),
        ("sequence", Some(("\"~n-9223372036854775809\"", "-9223372036854775809"))),
        ("sequence", Some(("\"~f1.0\"", "1.0"))),
        ("sequence", Some(("\"~zNaN\"", "null"))),
        ("sequence", same("\"1\"")),
        ("action", same("\"delete\"")),
        ("key_names", None),
        ("key_names", same("[]")),
        ("key_names", Some(("[\"~i1\"]", "[1]"))),
        ("data", None),
        ("data", same("[1]")),
        ("data", Some(("[\"^ \"]", "{}"))),
        ("data", Some(("[\"^ \",\"id\",\"~_\"]", "{\"id\":null}"))),
        ("data", Some(("[\"^ \",\"id\",[\"~#set\",[1]]]", "{\"id\":[1]}"))),
    ] {
        let (transit, json) = altered(name, value);
        for path in [PUSH, VALIDATE] {
            let expected = exchange(&it.gate, &request(path, json.as_bytes())).await;
            assert!(matches!(expected.status, 401 | 403 | 422), "{json}: {}", expected.body);
            send(&it, path, &transit).await.is(expected.status, &expected.body);
        }
    }
    for (transit, json) in [("[]", "[]"), ("[\"^ \",\"a\",1]", "{}"), ("[1]", "[1]"), ("null", "null")] {
        let expected = exchange(&it.gate, &request(PUSH, json.as_bytes())).await;
        assert_eq!(expected.status, 400);
        send(&it, PUSH, transit).await.is(400, &expected.body);
    }
}

#[tokio::test]
async fn what_is_no_transit_is_400() {
    let it = Fixture::start().await;
    send(&it, PUSH, "[\"^0\"]").await.is(
        400,
        r#"{"status":"ERROR","message":"Malformed transit in the body! the code `^0` stands for nothing so far at line 1 column 5"}"#,
    );
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    let long = format!(r#"[["^ ","{}",1]{}]"#, "k".repeat(1_000_000), r#",["^ ","^0",1]"#.repeat(100_000));
    for malformed in ["", "[", "[[\"^ \",\"a\"]]", "[\"~#a\"]", "[\"\\ud800\"]", "[\"~i\"]", &deep, &long] {
        let answer = send(&it, PUSH, malformed).await;
        assert_eq!(answer.status, 400, "{malformed:.50}");
        assert!(answer.body.starts_with(r#"{"status":"ERROR","message":"Malformed transit in the body! "#));
    }
}

#[tokio::test]
async fn a_rejected_record_is_kept_as_plain_json() {
    let it = Fixture::start().await;
    let data = r#"["^ ","id",1,"_sdc_x","~m0","n","~f1.10","u","~u0f8fad5b-d9cb-469f-a165-70867728950e"]"#;
    let (body, _) = altered("data", Some((data, "")));
    send(&it, PUSH, &body).await.is(201, ACCEPTED);
    let rejected = it.table("_sdc_rejected").await;
    assert_eq!(
        rejected.cell(0, "record").map(ToString::to_string).as_deref(),
        Some(
            r#"{"client_id":7723,"table_name":"t","sequence":1,"action":"upsert","key_names":["id"],"data":{"id":1,"_sdc_x":"1970-01-01T00:00:00.000000Z","n":1.10,"u":"0f8fad5b-d9cb-469f-a165-70867728950e"}}"#
        )
    );
}

#[tokio::test]
async fn keywords_are_names_too() {
    let it = Fixture::start().await;
    let (body, _) = altered("", None);
    let body = body.replace("\"data\"", "\"~:data\"").replace("\"^ \",\"id\"", "\"^ \",\"~:id\"");
    send(&it, PUSH, &body).await.is(201, ACCEPTED);
    assert_eq!(it.table("t").await.cell(0, "id"), Some(&1.into()));
}

#[tokio::test]
async fn large_bodies_at_once_are_read_in_turn() {
    let it = Fixture::start().await;
    let body = |table: usize| {
        let text = "x".repeat(1_000);
        let record = |id: usize| {
            format!(
                r#"["^ ","client_id",7723,"table_name","t{table}","sequence",1,"action","upsert","key_names",["id"],"data",["^ ","id",{id},"text","{text}"]]"#
            )
        };
        format!("[{}]", (0..2_000).map(record).collect::<Vec<_>>().join(","))
    };
    let bodies: Vec<String> = (0..3).map(body).collect();
    assert!(bodies.iter().all(|body| body.len() > 1024 * 1024));
    let (first, second, third) =
        tokio::join!(send(&it, PUSH, &bodies[0]), send(&it, PUSH, &bodies[1]), send(&it, PUSH, &bodies[2]));
    for answer in [first, second, third] {
        answer.is(201, ACCEPTED);
    }
    for table in ["t0", "t1", "t2"] {
        assert_eq!(it.table(table).await.count, 2_000);
    }
}
