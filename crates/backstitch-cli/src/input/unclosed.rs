//! Quotes that nobody closes: they would make all the rest of a file one cell.

use std::io::{self, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use csv::ByteRecord;

use super::bytes::MOST_BYTES;

/// Stands after the last record: as a record of its own, unless a quote is open there.
const MARK: &[u8] = b"\n\0the end\0";

/// A reader with the mark behind all that it reads, which fails in records that are too long.
pub(super) struct Watched<R> {
    inner: R,
    mark: &'static [u8],
    since: Since,
}

/// How many bytes were read since the last record.
#[derive(Clone, Debug, Default)]
pub(super) struct Since(Arc<AtomicU64>);

impl Since {
    pub(super) fn is_record(&self) {
        self.0.store(0, Ordering::Relaxed);
    }
}

impl<R: Read> Watched<R> {
    pub(super) fn new(inner: R) -> (Self, Since) {
        let since = Since::default();
        (Watched { inner, mark: MARK, since: since.clone() }, since)
    }
}

impl<R: Read> Read for Watched<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self.inner.read(buffer)? {
            0 => self.mark.read(buffer),
            read => {
                let since = self.since.0.fetch_add(read as u64, Ordering::Relaxed);
                if since > MOST_BYTES as u64 {
                    return Err(io::Error::other(format!(
                        "a record has more than {MOST_BYTES} bytes: is a quote that it begins with never closed?"
                    )));
                }
                Ok(read)
            }
        }
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
