//! Closing a sender that has not delivered everything.

use std::time::Duration;

use backstitch::Level;

use crate::fault::Fault;
use crate::ledger::{Kind, Ledger, Sent};
use crate::plan::Plan;
use crate::world::{Event, World};

#[tokio::test(flavor = "multi_thread")]
async fn a_sender_that_somebody_gave_up_closing_is_closed_by_the_next_one() {
    // One of these times is while the sender writes what is left.
    for time in [1, 2, 4, 6, 9, 12].map(Duration::from_millis) {
        let world = World::new(Plan::listed([Fault::None, Fault::Stall, Fault::Stall])).await;
        let sender = world
            .sender()
            .spool(world.spool())
            .level(Level::Memory)
            .batch_records(10)
            .concurrency(2)
            .start()
            .await
            .unwrap();
        let event = |id| Event { id, version: id, note: "n".repeat(60_000) };
        let receipts = sender.send_all((0..60).map(event)).await.unwrap();
        let _ = tokio::time::timeout(time, sender.close_within(Duration::ZERO)).await;
        let summary = sender.close_within(Duration::ZERO).await.unwrap();
        assert_eq!((summary.taken, summary.lost), (60, 0), "{summary:?}");
        let sent = receipts.into_iter().zip(0..);
        let sent = sent.map(|(receipt, id)| Sent { id, version: id, kind: Kind::Good, receipt }).collect();
        let mut ledger = Ledger::default();
        ledger.close(sent, Some(&summary));
        world.proxy.plan().heal();
        let next = world.sender().spool(world.spool()).start().await.expect("the spool is free once it is closed");
        let summary = next.close().await.unwrap();
        ledger.close(Vec::new(), Some(&summary));
        assert_eq!(summary.accepted, summary.replayed);
        ledger.check(&world, true).await;
    }
}
