//! What the writing thread does with the spool, where there is one.

use std::path::PathBuf;
use std::sync::Arc;

/// Why something could not be written.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// The spool.
    #[cfg(feature = "spool")]
    #[error("{0}")]
    Spool(Arc<super::spool::SpoolError>),
    /// The file of dead letters.
    #[error("the file of dead letters {} can't be written: {error}", path.display())]
    DeadLetters {
        /// The file.
        path: PathBuf,
        /// What the system said.
        error: Arc<std::io::Error>,
    },
}

#[cfg(feature = "spool")]
pub(super) use spooled::Store;

#[cfg(feature = "spool")]
mod spooled {
    use std::sync::Arc;
    use std::sync::atomic::Ordering;

    use super::StoreError;
    use crate::sender::block::{Block, Content};
    #[cfg(feature = "metrics")]
    use crate::sender::observe;
    use crate::sender::route::Route;
    use crate::sender::shared::Shared;
    use crate::sender::spool::{Change, Disk, Parts, Summary};
    use crate::sender::{dead_letters, frames};

    /// A spool, as the writing thread has it.
    #[derive(Debug)]
    pub(in crate::sender) struct Store {
        disk: Arc<Disk>,
        /// How many lanes it knows.
        lanes: usize,
        /// What it has as the greatest sequence that may be used.
        mark: i64,
        /// What it had when it was opened.
        floor: i64,
    }

    /// What is to be written at once.
    #[derive(Default)]
    struct Job {
        sealed: Vec<(Arc<Block>, Content)>,
        open: Vec<Open>,
        removed: Vec<u64>,
        /// What is left of blocks of which a part is known.
        rests: Vec<Open>,
        routes: Vec<Arc<Route>>,
    }

    /// A copy of a block that still takes records.
    struct Open {
        id: u64,
        lane: usize,
        summary: Summary,
        ends: Vec<u32>,
        bytes: Vec<u8>,
    }

    impl Store {
        pub(in crate::sender) fn new(disk: Arc<Disk>, lanes: usize, mark: i64) -> Self {
            Store { disk, lanes, mark, floor: mark }
        }

        /// Brings the spool up to date.
        pub(in crate::sender) fn write(&mut self, shared: &Arc<Shared>, is_end: bool) -> Result<(), StoreError> {
            let mut job = self.collect(shared);
            if is_end {
                job.rests = self.rests(shared);
            }
            let is_wanted = shared.mark_is_wanted.swap(false, Ordering::AcqRel);
            let sequences = shared.client.sequences();
            let (used, ahead) = sequences.reserve();
            let mark = if is_end {
                sequences.last().max(self.floor)
            } else if self.mark < used + (ahead - used) / 2 {
                ahead
            } else {
                self.mark
            };
            let is_idle =
                job.sealed.is_empty() && job.open.is_empty() && job.removed.is_empty() && job.rests.is_empty();
            if !is_idle || mark != self.mark && (is_wanted || is_end) {
                self.commit(shared, &job, mark)?;
            }
            shared.make_room();
            #[cfg(feature = "metrics")]
            observe::spool(&shared.queue().waiting(tokio::time::Instant::now()), self.disk.file_bytes());
            Ok(())
        }

        /// Leaves the spool to others.
        pub(in crate::sender) fn close(self) {
            self.disk.close();
        }

        fn collect(&self, shared: &Shared) -> Job {
            let mut queue = shared.queue();
            if shared.is_pressed() {
                queue.seal_blocks();
            }
            let mut job = Job { removed: std::mem::take(&mut queue.removed), ..Job::default() };
            for block in std::mem::take(&mut queue.to_store) {
                // What was accepted in the meantime is never written.
                if block.fate.open() == 0 || block.is_stored() {
                    continue;
                }
                if let Some(content) = block.content() {
                    block.set_may_be_stored();
                    job.sealed.push((block, content));
                }
            }
            for (lane, of) in queue.lanes.iter_mut().enumerate() {
                let Some(open) = of.open_block_mut().filter(|open| open.stored < open.ends.len()) else { continue };
                open.may_be_stored = true;
                let summary =
                    Summary { records: open.ends.len() as u32, bytes: open.bytes.len(), tables: open.tables.clone() };
                let (id, ends, bytes) = (open.id, open.ends.clone(), open.bytes.clone());
                job.open.push(Open { id, lane, summary, ends, bytes });
            }
            job.routes = queue.lanes.iter().map(|lane| Arc::clone(&lane.route)).collect();
            job
        }

