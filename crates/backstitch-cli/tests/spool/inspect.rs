//! What is in a spool.

use std::time::Duration;

use super::{CLIENT_ID, Place, Visit, order, spool};

#[tokio::test]
async fn a_spool_is_told_as_text_and_as_json() {
    let place = Place::new();
    let url = format!("http://{}", place.address().await);
    let sender = place.sender(&url).await;
    drop(sender.send_all((0..1_000).map(order)).await.unwrap());
    drop(sender.send_all((0..5).map(|id| Visit { id })).await.unwrap());
    drop(sender.close_within(Duration::ZERO).await.unwrap());
    let before = std::fs::read(place.path("spool.redb")).unwrap();

    let said = spool(&["inspect", &place.spool()]);
    assert_eq!(said.code, Some(0), "{said:?}");
    assert!(said.stdout.contains(&format!("is the spool of client {CLIENT_ID} at {url}\n")), "{said:?}");
    assert!(said.stdout.contains("1005 records in "), "{said:?}");
    assert!(said.stdout.contains("        1000  orders\n           5  visits\n"), "{said:?}");

    let said = spool(&["inspect", "--json", &place.spool()]);
    let json: serde_json::Value = serde_json::from_str(&said.stdout).unwrap();
    assert_eq!((&json["client_id"], &json["base_url"], &json["records"]), (&7723.into(), &url.into(), &1005.into()));
    assert_eq!(json["tables"][1], serde_json::json!({"table": "visits", "records": 5}));
    assert_eq!(json["file_bytes"], before.len());
    assert!(json["blocks"].as_u64() >= Some(2) && json["live_bytes"].as_u64() > Some(100_000), "{json}");
    assert!(json["sequences_until"].is_i64(), "{json}");

    let said = spool(&["verify", &place.spool()]);
    assert_eq!((said.code, said.stderr.as_str()), (Some(0), ""));
    assert!(said.stdout.ends_with("is sound, with 1005 records\n"), "{said:?}");
    assert!(std::fs::read(place.path("spool.redb")).unwrap() == before, "who looks changes nothing");
}

#[tokio::test]
async fn a_live_spool_names_the_process_that_has_it() {
    let place = Place::new();
    let address = place.address().await;
    let sender = place.sender(&format!("http://{address}")).await;
    for command in ["inspect", "verify", "export", "replay"] {
        let said = spool(&[command, &place.spool()]);
        assert_eq!(said.code, Some(1), "{command}: {said:?}");
        let process = format!("is open in process {} (", std::process::id());
        assert!(said.stderr.contains(&process), "{command}: {said:?}");
    }
    drop(sender.close_within(Duration::ZERO).await.unwrap());
    assert_eq!(spool(&["inspect", &place.spool()]).code, Some(0));
}

#[tokio::test]
async fn what_a_killed_process_leaves_is_sound_and_stays_as_it_is() {
    let place = Place::new();
    let address = place.address().await;
    let sender = place.sender(&format!("http://{address}")).await;
    drop(sender.send_all((0..700).map(order)).await.unwrap());
    // What the file holds while it is open is what a kill would leave.
    std::fs::copy(place.path("spool.redb"), place.path("left.redb")).unwrap();
    drop(sender.close_within(Duration::ZERO).await.unwrap());
    let before = std::fs::read(place.path("left.redb")).unwrap();
    for command in ["inspect", "verify", "export"] {
        let said = spool(&[command, &place.text("left.redb")]);
        assert_eq!(said.code, Some(0), "{command}: {said:?}");
        assert!(format!("{}{}", said.stdout, said.stderr).contains("700 records"), "{command}: {said:?}");
        assert!(std::fs::read(place.path("left.redb")).unwrap() == before, "{command} changed the file");
    }
}
