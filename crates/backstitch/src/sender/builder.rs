//! How a sender is configured and started.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::sync::{OnceCell, Semaphore};
use tokio::task::JoinSet;

use super::dead_letters::DeadLetters;
use super::ending::Handle;
use super::endpoint::{Endpoint, Retry};
use super::frames::BLOCK_BYTES;
use super::keeper::Keeper;
use super::queue::Queue;
#[cfg(feature = "spool")]
use super::route::Route;
use super::shared::{Config, Level, Made, Shared, WhenFull};
use super::store::Store;
use super::transport::Transport;
use super::{Sender, SenderError, deliver};
use crate::client::{Client, Pool};
use backstitch_api::limits::RECORDS_PER_REQUEST;

/// The least memory for records: that of a few blocks.
const LEAST_MEMORY: usize = 512 << 10;

/// The least that memory has to leave for each request.
const LEAST_REQUEST: usize = 64 << 10;

/// Configures a [`Sender`]. Without a call to it, each setting is as its method says.
#[derive(Debug)]
#[must_use = "a builder does nothing until it is started"]
pub struct SenderBuilder {
    client: Client,
    transport: Option<Box<dyn Transport>>,
    random: fastrand::Rng,
    retry: Retry,
    level: Option<Level>,
    spool_path: Option<PathBuf>,
    adopted: Vec<PathBuf>,
    dead_letters: Option<PathBuf>,
    config: Config,
}

impl SenderBuilder {
    pub(crate) fn new(client: Client) -> Self {
        let config = Config {
            batch_records: RECORDS_PER_REQUEST,
            batch_bytes: client.body_bytes(),
            linger: Duration::from_secs(1),
            concurrency: 4,
            memory: 64 << 20,
            spool_bytes: 1 << 30,
            when_full: WhenFull::Wait,
            level: None,
            is_batch: false,
            close_timeout: Duration::from_secs(30),
            has_dead_letters: false,
            spool_patience: Duration::from_secs(30),
        };
        SenderBuilder {
            client,
            transport: None,
            random: fastrand::Rng::new(),
            retry: Retry::default(),
            level: None,
            spool_path: None,
            adopted: Vec::new(),
            dead_letters: None,
            config,
        }
    }

    /// Keeps records in a file until they are accepted. What an earlier process left there is sent first. The file is
    /// bound to the client id and the base URL, and open in one process at a time. Without this call: in memory only.
    #[cfg(feature = "spool")]
    pub fn spool(mut self, path: impl AsRef<Path>) -> Self {
        self.spool_path = Some(path.as_ref().to_owned());
        self
    }

    /// Takes over what is in the spool of a process that is gone, which must be of the same client and base URL. The
    /// file is left empty. Can be called again for more.
    #[cfg(feature = "spool")]
    pub fn adopt(mut self, path: impl AsRef<Path>) -> Self {
        self.adopted.push(path.as_ref().to_owned());
        self
    }

    /// When records are in the spool: [`Level::Always`] unless set. Needs a spool.
    #[cfg(feature = "spool")]
    pub fn level(mut self, level: Level) -> Self {
        self.level = Some(level);
        self
    }

    /// How many bytes of records may wait in the spool: 1 GiB unless set. A full spool is treated as full memory is.
    #[cfg(feature = "spool")]
    pub fn spool_bytes(mut self, bytes: u64) -> Self {
        self.config.spool_bytes = bytes;
        self
    }

    /// How long records wait for a spool that can't be written, before handing them over fails: 30 seconds unless set.
    #[cfg(feature = "spool")]
    pub fn spool_patience(mut self, patience: Duration) -> Self {
        self.config.spool_patience = patience;
        self
    }

    /// The file that records go to which will never be accepted as they are, a line of JSON each, with the reason.
    /// Without this call: beside the spool, with `.rejected.jsonl` at the end of its name; without a spool: none, so that
    /// only the receipt has the reason, and nobody the record.
    pub fn dead_letters(mut self, path: impl AsRef<Path>) -> Self {
        self.dead_letters = Some(path.as_ref().to_owned());
        self
    }

    /// Sends through the Batch endpoint: a request is of one table, and its columns have the types of its schema. JSON
    /// only. Without this call: through the Push endpoint, in the client's format.
    pub fn batch(mut self) -> Self {
        self.config.is_batch = true;
        self
    }

    /// Sends a request when it has so many records: 20,000 unless set, which is the most; 1 is the least.
    pub fn batch_records(mut self, records: usize) -> Self {
        self.config.batch_records = records.clamp(1, RECORDS_PER_REQUEST);
        self
    }

    /// Sends a request before it has more than so many bytes: what the client's limit is unless set, which is the most. No
    /// more than half of [`memory`](SenderBuilder::memory) either; with a spool all requests at once have no more than
    /// that. No record can be longer.
    pub fn batch_bytes(mut self, bytes: usize) -> Self {
        self.config.batch_bytes = bytes.clamp(1, self.client.body_bytes());
        self
    }

