//! What is on disk when a process, or the API, is gone.

use std::time::Duration;

use backstitch::{Client, Level, SendError, SenderError, Sequences, StoreError, Undelivered, WhenFull, spool};
use backstitch_gate::Cell;

use super::{CLIENT_ID, Order, Place, client, nowhere, order, sender};

/// Has records in a spool that nobody took.
async fn fill(place: &Place, url: &str, ids: std::ops::Range<i64>) {
    let sender = sender(url).spool(place.spool()).start().await.unwrap();
    let count = ids.end - ids.start;
    let receipts = sender.send_all(ids.map(order)).await.unwrap();
    let summary = sender.close_within(Duration::ZERO).await.unwrap();
    assert_eq!((summary.spooled, summary.lost), (count as u64, 0));
    let why = receipts.accepted().await.unwrap_err().why;
    assert!(matches!(why, Undelivered::Spooled(_)), "{why}");
}

#[tokio::test]
async fn what_was_not_delivered_is_sent_by_the_next_sender() {
    let place = Place::new();
    let gate = place.gate().await;
    let (url, address) = (gate.url(), gate.address().to_string());
    gate.shutdown().await;
    fill(&place, &url, 0..2_000).await;
    let inspection = spool::inspect(place.spool()).unwrap();
    assert_eq!((inspection.records, inspection.identity.client_id), (2_000, CLIENT_ID));
    assert_eq!(inspection.identity.base_url, url);
    assert_eq!((inspection.tables[0].table.as_str(), inspection.tables[0].records), ("orders", 2_000));
    assert!(inspection.file_bytes >= inspection.live_bytes && inspection.live_bytes > 100_000, "{inspection:?}");
    assert!(spool::verify(place.spool()).unwrap().is_sound());
    let mut text = Vec::new();
    assert_eq!(spool::export(place.spool(), &mut text).unwrap().records, 2_000);
    let line: serde_json::Value = serde_json::from_slice(text.split(|byte| *byte == b'\n').next().unwrap()).unwrap();
    assert_eq!((&line["table_name"], &line["data"]["id"]), (&"orders".into(), &0.into()));

    let gate = place.gate_at(&address).await;
    let sender = sender(url).spool(place.spool()).start().await.unwrap();
    sender.flush().await;
    let summary = sender.close().await.unwrap();
    assert_eq!((summary.taken, summary.replayed, summary.accepted, summary.spooled), (0, 2_000, 2_000, 0));
    assert_eq!(gate.table("orders", 1).await.unwrap().count, 2_000);
    assert_eq!(spool::inspect(place.spool()).unwrap().records, 0);
}

#[tokio::test]
async fn a_sender_that_is_dropped_keeps_what_it_has() {
    for level in [Level::Always, Level::Interval(Duration::from_secs(3600)), Level::Memory] {
        let place = Place::new();
        let sender = sender(nowhere()).spool(place.spool()).level(level).start().await.unwrap();
        drop(sender.send_all((0..500).map(order)).await.unwrap());
        drop(sender.send(order(500)).await.unwrap());
        drop(sender);
        assert_eq!(spool::inspect(place.spool()).unwrap().records, 501, "{level:?}");
    }
}

#[tokio::test]
async fn at_the_level_always_a_record_is_on_disk_when_it_is_handed_over() {
    let place = Place::new();
    let builder = sender(nowhere()).spool(place.spool()).linger(Duration::from_secs(3600));
    let sender = builder.start().await.unwrap();
    for id in 0..50 {
        let receipt = sender.send(order(id)).await.unwrap();
        assert!(receipt.is_spooled());
    }
    // What the file holds now is what a kill would leave.
    let copy = place.path("copy.redb");
    std::fs::copy(place.spool(), &copy).unwrap();
    let inspection = spool::inspect(&copy).unwrap();
    assert_eq!(inspection.records, 50);
    assert_eq!(inspection.blocks, 1, "one by one they share a block");
    let mut text = Vec::new();
    assert_eq!(spool::export(&copy, &mut text).unwrap().records, 50);
    drop(sender.close_within(Duration::ZERO).await.unwrap());
}

#[tokio::test]
async fn records_in_the_spool_leave_memory_and_come_back() {
    let place = Place::new();
    let gate = place.gate().await;
    let (url, address) = (gate.url(), gate.address().to_string());
    gate.shutdown().await;
    let retry = backstitch::Retry::default().base(Duration::from_millis(10)).cap(Duration::from_millis(50));
    let sender = sender(url).spool(place.spool()).memory(1 << 20).retry(retry).start().await.unwrap();
    // Eight times as much as memory has room for.
    let large = |id| Order { id, note: "x".repeat(2_000) };
    let receipts = sender.send_all((0..4_000).map(large)).await.unwrap();
    assert!(sender.status().waiting_bytes > 8 << 20);
    let gate = place.gate_at(&address).await;
    assert_eq!(receipts.accepted().await.unwrap(), 4_000);
    assert_eq!(sender.close().await.unwrap().accepted, 4_000);
    assert_eq!(gate.table("orders", 1).await.unwrap().count, 4_000);
}

