//! What is in a spool is sent.

use std::time::Duration;

use super::server::{ACCEPTED, REFUSED, Server};
use super::{Place, TOKEN, order, rows, spool, spool_with};

/// The command beside a gate in this process.
async fn replay(environment: &'static [(&'static str, &'static str)], arguments: &[&str]) -> super::Said {
    let arguments: Vec<String> = ["replay"].iter().chain(arguments).map(|part| (*part).to_owned()).collect();
    let run = move || spool_with(environment, &arguments.iter().map(String::as_str).collect::<Vec<_>>());
    tokio::task::spawn_blocking(run).await.unwrap()
}

#[tokio::test]
async fn all_is_delivered_to_where_the_spool_belongs() {
    let place = Place::new();
    let address = place.fill(0..3_000).await;
    let gate = place.gate(&address).await;
    // The environment of another client does not matter: the spool knows its own.
    let environment = &[("STITCH_TOKEN", TOKEN), ("STITCH_CLIENT_ID", "5"), ("STITCH_URL", "http://127.0.0.1:1")];
    let said = replay(environment, &[&place.spool()]).await;
    assert_eq!(said.code, Some(0), "{said:?}");
    let expected =
        format!("3000 records of client 7723 at http://{address}\n3000 accepted, 0 rejected, 0 left in the spool\n");
    assert_eq!((said.stdout.as_str(), said.stderr.as_str()), (expected.as_str(), ""));
    assert_eq!(rows(&gate, "orders").await, 3_000);
    let said = replay(&[], &[&place.spool()]).await;
    assert_eq!(said.code, Some(0), "{said:?}");
    assert!(said.stdout.contains("nothing to send"), "{said:?}");
}

#[tokio::test]
async fn what_is_not_delivered_stays_and_the_reason_is_told() {
    let place = Place::new();
    let address = place.fill(0..20).await;
    let said = replay(&[("STITCH_TOKEN", TOKEN)], &[&place.spool(), "--timeout", "1"]).await;
    assert_eq!(said.code, Some(1), "{said:?}");
    assert!(said.stdout.contains("0 accepted, 0 rejected, 20 left in the spool\n"), "{said:?}");
    assert!(said.stderr.contains(&format!("20 records left: can't reach http://{address}")), "{said:?}");

    let said = replay(&[], &[&place.spool()]).await;
    assert!(said.stderr.contains("no access token: set STITCH_TOKEN, give --token"), "{said:?}");

    let said = replay(&[], &[&place.spool(), "--token", TOKEN, "--url", "http://127.0.0.1:1"]).await;
    assert_eq!(said.code, Some(2), "{said:?}");
    assert!(said.stderr.contains("not of http://127.0.0.1:1: to send what is in it there"), "{said:?}");

    let gate = place.gate(&address).await;
    let said = replay(&[], &[&place.spool(), "--token", "at_other"]).await;
    assert_eq!(said.code, Some(1), "{said:?}");
    assert!(said.stderr.contains("20 records left: the API refused the request with status 401"), "{said:?}");
    assert!(!said.stderr.contains("at_other"), "{said:?}");
    let said = replay(&[], &[&place.spool(), "--token", TOKEN]).await;
    assert_eq!(said.code, Some(0), "{said:?}");
    assert_eq!(rows(&gate, "orders").await, 20);
}

#[tokio::test]
async fn a_record_that_is_refused_goes_to_the_dead_letters_and_these_can_be_sent() {
    let place = Place::new();
    let server = Server::start(|request| if request.body.contains("note 7.") { REFUSED } else { ACCEPTED });
    // Nothing is sent before the sender is closed, nor then.
    let sender = super::client(&server.url).sender().spool(place.path("spool.redb"));
    let sender = sender.linger(Duration::from_secs(3600)).start().await.unwrap();
    drop(sender.send_all((0..10).map(order)).await.unwrap());
    drop(sender.close_within(Duration::ZERO).await.unwrap());
    drop(sender);

    let said = replay(&[("STITCH_TOKEN", TOKEN)], &[&place.spool()]).await;
    assert_eq!(said.code, Some(1), "{said:?}");
    assert!(said.stdout.contains("9 accepted, 1 rejected, 0 left in the spool\n"), "{said:?}");
    let letters = format!("{}.rejected.jsonl", place.spool());
    assert!(said.stderr.contains(&format!("1 record rejected: {letters} has them")), "{said:?}");
    assert_eq!(spool(&["verify", &place.spool()]).code, Some(0));

    let again = [letters.as_str(), "--client-id", "7723", "--url", server.url.as_str()];
    let said = replay(&[("STITCH_TOKEN", TOKEN)], &again).await;
    assert_eq!(said.code, Some(1), "{said:?}");
    assert!(
        said.stderr.contains(&format!("{letters}:1: the API refused the request with status 400: it is bad")),
        "{said:?}"
    );
    let mended = std::fs::read_to_string(&letters).unwrap().replace("note 7.", "note seven");
    std::fs::write(&letters, mended).unwrap();
    let said = replay(&[("STITCH_TOKEN", TOKEN)], &again).await;
    assert_eq!((said.code, said.stderr.as_str()), (Some(0), ""), "{said:?}");
    let last = server.seen().pop().unwrap();
    assert!(last.body.starts_with("[{") && last.body.contains("note seven"), "{last:?}");
}
