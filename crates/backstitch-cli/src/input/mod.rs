//! Files of records: JSON, CSV and Parquet, compressed or not, read chunk by chunk as JSON objects.
//!
//! 1. `source`: the bytes of a file or of the standard input, decompressed.
//! 2. `json` (`lines`, `array`), `csv`, `parquet`: records as text, with the place of each, and what can't be one.
//! 3. `options`: which of these a file is read with.

mod array;
mod bytes;
mod caught;
mod cells;
mod csv;
mod gzip;
mod json;
mod lines;
mod options;
mod parquet;
mod source;
mod watched;

use std::fmt;

use serde::{Deserialize, Serialize};

pub(crate) use bytes::BYTE_ORDER_MARK;
pub(crate) use options::{File, Options, read_twice};

/// About how many bytes of records are read at once.
const CHUNK_BYTES: usize = 256 << 10;

/// Where reading goes on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
pub(crate) struct Position {
    /// Bytes of what is read, decompressed; rows of a Parquet file.
    pub(crate) offset: u64,
    /// Lines before; rows of a Parquet file.
    pub(crate) line: u64,
}

/// Records that were read together.
#[derive(Debug, Default)]
pub(crate) struct Chunk {
    /// JSON objects, or what stands where these should be.
    pub(crate) text: String,
    pub(crate) rows: Vec<Place>,
    /// What is no record whatever it is sent to.
    pub(crate) bad: Vec<Bad>,
    /// Where the next one begins.
    pub(crate) next: Position,
}

/// Where a record stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    /// Its bytes in the text.
    pub(crate) start: usize,
    pub(crate) end: usize,
    /// Its line in the file, or its row, from 1 on.
    pub(crate) line: u64,
    /// Its column in the first of its lines, from 1 on.
    pub(crate) column: u64,
}

/// Something that is no record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Bad {
    pub(crate) at: At,
    pub(crate) reason: String,
    /// As it stands in the file, as far as it is text.
    pub(crate) text: String,
}

/// A place in a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum At {
    File,
    Line(u64),
    Column(u64, u64),
    Row(u64),
}

impl At {
    /// The line, or the row.
    pub(crate) fn line(self) -> u64 {
        match self {
            At::File => 0,
            At::Line(line) | At::Column(line, _) | At::Row(line) => line,
        }
    }

    /// With the name of the file, as editors and terminals know it.
    pub(crate) fn of(self, file: &str) -> String {
        match self {
            At::File => file.to_owned(),
            At::Line(line) => format!("{file}:{line}"),
            At::Column(line, column) => format!("{file}:{line}:{column}"),
            At::Row(row) => format!("{file}, row {row}"),
        }
    }
}

/// Why no more can be read of a file.
#[derive(Debug)]
pub(crate) struct Trouble {
    pub(crate) file: String,
    pub(crate) at: At,
    /// What is wrong, and what to do.
    pub(crate) reason: String,
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.at.of(&self.file), self.reason)
    }
}

impl std::error::Error for Trouble {}

/// A file that is read from its begin, or from a position, to its end.
pub(crate) trait Chunks: Send {
    /// The next records; nothing after the last. What could be read before something can't be is given first.
    fn next(&mut self) -> Result<Option<Chunk>, Trouble>;
}
