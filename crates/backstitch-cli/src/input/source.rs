//! The bytes of a file or of the standard input, decompressed.

use std::fs::File;
use std::io::{self, Cursor, Read};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::gzip::Gzip;

/// How a file is compressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Compression {
    None,
    Gzip,
    Zstd,
    /// Which of these, its first bytes say.
    #[value(skip)]
    Unsaid,
}

/// What a file begins with that is compressed, and no text does.
const BEGINS: [(&[u8], Compression); 2] = [(b"\x1f\x8b", Compression::Gzip), (b"\x28\xb5\x2f\xfd", Compression::Zstd)];

/// Counts the bytes that are read of a file as it lies there.
struct Counted<R> {
    inner: R,
    read: Arc<AtomicU64>,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let bytes = self.inner.read(buffer)?;
        self.read.fetch_add(bytes as u64, Ordering::Relaxed);
        Ok(bytes)
    }
}

/// The bytes of a file, and how it is compressed; `read` counts those that were read of it.
pub(super) fn open(
    path: &Path,
    compression: Compression,
    read: Arc<AtomicU64>,
) -> io::Result<(Box<dyn Read + Send>, Compression)> {
    let inner: Box<dyn Read + Send> =
        if path == Path::new("-") { Box::new(io::stdin()) } else { Box::new(File::open(path)?) };
    let mut reader = Counted { inner, read };
    let (begin, compression) = match compression {
        Compression::Unsaid => begin(&mut reader)?,
        said => (Vec::new(), said),
    };
    let reader = Cursor::new(begin).chain(reader);
    let reader: Box<dyn Read + Send> = match compression {
        Compression::None | Compression::Unsaid => Box::new(reader),
        Compression::Gzip => Box::new(Gzip::new(reader)),
        Compression::Zstd => Box::new(zstd::Decoder::new(reader)?),
    };
    Ok((reader, compression))
}

/// The first bytes, no more than it takes to know how the rest is compressed.
fn begin(reader: &mut impl Read) -> io::Result<(Vec<u8>, Compression)> {
    let mut begin = Vec::new();
    while BEGINS.iter().any(|(known, _)| known.starts_with(&begin)) {
        if let Some((_, compression)) = BEGINS.iter().find(|(known, _)| *known == begin) {
            return Ok((begin, *compression));
        }
        if reader.by_ref().take(1).read_to_end(&mut begin)? == 0 {
            break;
        }
    }
    Ok((begin, Compression::None))
}

/// What is wrong with the bytes of a file, and what to do.
pub(super) fn told(error: &io::Error, compression: Compression) -> String {
    let format = match compression {
        Compression::None | Compression::Unsaid => return format!("can't be read any further: {error}"),
        Compression::Gzip => "gzip",
        Compression::Zstd => "zstd",
    };
    match error.kind() {
        io::ErrorKind::UnexpectedEof => {
            format!("the {format} data is cut short: get the file once more; the lines before were read")
        }
        io::ErrorKind::InvalidInput | io::ErrorKind::InvalidData | io::ErrorKind::Other => {
            format!(
                "this is no {format} data, or it is damaged ({error}): get the file once more, or say what it is with --compression"
            )
        }
        _ => format!("can't be read any further: {error}"),
    }
}
