//! A record a line.

use memchr::{memchr_iter, memrchr};

use super::bytes::{BYTE_ORDER_MARK, Bytes, not_utf8};
use super::{At, Chunk, Chunks, Place, Position, Trouble};

pub(super) struct Lines {
    bytes: Bytes,
    position: Position,
    /// How many bytes of the buffer have no end of a line among them.
    searched: usize,
}

impl Lines {
    /// Goes on in bytes that begin at a position.
    pub(super) fn new(bytes: Bytes, position: Position) -> Self {
        Lines { bytes, position, searched: 0 }
    }
}

impl Chunks for Lines {
    fn next(&mut self) -> Result<Option<Chunk>, Trouble> {
        let end = loop {
            // A line that something is wrong in the midst of is no record.
            if self.bytes.is_whole() {
                break self.bytes.buffer.len();
            }
            let last = self.bytes.buffer.get(self.searched..).and_then(|bytes| memrchr(b'\n', bytes));
            match last {
                Some(last) => break self.searched + last + 1,
                None if self.bytes.is_at_end => break 0,
                None => {
                    self.searched = self.bytes.buffer.len();
                    self.bytes.more();
                }
            }
        };
        if end == 0 {
            let at = At::Line(self.position.line + 1);
            return self.bytes.trouble(at).map_or(Ok(None), Err);
        }
        let rest = self.bytes.buffer.split_off(end);
        self.searched = rest.len();
        let taken = std::mem::replace(&mut self.bytes.buffer, rest);
        Ok(Some(self.chunk(taken)))
    }
}

impl Lines {
    /// The records of some whole lines.
    fn chunk(&mut self, mut taken: Vec<u8>) -> Chunk {
        if self.position.offset == 0 && taken.starts_with(BYTE_ORDER_MARK) {
            taken[..BYTE_ORDER_MARK.len()].fill(b' ');
        }
        let mut chunk = Chunk::default();
        let is_text = std::str::from_utf8(&taken).is_ok();
        let mut ends: Vec<usize> = memchr_iter(b'\n', &taken).collect();
        if ends.last().is_none_or(|last| last + 1 < taken.len()) {
            ends.push(taken.len());
        }
        let mut start = 0;
        chunk.rows.reserve(ends.len());
        for end in ends {
            self.position.line += 1;
            let line = self.position.line;
            let bytes = taken.get_mut(start..end).unwrap_or_default();
            if !is_text && let Some(bad) = not_utf8(bytes, line, 1) {
                chunk.bad.push(bad);
            } else if !bytes.trim_ascii().is_empty() {
                chunk.rows.push(Place { start, end, line, column: 1 });
            }
            start = end + 1;
        }
        self.position.offset += taken.len() as u64;
        chunk.next = self.position;
        // All lines that are none were blanked.
        chunk.text = String::from_utf8(taken).unwrap_or_default();
        chunk
    }
}