#[tokio::test]
async fn a_full_spool_is_told_as_full_memory_is() {
    let place = Place::new();
    let builder = sender(nowhere()).spool(place.spool()).spool_bytes(100_000).when_full(WhenFull::Refuse);
    let sender = builder.start().await.unwrap();
    let mut taken = 0;
    let error = loop {
        match sender.send(order(taken)).await {
            Ok(_) => taken += 1,
            Err(error) => break error,
        }
    };
    assert!(matches!(error, SendError::Full), "{error}");
    let bytes = sender.status().waiting_bytes;
    assert!((99_000..=100_000).contains(&bytes), "{bytes}");
    assert_eq!(sender.close_within(Duration::ZERO).await.unwrap().spooled, taken as u64);
}

#[tokio::test]
async fn sequences_grow_across_restarts_though_the_clock_steps_back() {
    let place = Place::new();
    let url = nowhere();
    let mut last = None;
    for clock in [1_000_000, 2_000_000, 5, 1_500_000] {
        let client = Client::builder().client_id(CLIENT_ID).token("at_good").base_url(&url);
        let client = client.sequences(Sequences::with_clock(move || clock)).build().unwrap();
        let sender = client.sender().spool(place.spool()).start().await.unwrap();
        let first = sender.send(order(1)).await.unwrap().sequence();
        assert!(last < Some(first), "{last:?} {first}");
        let second = sender.send(order(2)).await.unwrap().sequence();
        assert!(first < second);
        last = Some(second);
        // What a kill would leave: the numbers are reserved ahead.
        let copy = place.path("copy.redb");
        std::fs::copy(place.spool(), &copy).unwrap();
        assert!(spool::inspect(&copy).unwrap().sequences_until >= Some(second.get()));
        drop(sender.close_within(Duration::ZERO).await.unwrap());
        assert_eq!(spool::inspect(place.spool()).unwrap().sequences_until, Some(second.get()), "and given back");
    }
}

#[tokio::test]
async fn a_live_spool_is_open_once_and_says_where() {
    let place = Place::new();
    let url = nowhere();
    let first = sender(&url).spool(place.spool()).start().await.unwrap();
    let error = sender(&url).spool(place.spool()).start().await.unwrap_err();
    let process = format!("process {}", std::process::id());
    assert!(error.to_string().contains(&process), "{error}");
    let error = spool::inspect(place.spool()).unwrap_err();
    assert!(error.to_string().contains(&process), "{error}");
    assert_eq!(first.close().await.unwrap().lost, 0);
    assert_eq!(sender(&url).spool(place.spool()).start().await.unwrap().close().await.unwrap().lost, 0);
}

#[tokio::test]
async fn a_spool_belongs_to_one_client_and_one_address() {
    let place = Place::new();
    let url = nowhere();
    fill(&place, &url, 0..3).await;
    let other = nowhere();
    let error = sender(&other).spool(place.spool()).start().await.unwrap_err().to_string();
    assert!(error.contains(&url) && error.contains(&other), "{error}");
    let client = Client::builder().client_id(1).token("at_good").base_url(&url).build().unwrap();
    let error = client.sender().spool(place.spool()).start().await.unwrap_err();
    assert!(error.to_string().contains("of client 7723 at"), "{error}");
    assert_eq!(spool::inspect(place.spool()).unwrap().records, 3, "nothing of it is lost");
}

#[tokio::test]
async fn the_spool_of_a_process_that_is_gone_can_be_adopted() {
    let place = Place::new();
    let gate = place.gate().await;
    let (url, address) = (gate.url(), gate.address().to_string());
    gate.shutdown().await;
    fill(&place, &url, 0..2_000).await;
    let orphan = place.path("orphan.redb");
    std::fs::rename(place.spool(), &orphan).unwrap();
    fill(&place, &url, 2_000..2_500).await;
    let gate = place.gate_at(&address).await;
    let live = sender(&url).spool(place.path("live.redb")).start().await.unwrap();
    let error = sender(&url).spool(place.spool()).adopt(place.path("live.redb")).start().await.unwrap_err();
    assert!(error.to_string().contains("is open in process"), "{error}");
    assert_eq!(live.close().await.unwrap().lost, 0);
    let sender = sender(&url).spool(place.spool()).adopt(&orphan).start().await.unwrap();
    let summary = sender.close().await.unwrap();
    assert_eq!((summary.replayed, summary.accepted), (2_500, 2_500));
    assert_eq!(gate.table("orders", 1).await.unwrap().count, 2_500);
    assert_eq!(spool::inspect(&orphan).unwrap().records, 0);
}

