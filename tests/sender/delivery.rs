//! Records that are handed over become rows.

use std::time::Duration;

use backstitch::Level;
use backstitch_gate::Cell;

use super::{Place, order, sender};

#[tokio::test]
async fn records_that_are_handed_over_one_by_one_become_rows() {
    let place = Place::new();
    let gate = place.gate().await;
    let sender = sender(gate.url()).start().await.unwrap();
    let first = sender.send(order(1)).await.unwrap();
    let second = sender.send(order(2)).await.unwrap();
    assert!(first.sequence() < second.sequence());
    let accepted = first.await.unwrap();
    assert_eq!((accepted.status, accepted.attempts), (201, 1));
    second.await.unwrap();
    let summary = sender.close().await.unwrap();
    assert_eq!((summary.taken, summary.accepted, summary.rejected, summary.spooled, summary.lost), (2, 2, 0, 0, 0));
    assert_eq!(sender.close().await.unwrap(), summary);
    let table = gate.table("orders", 10).await.unwrap();
    assert_eq!((table.count, table.cell(1, "note")), (2, Some(&Cell::from("note 2"))));
}

#[tokio::test]
async fn many_records_go_in_few_requests_whatever_the_level() {
    for level in [None, Some(Level::Memory), Some(Level::Interval(Duration::from_millis(10))), Some(Level::Always)] {
        let place = Place::new();
        let gate = place.gate().await;
        let mut builder = sender(gate.url());
        if let Some(level) = level {
            builder = builder.spool(place.spool()).level(level);
        }
        let sender = builder.start().await.unwrap();
        let receipts = sender.send_all((0..5_000).map(order)).await.unwrap();
        assert_eq!(receipts.len(), 5_000);
        if level == Some(Level::Always) {
            assert!(receipts.iter().all(|receipt| receipt.is_spooled()));
        }
        let sequences: Vec<_> = receipts.iter().map(|receipt| receipt.sequence()).collect();
        assert!(sequences.windows(2).all(|pair| pair[0] < pair[1]));
        sender.flush().await;
        assert_eq!(receipts.accepted().await.unwrap(), 5_000);
        let summary = sender.close().await.unwrap();
        assert_eq!((summary.taken, summary.accepted), (5_000, 5_000), "{level:?}");
        assert_eq!(gate.table("orders", 1).await.unwrap().count, 5_000);
        if level.is_some() {
            let inspection = backstitch::spool::inspect(place.spool()).unwrap();
            assert_eq!((inspection.records, inspection.blocks), (0, 0), "{level:?}");
        }
    }
}
