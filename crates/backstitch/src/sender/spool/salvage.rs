//! Blocks of a file that is no database any more.

use std::collections::HashSet;
use std::fs::File;
use std::hash::{DefaultHasher, Hasher as _};
use std::io::{Read as _, Seek as _, SeekFrom};
use std::path::Path;

use super::SpoolError;
use super::encoded::{self, Decoded, HEAD, MAGIC};

/// How much is read at once; more is, where a block is longer.
const STEP: usize = 1 << 20;

/// Shows the blocks that are somewhere in the file, in the order of their numbers. Of a block that grew there are older
/// copies, with fewer of its records: these are left out, and so is what is there twice. Blocks of the same number that
/// have other records are shown all: numbers begin again after a spool was empty.
pub(super) fn each(path: &Path, mut show: impl FnMut(&Decoded) -> Result<(), SpoolError>) -> Result<(), SpoolError> {
    let io = |error| SpoolError::Io { path: path.to_owned(), error };
    let mut file = Scan::open(path).map_err(io)?;
    let mut places = Vec::new();
    let mut whole = HashSet::new();
    while let Some((at, block)) = file.next().map_err(io)? {
        places.push((block.id, at, block.len));
        whole.extend(beginnings(&block).last());
    }
    places.sort_unstable();
    let mut outgrown = HashSet::new();
    for (_, at, len) in &places {
        let Some(block) = file.block(*at, *len).map_err(io)? else { continue };
        let shorter = block.content.ends.len().saturating_sub(1);
        outgrown.extend(beginnings(&block).take(shorter).filter(|beginning| whole.contains(beginning)));
    }
    for (_, at, len) in places {
        let Some(block) = file.block(at, len).map_err(io)? else { continue };
        let Some(all) = beginnings(&block).last() else { continue };
        if !outgrown.contains(&all) && whole.remove(&all) {
            show(&block)?;
        }
    }
    Ok(())
}

/// What tells the first record of a block, the first two, and so on, from all others.
fn beginnings(block: &Decoded) -> impl Iterator<Item = u64> {
    let mut hasher = DefaultHasher::new();
    hasher.write(block.route.as_bytes());
    block.content.records().map(move |record| {
        hasher.write(&record);
        hasher.finish()
    })
}

/// A file that is searched for blocks.
struct Scan {
    file: File,
    length: u64,
    at: u64,
    buffer: Vec<u8>,
}

impl Scan {
    fn open(path: &Path) -> std::io::Result<Self> {
        let file = File::open(path)?;
        let length = file.metadata()?.len();
        Ok(Scan { file, length, at: 0, buffer: Vec::new() })
    }

    /// The next whole block, and where it is.
    fn next(&mut self) -> std::io::Result<Option<(u64, Decoded)>> {
        while self.at < self.length {
            self.read(self.at, STEP)?;
            let Some(place) = self.buffer.windows(MAGIC.len()).position(|window| window == MAGIC) else {
                // The first bytes of a block may be split.
                self.at += (self.buffer.len().saturating_sub(MAGIC.len() - 1)).max(1) as u64;
                continue;
            };
            let at = self.at + place as u64;
            self.read(at, HEAD)?;
            let len = self.buffer.get(12..16).and_then(|len| len.try_into().ok()).map_or(0, u32::from_le_bytes);
            if u64::from(len) <= self.length - at
                && let Some(block) = self.block(at, len as usize)?
            {
                self.at = at + block.len as u64;
                return Ok(Some((at, block)));
            }
            self.at = at + 1;
        }
        Ok(None)
    }

    /// The block of so many bytes that is at a place.
    fn block(&mut self, at: u64, len: usize) -> std::io::Result<Option<Decoded>> {
        self.read(at, len)?;
        Ok(encoded::read(&self.buffer))
    }

    fn read(&mut self, at: u64, len: usize) -> std::io::Result<()> {
        self.buffer.clear();
        self.file.seek(SeekFrom::Start(at))?;
        self.file.by_ref().take(len as u64).read_to_end(&mut self.buffer)?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::encoded::Parts;
    use super::each;

    const ROUTE: &str = r#"{"endpoint":"push","format":"json"}"#;

    fn block(id: u64, records: &[&str]) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut ends = Vec::new();
        for record in records {
            bytes.push(b',');
            bytes.extend_from_slice(record.as_bytes());
            ends.push(bytes.len() as u32);
        }
        let parts = Parts { id, route: ROUTE, ends: &ends, bytes: &bytes };
        let mut written = vec![0; parts.len()];
        parts.write(&mut written);
        written
    }

    fn found(file: &[u8]) -> Vec<(u64, String)> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        std::fs::write(&path, file).unwrap();
        let mut found = Vec::new();
        each(&path, |block| {
            found.push((block.id, String::from_utf8_lossy(&block.content.bytes).into_owned()));
            Ok(())
        })
        .unwrap();
        found
    }

    #[test]
    fn the_longest_copy_of_a_block_that_grew_is_shown_once() {
        let file = [block(2, &["c"]), block(1, &["a", "b"]), block(1, &["a"]), b"?".to_vec(), block(1, &["a", "b"])];
        assert_eq!(found(&file.concat()), [(1, ",a,b".to_owned()), (2, ",c".to_owned())]);
    }

    #[test]
    fn blocks_of_the_same_number_with_other_records_are_all_shown() {
        let file = [block(1, &["delivered long ago", "and this"]), block(1, &["waits"])];
        assert_eq!(found(&file.concat()).len(), 2, "the shorter one may be the one that was not sent");
    }

    #[test]
    fn a_block_across_the_border_of_two_reads_is_found_and_a_damaged_one_is_not() {
        let mut damaged = block(3, &["x"]);
        *damaged.last_mut().unwrap() ^= 1;
        for shift in 0..12 {
            let file = [damaged.clone(), vec![b'.'; super::STEP - damaged.len() - shift], block(4, &["y"])].concat();
            assert_eq!(found(&file), [(4, ",y".to_owned())], "{shift}");
        }
    }
}
