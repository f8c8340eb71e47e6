//! What becomes of records, and how it is told.

use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::Value;

use crate::server::{ACCEPTED, REFUSED, Server};
use crate::{Place, Said, said};

fn push(place: &Place, url: &str, more: &str) -> Said {
    let mut command = place.command(&format!("push orders.jsonl -t orders -k id {more}"));
    said(command.env("STITCH_URL", url), b"")
}

/// So many orders.
async fn orders(count: u32) -> Place {
    let place = Place::new().await;
    place.write("orders.jsonl", (1..=count).map(|id| format!("{{\"id\":{id}}}\n")).collect::<String>());
    place
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_is_missing_far_down_is_told_with_its_line() {
    let place = Place::new().await;
    let server = Server::start(|_| ACCEPTED);
    let line = |id| format!("{{\"{}\":{id}}}\n", if id == 731_402 { "di" } else { "id" });
    place.write("orders.jsonl", (1..=740_000).map(line).collect::<String>());
    let said = push(&place, &server.url, "--dead-letter rejected.jsonl");
    assert_eq!((said.code, said.stdout.as_str()), (Some(3), "739999 records accepted, 1 rejected\n"), "{said:?}");
    assert!(said.stderr.contains("orders.jsonl:731402: /data/id must be there"), "{said:?}");
    assert!(said.stderr.contains("backstitch spool replay rejected.jsonl"), "{said:?}");
    assert!(place.read("rejected.jsonl").contains("\"data\":{\"di\":731402}"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_that_the_api_refuses_is_told_with_its_line() {
    let place = orders(50).await;
    let server = Server::start(|request| if request.body.contains("\"id\":37}") { REFUSED } else { ACCEPTED });
    let said = push(&place, &server.url, "--dead-letter rejected.jsonl");
    assert_eq!((said.code, said.stdout.as_str()), (Some(3), "49 records accepted, 1 rejected\n"), "{said:?}");
    assert!(
        said.stderr.contains("orders.jsonl:37: the API refused the request with status 400: it is bad"),
        "{said:?}"
    );
    assert!(place.read("rejected.jsonl").contains("\"data\":{\"id\":37}"));
    assert!(
        server
            .seen()
            .iter()
            .all(|request| request.path == "/v2/import/push" && request.content_type == "application/json")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_fails_for_a_while_is_sent_again() {
    static REQUESTS: AtomicUsize = AtomicUsize::new(0);
    let place = orders(5).await;
    let server = Server::start(|_| if REQUESTS.fetch_add(1, Ordering::SeqCst) < 2 { (503, "later") } else { ACCEPTED });
    let said = push(&place, &server.url, "");
    assert_eq!((said.code, said.stdout.as_str()), (Some(0), "5 records accepted\n"), "{said:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_is_refused_ends_the_run() {
    let place = orders(5).await;
    let server = Server::start(|_| (401, r#"{"message":"Not Authorized"}"#));
    let said = push(&place, &server.url, "--resume position.json");
    assert_eq!(said.code, Some(1), "{said:?}");
    assert!(said.stderr.contains("check the access token; start it again to go on where it was"), "{said:?}");
    assert_eq!(said.stderr.matches("Not Authorized").count(), 1, "{said:?}");
    let said = place.run("push orders.jsonl -t orders -k id --resume other.json");
    assert_eq!((said.code, said.stdout.as_str()), (Some(0), "5 records accepted\n"), "{said:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_where_nothing_is_ends_the_run_in_time() {
    let place = orders(5).await;
    let said = push(&place, "http://127.0.0.1:1", "--timeout 1");
    assert_eq!(said.code, Some(1), "{said:?}");
    assert!(said.stderr.contains("nothing was accepted for 1 seconds: can't reach http://127.0.0.1:1"), "{said:?}");
    assert!(said.stderr.contains("; 5 records that were read are not sent; "), "{said:?}");
    let server = Server::start(|_| (404, "what?"));
    let said = push(&place, &server.url, "");
    assert_eq!(said.code, Some(1), "{said:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_spool_keeps_what_is_not_accepted_for_the_next_run() {
    static IS_UP: AtomicUsize = AtomicUsize::new(0);
    let place = orders(5).await;
    let server = Server::start(|_| if IS_UP.load(Ordering::SeqCst) == 0 { (403, "no") } else { ACCEPTED });
    let said = push(&place, &server.url, "--spool spool.redb --resume position.json");
    assert_eq!((said.code, said.stdout.as_str()), (Some(1), "0 records accepted, 5 in the spool\n"), "{said:?}");
    IS_UP.store(1, Ordering::SeqCst);
    let said = push(&place, &server.url, "--spool spool.redb --resume position.json");
    assert_eq!((said.code, said.stdout.as_str()), (Some(0), "5 records accepted\n"), "{said:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn events_are_lines_of_json() {
    let place = orders(5).await;
    place.write("orders.jsonl", "{\"id\":1}\nx\n");
    let events = |said: &Said| -> Vec<Value> {
        said.stderr.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|_| panic!("{line}"))).collect()
    };
    let said = place.run("push orders.jsonl -t orders -k id --max-rejects 1 --log json");
    assert_eq!((said.code, said.stdout.as_str()), (Some(3), ""), "{said:?}");
    let told = events(&said);
    assert_eq!((&told[0]["event"], &told[0]["place"]), (&"rejected".into(), &"orders.jsonl:2:1".into()), "{told:?}");
    let end = told.iter().find(|event| event["event"] == "end").unwrap();
    assert_eq!((&end["records"], &end["rejected"], &end["bytes"]), (&1.into(), &1.into(), &11.into()), "{told:?}");
    let said = place.run("push orders.jsonl -t orders -k id --log json");
    assert_eq!(events(&said).last().unwrap()["event"], "error", "{said:?}");
    for wrong in ["--config missing.toml", "--rename id=a --rename id=b", "--schema x"] {
        let said = place.run(&format!("push orders.jsonl -t orders -k id --log json {wrong}"));
        assert_eq!((said.code, events(&said).len()), (Some(2), 1), "{said:?}");
    }
    let said = place.run("push orders.jsonl -t orders -k id --log json --dry-run");
    let told: Vec<Value> = events(&said).into_iter().map(|event| event["event"].clone()).collect();
    assert_eq!((said.code, told), (Some(3), vec!["rejected".into(), "note".into()]), "{said:?}");
    let server = Server::start(|_| (401, "no"));
    assert_eq!(events(&push(&place, &server.url, "--log json")).last().unwrap()["event"], "error");
}

#[tokio::test(flavor = "multi_thread")]
async fn no_more_requests_are_made_at_once_than_was_said() {
    let place = orders(20_000).await;
    let server = Server::start(|_| ACCEPTED);
    let said = push(&place, &server.url, "--concurrency 1");
    assert_eq!(said.code, Some(0), "{said:?}");
    assert_eq!(server.seen().len(), 1, "20,000 records are one request");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dry_run_parts_batches_as_requests_are() {
    let place = orders(45_000).await;
    let said = place.run("push orders.jsonl -t orders -k id --endpoint batch --dry-run");
    assert_eq!(said.code, Some(0), "{:?}", said.stderr);
    assert!(said.stderr.contains("45000 records would be sent to orders\n"), "{:?}", said.stderr);
    let bodies = said.stdout.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let counts: Vec<usize> = bodies.map(|body| body["messages"].as_array().unwrap().len()).collect();
    assert_eq!(counts, [20_000, 20_000, 5_000]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dry_run_has_a_line_for_each_record_however_it_is_written() {
    let place = Place::new().await;
    place.write("orders.json", "[\n  {\n    \"id\": 1,\r\n    \"note\": \"a  b\\n\"\n  },\n  {\"id\": 2}\n]\n");
    for (endpoint, lines) in [("push", 2), ("batch", 1)] {
        let said = place.run(&format!("push orders.json -t orders -k id --endpoint {endpoint} --dry-run"));
        let printed: Vec<Value> = said.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(printed.len(), lines, "{said:?}");
        assert!(said.stdout.contains(r#""a  b\n""#), "{said:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_that_could_be_sent_is_no_success_of_a_dry_run() {
    let place = Place::new().await;
    // The second is longer than a request.
    place.write("orders.jsonl", format!("x\n{{\"id\":1,\"note\":\"{}\"}}\n", "a".repeat(4_000_000)));
    let said = place.run("push orders.jsonl -t orders -k id --dry-run");
    assert_eq!((said.code, said.stdout.as_str()), (Some(1), ""), "{said:?}");
    assert!(said.stderr.contains("nothing would be sent"), "{said:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_to_be_done_with_rejected_records_depends_on_what_they_are() {
    let place = Place::new().await;
    let run = |lines: &str| {
        place.write("orders.jsonl", lines);
        place.run("push orders.jsonl -t orders -k id --dead-letter rejected.jsonl").stderr
    };
    let told = run("{\"id\":1}\n{}\n");
    assert!(told.contains("mend them there, and send them with `backstitch spool replay rejected.jsonl`"), "{told}");
    let told = run("{\"id\":1}\nx\n");
    assert!(told.contains("mend them where they were read, and push that again") && !told.contains("replay"), "{told}");
    let told = run("{\"id\":1}\n{}\nx\n");
    assert!(told.contains("mend those there that have a `record`") && told.contains("1 without one"), "{told}");
    let replayed = place.run("spool replay rejected.jsonl");
    assert!(
        replayed.stderr.contains("rejected.jsonl:2: what was read at orders.jsonl:2:1 is no record"),
        "{replayed:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sequence_that_is_text_is_told_with_its_type() {
    let place = Place::new().await;
    place.write("orders.csv", "id,u\n1,1700\n");
    let push = "push orders.csv -t orders -k id --sequence-field u";
    let told = place.run(push);
    assert!(told.stderr.contains("or of CSV say --types u=integer"), "{told:?}");
    assert_eq!(place.run(&format!("{push} --types u=integer")).code, Some(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rename_of_a_field_that_is_nowhere_is_told() {
    let place = Place::new().await;
    place.write("orders.jsonl", "{\"id\":1,\"a\":2}\n");
    for command in ["push orders.jsonl", "push orders.jsonl --dry-run", "validate orders.jsonl"] {
        let told = place.run(&format!("{command} -t orders -k id --rename a=b --rename totl=total"));
        assert_eq!(told.code, Some(0), "{told:?}");
        let notes: Vec<&str> = told.stderr.lines().filter(|line| line.contains("--rename")).collect();
        assert_eq!(notes, ["no record has a field `totl`, which --rename totl=total names"], "{command}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_are_as_long_as_is_said() {
    let place = Place::new().await;
    let long = format!("{{\"id\":2,\"note\":\"{}\"}}", "x".repeat(5_000_000));
    place.write("orders.jsonl", format!("{{\"id\":1}}\n{long}\n{{\"id\":3}}\n"));
    let server = Server::start(|_| ACCEPTED);
    let said = push(&place, &server.url, "--max-rejects 1");
    assert_eq!((said.code, said.stdout.as_str()), (Some(3), "2 records accepted, 1 rejected\n"), "{said:?}");
    assert!(said.stderr.contains("more than the limit of 4000000; --request-bytes raises it to 20000000"), "{said:?}");
    let said = push(&place, &server.url, "--request-bytes 6000000");
    assert_eq!((said.code, said.stdout.as_str()), (Some(0), "3 records accepted\n"), "{said:?}");
    for (bytes, code) in [(4_000_000, 3), (6_000_000, 0)] {
        let said = push(&place, &server.url, &format!("--dry-run --request-bytes {bytes}"));
        assert_eq!(said.code, Some(code), "{}", said.stderr);
    }
    for wrong in ["0", "20000001", "many"] {
        assert_eq!(push(&place, &server.url, &format!("--request-bytes {wrong}")).code, Some(2));
    }
}
