//! Sending the records of a file of lines again.

use std::fs::File;
use std::io::{self, BufWriter, Write as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use backstitch::{Replayed, Replaying, Sequences};

use super::{Arguments, progress};
use crate::spool::count;
use crate::terminal::say;

/// How many rejected records are told one by one; more are a flood.
const MOST_TOLD: u64 = 100;

pub(super) async fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let file = &arguments.file;
    // They are not bound to a client and an address as a spool is.
    let settings = arguments.account.settings()?;
    let client_id = settings.client_id()?;
    let client = settings.client(Sequences::new())?;
    let mut rest = arguments.rest.as_deref().map(Rest::create).transpose()?;
    say!("records of client {client_id} at {}", client.base_url());
    let bar = progress(None);
    let mut rejected = 0;
    let tell = |what: Replaying<'_>| match what {
        Replaying::Accepted { records } => bar.inc(records),
        Replaying::Rejected { line, text, reason } => {
            rejected += 1;
            if rejected <= MOST_TOLD {
                let place = file.display();
                bar.suspend(|| drop(writeln!(io::stderr(), "{place}:{line}: {reason}")));
            }
            keep(&mut rest, text);
        }
        Replaying::Left { text, .. } => keep(&mut rest, text),
        _ => {}
    };
    let replayed = client.replay(file).patience(arguments.patience()).run(tell).await;
    bar.finish_and_clear();
    let replayed = replayed.with_context(|| format!("{} can't be read", file.display()))?;
    say!("{} accepted, {} rejected, {} left", replayed.accepted, replayed.rejected, replayed.left);
    let rest = rest.map(Rest::finish).transpose()?.flatten();
    tell_end(file, &replayed, rest.as_deref())
}

/// Succeeds if everything was accepted; otherwise says what is to be done.
fn tell_end(file: &Path, replayed: &Replayed, rest: Option<&Path>) -> anyhow::Result<()> {
    if replayed.rejected > MOST_TOLD {
        let more = replayed.rejected - MOST_TOLD;
        let _ = writeln!(io::stderr(), "and {}", count(more, "more line"));
    }
    let mut told = Vec::new();
    if replayed.rejected > 0 {
        told.push(format!("{} rejected", count(replayed.rejected, "line")));
    }
    if replayed.left > 0 {
        let why = replayed.trouble.as_deref().unwrap_or("nothing more was sent");
        told.push(format!("{} left: {why}", count(replayed.left, "record")));
    }
    if told.is_empty() {
        return Ok(());
    }
    let what_to_do = match rest {
        Some(rest) => {
            format!("{} has all of these lines: mend what is wrong there, and send them again", rest.display())
        }
        None => format!(
            "mend what is wrong in {}, and send it again; with --rest FILE those that are not accepted go to a file of their own",
            file.display()
        ),
    };
    bail!("{}; {what_to_do}", told.join("; "))
}

/// The file of the lines that were not accepted.
struct Rest {
    path: PathBuf,
    file: BufWriter<File>,
    is_empty: bool,
    error: Option<io::Error>,
}

impl Rest {
    fn create(path: &Path) -> anyhow::Result<Self> {
        let file = File::create_new(path).with_context(|| match path.exists() {
            true => format!("{} is there already: name another --rest", path.display()),
            false => format!("{} can't be made", path.display()),
        })?;
        Ok(Rest { path: path.to_owned(), file: BufWriter::new(file), is_empty: true, error: None })
    }

    /// Where the lines are, if there are any.
    fn finish(self) -> anyhow::Result<Option<PathBuf>> {
        let Rest { path, file, is_empty, error } = self;
        if is_empty {
            drop(file);
            std::fs::remove_file(&path)
                .with_context(|| format!("{} can't be removed, though it is empty", path.display()))?;
            return Ok(None);
        }
        let written = match error {
            Some(error) => Err(error),
            None => file.into_inner().map_err(io::IntoInnerError::into_error).and_then(|file| file.sync_all()),
        };
        written.with_context(|| format!("{} can't be written: not all lines are in it", path.display()))?;
        Ok(Some(path))
    }
}

fn keep(rest: &mut Option<Rest>, line: &[u8]) {
    let Some(rest) = rest.as_mut().filter(|rest| rest.error.is_none()) else { return };
    rest.is_empty = false;
    rest.error = rest.file.write_all(line).and_then(|()| rest.file.write_all(b"\n")).err();
}