    /// Sends a request when its first record has waited so long: a second unless set.
    pub fn linger(mut self, linger: Duration) -> Self {
        self.config.linger = linger;
        self
    }

    /// How many requests are made at once: 4 unless set; from 1 to 256.
    pub fn concurrency(mut self, requests: usize) -> Self {
        self.config.concurrency = requests.clamp(1, 256);
        self
    }

    /// How many bytes of memory records may take until they are accepted: 64 MiB unless set; 512 KiB is the least. With a
    /// spool half of it is for records that wait, and half for those that are read from the spool to be sent. What HTTP
    /// and the spool take for themselves comes on top, about 24 MiB.
    pub fn memory(mut self, bytes: usize) -> Self {
        self.config.memory = bytes.max(LEAST_MEMORY);
        self
    }

    /// What happens to records that are handed over when memory, or the spool, is full: whoever does it waits unless set.
    pub fn when_full(mut self, policy: WhenFull) -> Self {
        self.config.when_full = policy;
        self
    }

    /// How requests that failed are sent again.
    pub fn retry(mut self, retry: Retry) -> Self {
        self.retry = retry;
        self
    }

    /// How long [`Sender::close`] goes on sending: 30 seconds unless set.
    pub fn close_timeout(mut self, timeout: Duration) -> Self {
        self.config.close_timeout = timeout;
        self
    }

    /// Another way to the API, for tests of time.
    #[cfg(test)]
    pub(super) fn transport(mut self, transport: impl Transport + 'static) -> Self {
        self.transport = Some(Box::new(transport));
        self.random = fastrand::Rng::with_seed(1);
        self
    }

    /// Opens the spool and starts to send. Must be called within a tokio runtime with time and I/O enabled; a spool needs
    /// one that can run blocking tasks, as all do unless told otherwise.
    ///
    /// # Errors
    ///
    /// When the spool or the file of dead letters can't be used, or limits exclude each other.
    pub async fn start(self) -> Result<Sender, SenderError> {
        // Files are opened where waiting for them does no harm.
        let opened = tokio::task::spawn_blocking(move || self.open()).await;
        let (handle, shared) = opened.map_err(|_| SenderError::Config("the runtime ends".to_owned()))??;
        let mut tasks = handle.tasks.lock().await;
        for _ in 0..shared.config.concurrency {
            tasks.spawn(deliver::run(Arc::clone(&shared)));
        }
        drop(tasks);
        let (weak, of_stop) = (Arc::downgrade(&handle), Arc::clone(&shared));
        let watch = tokio::spawn(async move {
            of_stop.stop.notified().await;
            drop(of_stop);
            if let Some(handle) = weak.upgrade() {
                let _ = handle.end(Duration::ZERO).await;
            }
        });
        let _ = handle.watch.set(watch.abort_handle());
        shared.work_is_ready.notify_one();
        Ok(Sender { handle })
    }

    fn open(mut self) -> Result<(Arc<Handle>, Arc<Shared>), SenderError> {
        let config = &mut self.config;
        config.level = self.spool_path.as_ref().map(|_| self.level.unwrap_or_default());
        // A spool is read into memory again, for each request: half of it is for that.
        let has_spool = self.spool_path.is_some();
        let half = config.memory / 2;
        let of_requests = if has_spool { half / config.concurrency } else { half };
        if of_requests < LEAST_REQUEST.min(config.batch_bytes) {
            return Err(SenderError::Config(format!(
                "memory({}) is too little for concurrency({}): it leaves each request {of_requests} bytes, and {} are needed",
                config.memory, config.concurrency, LEAST_REQUEST
            )));
        }
        config.batch_bytes = config.batch_bytes.min(of_requests);
        if has_spool {
            config.memory /= 2;
        }
        if !self.adopted.is_empty() && !has_spool {
            return Err(SenderError::Config(
                "a spool can only be adopted by a sender with a spool: call spool(…)".into(),
            ));
        }
        if self.level.is_some() && !has_spool {
            return Err(SenderError::Config("a level is of records in a spool: call spool(…)".into()));
        }
        // The one beside the spool is made when there is something to write.
        let asked = self.dead_letters.take();
        let beside = self.spool_path.as_ref().map(|spool| beside(spool));
        let letters = match (asked, beside) {
            (Some(path), _) => Some(DeadLetters::open(path)?),
            (None, Some(path)) => Some(DeadLetters::at(path)),
            (None, None) => None,
        };
        config.has_dead_letters = letters.is_some();

        let room = Arc::new(Semaphore::new(config.memory.min(Semaphore::MAX_PERMITS)));
        // What is kept for later does not add much to what is in use.
        let kept = (config.memory / 8).clamp(1 << 20, 8 << 20);
        let buffers = Pool::keeping(kept / BLOCK_BYTES, kept);
        let queue = Queue::new(has_spool, Arc::clone(&room), buffers);
        let endpoint = Endpoint::new(self.retry.clone(), config.batch_bytes, self.random.clone());
        let (shared, store) = self.open_spool(queue, room, endpoint)?;
        let shared = Arc::new(shared);
        let interval = match shared.config.level {
            Some(Level::Interval(interval)) => Some(interval),
            // Memory is only written where it is short, and at the end.
            Some(Level::Memory) => Some(Duration::MAX),
            _ => None,
        };
        let keeper = shared.has_keeper.then(|| Keeper::start(&shared, store, letters, interval)).transpose();
        let keeper = keeper.map_err(|error| SenderError::Config(format!("a thread can't be started: {error}")))?;
        let handle = Arc::new(Handle {
            shared: Arc::clone(&shared),
            keeper: Mutex::new(keeper),
            tasks: tokio::sync::Mutex::new(JoinSet::new()),
            watch: std::sync::OnceLock::new(),
            ended: OnceCell::new(),
        });
        Ok((handle, shared))
    }

