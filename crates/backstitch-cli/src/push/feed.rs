//! Records from the thread that reads them to the sender.

use std::sync::atomic::AtomicU64;
use std::sync::{Arc, Mutex};

use anyhow::Context as _;
use backstitch::{Receipts, Sender, Table};
use tokio::sync::mpsc;

use super::position::PositionFile;
use super::settle::{Batch, Done, Rejects, advance};
use super::shape::{self, Shape};
use crate::input::{Bad, Chunk, Chunks, File, Place, Position, Trouble};

/// What the thread that reads has read.
pub(super) enum Read {
    Chunk(usize, Chunk),
    /// A file was read to its end.
    End(usize),
    /// All files were.
    All,
    Trouble(Trouble),
}

/// Reads files in a thread of its own, from a position in one of them on: a source that waits, as a pipe does, keeps
/// nobody else waiting.
pub(super) fn read(
    files: Arc<Vec<File>>,
    from: (usize, Position),
    read: Arc<AtomicU64>,
    to: mpsc::Sender<Read>,
) -> anyhow::Result<()> {
    let (first, mut position) = from;
    let reading = move || {
        for (index, file) in files.iter().enumerate().skip(first) {
            if let Err(trouble) = read_file(index, file, std::mem::take(&mut position), &read, &to) {
                let _ = to.blocking_send(Read::Trouble(trouble));
                return;
            }
            if to.blocking_send(Read::End(index)).is_err() {
                return;
            }
        }
        let _ = to.blocking_send(Read::All);
    };
    std::thread::Builder::new().name("read".to_owned()).spawn(reading).context("no thread can be started")?;
    Ok(())
}

fn read_file(
    index: usize,
    file: &File,
    position: Position,
    read: &Arc<AtomicU64>,
    to: &mpsc::Sender<Read>,
) -> Result<(), Trouble> {
    let mut chunks: Box<dyn Chunks> = file.open(position, read)?;
    while let Some(chunk) = chunks.next()? {
        // Nobody reads any more where the run has ended.
        if to.blocking_send(Read::Chunk(index, chunk)).is_err() {
            return Ok(());
        }
    }
    Ok(())
}

pub(super) struct Feed<'a> {
    pub(super) sender: &'a Sender,
    pub(super) table: &'a Table,
    pub(super) shape: &'a Shape,
    pub(super) files: &'a [File],
    pub(super) rejects: &'a Rejects,
    /// Where records are kept from the moment on at which they are handed over.
    pub(super) position: Option<Arc<Mutex<PositionFile>>>,
}

impl Feed<'_> {
    /// Hands all over that is read.
    pub(super) async fn run(&self, mut from: mpsc::Receiver<Read>, to: mpsc::Sender<Batch>) -> anyhow::Result<()> {
        // What the sender has rejected, and how many of these were found as soon as they were handed over.
        let (mut known, mut found) = (0, 0);
        loop {
            // A thread that ends otherwise than with all or with a trouble has read nobody knows how far.
            let read = from.recv().await.context("the thread that reads has ended before the files did")?;
            let batch = match read {
                Read::Chunk(index, chunk) => self.hand_over(index, chunk, &to).await?,
                Read::End(index) => Batch { next: (index + 1, Position::default()), ..Batch::of(index) },
                Read::All => return Ok(()),
                Read::Trouble(trouble) => return Err(trouble.into()),
            };
            if let Some(position) = &self.position {
                advance(position, &Done::with(&batch, batch.bad))?;
            }
            let rejected = self.sender.status().rejected;
            if rejected > known {
                found += batch.rejected();
                known = rejected;
            }
            // Whoever settles has ended only where the run does.
            let _ = to.send(batch).await;
            if found > 0 && self.rejects.is_beyond(found) {
                // Whoever settles comes to the record that is one too many, says so, and ends the run.
                self.sender.flush().await;
                return std::future::pending().await;
            }
        }
    }

    async fn hand_over(&self, index: usize, chunk: Chunk, to: &mpsc::Sender<Batch>) -> anyhow::Result<Batch> {
        let Some(file) = self.files.get(index) else { return Ok(Batch::of(index)) };
        let mut chunk = self.shape.renamed(chunk, file);
        let mut bad = std::mem::take(&mut chunk.bad);
        let mut places = Vec::with_capacity(chunk.rows.len());
        let rows = chunk.rows.iter().filter_map(|place| {
            let row = match shape::read(&chunk.text, *place, file) {
                Ok(row) => row,
                Err(found) => {
                    bad.push(found);
                    return None;
                }
            };
            match self.shape.sequence(&row) {
                Ok(sequence) => {
                    places.push(*place);
                    Some((row, sequence))
                }
                Err(reason) => {
                    bad.push(self.bad(file, *place, reason, row.text()));
                    None
                }
            }
        });
        let sent = self.sender.send_rows(self.table, rows).await;
        let batch = |receipts: Receipts| Batch { receipts, places, next: (index, chunk.next), ..Batch::of(index) };
        match sent {
            Ok(receipts) => {
                let batch = Batch { bad: bad.len() as u64, ..batch(receipts) };
                bad.sort_by_key(|bad| bad.at.line());
                self.rejects.bad(file, &bad)?;
                Ok(batch)
            }
            Err(error) => {
                // The position is not to pass what was not handed over.
                let _ = to.send(Batch { is_whole: false, ..batch(error.receipts) }).await;
                Err(error.cause.into())
            }
        }
    }

    fn bad(&self, file: &File, place: Place, reason: String, text: &str) -> Bad {
        Bad { at: shape::line_of(file, place), reason, text: text.to_owned() }
    }
}
