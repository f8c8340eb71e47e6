//! How a sender ends: closed, dropped, or since the API is not there.

use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use tokio::sync::OnceCell;
use tokio::task::{AbortHandle, JoinSet};
use tokio::time::Instant;

use super::keeper::Keeper;
use super::queue::Phase;
use super::receipt::{Outcome, Undelivered, Why};
use super::shared::{Shared, by};
use super::{SenderError, Summary, observe};

/// What the clones of a sender share.
#[derive(Debug)]
pub(super) struct Handle {
    pub(super) shared: Arc<Shared>,
    pub(super) keeper: Mutex<Option<Keeper>>,
    /// Those that make requests.
    pub(super) tasks: tokio::sync::Mutex<JoinSet<()>>,
    /// The one that ends the sender when the API is not there.
    pub(super) watch: OnceLock<AbortHandle>,
    pub(super) ended: OnceCell<Result<Summary, SenderError>>,
}

impl Handle {
    /// Ends the sender, once; says what became of its records.
    pub(super) async fn end(&self, time: Duration) -> Result<Summary, SenderError> {
        self.ended.get_or_init(|| self.end_now(time)).await.clone()
    }

    async fn end_now(&self, time: Duration) -> Result<Summary, SenderError> {
        let shared = &self.shared;
        let deadline = Instant::now().checked_add(time);
        // Whoever closes may give up while this waits: the next one goes on from there.
        let is_ended = {
            let mut queue = shared.queue();
            if queue.phase != Phase::Ended {
                queue.phase = Phase::Closing;
            }
            queue.seal_all();
            queue.phase == Phase::Ended
        };
        if !is_ended {
            shared.signals.urge();
            shared.changed();
            let idle = shared.until(|| {
                // All who make requests are to look for the last ones.
                shared.work_is_ready.notify_one();
                shared.queue().is_idle()
            });
            let _ = by(deadline, idle).await;
            shared.queue().phase = Phase::Ended;
            shared.changed();
        }
        self.tasks.lock().await.shutdown().await;
        let finished = self.keeper.lock().unwrap_or_else(PoisonError::into_inner).as_ref().map(Keeper::finish);
        if let Some(finished) = finished {
            finished.await;
        }
        let summary = shared.settle();
        match shared.store_error() {
            Some((error, _)) => Err(SenderError::Store { error, summary: Box::new(summary) }),
            None => Ok(summary),
        }
    }
}

impl Drop for Handle {
    fn drop(&mut self) {
        if let Some(watch) = self.watch.get() {
            watch.abort();
        }
        if self.ended.initialized() {
            return;
        }
        {
            let mut queue = self.shared.queue();
            queue.seal_all();
            queue.phase = Phase::Ended;
        }
        self.tasks.get_mut().abort_all();
        self.shared.changed();
        if let Some(mut keeper) = self.keeper.get_mut().unwrap_or_else(PoisonError::into_inner).take() {
            keeper.join();
        }
        let _ = self.shared.settle();
    }
}

impl Shared {
    /// Says of all records that nothing is known of what becomes of them now that nothing is sent any more.
    fn settle(&self) -> Summary {
        let blocks = std::mem::take(&mut self.queue().blocks);
        let trouble = self.trouble().filter(|_| !blocks.is_empty());
        let why = Why::new(match &trouble {
            Some(trouble) => format!("the sender ended before it was delivered: {trouble}"),
            None => "the sender ended before it was delivered".to_owned(),
        });
        let mut summary = Summary {
            taken: self.counts.taken.load(Ordering::Relaxed),
            replayed: self.counts.replayed.load(Ordering::Relaxed),
            trouble,
            ..Summary::default()
        };
        for block in blocks.values() {
            let may_be_sent = block.may_be_sent.load(Ordering::Relaxed) > 0;
            // Of a block that could not be written again when it had grown, what it was before is there.
            let stored = if block.is_stored() { block.records } else { block.fate.stored_records() };
            let ranges = block.fate.open_ranges();
            let parts = ranges.into_iter().flat_map(|range| {
                let border = stored.clamp(range.start, range.end);
                [range.start..border, border..range.end]
            });
            for range in parts.filter(|range| !range.is_empty()) {
                let records = range.len() as u64;
                let undelivered = if range.end <= stored {
                    summary.spooled += records;
                    Undelivered::Spooled(why.clone())
                } else if may_be_sent {
                    summary.lost += records;
                    summary.possibly_sent += records;
                    Undelivered::PossiblySent(why.clone())
                } else {
                    summary.lost += records;
                    Undelivered::Lost(why.clone())
                };
                block.fate.resolve(range, Outcome::Undelivered(undelivered));
            }
            block.forget();
        }
        // What could not be written to the file of dead letters is rejected all the same.
        for letter in self.take_letters() {
            if letter.block.is_none() {
                self.count_rejected();
                let rejected = Undelivered::Rejected(letter.rejection);
                letter.fate.resolve(letter.index..letter.index + 1, Outcome::Undelivered(rejected));
            }
        }
        summary.accepted = self.counts.accepted.load(Ordering::Relaxed);
        summary.rejected = self.counts.rejected.load(Ordering::Relaxed);
        if summary.lost > 0 {
            observe::lost(&summary);
        }
        self.changed();
        summary
    }
}
