//! The bytes of CSV as they are read: what a record looks like, whether there is another one, and quotes that nobody closes,
//! which would make all the rest of a file one cell.

use std::io::{self, Read};
use std::ops::Range;

use csv::ByteRecord;

use super::bytes::MOST_BYTES;

/// Stands after the last record: as a record of its own, unless a quote is open there.
const MARK: &[u8] = b"\n\0the end\0";

/// A reader with the mark behind all that it reads, which fails in records that are too long.
pub(super) struct Watched<R> {
    inner: R,
    mark: &'static [u8],
    /// What was read since the last records that are done with, which begins at an offset.
    kept: Vec<u8>,
    from: u64,
    /// Where the records end that are done with.
    passed: u64,
    /// After the last end of a line that is not blank.
    line: u64,
}

fn is_line_end(byte: u8) -> bool {
    matches!(byte, b'\n' | b'\r')
}

impl<R: Read> Watched<R> {
    pub(super) fn new(inner: R) -> Self {
        Watched { inner, mark: MARK, kept: Vec::new(), from: 0, passed: 0, line: 0 }
    }

    fn index(&self, offset: u64) -> usize {
        usize::try_from(offset.saturating_sub(self.from)).unwrap_or(usize::MAX).min(self.kept.len())
    }

    /// Takes note that records are done with as far as that.
    pub(super) fn pass(&mut self, end: u64) {
        self.passed = end;
    }

    /// A record as it stands in the file.
    pub(super) fn text(&self, of: Range<u64>) -> String {
        let bytes = self.kept.get(self.index(of.start)..self.index(of.end)).unwrap_or_default();
        String::from_utf8_lossy(bytes).trim_matches(['\n', '\r']).to_owned()
    }

    /// Whether no line that was read ends after a place.
    pub(super) fn has_no_line_after(&self, end: u64) -> bool {
        self.line <= end
    }
}

impl<R: Read> Read for Watched<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = match self.inner.read(buffer)? {
            0 => return self.mark.read(buffer),
            read => buffer.get(..read).unwrap_or_default(),
        };
        let last = self.kept.last().copied();
        let passed = self.index(self.passed);
        self.kept.drain(..passed);
        self.from += passed as u64;
        if self.kept.len() > MOST_BYTES {
            return Err(io::Error::other(format!(
                "a record has more than {MOST_BYTES} bytes: is a quote that it begins with never closed?"
            )));
        }
        let before = |at: usize| at.checked_sub(1).map_or(last, |at| read.get(at).copied());
        let ends = |at: &usize| is_line_end(read[*at]) && !before(*at).is_some_and(is_line_end);
        if let Some(at) = (0..read.len()).rev().find(ends) {
            self.line = self.from + (self.kept.len() + at + 1) as u64;
        }
        self.kept.extend_from_slice(read);
        Ok(read.len())
    }
}

/// Whether a record is the mark, which comes after the last.
pub(super) fn is_end(row: &ByteRecord) -> bool {
    row.len() == 1 && row.get(0).is_some_and(|cell| MARK.strip_prefix(b"\n") == Some(cell))
}

/// Whether the end came within quotes.
pub(super) fn is_unclosed(row: &ByteRecord) -> bool {
    row.len().checked_sub(1).and_then(|last| row.get(last)).is_some_and(|cell| cell.ends_with(MARK))
}
