//! Lines for whoever looks on.

use std::fmt::Arguments;
use std::io::Write as _;

/// Writes a line to the standard output. A reader that went away, as `head` does, is no reason to
/// stop: what the command does goes on.
pub(crate) fn write_line(line: Arguments<'_>) {
    let _ = writeln!(std::io::stdout(), "{line}");
}

/// `println!` for a reader that may be gone.
macro_rules! say {
    ($($part:tt)*) => {
        $crate::terminal::write_line(format_args!($($part)*))
    };
}

pub(crate) use say;
