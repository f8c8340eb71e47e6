//! Lines for whoever looks on.

use std::fmt::Arguments;
use std::io::Write as _;

/// Writes a line to the standard output. A reader that went away, as `head` does, is no reason to
/// stop: what the command does goes on.
pub(crate) fn write_line(line: Arguments<'_>) {
    let _ = writeln!(std::io::stdout(), "{line}");
}

/// Writes a line to the standard error.
pub(crate) fn note(line: &str) {
    let _ = writeln!(std::io::stderr(), "{line}");
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
