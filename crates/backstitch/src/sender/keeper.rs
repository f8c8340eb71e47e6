//! The thread that writes: blocks to the spool and out of it again, and dead letters to their file. Whatever is handed
//! over while one write is under way goes into the next one.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, Weak};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use super::dead_letters::{DeadLetters, Letter};
use super::observe;
use super::receipt::{Outcome, Undelivered};
use super::shared::Shared;
use super::store::{Store, StoreError};

/// How long what has no use in the spool any more may stay there, where nothing else is written.
const TIDY: Duration = Duration::from_millis(100);

/// How long after a failed write the next one is tried.
const AGAIN: Duration = Duration::from_millis(250);

/// What the thread is asked for.
#[derive(Debug, Default)]
pub(super) struct Signals {
    state: Mutex<Signal>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct Signal {
    /// Something is to be written at once.
    is_urgent: bool,
    /// Something is to be written when it is time: since when.
    wanted: Option<Instant>,
    /// Everything is to be written, and then no more.
    is_end: bool,
}

impl Signals {
    fn state(&self) -> MutexGuard<'_, Signal> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn urge(&self) {
        self.set(|signal| std::mem::replace(&mut signal.is_urgent, true));
    }

    pub(super) fn want(&self) {
        self.set(|signal| signal.wanted.replace(signal.wanted.unwrap_or_else(Instant::now)).is_some());
    }

    fn end(&self) {
        self.set(|signal| std::mem::replace(&mut signal.is_end, true));
    }

    fn set(&self, set: impl FnOnce(&mut Signal) -> bool) {
        let was_set = set(&mut self.state());
        if !was_set {
            self.changed.notify_one();
        }
    }

    /// Waits until there is something to do; says whether it is the last.
    fn wait(&self, interval: Duration) -> bool {
        let mut state = self.state();
        loop {
            if state.is_end {
                return true;
            }
            // Some write only when they are urged to.
            let due = state.wanted.and_then(|since| since.checked_add(interval));
            let now = Instant::now();
            if state.is_urgent || due.is_some_and(|due| due <= now) {
                (state.is_urgent, state.wanted) = (false, None);
                return false;
            }
            let wait = due.map_or(Duration::from_secs(3600), |due| due - now);
            state = self.changed.wait_timeout(state, wait).unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// Waits before something is tried again; says whether it is not to be.
    fn wait_after_error(&self) -> bool {
        let state = self.state();
        if state.is_end {
            return true;
        }
        let waited = self.changed.wait_timeout_while(state, AGAIN, |state| !state.is_end);
        waited.unwrap_or_else(PoisonError::into_inner).0.is_end
    }
}

/// The thread. It ends when it is told to, after it has written everything.
#[derive(Debug)]
pub(super) struct Keeper {
    signals: Arc<Signals>,
    thread: Option<JoinHandle<()>>,
    done: tokio::sync::watch::Receiver<bool>,
}

impl Keeper {
    /// Starts the thread, which ends with the sender.
    pub(super) fn start(
        shared: &Arc<Shared>,
        store: Option<Store>,
        letters: Option<DeadLetters>,
        interval: Option<Duration>,
    ) -> std::io::Result<Self> {
        let signals = Arc::clone(&shared.signals);
        let (finished, done) = tokio::sync::watch::channel(false);
        let mut work = Writing {
            shared: Arc::downgrade(shared),
            signals: Arc::clone(&signals),
            store,
            letters,
            interval: interval.unwrap_or(TIDY),
            finished,
        };
        let thread = std::thread::Builder::new().name("backstitch-spool".to_owned()).spawn(move || work.run())?;
        Ok(Keeper { signals, thread: Some(thread), done })
    }

    /// Has everything written, and waits for that.
    pub(super) fn finish(&self) -> impl Future<Output = ()> + use<> {
        self.signals.end();
        let mut done = self.done.clone();
        // Where the thread is gone there is nothing to wait for.
        async move {
            let _ = done.wait_for(|done| *done).await;
        }
    }

    /// The same for those who can't wait otherwise.
    pub(super) fn join(&mut self) {
        self.signals.end();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

struct Writing {
    shared: Weak<Shared>,
    signals: Arc<Signals>,
    store: Option<Store>,
    letters: Option<DeadLetters>,
    interval: Duration,
    finished: tokio::sync::watch::Sender<bool>,
}

impl Writing {
    fn run(&mut self) {
        loop {
            let is_end = self.signals.wait(self.interval);
            let Some(shared) = self.shared.upgrade() else { break };
            let written = self.write(&shared, is_end);
            shared.set_spool_trouble(written.as_ref().err());
            if let Err(error) = &written {
                observe::spool_failed(error);
                drop(shared);
                if is_end {
                    break;
                }
                self.signals.wait_after_error();
                self.signals.urge();
            }
            if is_end {
                break;
            }
        }
        // The file is closed before anybody is told that it is.
        if let Some(store) = self.store.take() {
            store.close();
        }
        self.letters = None;
        self.finished.send_replace(true);
    }

    fn write(&mut self, shared: &Arc<Shared>, is_end: bool) -> Result<(), StoreError> {
        let letters = self.write_letters(shared);
        if let Some(store) = &mut self.store {
            store.write(shared, is_end)?;
        }
        letters
    }

    fn write_letters(&mut self, shared: &Arc<Shared>) -> Result<(), StoreError> {
        let Some(file) = &mut self.letters else { return Ok(()) };
        let letters = shared.take_letters();
        if letters.is_empty() {
            return Ok(());
        }
        if let Err(error) = file.add(letters.iter().map(|letter| letter.text.as_slice())) {
            shared.put_letters_back(letters);
            return Err(error);
        }
        let mut finished = Vec::new();
        for Letter { rejection, fate, index, block, table, .. } in letters {
            observe::rejected(&table, &rejection);
            let is_whole = fate.resolve(index..index + 1, Outcome::Undelivered(Undelivered::Rejected(rejection)));
            finished.extend(block.filter(|_| is_whole));
            shared.count_rejected();
        }
        shared.finish(&finished);
        Ok(())
    }
}
