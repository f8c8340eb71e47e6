//! `backstitch spool replay`.

mod lines;
mod spooled;

use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Context as _;
use indicatif::{ProgressBar, ProgressStyle};

use crate::account::Account;
use crate::terminal::say;

#[derive(clap::Args)]
pub(super) struct Arguments {
    /// The spool, or the file of dead letters or of exported records
    file: PathBuf,
    /// How many seconds to go on while nothing is accepted
    #[arg(long, value_name = "SECONDS", default_value_t = 30)]
    timeout: u64,
    /// Take the file for lines of JSON, whatever it begins with
    #[arg(long)]
    dead_letters: bool,
    /// A file for the lines that were not accepted, which must not be there yet: for dead letters and exported records
    #[arg(long, value_name = "FILE")]
    rest: Option<PathBuf>,
    // A spool is bound to a client and an address; lines are not.
    #[command(flatten)]
    account: Account,
}

/// What a file begins with.
enum Kind {
    Empty,
    Lines,
    Spool,
}

pub(super) async fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let kind = kind(&arguments.file).with_context(|| format!("{} can't be read", arguments.file.display()))?;
    match kind {
        Kind::Empty => {
            say!("{} is empty: there is nothing to send", arguments.file.display());
            Ok(())
        }
        Kind::Spool if !arguments.dead_letters => spooled::run(arguments).await,
        _ => lines::run(arguments).await,
    }
}

fn kind(file: &Path) -> std::io::Result<Kind> {
    let mut start = Vec::new();
    File::open(file)?.take(1024).read_to_end(&mut start)?;
    Ok(match start.trim_ascii_start().first() {
        None if start.is_empty() => Kind::Empty,
        None | Some(b'{' | b'[') => Kind::Lines,
        Some(_) => Kind::Spool,
    })
}

impl Arguments {
    fn patience(&self) -> Duration {
        Duration::from_secs(self.timeout)
    }
}

/// Shows on a terminal how far it is; `total` where that is known.
fn progress(total: Option<u64>) -> ProgressBar {
    let (bar, template) = match total {
        Some(total) => (ProgressBar::new(total), "[{bar:40}] {human_pos}/{human_len} records {msg}"),
        None => (ProgressBar::new_spinner(), "{spinner} {human_pos} records {msg}"),
    };
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style.progress_chars("=> "));
    }
    bar
}
