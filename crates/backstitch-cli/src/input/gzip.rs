//! gzip: one file of it, or more one after the other, with nothing between them or behind them but zeros.

use std::io::{self, BufRead as _, BufReader, Read};

use flate2::bufread::GzDecoder;

pub(super) struct Gzip<R> {
    /// Nothing at the end.
    member: Option<GzDecoder<BufReader<R>>>,
}

impl<R: Read> Gzip<R> {
    pub(super) fn new(reader: R) -> Self {
        Gzip { member: Some(GzDecoder::new(BufReader::new(reader))) }
    }
}

impl<R: Read> Read for Gzip<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while let Some(member) = &mut self.member {
            let read = member.read(buffer)?;
            if read > 0 || buffer.is_empty() {
                return Ok(read);
            }
            self.member = self.member.take().map(GzDecoder::into_inner).map(after_zeros).transpose()?.flatten();
        }
        Ok(0)
    }
}

/// What comes after zeros, which programs pad blocks with.
fn after_zeros<R: Read>(mut reader: BufReader<R>) -> io::Result<Option<GzDecoder<BufReader<R>>>> {
    loop {
        let (zeros, is_next) = match reader.fill_buf() {
            Ok([]) => return Ok(None),
            Ok(bytes) => bytes.iter().position(|byte| *byte != 0).map_or((bytes.len(), false), |at| (at, true)),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        reader.consume(zeros);
        if is_next {
            return Ok(Some(GzDecoder::new(reader)));
        }
    }
}
