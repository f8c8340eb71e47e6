//! A block as it is in the spool. It stands on its own: where the database is damaged, blocks are still found by their
//! first bytes, and known to be whole by their checksum.

use std::borrow::Cow;
use std::sync::Arc;

use bytes::Bytes;

use crate::sender::block::Content;

/// The first bytes of a block.
pub(super) const MAGIC: [u8; 8] = *b"\xb5STITCH\x01";

/// The bytes before the parts of varying length: the first bytes, the checksum of all that follows it, and seven numbers.
pub(super) const HEAD: usize = 8 + 4 + 4 + 8 + 4 * 4;

/// What is known of a block without reading its records.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::sender) struct Summary {
    pub(in crate::sender) records: u32,
    /// How many bytes the records take.
    pub(in crate::sender) bytes: usize,
    pub(in crate::sender) tables: Vec<(Cow<'static, str>, u32)>,
}

impl Summary {
    /// As a text, for the index of the spool.
    pub(super) fn to_json(&self, lane: u32) -> String {
        serde_json::json!([lane, self.records, self.bytes, self.tables]).to_string()
    }

    pub(super) fn from_json(text: &str) -> Option<(u32, Self)> {
        let (lane, records, bytes, tables): (u32, u32, usize, Vec<(String, u32)>) = serde_json::from_str(text).ok()?;
        let tables = tables.into_iter().map(|(name, count)| (name.into(), count)).collect();
        Some((lane, Summary { records, bytes, tables }))
    }
}

/// The parts of a block.
#[derive(Clone, Copy, Debug)]
pub(in crate::sender) struct Parts<'a> {
    pub(in crate::sender) id: u64,
    /// What its lane is, as JSON.
    pub(in crate::sender) route: &'a str,
    pub(in crate::sender) ends: &'a [u32],
    pub(in crate::sender) bytes: &'a [u8],
}

impl Parts<'_> {
    /// How many bytes it takes in the spool.
    pub(in crate::sender) fn len(&self) -> usize {
        HEAD + self.route.len() + size_of_val(self.ends) + self.bytes.len()
    }

    /// Writes it to `to`, which has as many bytes as it takes.
    pub(super) fn write(&self, to: &mut [u8]) {
        let mut to = Writing { to, at: 0 };
        to.add(&MAGIC);
        to.at += 4;
        to.number(self.len());
        to.add(&self.id.to_le_bytes());
        to.number(self.route.len());
        to.number(self.ends.len());
        to.number(self.bytes.len());
        // For what is to come.
        to.number(0);
        to.add(self.route.as_bytes());
        for end in self.ends {
            to.add(&end.to_le_bytes());
        }
        to.add(self.bytes);
        let sum = crc32fast::hash(to.to.get(12..).unwrap_or_default());
        if let Some(place) = to.to.get_mut(8..12) {
            place.copy_from_slice(&sum.to_le_bytes());
        }
    }
}

struct Writing<'a> {
    to: &'a mut [u8],
    at: usize,
}

impl Writing<'_> {
    fn add(&mut self, bytes: &[u8]) {
        if let Some(place) = self.to.get_mut(self.at..self.at + bytes.len()) {
            place.copy_from_slice(bytes);
        }
        self.at += bytes.len();
    }

    fn number(&mut self, number: usize) {
        self.add(&(number as u32).to_le_bytes());
    }
}

/// A block that was read.
#[derive(Clone, Debug)]
pub(in crate::sender) struct Decoded {
    pub(in crate::sender) id: u64,
    pub(in crate::sender) route: String,
    pub(in crate::sender) content: Content,
    /// How many bytes it takes in the spool.
    pub(in crate::sender) len: usize,
}

/// Reads the block that `bytes` begin with; nothing, where they are not one, or not as they were written.
pub(in crate::sender) fn read(bytes: &[u8]) -> Option<Decoded> {
    let number =
        |at: usize| -> Option<usize> { Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?) as usize) };
    if bytes.get(..8)? != MAGIC {
        return None;
    }
    let len = number(12)?;
    let checked = bytes.get(12..len)?;
    if crc32fast::hash(checked) as usize != number(8)? {
        return None;
    }
    let id = u64::from_le_bytes(bytes.get(16..24)?.try_into().ok()?);
    let (route_len, records, data_len) = (number(24)?, number(28)?, number(32)?);
    let ends_at = HEAD.checked_add(route_len)?;
    let data_at = ends_at.checked_add(records.checked_mul(4)?)?;
    if data_at.checked_add(data_len)? != len {
        return None;
    }
    let route = std::str::from_utf8(bytes.get(HEAD..ends_at)?).ok()?.to_owned();
    let mut before = 0;
    let mut ends = Vec::with_capacity(records);
    for end in bytes.get(ends_at..data_at)?.as_chunks::<4>().0 {
        let end = u32::from_le_bytes(*end);
        if end < before || end as usize > data_len {
            return None;
        }
        before = end;
        ends.push(end);
    }
    let data = Bytes::copy_from_slice(bytes.get(data_at..len)?);
    Some(Decoded { id, route, content: Content::read(data, Arc::from(ends)), len })
}

#[cfg(test)]
mod tests {
    use super::{HEAD, Parts, Summary, read};

    fn written() -> Vec<u8> {
        let parts = Parts { id: 7, route: r#"{"endpoint":"push"}"#, ends: &[5, 9], bytes: b",{\"a\",{}}" };
        let mut bytes = vec![0; parts.len()];
        parts.write(&mut bytes);
        bytes
    }

    #[test]
    fn a_block_is_read_as_it_was_written() {
        let mut bytes = written();
        assert_eq!(bytes.len(), HEAD + 19 + 8 + 9);
        bytes.extend_from_slice(b"what follows");
        let decoded = read(&bytes).unwrap();
        assert_eq!((decoded.id, decoded.route.as_str()), (7, r#"{"endpoint":"push"}"#));
        assert_eq!(&decoded.content.slice(&(1..2))[..], b",{}}");
        assert_eq!(decoded.len, bytes.len() - 12);
    }

    #[test]
    fn a_changed_bit_anywhere_and_a_missing_end_are_seen() {
        let whole = written();
        for place in 0..whole.len() {
            for bit in 0..8 {
                let mut bytes = whole.clone();
                bytes[place] ^= 1 << bit;
                assert!(read(&bytes).is_none(), "bit {bit} of byte {place}");
            }
            assert!(read(&whole[..place]).is_none(), "{place} bytes");
        }
    }

    #[test]
    fn a_summary_is_read_as_it_was_written() {
        let tables = vec![("orders \"x\"".into(), 2), ("customers".into(), 1)];
        let summary = Summary { records: 3, bytes: 1234, tables };
        assert_eq!(Summary::from_json(&summary.to_json(5)), Some((5, summary)));
    }
}
