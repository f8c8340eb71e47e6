//! The records of files of lines are sent again.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use backstitch::{Client, WireFormat};

use super::server::{ACCEPTED, REFUSED, Request, Server};
use super::{CLIENT_ID, Place, Said, TOKEN, Visit, order, rows, spool_with};

async fn replay(file: &str, url: &str, more: &[&str]) -> Said {
    let mut arguments = vec!["replay".to_owned(), file.to_owned()];
    arguments.extend(more.iter().map(|part| (*part).to_owned()));
    let (id, url) = (CLIENT_ID.to_string(), url.to_owned());
    tokio::task::spawn_blocking(move || {
        let environment = [("STITCH_TOKEN", TOKEN), ("STITCH_CLIENT_ID", id.as_str()), ("STITCH_URL", url.as_str())];
        spool_with(&environment, &arguments.iter().map(String::as_str).collect::<Vec<_>>())
    })
    .await
    .unwrap()
}

/// Has orders rejected by a server that takes nothing.
async fn letters(place: &Place, ids: std::ops::Range<i64>) -> String {
    let server = Server::start(|_| REFUSED);
    let count = (ids.end - ids.start) as u64;
    let file = place.text("letters.jsonl");
    let sender = super::client(&server.url).sender().dead_letters(&file).linger(Duration::from_millis(1));
    let sender = sender.start().await.unwrap();
    drop(sender.send_all(ids.map(order)).await.unwrap());
    assert_eq!(sender.close().await.unwrap().rejected, count);
    file
}

