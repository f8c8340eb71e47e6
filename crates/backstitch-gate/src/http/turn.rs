//! Whose turn it is: how many bytes of bodies are worked on at once. What is made of a body takes more memory than the
//! body, until its rows are committed.

use std::sync::Arc;

use backstitch_api::limits;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::encoding::Encoding;

/// As much as one body may have: the largest are worked on one after the other, and of the usual ones one is read while
/// another is committed.
const BYTES: usize = limits::REQUEST_BYTES;

/// The values that Transit stands for are longer than it is.
const OF_TRANSIT: usize = 2;

/// Bodies wait for their turn in the order in which they came.
#[derive(Debug)]
pub(crate) struct Turns(Arc<Semaphore>);

impl Default for Turns {
    fn default() -> Self {
        Turns(Arc::new(Semaphore::new(BYTES)))
    }
}

/// The right to work on a body. It ends when this is dropped.
#[derive(Debug)]
pub(crate) struct Turn {
    _bytes: Option<OwnedSemaphorePermit>,
}

impl Turns {
    /// Waits until a body of this length can be worked on.
    pub(crate) async fn wait(&self, length: usize, encoding: Encoding, is_transit: bool) -> Turn {
        let bytes = match encoding {
            Encoding::Plain if is_transit => length.saturating_mul(OF_TRANSIT),
            Encoding::Plain => length,
            // Nobody knows how long it will be.
            Encoding::Gzip => BYTES,
        };
        let bytes = u32::try_from(bytes.min(BYTES)).unwrap_or(u32::MAX);
        // It is never closed.
        Turn { _bytes: Arc::clone(&self.0).acquire_many_owned(bytes).await.ok() }
    }
}
