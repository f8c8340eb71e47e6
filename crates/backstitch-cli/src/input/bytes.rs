//! The bytes of a source, as many as it takes for some whole records.

use std::io::{BufRead as _, BufReader, ErrorKind, Read};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use super::source::{self, Compression};
use super::{At, Bad, CHUNK_BYTES, Trouble};

/// The longest record: the API takes none that is nearly as long.
pub(super) const MOST_BYTES: usize = 64 << 20;

/// What some programs begin a file in UTF-8 with.
pub(crate) const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

/// What is left of a source.
pub(super) struct Bytes {
    reader: BufReader<Box<dyn Read + Send>>,
    compression: Compression,
    file: String,
    /// What was read, and is not used.
    pub(super) buffer: Vec<u8>,
    pub(super) is_at_end: bool,
    /// Why no more can be read.
    error: Option<String>,
}

impl Bytes {
    pub(super) fn open(path: &Path, compression: Compression, read: Arc<AtomicU64>) -> Result<Self, Trouble> {
        let file = name(path);
        let (reader, compression) = source::open(path, compression, read).map_err(|error| Trouble {
            file: file.clone(),
            at: At::File,
            reason: format!("can't be opened: {error}"),
        })?;
        let reader = BufReader::with_capacity(CHUNK_BYTES, reader);
        Ok(Bytes { reader, compression, file, buffer: Vec::new(), is_at_end: false, error: None })
    }

    /// Reads more to what is there, as much as there is at once: whoever writes into a pipe line by line may wait long
    /// before the next one.
    pub(super) fn more(&mut self) {
        let before = self.buffer.len();
        let read = loop {
            match self.reader.fill_buf() {
                Ok(bytes) => {
                    self.buffer.extend_from_slice(bytes);
                    break bytes.len();
                }
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => {
                    self.error = Some(source::told(&error, self.compression));
                    break 0;
                }
            }
        };
        self.reader.consume(read);
        self.is_at_end = read == 0;
        if before >= MOST_BYTES && !self.is_at_end {
            self.is_at_end = true;
            self.error = Some(format!("a record has more than {MOST_BYTES} bytes: say with --format what the file is"));
        }
    }

    /// Whether the source was read to its end, rather than to where it can't be read.
    pub(super) fn is_whole(&self) -> bool {
        self.is_at_end && self.error.is_none()
    }

    /// Why no more can be read, if that is so.
    pub(super) fn trouble(&mut self, at: At) -> Option<Trouble> {
        let reason = self.error.take()?;
        Some(Trouble { file: self.file.clone(), at, reason })
    }

    pub(super) fn fail(&self, at: At, reason: impl Into<String>) -> Trouble {
        Trouble { file: self.file.clone(), at, reason: reason.into() }
    }

    /// Leaves out the first bytes.
    pub(super) fn skip(&mut self, mut bytes: u64) -> Result<(), Trouble> {
        while bytes > 0 {
            if self.buffer.is_empty() {
                if self.is_at_end {
                    let trouble = self.trouble(At::File);
                    return Err(
                        trouble.unwrap_or_else(|| self.fail(At::File, "ends before the position to go on from"))
                    );
                }
                self.more();
            }
            let skipped = self.buffer.len().min(usize::try_from(bytes).unwrap_or(usize::MAX));
            self.buffer.drain(..skipped);
            bytes -= skipped as u64;
        }
        Ok(())
    }
}

/// The name of a file as it is told.
pub(crate) fn name(path: &Path) -> String {
    if path == Path::new("-") { "standard input".to_owned() } else { path.display().to_string() }
}

/// What is told of text that is no UTF-8, with spaces in its place in `bytes`.
pub(super) fn not_utf8(bytes: &mut [u8], line: u64, column: u64) -> Option<Bad> {
    let error = std::str::from_utf8(bytes).err()?;
    let text = String::from_utf8_lossy(bytes).trim().to_owned();
    let at = At::Column(line, column + error.valid_up_to() as u64);
    bytes.fill(b' ');
    let reason = "not UTF-8: write the file in UTF-8, as with `iconv -f LATIN1 -t UTF-8`".to_owned();
    Some(Bad { at, reason, text })
}
