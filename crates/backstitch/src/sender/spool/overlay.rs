//! A spool's file for those who only look: what the database writes, when it is repaired after a crash or checked,
//! stays in memory, and the file is as it was.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{Error, ErrorKind};
use std::ops::{Bound, Range};
use std::sync::{Mutex, MutexGuard, PoisonError};

use redb::backends::FileBackend;
use redb::{BackendError, StorageBackend};

/// How much of the file is kept in memory around each written byte.
const PAGE: u64 = 4096;

/// The file, and what was written over it.
#[derive(Debug)]
pub(super) struct Overlay {
    file: FileBackend,
    written: Mutex<Written>,
}

#[derive(Debug)]
struct Written {
    len: u64,
    /// Up to where the file itself counts.
    of_file: u64,
    pages: BTreeMap<u64, Box<[u8]>>,
}

impl Overlay {
    pub(super) fn new(file: File) -> Result<Self, redb::DatabaseError> {
        let file = FileBackend::new(file)?;
        let len = file.len().map_err(redb::StorageError::Io)?;
        Ok(Overlay { file, written: Mutex::new(Written { len, of_file: len, pages: BTreeMap::new() }) })
    }

    fn written(&self) -> MutexGuard<'_, Written> {
        self.written.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A part of one page that a part of some bytes belongs to.
struct Piece {
    page: u64,
    in_page: Range<usize>,
    in_bytes: Range<usize>,
}

/// The parts of pages that so many bytes from `offset` on are in.
fn pieces(offset: u64, len: usize) -> impl Iterator<Item = Piece> {
    let mut done = 0;
    std::iter::from_fn(move || {
        let at = offset.checked_add(done as u64).filter(|_| done < len)?;
        let begin = (at % PAGE) as usize;
        let count = (len - done).min(PAGE as usize - begin);
        done += count;
        Some(Piece { page: at / PAGE, in_page: begin..begin + count, in_bytes: done - count..done })
    })
}

impl Written {
    /// Reads what the file has, and zeros after its end.
    fn read_file(&self, file: &FileBackend, offset: u64, out: &mut [u8]) -> Result<(), Error> {
        let known = usize::try_from(self.of_file.saturating_sub(offset)).unwrap_or(usize::MAX).min(out.len());
        let (of_file, after) = out.split_at_mut(known);
        after.fill(0);
        if of_file.is_empty() { Ok(()) } else { file.read(offset, of_file) }
    }
}

impl StorageBackend for Overlay {
    fn len(&self) -> Result<u64, Error> {
        Ok(self.written().len)
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> Result<(), Error> {
        let written = self.written();
        if offset.checked_add(out.len() as u64).is_none_or(|end| end > written.len) {
            return Err(ErrorKind::UnexpectedEof.into());
        }
        written.read_file(&self.file, offset, out)?;
        for Piece { page, in_page, in_bytes } in pieces(offset, out.len()) {
            let Some(page) = written.pages.get(&page) else { continue };
            if let (Some(to), Some(from)) = (out.get_mut(in_bytes), page.get(in_page)) {
                to.copy_from_slice(from);
            }
        }
        Ok(())
    }

    fn set_len(&self, len: u64) -> Result<(), Error> {
        let mut written = self.written();
        written.len = len;
        written.of_file = written.of_file.min(len);
        written.pages.retain(|page, _| page * PAGE < len);
        if let Some(last) = written.pages.get_mut(&(len / PAGE)) {
            last.get_mut((len % PAGE) as usize..).unwrap_or_default().fill(0);
        }
        Ok(())
    }

    fn sync_data(&self) -> Result<(), Error> {
        Ok(())
    }

    fn write(&self, offset: u64, data: &[u8]) -> Result<(), Error> {
        let mut written = self.written();
        for Piece { page, in_page, in_bytes } in pieces(offset, data.len()) {
            if !written.pages.contains_key(&page) {
                let mut before = vec![0; PAGE as usize];
                written.read_file(&self.file, page * PAGE, &mut before)?;
                written.pages.insert(page, before.into());
            }
            let to = written.pages.get_mut(&page).and_then(|page| page.get_mut(in_page));
            if let (Some(to), Some(from)) = (to, data.get(in_bytes)) {
                to.copy_from_slice(from);
            }
        }
        written.len = written.len.max(offset.saturating_add(data.len() as u64));
        Ok(())
    }

    fn close(&self) -> Result<(), Error> {
        self.file.close()
    }

    // Who only looks keeps those out who write, and no one else: a file that can't be written has no other lock either.

    fn try_lock_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<bool, BackendError> {
        self.file.try_lock_shared_range(start, end)
    }

    fn try_lock_shared_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<bool, BackendError> {
        self.file.try_lock_shared_range(start, end)
    }

    fn lock_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<(), BackendError> {
        self.file.lock_shared_range(start, end)
    }

    fn lock_shared_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<(), BackendError> {
        self.file.lock_shared_range(start, end)
    }

    fn unlock_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<(), BackendError> {
        self.file.unlock_range(start, end)
    }

    fn query_lock_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<bool, BackendError> {
        self.file.query_lock_range(start, end)
    }
}

#[cfg(test)]
mod tests {
    use std::fs::File;

    use proptest::prelude::*;
    use redb::StorageBackend as _;

    use super::Overlay;

    #[derive(Clone, Debug)]
    enum Act {
        Write(u64, Vec<u8>),
        SetLen(u64),
    }

    fn act() -> impl Strategy<Value = Act> {
        prop_oneof![
            4 => (0..20_000u64, prop::collection::vec(any::<u8>(), 0..9_000)).prop_map(|(at, data)| Act::Write(at, data)),
            1 => (0..30_000u64).prop_map(Act::SetLen),
        ]
    }

    proptest! {
        #[test]
        fn it_reads_as_a_file_would_that_was_written_to_and_the_file_is_as_it_was(
            before in prop::collection::vec(any::<u8>(), 0..12_000),
            acts in prop::collection::vec(act(), 0..12),
            reads in prop::collection::vec((0..30_000u64, 0..10_000usize), 1..8),
        ) {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("file");
            std::fs::write(&path, &before).unwrap();
            let overlay = Overlay::new(File::open(&path).unwrap()).unwrap();
            let mut model = before.clone();
            for act in acts {
                match act {
                    Act::Write(at, data) => {
                        let at = at as usize;
                        if at > model.len() {
                            continue;
                        }
                        overlay.write(at as u64, &data).unwrap();
                        model.resize(model.len().max(at + data.len()), 0);
                        model[at..at + data.len()].copy_from_slice(&data);
                    }
                    Act::SetLen(len) => {
                        overlay.set_len(len).unwrap();
                        model.resize(len as usize, 0);
                    }
                }
                prop_assert_eq!(overlay.len().unwrap(), model.len() as u64);
            }
            for (at, len) in reads {
                let mut out = vec![0; len];
                let read = overlay.read(at, &mut out);
                let at = at as usize;
                prop_assert_eq!(read.is_ok(), at + len <= model.len());
                if read.is_ok() {
                    prop_assert_eq!(&out[..], &model[at..at + len]);
                }
            }
            prop_assert_eq!(std::fs::read(&path).unwrap(), before);
        }
    }
}