#[tokio::test]
async fn a_damaged_block_is_left_and_all_others_are_delivered() {
    let place = Place::new();
    let gate = place.gate().await;
    let (url, address) = (gate.url(), gate.address().to_string());
    gate.shutdown().await;
    fill(&place, &url, 0..2_000).await;
    // A record in the middle of the file.
    let mut file = std::fs::read(place.spool()).unwrap();
    let text = b"note 1000\"";
    let at = file.windows(text.len()).position(|window| window == text).unwrap();
    file[at] = b'N';
    std::fs::write(place.spool(), &file).unwrap();

    let verification = spool::verify(place.spool()).unwrap();
    assert!(!verification.is_sound());
    assert_eq!(verification.damaged_blocks.len(), 1);
    assert_eq!(verification.records + verification.damaged_records, 2_000);
    let exported = spool::export(place.spool(), &mut Vec::new()).unwrap();
    assert_eq!(
        (exported.records, exported.damaged_blocks),
        (verification.records, verification.damaged_blocks.clone())
    );

    let gate = place.gate_at(&address).await;
    let sender = sender(&url).spool(place.spool()).start().await.unwrap();
    let summary = sender.close().await.unwrap();
    assert_eq!((summary.accepted, summary.spooled), (verification.records, verification.damaged_records));
    assert_eq!(gate.table("orders", 1).await.unwrap().count as u64, verification.records);
    assert_eq!(spool::verify(place.spool()).unwrap().damaged_blocks, verification.damaged_blocks, "it is still there");
}

#[tokio::test]
async fn what_is_no_spool_any_more_is_an_error_and_its_records_are_found() {
    let place = Place::new();
    let url = nowhere();
    fill(&place, &url, 0..2_000).await;
    let whole = std::fs::read(place.spool()).unwrap();
    let try_all = async |what: &str| {
        let started = sender(&url).spool(place.spool()).start().await;
        let error = started.err().unwrap_or_else(|| panic!("{what} was opened"));
        assert!(matches!(error, SenderError::Spool(_)), "{what}: {error}");
        for error in [
            spool::inspect(place.spool()).unwrap_err(),
            spool::verify(place.spool()).unwrap_err(),
            spool::export(place.spool(), &mut Vec::new()).unwrap_err(),
        ] {
            assert!(error.to_string().contains("spool.redb"), "{what}: {error}");
        }
    };
    // Its head is gone.
    let mut file = whole.clone();
    file[..4096].fill(0);
    std::fs::write(place.spool(), &file).unwrap();
    try_all("a file without a head").await;
    let mut text = Vec::new();
    assert_eq!(spool::salvage(place.spool(), &mut text).unwrap().records, 2_000);
    let lines = text.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
    let mut ids: Vec<i64> = lines
        .map(|line| serde_json::from_slice::<serde_json::Value>(line).unwrap()["data"]["id"].as_i64().unwrap())
        .collect();
    ids.sort_unstable();
    assert_eq!(ids, (0..2_000).collect::<Vec<_>>());
    // Its end is gone.
    std::fs::write(place.spool(), &whole[..whole.len() / 2]).unwrap();
    let salvaged = spool::salvage(place.spool(), &mut Vec::new()).unwrap();
    assert!(salvaged.records > 0);
    // It is something else.
    std::fs::write(place.spool(), b"not a database, but longer than nothing").unwrap();
    try_all("another file").await;
    assert_eq!(spool::salvage(place.spool(), &mut Vec::new()).unwrap().records, 0);
    std::fs::remove_file(place.spool()).unwrap();
    assert!(spool::inspect(place.spool()).is_err());
    assert!(!place.spool().exists(), "who only looks makes no file");
}

#[tokio::test]
async fn a_folder_that_is_not_there_is_an_error() {
    let place = Place::new();
    let error = sender(nowhere()).spool(place.path("missing/spool.redb")).start().await.unwrap_err();
    assert!(error.to_string().contains("missing"), "{error}");
    let error = sender(nowhere()).dead_letters(place.path("missing/rejected.jsonl")).start().await.unwrap_err();
    assert!(matches!(error, SenderError::DeadLetters(StoreError::DeadLetters { .. })), "{error}");
    let _ = client(nowhere());
}

#[tokio::test]
async fn a_newer_version_wins_though_an_older_one_is_sent_later() {
    let place = Place::new();
    let gate = place.gate().await;
    let (url, address) = (gate.url(), gate.address().to_string());
    gate.shutdown().await;
    fill(&place, &url, 0..10).await;
    let orphan = place.path("orphan.redb");
    std::fs::rename(place.spool(), &orphan).unwrap();
    let gate = place.gate_at(&address).await;
    let newer = sender(&url).start().await.unwrap();
    newer.send(Order { id: 3, note: "newer".into() }).await.unwrap().await.unwrap();
    assert_eq!(newer.close().await.unwrap().lost, 0);
    let sender = sender(&url).spool(&orphan).start().await.unwrap();
    assert_eq!(sender.close().await.unwrap().accepted, 10);
    let table = gate.table("orders", 100).await.unwrap();
    assert_eq!((table.count, table.cell(3, "note")), (10, Some(&Cell::from("newer"))));
}
