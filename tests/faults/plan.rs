//! What a proxy does with the requests that come.

use std::collections::{BTreeMap, VecDeque};

use fastrand::Rng;

use crate::fault::{Cap, Fault, Naming};

/// Text in a record that the server refuses, for a reason that only it knows.
pub(crate) const MARKER: &str = "this the server does not take";

/// What a proxy does with the requests that come.
#[derive(Debug)]
pub(crate) struct Plan {
    faults: Faults,
    /// How many requests in a row are refused for their token, where one is.
    rotation: u32,
    refused: u32,
    cap: Option<Cap>,
    namings: Vec<Naming>,
    random: Rng,
    counts: BTreeMap<String, u64>,
}

#[derive(Debug)]
enum Faults {
    /// One request after the other, then none.
    Listed(VecDeque<Fault>),
    /// Of these, in so many of a hundred requests.
    Drawn(Vec<Fault>, u8),
}

impl Plan {
    /// The first requests go wrong in these ways, one after the other.
    pub(crate) fn listed(faults: impl IntoIterator<Item = Fault>) -> Self {
        Plan::new(Faults::Listed(faults.into_iter().collect()), Rng::with_seed(1))
    }

    /// So many of a hundred requests go wrong in one of these ways.
    pub(crate) fn drawn(faults: Vec<Fault>, percent: u8, random: Rng) -> Self {
        Plan::new(Faults::Drawn(faults, percent), random)
    }

    fn new(faults: Faults, random: Rng) -> Self {
        let namings = vec![Naming::Envelope];
        Plan { faults, rotation: 1, refused: 0, cap: None, namings, random, counts: BTreeMap::new() }
    }

    /// Bodies may not have any length.
    pub(crate) fn cap(mut self, cap: Option<Cap>) -> Self {
        self.cap = cap;
        self
    }

    /// Refusals of a record are worded in one of these ways.
    pub(crate) fn namings(mut self, namings: &[Naming]) -> Self {
        self.namings = namings.to_vec();
        self
    }

    /// A refusal for the token is not the only one: so many requests are refused.
    pub(crate) fn rotation(mut self, requests: u32) -> Self {
        self.rotation = requests;
        self
    }

    /// Nothing goes wrong any more; what the server does not take stays so.
    pub(crate) fn heal(&mut self) {
        self.faults = Faults::Listed(VecDeque::new());
        self.refused = 0;
    }

    /// Whether a new connection is closed at once.
    pub(crate) fn cuts_on_accept(&mut self) -> bool {
        let is_cut = match &mut self.faults {
            Faults::Listed(faults) => faults.pop_front_if(|fault| *fault == Fault::CutOnAccept).is_some(),
            Faults::Drawn(faults, percent) => {
                faults.contains(&Fault::CutOnAccept) && self.random.u8(..100) < *percent / 4
            }
        };
        if is_cut {
            self.count("CutOnAccept");
        }
        is_cut
    }

    /// What becomes of the next request.
    pub(crate) fn next(&mut self) -> Fault {
        self.count("requests");
        if self.refused > 0 {
            self.refused -= 1;
            self.count("NotAuthorized");
            return Fault::NotAuthorized;
        }
        let fault = match &mut self.faults {
            Faults::Listed(faults) => faults.pop_front().unwrap_or(Fault::None),
            Faults::Drawn(faults, percent) if self.random.u8(..100) < *percent => {
                self.random.choice(faults.as_slice()).copied().unwrap_or(Fault::None)
            }
            Faults::Drawn(..) => Fault::None,
        };
        match fault {
            Fault::None | Fault::CutOnAccept => return Fault::None,
            Fault::NotAuthorized => self.refused = self.rotation.saturating_sub(1),
            _ => {}
        }
        self.count(&format!("{fault:?}"));
        fault
    }

    /// How a body of so many bytes is refused, if it is.
    pub(crate) fn too_large(&mut self, bytes: usize) -> Option<Cap> {
        let cap = self.cap.filter(|cap| bytes > cap.bytes())?;
        self.count(match cap {
            Cap::Html(_) | Cap::HtmlAtOnce(_) => "413",
            Cap::Reset(_) => "reset of 413",
        });
        Some(cap)
    }

    /// How the next request with a record that is not taken is refused.
    pub(crate) fn naming(&mut self) -> Naming {
        let naming = self.random.choice(&self.namings).copied().unwrap_or(Naming::Envelope);
        self.count(&format!("refused ({naming:?})"));
        naming
    }

    /// A place for a record, right or wrong.
    pub(crate) fn any_place(&mut self, records: usize) -> usize {
        self.random.usize(..records + 2)
    }

    /// How many requests there were, and what became of them.
    pub(crate) fn counts(&self) -> &BTreeMap<String, u64> {
        &self.counts
    }

    fn count(&mut self, what: &str) {
        *self.counts.entry(what.to_owned()).or_default() += 1;
    }
}
