//! What came to a gate of late, and what it answered.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

/// A request that came to a gate. Neither it nor its body holds a token: where one stood is `[token]`.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct JournalEntry {
    /// Counts the gate's requests, from one.
    pub id: u64,
    /// When it came.
    pub time: SystemTime,
    /// The method.
    pub method: String,
    /// The path, without what follows a question mark.
    pub path: String,
    /// The status of the answer; none where a fault broke the connection before it went out.
    pub status: Option<u16>,
    /// The bytes of the body, as far as they were read; of a compressed one before it was unpacked.
    pub bytes: u64,
    /// The number of records in the body; none where it was not read as far as that.
    pub records: Option<usize>,
    /// The number of its records that are in `_sdc_rejected`, or that are loaded without something of them; none where nothing was loaded as it came.
    pub rejected: Option<u64>,
    /// From the request's head to the answer.
    pub duration: Duration,
    /// The client of its token; none where no client has it.
    pub client_id: Option<i64>,
    /// The body of the answer; none where a fault kept it.
    pub answer: Option<String>,
    /// Why it was refused: [`JournalEntry::answer`], where it is no success.
    pub reason: Option<String>,
    /// What is odd about it, though it was taken: in sentences for whoever wrote the client.
    pub warnings: Vec<String>,
    /// The fault that it met: the word of [`Fault`](crate::Fault)'s JSON for it.
    pub fault: Option<&'static str>,
    /// The body, unpacked, as far as the journal has room; bytes that are no UTF-8 are shown as `U+FFFD`.
    pub body: Option<Arc<str>>,
    /// Whether [`JournalEntry::body`] is only the beginning.
    pub body_is_cut: bool,
}

/// The latest requests of a gate.
#[derive(Debug)]
pub(crate) struct Journal {
    most: usize,
    most_bytes: usize,
    kept: Mutex<Kept>,
}

#[derive(Debug, Default)]
struct Kept {
    /// The oldest first.
    entries: VecDeque<JournalEntry>,
    last_id: u64,
    /// Of the bodies.
    bytes: usize,
}

impl Journal {
    /// A journal of so many requests, with bodies of so many bytes altogether.
    pub(crate) fn new(most: usize, most_bytes: usize) -> Self {
        Journal { most, most_bytes, kept: Mutex::default() }
    }

    /// Adds a request, whose number it gives. The oldest make room.
    pub(crate) fn add(&self, mut entry: JournalEntry) {
        let mut kept = self.kept();
        kept.last_id += 1;
        entry.id = kept.last_id;
        if self.most == 0 {
            return;
        }
        while kept.entries.len() >= self.most {
            let oldest = kept.entries.pop_front();
            kept.bytes -= oldest.map_or(0, |entry| length(&entry));
        }
        kept.bytes += length(&entry);
        kept.entries.push_back(entry);
        let mut over = kept.bytes.saturating_sub(self.most_bytes);
        for entry in &mut kept.entries {
            if over == 0 {
                break;
            }
            over = over.saturating_sub(length(entry));
            entry.body = None;
        }
        kept.bytes = kept.entries.iter().map(length).sum();
    }

    /// The requests, the latest first.
    pub(crate) fn entries(&self) -> Vec<JournalEntry> {
        self.kept().entries.iter().rev().cloned().collect()
    }

    /// The request of this number, where it is remembered.
    pub(crate) fn entry(&self, id: u64) -> Option<JournalEntry> {
        self.kept().entries.iter().rfind(|entry| entry.id == id).cloned()
    }

    /// Forgets the requests of a client, or all.
    pub(crate) fn clear(&self, client_id: Option<i64>) {
        let mut kept = self.kept();
        kept.entries.retain(|entry| client_id.is_some_and(|id| entry.client_id != Some(id)));
        kept.bytes = kept.entries.iter().map(length).sum();
    }

    fn kept(&self) -> std::sync::MutexGuard<'_, Kept> {
        // Nothing panics halfway through a change.
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn length(entry: &JournalEntry) -> usize {
    entry.body.as_ref().map_or(0, |body| body.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(body: &str) -> JournalEntry {
        JournalEntry {
            id: 0,
            time: SystemTime::UNIX_EPOCH,
            method: "POST".to_owned(),
            path: "/".to_owned(),
            status: Some(201),
            bytes: 0,
            records: None,
            rejected: None,
            duration: Duration::ZERO,
            client_id: Some(1),
            answer: None,
            reason: None,
            warnings: Vec::new(),
            fault: None,
            body: Some(body.into()),
            body_is_cut: false,
        }
    }

    fn shown(journal: &Journal) -> Vec<(u64, Option<String>)> {
        journal.entries().into_iter().map(|entry| (entry.id, entry.body.map(|body| body.to_string()))).collect()
    }

    #[test]
    fn the_oldest_requests_make_room() {
        let journal = Journal::new(2, 100);
        for body in ["a", "b", "c"] {
            journal.add(entry(body));
        }
        assert_eq!(shown(&journal), [(3, Some("c".to_owned())), (2, Some("b".to_owned()))]);
    }

    #[test]
    fn the_oldest_bodies_make_room_and_their_requests_stay() {
        let journal = Journal::new(9, 4);
        for body in ["aaa", "b", "cc", "ddddd"] {
            journal.add(entry(body));
            let bytes: usize = shown(&journal).iter().filter_map(|(_, body)| body.as_ref()).map(String::len).sum();
            assert!(bytes <= 4);
        }
        assert_eq!(shown(&journal), [(4, None), (3, None), (2, None), (1, None)]);
        journal.add(entry("ee"));
        assert_eq!(shown(&journal)[0], (5, Some("ee".to_owned())));
    }

    #[test]
    fn the_requests_of_one_client_are_forgotten_alone() {
        let journal = Journal::new(9, 9);
        journal.add(entry("a"));
        journal.add(JournalEntry { client_id: None, ..entry("b") });
        journal.clear(Some(1));
        assert_eq!(shown(&journal), [(2, Some("b".to_owned()))]);
        journal.clear(None);
        assert_eq!(shown(&journal), []);
    }
}
