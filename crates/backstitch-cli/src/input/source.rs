//! The bytes of a file or of the standard input, decompressed.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// How a file is compressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Compression {
    None,
    Gzip,
    Zstd,
}

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

/// The bytes of a file; `read` counts those that were read of it.
pub(super) fn open(path: &Path, compression: Compression, read: Arc<AtomicU64>) -> io::Result<Box<dyn Read + Send>> {
    if path == Path::new("-") {
        return decompressed(Counted { inner: io::stdin(), read }, compression);
    }
    decompressed(Counted { inner: File::open(path)?, read }, compression)
}

fn decompressed(reader: impl Read + Send + 'static, compression: Compression) -> io::Result<Box<dyn Read + Send>> {
    Ok(match compression {
        Compression::None => Box::new(reader),
        // Files that were put one after the other are one.
        Compression::Gzip => Box::new(flate2::read::MultiGzDecoder::new(reader)),
        Compression::Zstd => Box::new(zstd::Decoder::new(reader)?),
    })
}

/// What is wrong with the bytes of a file, and what to do.
pub(super) fn told(error: &io::Error, compression: Compression) -> String {
    let format = match compression {
        Compression::None => return format!("can't be read any further: {error}"),
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
