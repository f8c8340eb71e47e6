//! What could be no record, in the file of dead letters: beside the records that the API refused.

use std::fs::{File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use serde::Serialize;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// A line of the file, as far as the lines of records have the same.
#[derive(Serialize)]
struct Line<'a> {
    time: String,
    table: &'a str,
    reason: String,
    /// Where it was read.
    place: &'a str,
    /// As it stood there.
    text: &'a str,
    /// Not there: it is to be mended before it is sent.
    altered: bool,
    record: Option<()>,
}

pub(super) struct Letters {
    path: PathBuf,
    file: File,
    has_changed: bool,
}

impl Letters {
    pub(super) fn open(path: &Path) -> anyhow::Result<Self> {
        let mut options = OpenOptions::new();
        options.create(true).append(true);
        // It may have what nobody else is to read.
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options
            .open(path)
            .with_context(|| format!("the file of dead letters {} can't be written", path.display()))?;
        Ok(Letters { path: path.to_owned(), file, has_changed: false })
    }

    pub(super) fn add(&mut self, table: &str, place: &str, reason: &str, text: &str) -> anyhow::Result<()> {
        let time = OffsetDateTime::now_utc().format(&Rfc3339).unwrap_or_default();
        let reason = reason.to_owned();
        let line = Line { time, table, reason, place, text, altered: true, record: None };
        let written = serde_json::to_vec(&line).map_err(io::Error::from).and_then(|mut text| {
            text.push(b'\n');
            // At once: the sender writes lines there too.
            self.file.write_all(&text)
        });
        self.has_changed = true;
        written.with_context(|| format!("the file of dead letters {} can't be written", self.path.display()))
    }

    /// Has all lines on disk.
    pub(super) fn sync(&mut self) -> anyhow::Result<()> {
        if std::mem::take(&mut self.has_changed) {
            self.file
                .sync_data()
                .with_context(|| format!("the file of dead letters {} can't be written", self.path.display()))?;
        }
        Ok(())
    }
}