#[tokio::test]
async fn dead_letters_become_rows_and_those_that_are_refused_again_are_named() {
    let place = Place::new();
    let file = letters(&place, 0..100).await;
    let gate = place.gate("127.0.0.1:0").await;
    // Letters come in the order in which they were found out.
    let mut lines: Vec<String> = std::fs::read_to_string(&file).unwrap().lines().map(str::to_owned).collect();
    lines[16] = lines[16].replace(r#""action":"upsert""#, r#""action":"insert""#);
    lines[40] = "no letter".to_owned();
    lines[41] = lines[41].replace(r#""client_id":7723"#, r#""client_id":5"#);
    std::fs::write(&file, lines.join("\n")).unwrap();
    let rest = place.text("rest.jsonl");

    let said = replay(&file, &gate.url(), &["--rest", &rest]).await;
    assert_eq!(said.code, Some(1), "{said:?}");
    assert!(said.stdout.contains("97 accepted, 3 rejected, 0 left\n"), "{said:?}");
    assert!(said.stderr.contains(&format!("{file}:17: the API refused the request with status 4")), "{said:?}");
    assert!(said.stderr.contains(&format!("{file}:41: the line is no JSON")), "{said:?}");
    assert!(said.stderr.contains(&format!("{file}:42: the record is of client 5, not of 7723")), "{said:?}");
    assert_eq!(rows(&gate, "orders").await, 97);
    let left: Vec<String> = std::fs::read_to_string(&rest).unwrap().lines().map(str::to_owned).collect();
    assert_eq!(left, [lines[16].clone(), lines[40].clone(), lines[41].clone()]);

    let mended = [&left[0], &left[2]]
        .map(|line| line.replace("insert", "upsert").replace(r#""client_id":5"#, r#""client_id":7723"#));
    std::fs::write(&rest, mended.join("\n")).unwrap();
    let said = replay(&rest, &gate.url(), &["--rest", &place.text("none.jsonl")]).await;
    assert_eq!((said.code, said.stderr.as_str()), (Some(0), ""), "{said:?}");
    assert!(!place.path("none.jsonl").exists(), "there was nothing for it");
    assert_eq!(rows(&gate, "orders").await, 99);
}

#[tokio::test]
async fn letters_share_requests_until_one_is_refused() {
    fn rule(request: &Request) -> (u16, &'static str) {
        if request.body.contains(r#""note 3.""#) { REFUSED } else { ACCEPTED }
    }
    let place = Place::new();
    let file = letters(&place, 0..64).await;
    let server = Server::start(rule);
    let said = replay(&file, &server.url, &["--dead-letters"]).await;
    assert!(said.stdout.contains("63 accepted, 1 rejected, 0 left\n"), "{said:?}");
    // All, and then two halves of what was refused, six times.
    assert_eq!(server.seen().len(), 13);
    let said = replay(&file, &Server::start(|_| ACCEPTED).url, &[]).await;
    assert_eq!((said.code, said.stderr.as_str()), (Some(0), ""), "{said:?}");
}

#[tokio::test]
async fn a_server_that_is_busy_is_asked_again() {
    static ASKED: AtomicU32 = AtomicU32::new(0);
    fn rule(_: &Request) -> (u16, &'static str) {
        if ASKED.fetch_add(1, Ordering::Relaxed) < 2 { (503, "") } else { ACCEPTED }
    }
    let place = Place::new();
    let file = letters(&place, 0..5).await;
    let server = Server::start(rule);
    let said = replay(&file, &server.url, &[]).await;
    assert_eq!((said.code, said.stderr.as_str()), (Some(0), ""), "{said:?}");
    let bodies: Vec<String> = server.seen().into_iter().map(|request| request.body).collect();
    assert!(bodies.len() == 3 && bodies.iter().all(|body| *body == bodies[0]), "{bodies:?}");
}

#[tokio::test]
async fn transit_and_batches_go_alone_as_they_were() {
    let place = Place::new();
    let refusing = Server::start(|_| REFUSED);
    let file = place.text("letters.jsonl");
    let builder = || Client::builder().client_id(CLIENT_ID).token(TOKEN).base_url(&refusing.url);
    let transit = builder().format(WireFormat::Transit).build().unwrap();
    let of_transit = transit.sender().dead_letters(&file).start().await.unwrap();
    let of_batch = builder().build().unwrap().sender().batch().dead_letters(&file).start().await.unwrap();
    for sender in [of_transit, of_batch] {
        drop(sender.send_all((1..=2).map(|id| Visit { id })).await.unwrap());
        assert_eq!(sender.close().await.unwrap().rejected, 2);
    }
    let server = Server::start(|_| ACCEPTED);
    let said = replay(&file, &server.url, &[]).await;
    assert_eq!(said.code, Some(0), "{said:?}");
    assert!(said.stdout.contains("4 accepted"), "{said:?}");
    // One record alone in a request was the last that was refused of each.
    let refused = refusing.seen();
    let seen = server.seen();
    assert_eq!(seen.len(), 4);
    let kinds: Vec<_> = seen.iter().map(|request| (request.path.as_str(), request.content_type.as_str())).collect();
    let (transit, batch) = (("/v2/import/push", "application/transit+json"), ("/v2/import/batch", "application/json"));
    assert_eq!(kinds, [transit, transit, batch, batch]);
    for request in &seen {
        assert!(refused.iter().any(|refused| refused.body == request.body), "{request:?}");
    }
}

#[tokio::test]
async fn a_server_that_takes_nothing_leaves_all_and_nothing_more_is_tried() {
    fn rule(request: &Request) -> (u16, &'static str) {
        if request.body.contains(r#""note 0.""#) {
            ACCEPTED
        } else {
            (403, r#"{"status":"ERROR","error":"Forbidden"}"#)
        }
    }
    let place = Place::new();
    let file = letters(&place, 0..3).await;
    let lines = std::fs::read_to_string(&file).unwrap();
    let (first, rest): (Vec<&str>, Vec<&str>) = lines.lines().partition(|line| line.contains(r#""note 0.""#));
    // A line that is none parts the requests.
    std::fs::write(&file, [first[0], "-", rest[0], "-", rest[1]].join("\n")).unwrap();
    let server = Server::start(rule);
    let kept = place.text("kept.jsonl");
    let said = replay(&file, &server.url, &["--dead-letters", "--rest", &kept]).await;
    assert_eq!(said.code, Some(1), "{said:?}");
    assert!(said.stdout.contains("1 accepted, 2 rejected, 2 left\n"), "{said:?}");
    assert!(said.stderr.contains("2 records left: the API refused the request with status 403: Forbidden"), "{said:?}");
    assert_eq!(server.seen().len(), 2);
    assert_eq!(std::fs::read_to_string(&kept).unwrap(), ["-", rest[0], "-", rest[1], ""].join("\n"));

    let nowhere = format!("http://{}", place.address().await);
    let said = replay(&file, &nowhere, &["--timeout", "0"]).await;
    assert!(said.stderr.contains(&format!("3 records left: can't reach {nowhere}")), "{said:?}");
}

#[test]
fn what_lines_need_is_asked_for() {
    let place = Place::new();
    std::fs::write(place.path("lines"), r#"{"client_id":7723,"data":{}}"#).unwrap();
    let file = place.text("lines");
    let said = spool_with(&[("STITCH_TOKEN", TOKEN)], &["replay", &file]);
    assert!(said.stderr.contains("set STITCH_CLIENT_ID, give --client-id"), "{said:?}");
    let said = spool_with(&[("STITCH_CLIENT_ID", "7723")], &["replay", &file]);
    assert!(said.stderr.contains("set STITCH_TOKEN, give --token"), "{said:?}");
    assert_eq!(said.code, Some(2), "{said:?}");
    // An empty variable is one that is not set.
    let empty = spool_with(&[("STITCH_CLIENT_ID", ""), ("STITCH_TOKEN", TOKEN)], &["replay", &file]);
    assert!(empty.stderr.contains("set STITCH_CLIENT_ID, give --client-id"), "{empty:?}");
    let both = [("STITCH_CLIENT_ID", "7723"), ("STITCH_TOKEN", TOKEN)];
    let said = spool_with(&both, &["replay", &file, "--rest", &file]);
    assert!(said.stderr.contains("is there already: name another --rest"), "{said:?}");
}
