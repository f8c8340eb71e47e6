//! The file of records that will never be accepted as they are.

use std::fs::{File, OpenOptions};
use std::io::{Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use backstitch_api::transit::{self, Transit};
use backstitch_api::{Code, Role};
use serde::Serialize;
use serde_json::value::RawValue;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::block::Block;
use super::files::{private, sync_folder};
use super::receipt::{Fate, Rejection};
use super::route::Route;
use super::store::StoreError;
use crate::push::name_of;

/// A record on its way into the file.
#[derive(Debug)]
pub(super) struct Letter {
    /// The line.
    pub(super) text: Vec<u8>,
    pub(super) rejection: Rejection,
    pub(super) fate: Arc<Fate>,
    pub(super) index: u32,
    /// The block that the record is in; none for one that was refused before it got into one.
    pub(super) block: Option<Arc<Block>>,
    pub(super) table: String,
}

/// A line of the file.
#[derive(Serialize)]
struct Line<'a> {
    time: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    table: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sequence: Option<i64>,
    /// The HTTP status, where the API refused it.
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<u16>,
    reason: String,
    /// Where it was sent to, or would have been.
    path: &'static str,
    content_type: &'static str,
    /// There, and true, where JSON has no such value, and the record has another one in its place.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    altered: bool,
    /// What was sent for this record: a Push record, or a Batch request with its message alone. Null where the record
    /// can't be written.
    record: Option<&'a RawValue>,
}

/// The line of a record: `record` is its text on the wire, with a comma before it, where it has one.
pub(super) fn line(
    record: Option<&[u8]>,
    known: (Option<&str>, Option<i64>),
    rejection: &Rejection,
    route: &Route,
    now: OffsetDateTime,
) -> Vec<u8> {
    let alone = record.map(|record| route.alone(record));
    let raw: Option<&RawValue> = alone.as_deref().and_then(|alone| serde_json::from_slice(alone).ok());
    let status = match rejection {
        Rejection::Refused(refusal) => Some(refusal.status),
        _ => None,
    };
    let line = Line {
        time: now.format(&Rfc3339).unwrap_or_default(),
        table: known.0,
        sequence: known.1,
        status,
        reason: rejection.to_string(),
        path: route.endpoint().path,
        content_type: route.content_type(),
        altered: is_altered(rejection),
        record: raw,
    };
    // Of texts and JSON only, which is always written.
    let mut text = serde_json::to_vec(&line).unwrap_or_default();
    text.push(b'\n');
    text
}

/// Whether a record was rejected for a value that it can't be written with.
fn is_altered(rejection: &Rejection) -> bool {
    let Rejection::Invalid(violations) = rejection else { return false };
    violations.iter().any(|violation| matches!(violation.code, Code::NotFinite | Code::Serialize))
}

/// The table and the sequence of a record as it is on the wire.
pub(super) fn read(record: &[u8], route: &Route) -> (Option<String>, Option<i64>) {
    let of_transit = || -> Option<(Option<String>, Option<i64>)> {
        let record = transit::read(record).ok()?;
        let table = match record.get(name_of(Role::Table)) {
            Some(Transit::Text(table)) => Some(table.clone()),
            _ => None,
        };
        let sequence = match record.get(name_of(Role::Sequence)) {
            Some(Transit::Integer(sequence)) => Some(*sequence),
            Some(Transit::BigInteger(digits)) => digits.parse().ok(),
            _ => None,
        };
        Some((table, sequence))
    };
    if route.content_type() == backstitch_api::TRANSIT {
        return of_transit().unwrap_or_default();
    }
    let Ok(attributes) = serde_json::from_slice::<std::collections::HashMap<String, &RawValue>>(record) else {
        return (None, None);
    };
    let table = attributes.get(name_of(Role::Table)).and_then(|table| serde_json::from_str(table.get()).ok());
    let sequence = attributes.get(name_of(Role::Sequence)).and_then(|sequence| sequence.get().parse().ok());
    (table.or_else(|| route.table().map(str::to_owned)), sequence)
}

/// Whether a file can be made here, which another one beside it shows: this one may be somebody else's by then.
fn can_be_made(path: &Path) -> std::io::Result<()> {
    let name = path.file_name().ok_or(std::io::ErrorKind::IsADirectory)?;
    let mut beside = name.to_owned();
    beside.push(format!(".{}", std::process::id()));
    let beside = path.with_file_name(beside);
    let mut options = OpenOptions::new();
    options.create(true).append(true);
    private(&mut options);
    options.open(&beside)?;
    std::fs::remove_file(&beside)
}

/// Opens the file to add to it. What a process that was killed left of a line gets an end.
fn open(path: &Path) -> std::io::Result<File> {
    let mut options = OpenOptions::new();
    options.create(true).read(true).append(true);
    private(&mut options);
    let mut file = options.open(path)?;
    let length = file.metadata()?.len();
    if length == 0 {
        sync_folder(path)?;
        return Ok(file);
    }
    let mut last = [0];
    file.seek(SeekFrom::Start(length - 1))?;
    file.read_exact(&mut last)?;
    if last != *b"\n" {
        file.write_all(b"\n")?;
    }
    Ok(file)
}

/// The file.
#[derive(Debug)]
pub(super) struct DeadLetters {
    path: PathBuf,
    /// Nothing, until there is something to write.
    file: Option<File>,
}

impl DeadLetters {
    /// A file that is made when there is something to write.
    pub(super) fn at(path: PathBuf) -> Self {
        DeadLetters { path, file: None }
    }

    /// Opens the file; where it is not there, finds out whether it can be made once there is something to write.
    pub(super) fn open(path: PathBuf) -> Result<Self, StoreError> {
        let mut letters = DeadLetters::at(path);
        let usable = if letters.path.exists() { letters.file().map(drop) } else { can_be_made(&letters.path) };
        match usable {
            Ok(()) => Ok(letters),
            Err(error) => Err(letters.failed(error)),
        }
    }

    fn file(&mut self) -> std::io::Result<&mut File> {
        let file = match self.file.take() {
            Some(file) => file,
            None => open(&self.path)?,
        };
        Ok(self.file.insert(file))
    }

    fn failed(&self, error: std::io::Error) -> StoreError {
        StoreError::DeadLetters { path: self.path.clone(), error: Arc::new(error) }
    }

    /// Adds lines, and waits until they are on disk.
    pub(super) fn add<'a>(&mut self, lines: impl Iterator<Item = &'a [u8]>) -> Result<(), StoreError> {
        let mut text: Vec<u8> = Vec::new();
        lines.for_each(|line| text.extend_from_slice(line));
        self.write(&text).map_err(|error| self.failed(error))
    }

    fn write(&mut self, text: &[u8]) -> std::io::Result<()> {
        let file = self.file()?;
        let before = file.metadata()?.len();
        let written = file.write_all(text).and_then(|()| file.sync_data());
        if written.is_err() {
            // Half a line would spoil the next one.
            let _ = file.set_len(before);
        }
        written
    }
}
