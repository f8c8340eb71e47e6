//! Bodies while they come in, and until it is their turn: in memory as long as there is room, then in files without
//! names. A slow client holds room that others do without, and nobody waits for it.

use std::fs::File;
use std::io::{self, Read, Seek, Write};
use std::sync::Arc;

use axum::body::Bytes;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::spawn_blocking;

/// What bodies may take of memory altogether.
const ROOM: usize = 16 * 1024 * 1024;

/// What each of them may take beside that: most are no longer.
const FREE: usize = 64 * 1024;

/// A file is written in pieces of this size.
const PIECE: usize = 512 * 1024;

/// The room for bodies.
#[derive(Debug, Clone)]
pub(crate) struct Room(Arc<Semaphore>);

impl Default for Room {
    fn default() -> Self {
        Room(Arc::new(Semaphore::new(ROOM)))
    }
}

/// A body, as far as it has come.
#[derive(Debug)]
pub(crate) struct Held {
    room: Room,
    /// The length that was stated beforehand.
    stated: usize,
    length: usize,
    /// What is in memory: all, or what follows what is in the file.
    bytes: Vec<u8>,
    taken: Option<OwnedSemaphorePermit>,
    file: Option<File>,
}

impl Held {
    /// A body of which nothing has come.
    pub(crate) fn new(room: &Room, stated: usize) -> Self {
        let bytes = Vec::with_capacity(stated.min(FREE));
        Held { room: room.clone(), stated, length: 0, bytes, taken: None, file: None }
    }

    pub(crate) fn len(&self) -> usize {
        self.length
    }

    /// Adds what has come.
    ///
    /// # Errors
    /// Where a file can't be written.
    pub(crate) async fn add(&mut self, data: &[u8]) -> io::Result<()> {
        self.length += data.len();
        if self.file.is_none() && !self.has_room() {
            let bytes = std::mem::take(&mut self.bytes);
            self.file = Some(blocking(move || written(tempfile::tempfile()?, &bytes)).await?);
            self.taken = None;
        }
        if self.bytes.len() + data.len() > self.bytes.capacity() && self.file.is_none() {
            // Nothing but what comes is touched, so that a length which is not true takes no memory.
            self.bytes.reserve_exact(self.stated.saturating_sub(self.bytes.len()));
        }
        self.bytes.extend_from_slice(data);
        if self.bytes.len() >= PIECE
            && let Some(file) = self.file.take()
        {
            self.file = Some(self.write(file).await?);
        }
        Ok(())
    }

    /// Whether there is room for all that has come.
    fn has_room(&mut self) -> bool {
        let taken = self.taken.as_ref().map_or(0, OwnedSemaphorePermit::num_permits);
        let Some(more) = self.length.saturating_sub(FREE).checked_sub(taken).filter(|more| *more > 0) else {
            return true;
        };
        let Ok(more) = u32::try_from(more) else { return false };
        let Ok(more) = Arc::clone(&self.room.0).try_acquire_many_owned(more) else { return false };
        match &mut self.taken {
            Some(taken) => taken.merge(more),
            None => self.taken = Some(more),
        }
        true
    }

    async fn write(&mut self, file: File) -> io::Result<File> {
        let bytes = std::mem::take(&mut self.bytes);
        blocking(move || written(file, &bytes)).await
    }

    /// The whole body. Blocks where it is in a file; nothing is held any more.
    ///
    /// # Errors
    /// Where the file can't be read.
    pub(crate) fn into_bytes(self) -> io::Result<Bytes> {
        let Some(mut file) = self.file else { return Ok(self.bytes.into()) };
        let mut bytes = Vec::with_capacity(self.length);
        file.rewind()?;
        file.read_to_end(&mut bytes)?;
        bytes.extend_from_slice(&self.bytes);
        Ok(bytes.into())
    }
}

fn written(mut file: File, bytes: &[u8]) -> io::Result<File> {
    file.write_all(bytes)?;
    Ok(file)
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> io::Result<T> + Send + 'static) -> io::Result<T> {
    spawn_blocking(work).await.unwrap_or_else(|error| Err(error.into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn body(length: usize) -> Vec<u8> {
        (0..length).map(|at| (at % 251) as u8).collect()
    }

    async fn held(room: &Room, body: &[u8]) -> Held {
        let mut held = Held::new(room, body.len());
        for piece in body.chunks(100_000) {
            held.add(piece).await.expect("room in a file");
        }
        held
    }

    #[tokio::test]
    async fn bodies_beyond_the_room_are_in_files_and_whole() {
        let room = Room::default();
        let body = body(ROOM / 2 + FREE);
        let first = held(&room, &body).await;
        let second = held(&room, &body).await;
        let third = held(&room, &body).await;
        assert_eq!([&first, &second, &third].map(|held| held.file.is_some()), [false, false, true]);
        assert_eq!(room.0.available_permits(), 0);
        for held in [first, second, third] {
            assert!(held.into_bytes().expect("a body") == body);
        }
        assert_eq!(room.0.available_permits(), ROOM);
    }

    #[tokio::test]
    async fn a_body_that_moves_to_a_file_gives_its_room_back() {
        let room = Room::default();
        let body = body(ROOM / 2 + FREE);
        let first = held(&room, &body).await;
        let mut second = Held::new(&room, 0);
        second.add(&body[..FREE + 1]).await.expect("room");
        let third = held(&room, &body).await;
        assert!(third.file.is_some());
        second.add(&body[FREE + 1..]).await.expect("room in a file, or in memory");
        assert!(first.file.is_none());
        assert!(second.into_bytes().expect("a body") == body);
        drop((first, third));
        assert_eq!(room.0.available_permits(), ROOM);
    }

    #[tokio::test]
    async fn a_short_body_needs_no_room() {
        let room = Room::default();
        let all = Arc::clone(&room.0).try_acquire_many_owned(ROOM as u32).expect("all room");
        assert!(held(&room, &body(FREE)).await.file.is_none());
        drop(all);
    }
}
