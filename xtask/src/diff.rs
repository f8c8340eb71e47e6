//! `cargo xtask diff OLD NEW`: what changed between two folders of definitions.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use backstitch_codegen::diff;
use backstitch_codegen::model::Api;
use backstitch_spec::Options;

use crate::count;

/// The exit code where something breaks.
const BREAKING: u8 = 1;

/// The exit code where the definitions can't be read.
const UNREADABLE: u8 = 2;

/// Ends with 0 where nothing breaks, 1 where something does, 2 where a folder can't be read
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The folder of the definitions as they were
    old: PathBuf,
    /// The folder of the definitions as they are
    new: PathBuf,
}

pub(crate) fn run(arguments: &Arguments) -> ExitCode {
    let (Some(old), Some(new)) = (read(&arguments.old), read(&arguments.new)) else {
        return ExitCode::from(UNREADABLE);
    };
    let changes = diff::changes(&old, &new);
    let mut text = String::new();
    for change in &changes {
        let class = if change.breaking { "breaking" } else { "compatible" };
        text.push_str(&format!("{class:10}  {}: {}\n", change.what, change.how));
    }
    // A reader that went away has seen enough.
    let _ = std::io::stdout().write_all(text.as_bytes());
    let breaking = changes.iter().filter(|change| change.breaking).count();
    let _ = writeln!(std::io::stderr(), "{}, {breaking} breaking", count(changes.len(), "change"));
    if breaking > 0 { ExitCode::from(BREAKING) } else { ExitCode::SUCCESS }
}

/// Reads a folder; placeholders without data are left as they are, since only sentences have them.
fn read(folder: &Path) -> Option<Api> {
    let loaded = backstitch_spec::load(folder, Options { lenient: true });
    if loaded.report.errors() > 0 {
        let _ = write!(std::io::stderr(), "{}", loaded.report.to_text(false));
        let _ = writeln!(std::io::stderr(), "error: the definitions in {} can't be compared", folder.display());
        return None;
    }
    Some(loaded.api)
}