    #[cfg(not(feature = "spool"))]
    #[expect(clippy::unnecessary_wraps, reason = "a spool may not be there")]
    fn open_spool(
        self,
        queue: Queue,
        room: Arc<Semaphore>,
        endpoint: Endpoint,
    ) -> Result<(Shared, Option<Store>), SenderError> {
        let transport = self.transport.unwrap_or_else(|| Box::new(self.client.clone()));
        let (client, config) = (self.client, self.config);
        Ok((Shared::new(Made { client, config, transport, queue, room, endpoint, mark: i64::MAX }), None))
    }

    #[cfg(feature = "spool")]
    fn open_spool(
        self,
        mut queue: Queue,
        room: Arc<Semaphore>,
        endpoint: Endpoint,
    ) -> Result<(Shared, Option<Store>), SenderError> {
        use super::spool::{Disk, Identity, adopt};
        use std::sync::atomic::Ordering;

        let transport = self.transport.unwrap_or_else(|| Box::new(self.client.clone()));
        let (client, config) = (self.client, self.config);
        let Some(path) = self.spool_path else {
            let made = Made { client, config, transport, queue, room, endpoint, mark: i64::MAX, disk: None };
            return Ok((Shared::new(made), None));
        };
        let identity = Identity { client_id: client.client_id().get(), base_url: client.base_url().to_owned() };
        let (disk, mut found) = Disk::open(&path, &identity)?;
        for other in &self.adopted {
            adopt(&disk, &mut found, other, &identity)?;
        }
        let mark = found.mark.unwrap_or(i64::MIN);
        client.sequences().raise(mark);
        let lanes = found.lanes.len();
        for (index, (number, text)) in found.lanes.iter().enumerate() {
            let route = Route::read(text).filter(|_| index == *number as usize);
            let route = route.ok_or_else(|| super::spool::SpoolError::Damaged {
                path: path.clone(),
                reason: format!("lane {number} can't be read"),
            })?;
            if queue.lane(route) != index {
                let reason = format!("lane {number} is another one, too");
                return Err(super::spool::SpoolError::Damaged { path, reason }.into());
            }
        }
        if let Some((id, lane, _)) = found.blocks.iter().find(|(_, lane, _)| *lane as usize >= lanes) {
            let reason = format!("block {id} is of lane {lane}, which is not known");
            return Err(super::spool::SpoolError::Damaged { path, reason }.into());
        }
        let disk = Arc::new(disk);
        let made = Made { client, config, transport, queue, room, endpoint, mark, disk: Some(Arc::clone(&disk)) };
        let shared = Shared::new(made);
        let mut blocks: Vec<Vec<super::block::Block>> = (0..lanes).map(|_| Vec::new()).collect();
        let (mut records, mut bytes) = (0, 0);
        for (id, lane, summary) in found.blocks {
            records += u64::from(summary.records);
            bytes += summary.bytes as u64;
            if let Some(of_lane) = blocks.get_mut(lane as usize) {
                of_lane.push(super::block::Block::stored(id, lane as usize, summary));
            }
        }
        shared.counts.replayed.store(records, Ordering::Relaxed);
        shared.waiting_bytes.store(bytes, Ordering::Relaxed);
        if records > 0 {
            tracing::info!(records, bytes, spool = %path.display(), "records of an earlier process are sent");
        }
        let mut queue = shared.queue();
        for (lane, blocks) in blocks.into_iter().enumerate() {
            let Some(route) = queue.lanes.get(lane).map(|lane| Arc::clone(&lane.route)) else { continue };
            queue.found(lane, blocks, shared.limits(&route));
        }
        drop(queue);
        Ok((shared, Some(Store::new(disk, lanes, mark))))
    }
}

fn beside(spool: &Path) -> PathBuf {
    let mut name = spool.as_os_str().to_owned();
    name.push(".rejected.jsonl");
    name.into()
}
