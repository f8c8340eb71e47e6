//! In which of its ways JSON is written: an object a line, one array, or objects over several lines.

use serde::de::IgnoredAny;

use super::array::Array;
use super::bytes::{BYTE_ORDER_MARK, Bytes};
use super::lines::Lines;
use super::{Chunks, Position, Trouble};

/// The records of a source from a position on, in whatever way they are written.
pub(super) fn open(mut bytes: Bytes, position: Position) -> Result<Box<dyn Chunks>, Trouble> {
    // The first bytes say it.
    let is_array = first(&mut bytes, 0).is_some_and(|(_, byte)| byte == b'[');
    let is_apart = !is_array && is_apart(&mut bytes);
    bytes.skip(position.offset)?;
    Ok(if is_array {
        Box::new(Array::new(bytes, position))
    } else if is_apart {
        Box::new(Array::without(bytes, position))
    } else {
        Box::new(Lines::new(bytes, position))
    })
}

/// The first byte from a place on that is not blank, and where it is.
fn first(bytes: &mut Bytes, from: usize) -> Option<(usize, u8)> {
    loop {
        let mark = if bytes.buffer.starts_with(BYTE_ORDER_MARK) { BYTE_ORDER_MARK.len() } else { 0 };
        let is_in_mark = bytes.buffer.len() < BYTE_ORDER_MARK.len() && BYTE_ORDER_MARK.starts_with(&bytes.buffer);
        let mut rest = bytes.buffer.iter().enumerate().skip(from.max(mark));
        match rest.find(|(_, byte)| !byte.is_ascii_whitespace()) {
            Some((at, byte)) if !is_in_mark => return Some((at, *byte)),
            _ if bytes.is_at_end => return None,
            _ => bytes.more(),
        }
    }
}

/// Whether the first object goes on in the next line.
fn is_apart(bytes: &mut Bytes) -> bool {
    let Some((start, b'{')) = first(bytes, 0) else { return false };
    let mut searched = start;
    let end = loop {
        if let Some(at) = memchr::memchr(b'\n', bytes.buffer.get(searched..).unwrap_or_default()) {
            break searched + at;
        }
        if bytes.is_at_end {
            return false;
        }
        searched = bytes.buffer.len();
        bytes.more();
    };
    let is_cut = |text: &[u8]| serde_json::from_slice::<IgnoredAny>(text).is_err_and(|error| error.is_eof());
    let line = bytes.buffer.get(start..=end).unwrap_or_default().to_vec();
    if !is_cut(&line) {
        return false;
    }
    // A line that was cut short, rather than one of several, has another object behind it.
    first(bytes, end).is_some_and(|(_, byte)| {
        let with_next = [line.as_slice(), &[byte]].concat();
        !serde_json::from_slice::<IgnoredAny>(&with_next).is_err_and(|error| !error.is_eof())
    })
}
