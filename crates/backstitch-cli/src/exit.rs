//! What a command tells the program that started it.

use std::process::ExitCode;

/// How a command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// All was sent, or is valid.
    Done,
    /// Records were rejected, or are not valid; all others were sent.
    SomeRejected,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        ExitCode::from(match exit {
            Exit::Done => 0,
            Exit::SomeRejected => 3,
        })
    }
}

/// A command that can't be done as it was asked for: what is wrong, and what to write instead.
#[derive(Debug)]
pub(crate) struct Usage(pub(crate) String);

impl std::fmt::Display for Usage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Usage {}

/// An error that was told already, as an event.
#[derive(Debug)]
pub(crate) struct Told {
    is_usage: bool,
}

impl std::fmt::Display for Told {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("told already")
    }
}

impl std::error::Error for Told {}

/// The same error, told already.
pub(crate) fn told(error: &anyhow::Error) -> anyhow::Error {
    Told { is_usage: error.is::<Usage>() }.into()
}

/// An error of wrong use.
pub(crate) fn usage(text: impl Into<String>) -> anyhow::Error {
    Usage(text.into()).into()
}

/// The code of a command that failed: 2 where it was used wrongly, as with arguments that can't be read, 1 otherwise.
pub(crate) fn code_of(error: &anyhow::Error) -> ExitCode {
    let is_usage = error.downcast_ref::<Told>().map_or_else(|| error.is::<Usage>(), |told| told.is_usage);
    ExitCode::from(if is_usage { 2 } else { 1 })
}
