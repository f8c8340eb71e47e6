//! The faults that are still to happen, in their order.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::Fault;

/// Where faults happen.
pub(crate) const PREFIX: &str = "/v2/import/";

/// How many faults may wait.
const MOST: usize = 10_000;

/// The faults of a gate.
#[derive(Debug, Default)]
pub(crate) struct Plan(Mutex<VecDeque<Planned>>);

#[derive(Debug)]
struct Planned {
    /// The index of the client whose requests meet it; none for all.
    client: Option<usize>,
    fault: Fault,
}

impl Plan {
    /// Adds faults for a client, or for all, after those that wait.
    ///
    /// # Errors
    /// What is wrong with one of them; none is added then.
    pub(crate) fn add(&self, client: Option<usize>, faults: Vec<Fault>) -> Result<(), String> {
        self.change(client, faults, false)
    }

    /// Has these faults wait, and none of those that did.
    ///
    /// # Errors
    /// As [`Plan::add`].
    pub(crate) fn replace(&self, client: Option<usize>, faults: Vec<Fault>) -> Result<(), String> {
        self.change(client, faults, true)
    }

    fn change(&self, client: Option<usize>, faults: Vec<Fault>, replaces: bool) -> Result<(), String> {
        let mut problems = faults.iter().enumerate().filter_map(|(index, fault)| Some((index, fault.problem()?)));
        if let Some((index, problem)) = problems.next() {
            return Err(format!("fault {index}: {problem}"));
        }
        let mut planned = self.planned();
        let stay = |other: &Planned| !replaces || !is_of(other, client);
        if planned.iter().filter(|other| stay(other)).count() + faults.len() > MOST {
            return Err(format!("more than {MOST} faults: say how many times each happens"));
        }
        planned.retain(stay);
        planned.extend(faults.into_iter().map(|fault| Planned { client, fault }));
        Ok(())
    }

    /// The faults of a client that wait, or all.
    pub(crate) fn left(&self, client: Option<usize>) -> Vec<Fault> {
        self.planned().iter().filter(|planned| is_of(planned, client)).map(|planned| planned.fault.clone()).collect()
    }

    /// Forgets the faults of a client, or all.
    pub(crate) fn clear(&self, client: Option<usize>) {
        self.planned().retain(|planned| !is_of(planned, client));
    }

    /// The fault that a request of a client meets, which has then happened.
    pub(crate) fn take(&self, path: &str, client: Option<usize>) -> Option<Fault> {
        if !path.starts_with(PREFIX) {
            return None;
        }
        let mut planned = self.planned();
        let index = planned.iter().position(|planned| {
            let fault = &planned.fault;
            fault.path.as_ref().is_none_or(|of| of == path) && (planned.client.is_none() || planned.client == client)
        })?;
        let next = planned.get_mut(index)?;
        let fault = next.fault.clone();
        next.fault.times = next.fault.times.saturating_sub(1);
        if next.fault.times == 0 {
            planned.remove(index);
        }
        Some(fault)
    }

    fn planned(&self) -> MutexGuard<'_, VecDeque<Planned>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether a fault is one that somebody sees who sees this client's, or all.
fn is_of(planned: &Planned, client: Option<usize>) -> bool {
    client.is_none() || planned.client == client
}
