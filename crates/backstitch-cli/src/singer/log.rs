//! What the command tells on the standard error while it runs, in the lines that Singer's runners expect.

use std::fmt::Arguments;
use std::io::Write as _;

/// How much is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Log {
    /// Warnings alone.
    Quiet,
    /// What was accepted, too.
    Usual,
    /// Each request, too.
    Verbose,
}

impl Log {
    pub(super) fn debug(self, text: Arguments<'_>) {
        self.tell(Log::Verbose, "DEBUG", text);
    }

    pub(super) fn info(self, text: Arguments<'_>) {
        self.tell(Log::Usual, "INFO", text);
    }

    pub(super) fn warn(self, text: Arguments<'_>) {
        self.tell(Log::Quiet, "WARNING", text);
    }

    fn tell(self, from: Log, level: &str, text: Arguments<'_>) {
        if self >= from {
            // A reader that went away is no reason to stop.
            let _ = writeln!(std::io::stderr(), "{level} {text}");
        }
    }
}
