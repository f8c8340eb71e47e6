//! Spools that are not as they were written.

use super::{CLIENT_ID, Place, TOKEN, damage, rows, spool, spool_with};

#[tokio::test]
async fn a_damaged_block_is_named_and_the_rest_is_written_and_sent() {
    let place = Place::new();
    let address = place.fill(0..2_000).await;
    damage(&place.path("spool.redb"), "note 1000.");
    let before = std::fs::read(place.path("spool.redb")).unwrap();
    let said = spool(&["verify", &place.spool()]);
    assert_eq!(said.code, Some(1), "{said:?}");
    let number = |text: &str, after: &str| -> u64 {
        text.split(after).next().unwrap().rsplit('\n').next().unwrap().parse().unwrap()
    };
    let whole = number(&said.stdout, " records can be read");
    let lost = number(&said.stdout, " records can't, of 1 damaged block: ");
    assert_eq!(whole + lost, 2_000, "{said:?}");
    assert!(said.stderr.contains("is damaged: ") && said.stderr.contains("spool "), "{said:?}");
    let block = said.stdout.split("1 damaged block: ").nth(1).unwrap().lines().next().unwrap().to_owned();

    let said = spool(&["export", &place.spool()]);
    assert_eq!((said.code, said.stdout.lines().count() as u64), (Some(1), whole));
    assert!(said.stderr.contains(&format!("wrote {whole} records")), "{said:?}");
    assert!(said.stderr.contains(&format!("can't be read: {block}; `backstitch spool export --salvage")), "{said:?}");
    assert!(std::fs::read(place.path("spool.redb")).unwrap() == before, "who looks changes nothing");

    let gate = place.gate(&address).await;
    let said = tokio::task::spawn_blocking({
        let file = place.spool();
        move || spool(&["replay", &file])
    });
    let said = said.await.unwrap();
    assert_eq!(said.code, Some(1), "{said:?}");
    assert!(said.stdout.contains(&format!("{whole} accepted, 0 rejected, {lost} left in the spool")), "{said:?}");
    assert!(
        said.stderr.contains(&format!("{lost} records left: they can't be read; `backstitch spool verify")),
        "{said:?}"
    );
    assert_eq!(rows(&gate, "orders").await, whole);
}

#[tokio::test]
async fn records_of_what_is_no_database_any_more_are_found_and_sent() {
    let place = Place::new();
    let address = place.fill(0..1_500).await;
    let whole = std::fs::read(place.path("spool.redb")).unwrap();
    let gate = place.gate(&address).await;
    let (no_head, cut) = (place.text("no_head.redb"), place.text("cut.redb"));
    std::fs::write(&no_head, [vec![0; 4096], whole[4096..].to_vec()].concat()).unwrap();
    std::fs::write(&cut, &whole[..whole.len() / 2]).unwrap();
    for (file, what, most) in
        [(no_head, "is no spool, or its first bytes are damaged", 1_500..1_501), (cut, "is damaged: ", 0..1_500)]
    {
        for command in ["inspect", "verify", "export", "replay"] {
            let said = spool(&[command, &file]);
            assert_eq!((said.code, said.stdout.as_str()), (Some(1), ""), "{command} {file}: {said:?}");
            assert!(said.stderr.contains(what), "{command} {file}: {said:?}");
            assert!(said.stderr.contains("`backstitch spool export --salvage`"), "{command} {file}: {said:?}");
        }
        let out = format!("{file}.jsonl");
        let said = spool(&["export", "--salvage", "--output", &out, &file]);
        assert_eq!(said.code, Some(0), "{file}: {said:?}");
        let lines = std::fs::read_to_string(&out).unwrap().lines().count();
        assert!(most.contains(&lines), "{file}: {lines}");
        assert!(said.stderr.contains(&format!("wrote {lines} record")), "{said:?}");
    }
    let said = tokio::task::spawn_blocking({
        let file = place.text("no_head.redb.jsonl");
        let (url, id) = (gate.url(), CLIENT_ID.to_string());
        move || spool_with(&[("STITCH_TOKEN", TOKEN)], &["replay", &file, "--client-id", &id, "--url", &url])
    });
    let said = said.await.unwrap();
    assert_eq!(said.code, Some(0), "{said:?}");
    assert!(said.stdout.contains("1500 accepted, 0 rejected, 0 left\n"), "{said:?}");
    assert_eq!(rows(&gate, "orders").await, 1_500);
}

#[tokio::test]
async fn whatever_is_damaged_ends_in_an_error_and_not_in_a_panic() {
    let place = Place::new();
    place.fill(0..400).await;
    let whole = std::fs::read(place.path("spool.redb")).unwrap();
    let file = place.text("damaged.redb");
    // Pages all over the file, with everything in them gone or turned over.
    for at in (0..whole.len()).step_by((whole.len() / 12).max(4096)) {
        for turned in [0x00, 0xff] {
            let mut bytes = whole.clone();
            let end = (at + 4096).min(bytes.len());
            bytes[at..end].iter_mut().for_each(|byte| *byte = if turned == 0 { 0 } else { *byte ^ turned });
            std::fs::write(&file, &bytes).unwrap();
            for command in ["inspect", "verify", "export"] {
                let said = spool(&[command, &file]);
                assert!(matches!(said.code, Some(0 | 1)), "{command} at {at}: {said:?}");
                assert!(said.code == Some(0) || said.stderr.contains("spool"), "{command} at {at}: {said:?}");
            }
            assert!(std::fs::read(&file).unwrap() == bytes, "who looks changes nothing");
        }
    }
}

#[test]
fn other_files_are_told_apart() {
    let place = Place::new();
    std::fs::write(place.path("empty"), "").unwrap();
    std::fs::write(place.path("text"), "not a database, but longer than nothing").unwrap();
    std::fs::create_dir(place.path("folder")).unwrap();
    for command in ["inspect", "verify", "export", "replay"] {
        for (file, expected) in [("missing", "missing"), ("text", "is no spool"), ("folder", "folder")] {
            let said = spool(&[command, &place.text(file)]);
            assert_eq!(said.code, Some(1), "{command} {file}: {said:?}");
            assert!(said.stderr.contains(expected), "{command} {file}: {said:?}");
        }
    }
    assert!(spool(&["inspect", &place.text("empty")]).stderr.contains("it is empty"));
    assert_eq!(spool(&["replay", &place.text("empty")]).code, Some(0));
    assert!(!place.path("missing").exists() && !place.path("missing.owner").exists());
    assert_eq!(std::fs::metadata(place.path("empty")).unwrap().len(), 0);
}
