//! How requests reach the thread that writes.

use std::sync::Arc;
use std::time::SystemTime;

use axum::body::Bytes;
use tokio::sync::{mpsc, oneshot};

use super::load::Loaded;
use crate::batch::Batch;

/// How many requests may wait for the writer before others wait at the door.
const QUEUE: usize = 64;

/// A request as it came, for a database that keeps those that can't be loaded yet.
#[derive(Debug, Clone)]
pub(crate) struct Original {
    pub(crate) received_at: SystemTime,
    /// The path that it was sent to.
    pub(crate) path: &'static str,
    pub(crate) is_transit: bool,
    /// The body, unpacked.
    pub(crate) body: Bytes,
}

/// Makes the rows of a request that was kept, as they were made when it came; or says why that can't be done.
pub(crate) type Reread = Arc<dyn Fn(&Original) -> Result<Batch, String> + Send + Sync>;

/// What became of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kept {
    /// Its rows are committed, and visible.
    Loaded(Loaded),
    /// It is committed as it came, and will be loaded.
    Queued,
}

/// Why a request isn't known to be kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unavailable {
    /// Nothing of it was kept.
    NothingKept,
    /// The connection to the database broke while it was committed, and did not come back.
    Unknown,
}

pub(crate) enum Job {
    Load(Batch, Original, oneshot::Sender<Result<Kept, Unavailable>>),
    Reset(oneshot::Sender<Result<(), Unavailable>>),
    /// Time to look for work that nobody sends.
    Tick,
    Close,
}

/// A way to send rows to the writer. The writer stops when the last of these is gone.
#[derive(Debug, Clone)]
pub(crate) struct Intake(mpsc::Sender<Job>);

impl Intake {
    pub(crate) fn new() -> (Self, mpsc::Receiver<Job>) {
        let (jobs, received) = mpsc::channel(QUEUE);
        (Intake(jobs), received)
    }

    /// Has rows committed; when this returns `Ok`, they are on the disk.
    ///
    /// # Errors
    /// Where none of them could be kept, or nobody knows.
    pub(crate) async fn load(&self, batch: Batch, original: Original) -> Result<Kept, Unavailable> {
        let (reply, loaded) = oneshot::channel();
        self.0.send(Job::Load(batch, original, reply)).await.map_err(|_| Unavailable::NothingKept)?;
        // A writer that panicked has rolled back with its connection.
        loaded.await.unwrap_or(Err(Unavailable::NothingKept))
    }

    /// Has all tables emptied after all that was sent before.
    ///
    /// # Errors
    /// Where it could not be done; then nothing has changed.
    pub(crate) async fn reset(&self) -> Result<(), Unavailable> {
        let (reply, done) = oneshot::channel();
        self.0.send(Job::Reset(reply)).await.map_err(|_| Unavailable::NothingKept)?;
        done.await.unwrap_or(Err(Unavailable::NothingKept))
    }

    /// Whether there is a writer.
    pub(crate) fn is_open(&self) -> bool {
        !self.0.is_closed()
    }

    /// Has the writer stop after all that was sent before.
    pub(super) async fn close(self) {
        // Refused only where the writer is gone already.
        let _ = self.0.send(Job::Close).await;
    }

    /// Sends a tick every so often, as long as there is a gate and the writer has time.
    #[cfg(feature = "postgres")]
    pub(super) fn tick(&self, every: std::time::Duration) {
        let jobs = self.0.downgrade();
        tokio::spawn(async move {
            loop {
                tokio::time::sleep(every).await;
                let Some(jobs) = jobs.upgrade() else { break };
                // Where the queue is full, the writer looks by itself.
                if jobs.try_send(Job::Tick).is_err() && jobs.is_closed() {
                    break;
                }
            }
        });
    }
}
