//! What is learnt of a request while it is handled, for the journal.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The most bytes of one body that the journal shows.
const SHOWN_BYTES: usize = 256 * 1024;

/// Goes with a request, in its extensions.
#[derive(Debug, Clone, Default)]
pub(crate) struct Note(Arc<Mutex<Noted>>);

/// What was learnt.
#[derive(Debug, Default)]
pub(crate) struct Noted {
    /// The length of the body as it came.
    pub(crate) bytes: u64,
    /// The body's beginning, and whether there is more.
    pub(crate) body: Option<(Vec<u8>, bool)>,
    pub(crate) records: Option<usize>,
    pub(crate) rejected: Option<u64>,
    pub(crate) warnings: Vec<String>,
    pub(crate) fault: Option<&'static str>,
}

impl Note {
    /// The length of the body as it came.
    pub(crate) fn bytes(&self, bytes: usize) {
        self.noted().bytes = bytes as u64;
    }

    /// The body, unpacked. It is copied, so that a large one does not stay in memory.
    pub(crate) fn body(&self, body: &[u8]) {
        let shown = body.get(..SHOWN_BYTES).unwrap_or(body);
        self.noted().body = Some((shown.to_vec(), shown.len() < body.len()));
    }

    /// The number of its records.
    pub(crate) fn records(&self, records: Option<usize>) {
        self.noted().records = records;
    }

    /// The number of those that were rejected.
    pub(crate) fn rejected(&self, rejected: u64) {
        self.noted().rejected = Some(rejected);
    }

    /// What is odd about it.
    pub(crate) fn warnings(&self, warnings: Vec<String>) {
        self.noted().warnings = warnings;
    }

    /// The fault that it met.
    pub(crate) fn fault(&self, fault: &'static str) {
        self.noted().fault = Some(fault);
    }

    /// All that was learnt.
    pub(crate) fn take(&self) -> Noted {
        std::mem::take(&mut self.noted())
    }

    fn noted(&self) -> MutexGuard<'_, Noted> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The body of an answer. It goes with it, in its extensions.
#[derive(Debug, Clone)]
pub(crate) struct Said(pub(crate) String);

/// Goes with an answer that nobody sees, in its extensions.
#[derive(Debug, Clone)]
pub(crate) struct Unanswered;
