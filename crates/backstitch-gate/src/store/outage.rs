//! Tells those who run a gate that its database does not keep what comes: requests are answered with 503, which says
//! nothing of why.

use std::error::Error;
use std::fmt::Write as _;
use std::io::Write as _;

/// Whether a database keeps what comes, as it was last told.
pub(crate) struct Outage {
    database: String,
    is_told: bool,
}

impl Outage {
    pub(crate) fn new(database: String) -> Self {
        Outage { database, is_told: false }
    }

    /// The database has kept a request.
    pub(crate) fn over(&mut self) {
        if std::mem::take(&mut self.is_told) {
            tracing::info!(database = %self.database, "requests are kept again");
            self.tell("requests are kept again");
        }
    }

    /// The database has not kept a request.
    pub(crate) fn begins(&mut self, error: &dyn Error) {
        if std::mem::replace(&mut self.is_told, true) {
            return;
        }
        let mut reason = error.to_string();
        let mut source = error.source();
        while let Some(error) = source {
            // A string takes all that is written to it.
            let _ = write!(reason, ": {error}");
            source = error.source();
        }
        tracing::error!(database = %self.database, reason, "requests are not kept");
        self.tell(&format!("requests are not kept, and answered with 503: {reason}"));
    }

    /// Tells people who do not listen to events: on standard error.
    fn tell(&self, text: &str) {
        if !tracing::dispatcher::has_been_set() {
            let _ = writeln!(std::io::stderr(), "backstitch gate: {}: {text}", self.database);
        }
    }
}
