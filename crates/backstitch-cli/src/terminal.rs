//! Lines for whoever looks on.

use std::fmt::Arguments;
use std::io::{self, Write as _};

use anyhow::Context as _;
use clap::builder::styling::{AnsiColor, Style};

/// Writes a line to the standard output. A reader that went away, as `head` does, is no reason to
/// stop: what the command does goes on.
pub(crate) fn write_line(line: Arguments<'_>) {
    let _ = writeln!(io::stdout(), "{line}");
}

/// Writes what a command was asked for to the standard output, whole: a full disk is an error.
pub(crate) fn product(bytes: &[u8]) -> anyhow::Result<()> {
    let mut to = io::stdout().lock();
    passed(to.write_all(bytes).and_then(|()| to.flush()))
}

/// What came of writing to the standard output. A reader that has enough, as `head` has, is no error.
pub(crate) fn passed(written: io::Result<()>) -> anyhow::Result<()> {
    match written {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        written => written.context("the standard output can't be written"),
    }
}

/// Writes a line to the standard error.
pub(crate) fn note(line: &str) {
    let _ = writeln!(io::stderr(), "{line}");
}

/// What went well, and what did not, on a terminal. `anstream` leaves colours out elsewhere, and where `NO_COLOR` is set.
pub(crate) const GOOD: Style = AnsiColor::Green.on_default();
pub(crate) const BAD: Style = AnsiColor::Red.on_default().bold();

/// Tells of the error that ends the command.
pub(crate) fn tell_error(error: &anyhow::Error) {
    // The alternate form shows the causes too, on one line.
    let _ = writeln!(anstream::stderr(), "{BAD}error:{BAD:#} {error:#}");
}

/// The longest text from elsewhere that is shown, in characters.
const LONGEST: usize = 48;

/// Text from elsewhere on one line, without what a terminal would take for a command.
pub(crate) fn plain(text: &str) -> String {
    let mut result: String =
        text.chars().take(LONGEST).map(|character| if character.is_control() { ' ' } else { character }).collect();
    if text.chars().nth(LONGEST).is_some() {
        result.push('…');
    }
    result
}

/// `println!` for a reader that may be gone.
macro_rules! say {
    ($($part:tt)*) => {
        $crate::terminal::write_line(format_args!($($part)*))
    };
}

pub(crate) use say;
