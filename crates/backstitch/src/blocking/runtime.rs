//! The runtime that calls wait in.

use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use backstitch_api::generated::BatchStatus;
use tokio::runtime::{Builder, Handle};
use tokio::task::coop;

use crate::client::{ClientError, PushError};

/// A runtime that its clones share. The last of them ends it.
#[derive(Clone, Debug)]
pub(super) struct Runtime(Arc<Owned>);

/// `None` only while it is dropped.
#[derive(Debug)]
struct Owned(Option<tokio::runtime::Runtime>);

impl Drop for Owned {
    fn drop(&mut self) {
        if let Some(runtime) = self.0.take() {
            // To wait for its threads is forbidden within another runtime. Nobody waits for what they do.
            runtime.shutdown_background();
        }
    }
}

/// A call that would stop the runtime that it is made in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "a blocking call would stop the asynchronous runtime that it is made in: use `backstitch::Client` there, or make the \
     call in `tokio::task::spawn_blocking`"
)]
pub struct WithinRuntime;

impl From<WithinRuntime> for ClientError {
    fn from(error: WithinRuntime) -> Self {
        ClientError::Config(error.to_string())
    }
}

impl Runtime {
    /// A runtime of one thread, which looks after connections between calls too.
    pub(super) fn start() -> Result<Self, ClientError> {
        let started = Builder::new_multi_thread().worker_threads(1).thread_name("backstitch").enable_all().build();
        match started {
            Ok(runtime) => Ok(Runtime(Arc::new(Owned(Some(runtime))))),
            Err(error) => Err(ClientError::Config(format!("no thread for the client's runtime: {error}"))),
        }
    }

    /// Waits for a future.
    pub(super) fn wait<F: Future>(&self, future: F) -> Result<F::Output, WithinRuntime> {
        match &self.0.0 {
            Some(runtime) if !is_within_a_future() => Ok(runtime.block_on(future)),
            _ => Err(WithinRuntime),
        }
    }

    /// Waits for what becomes of `count` records.
    pub(super) fn wait_for_records(
        &self,
        count: usize,
        future: impl Future<Output = Result<BatchStatus, PushError>>,
    ) -> Result<BatchStatus, PushError> {
        match self.wait(future) {
            Ok(outcome) => outcome,
            Err(error) => Err(PushError::before_sending(count, error.into())),
        }
    }
}

/// Whether a runtime is polling a future on this thread, which must not wait then. The runtime's threads for blocking
/// calls may: what tells them apart is that a future which is polled has a budget of steps, and the budget ends.
fn is_within_a_future() -> bool {
    if Handle::try_current().is_err() {
        return false;
    }
    let mut context = Context::from_waker(Waker::noop());
    let mut step = || coop::poll_proceed(&mut context);
    // Gives the whole budget back when it is dropped.
    let Poll::Ready(_first) = step() else { return true };
    // A budget is a `u8`: here are more steps than any has.
    (0..=u8::MAX).any(|_| match step() {
        Poll::Ready(step) => {
            step.made_progress();
            false
        }
        Poll::Pending => true,
    })
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::runtime::Builder;
    use tokio::task::{LocalSet, block_in_place, spawn, spawn_blocking, spawn_local};

    use super::{Runtime, WithinRuntime};

    #[test]
    fn a_thread_without_a_runtime_waits() {
        let runtime = Runtime::start().unwrap();
        let again = runtime.clone();
        let slept = runtime.wait(async {
            tokio::time::sleep(Duration::from_millis(1)).await;
            1
        });
        assert_eq!(slept, Ok(1));
        drop(runtime);
        assert_eq!(std::thread::spawn(move || again.wait(async { 2 })).join().unwrap(), Ok(2));
    }

    #[test]
    fn a_future_does_not_wait_and_keeps_its_budget() {
        for mut builder in [Builder::new_current_thread(), Builder::new_multi_thread()] {
            builder.worker_threads(1).enable_all().build().unwrap().block_on(async {
                let runtime = Runtime::start().unwrap();
                for _ in 0..3 {
                    assert_eq!(runtime.wait(async {}), Err(WithinRuntime));
                }
                assert!(tokio::task::coop::has_budget_remaining());
                let (task, again) = (runtime.clone(), runtime.clone());
                assert_eq!(spawn(async move { task.wait(async {}) }).await.unwrap(), Err(WithinRuntime));
                let local = async move { spawn_local(async move { again.wait(async {}) }).await.unwrap() };
                assert_eq!(LocalSet::new().run_until(local).await, Err(WithinRuntime));
                // The last one: it ends here.
                drop(runtime);
            });
        }
    }

    #[test]
    fn a_thread_for_blocking_calls_waits() {
        for mut builder in [Builder::new_current_thread(), Builder::new_multi_thread()] {
            builder.worker_threads(1).enable_all().build().unwrap().block_on(async {
                let runtime = Runtime::start().unwrap();
                assert_eq!(spawn_blocking(move || runtime.wait(async { 1 })).await.unwrap(), Ok(1));
            });
        }
        Builder::new_multi_thread().worker_threads(1).build().unwrap().block_on(async {
            let runtime = Runtime::start().unwrap();
            assert_eq!(block_in_place(|| runtime.wait(async { 1 })), Ok(1));
        });
    }

    #[test]
    fn a_thread_that_entered_a_runtime_waits() {
        let other = Builder::new_current_thread().build().unwrap();
        let _entered = other.enter();
        assert_eq!(Runtime::start().unwrap().wait(async { 1 }), Ok(1));
    }
}
