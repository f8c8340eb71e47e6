//! The memory of bodies that were sent, for the next ones: a page that was written to before is cheaper than a new one.

use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;

/// How many buffers are kept: more requests are seldom in flight at once.
const MOST: usize = 8;

/// How many bytes they have together at most.
const MOST_BYTES: usize = 64 << 20;

/// Buffers that are free.
#[derive(Clone, Debug)]
pub(crate) struct Pool {
    free: Arc<Mutex<Vec<Vec<u8>>>>,
    most: usize,
    most_bytes: usize,
}

impl Default for Pool {
    fn default() -> Self {
        Pool::keeping(MOST, MOST_BYTES)
    }
}

impl Pool {
    /// One that keeps so many buffers, and so many bytes together.
    pub(crate) fn keeping(most: usize, most_bytes: usize) -> Self {
        Pool { free: Arc::default(), most, most_bytes }
    }

    /// A buffer, with memory if one is free.
    pub(crate) fn take(&self) -> Vec<u8> {
        self.free.lock().unwrap_or_else(PoisonError::into_inner).pop().unwrap_or_default()
    }

    /// The bytes of a body, whose memory comes back when nobody needs them any more.
    pub(crate) fn lend(&self, bytes: Vec<u8>) -> Bytes {
        Bytes::from_owner(Lent { bytes, pool: self.clone() })
    }

    /// Takes a buffer that is not needed any more.
    pub(crate) fn give_back(&self, mut buffer: Vec<u8>) {
        buffer.clear();
        let mut free = self.free.lock().unwrap_or_else(PoisonError::into_inner);
        let bytes: usize = free.iter().map(Vec::capacity).sum();
        if free.len() < self.most && bytes + buffer.capacity() <= self.most_bytes {
            free.push(buffer);
        }
    }
}

struct Lent {
    bytes: Vec<u8>,
    pool: Pool,
}

impl AsRef<[u8]> for Lent {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}

impl Drop for Lent {
    fn drop(&mut self) {
        self.pool.give_back(std::mem::take(&mut self.bytes));
    }
}

#[cfg(test)]
mod tests {
    use super::{MOST, MOST_BYTES, Pool};

    #[test]
    fn memory_comes_back_when_nobody_needs_it() {
        let pool = Pool::default();
        let mut buffer = pool.take();
        buffer.extend_from_slice(b"a body");
        let place = buffer.as_ptr();
        let lent = pool.lend(buffer);
        let again = lent.clone();
        drop(lent);
        assert_eq!(pool.take().capacity(), 0, "a request that is tried again still needs it");
        assert_eq!(again.as_ref(), b"a body");
        drop(again);
        let taken = pool.take();
        assert_eq!(taken.as_ptr(), place);
    }

    #[test]
    fn few_buffers_are_kept() {
        let pool = Pool::default();
        let lent: Vec<_> = (0..2 * MOST).map(|_| pool.lend(vec![1])).collect();
        drop(lent);
        let kept = std::iter::repeat_with(|| pool.take()).take_while(|buffer| buffer.capacity() > 0).count();
        assert_eq!(kept, MOST);
        let lent: Vec<_> = (0..3).map(|_| pool.lend(Vec::with_capacity(MOST_BYTES / 2))).collect();
        drop(lent);
        let kept = std::iter::repeat_with(|| pool.take()).take_while(|buffer| buffer.capacity() > 0).count();
        assert_eq!(kept, 2, "and not too large ones");
    }
}
