//! Blocks of a file that is no database any more.

use std::fs::File;
use std::io::{Read as _, Seek as _, SeekFrom};
use std::path::Path;

use super::encoded::{self, Decoded, HEAD, MAGIC};

/// How much is read at once; more is, where a block is longer.
const STEP: usize = 1 << 20;

/// Shows every whole block that is somewhere in the file, the same one more than once where older copies are left.
pub(super) fn each(path: &Path, mut show: impl FnMut(Decoded) -> std::io::Result<()>) -> std::io::Result<()> {
    let mut file = File::open(path)?;
    let length = file.metadata()?.len();
    let mut buffer = Vec::new();
    let mut at = 0;
    while at < length {
        read(&mut file, at, STEP, &mut buffer)?;
        let Some(place) = find(&buffer) else {
            // The first bytes of a block may be split.
            at += (buffer.len().saturating_sub(MAGIC.len() - 1)).max(1) as u64;
            continue;
        };
        at += place as u64;
        read(&mut file, at, HEAD, &mut buffer)?;
        let len = buffer.get(12..16).and_then(|len| len.try_into().ok()).map_or(0, u32::from_le_bytes);
        if u64::from(len) <= length - at {
            read(&mut file, at, len as usize, &mut buffer)?;
            if let Some(decoded) = encoded::read(&buffer) {
                at += decoded.len as u64;
                show(decoded)?;
                continue;
            }
        }
        at += 1;
    }
    Ok(())
}

fn read(file: &mut File, at: u64, len: usize, buffer: &mut Vec<u8>) -> std::io::Result<()> {
    buffer.clear();
    file.seek(SeekFrom::Start(at))?;
    file.by_ref().take(len as u64).read_to_end(buffer)?;
    Ok(())
}

fn find(bytes: &[u8]) -> Option<usize> {
    bytes.windows(MAGIC.len()).position(|window| window == MAGIC)
}