        /// What is left of blocks of which a part was accepted or rejected: the next sender is to send no more than that.
        fn rests(&self, shared: &Shared) -> Vec<Open> {
            let blocks: Vec<(Arc<Block>, Arc<Route>)> = {
                let queue = shared.queue();
                let is_partly_known = |block: &&Arc<Block>| {
                    let open = block.fate.open();
                    block.is_stored() && open > 0 && open < block.records
                };
                let with_route =
                    |block: &Arc<Block>| Some((Arc::clone(block), Arc::clone(&queue.lanes.get(block.lane)?.route)));
                queue.blocks.values().filter(is_partly_known).filter_map(with_route).collect()
            };
            let rest_of = |(block, route): &(Arc<Block>, Arc<Route>)| {
                // Where it can't be read all of it stays, as it was.
                let content = block.content().or_else(|| Some(self.disk.load(block.id).ok()?.content))?;
                let mut rest = Open {
                    id: block.id,
                    lane: block.lane,
                    summary: Summary { records: 0, bytes: 0, tables: Vec::new() },
                    ends: Vec::new(),
                    bytes: Vec::new(),
                };
                for index in block.fate.open_ranges().into_iter().flatten() {
                    let record = content.slice(&(index..index + 1));
                    rest.bytes.extend_from_slice(&record);
                    rest.ends.push(rest.bytes.len() as u32);
                    let table = match block.tables.as_slice() {
                        [(only, _)] => only.clone(),
                        _ => {
                            dead_letters::read(record.get(1..).unwrap_or_default(), route).0.unwrap_or_default().into()
                        }
                    };
                    frames::count(&mut rest.summary.tables, &table, 1);
                }
                (rest.summary.records, rest.summary.bytes) = (rest.ends.len() as u32, rest.bytes.len());
                Some(rest)
            };
            blocks.iter().filter_map(rest_of).collect()
        }

        fn commit(&mut self, shared: &Arc<Shared>, job: &Job, mark: i64) -> Result<(), StoreError> {
            let route = |lane: usize| job.routes.get(lane).map_or("", |route| &*route.text);
            let mut change = Change { removed: job.removed.clone(), mark: Some(mark), ..Change::default() };
            for (lane, route) in job.routes.iter().enumerate().skip(self.lanes) {
                change.lanes.push((lane as u32, &route.text));
            }
            for (block, content) in &job.sealed {
                let summary = Summary { records: block.records, bytes: block.bytes, tables: block.tables.clone() };
                let parts =
                    Parts { id: block.id, route: route(block.lane), ends: &content.ends, bytes: &content.bytes };
                change.blocks.push((block.lane as u32, parts, summary));
            }
            for open in job.open.iter().chain(&job.rests) {
                let parts = Parts { id: open.id, route: route(open.lane), ends: &open.ends, bytes: &open.bytes };
                change.blocks.push((open.lane as u32, parts, open.summary.clone()));
            }
            if let Err(error) = self.disk.commit(&change) {
                let mut queue = shared.queue();
                queue.removed.extend_from_slice(&job.removed);
                queue.to_store.extend(job.sealed.iter().map(|(block, _)| Arc::clone(block)));
                // Sealed in the meantime, blocks that were open are there already.
                return Err(StoreError::Spool(Arc::new(error)));
            }
            self.lanes = job.routes.len();
            self.mark = mark;
            let mut queue = shared.queue();
            for (block, _) in &job.sealed {
                block.set_stored();
            }
            for open in &job.open {
                let records = open.ends.len();
                match queue.lanes.get_mut(open.lane).and_then(|lane| lane.open_block_mut()) {
                    Some(known) if known.id == open.id => known.stored = known.stored.max(records),
                    _ => {
                        let sealed = queue.blocks.get(&open.id).filter(|block| block.records as usize == records);
                        if let Some(sealed) = sealed {
                            sealed.set_stored();
                        }
                    }
                }
            }
            let fates: Vec<_> = job
                .open
                .iter()
                .filter_map(|open| {
                    let known = queue.lanes.get(open.lane).and_then(|lane| lane.open_block());
                    let known = known.filter(|known| known.id == open.id).map(|known| Arc::clone(&known.fate));
                    let sealed = || queue.blocks.get(&open.id).map(|block| Arc::clone(&block.fate));
                    Some((known.or_else(sealed)?, open.ends.len()))
                })
                .collect();
            drop(queue);
            // Only now: who is told may send, and the mark has to be known by then.
            shared.mark.store(mark, Ordering::Release);
            for (block, _) in &job.sealed {
                block.fate.stored(block.records as usize);
            }
            for (fate, records) in fates {
                fate.stored(records);
            }
            shared.changed();
            Ok(())
        }
    }
}

#[cfg(not(feature = "spool"))]
pub(super) use unspooled::Store;

#[cfg(not(feature = "spool"))]
mod unspooled {
    use std::sync::Arc;

    use super::StoreError;
    use crate::sender::shared::Shared;

    /// No spool: there is none of these.
    #[derive(Debug)]
    pub(in crate::sender) enum Store {}

    impl Store {
        pub(in crate::sender) fn write(&mut self, _shared: &Arc<Shared>, _is_end: bool) -> Result<(), StoreError> {
            match *self {}
        }

        pub(in crate::sender) fn close(self) {
            match self {}
        }
    }
}
