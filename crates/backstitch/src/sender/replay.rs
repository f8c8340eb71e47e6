//! Records of a file that are sent once more: those that were rejected, after what was wrong is mended, and those that
//! were written out of a spool.

mod letter;
mod lines;

use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use tokio::time::Instant;

use super::endpoint::{Endpoint, Retry};
use super::outcome::{Class, class_of};
use crate::client::{Client, retry_after};

use letter::Letter;
use lines::{Line, Lines};

/// The most records in one request: where one is refused, they are sent in halves.
const RECORDS: usize = 1_000;

/// Sends the records of a file that a sender put there, again: made by [`Client::replay`].
#[derive(Debug)]
#[must_use = "nothing is sent until it is run"]
pub struct Replay {
    client: Client,
    path: PathBuf,
    patience: Duration,
    retry: Retry,
}

/// What became of lines of the file, in their order.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Replaying<'a> {
    /// The API accepted so many records.
    Accepted {
        /// How many.
        records: u64,
    },
    /// A record will not be accepted as it is.
    Rejected {
        /// The number of its line, from 1 on.
        line: u64,
        /// The line.
        text: &'a [u8],
        /// Why: what the API said, or what is wrong with the line.
        reason: &'a str,
    },
    /// A record was not sent, or not known to be accepted, because the API took nothing any more.
    Left {
        /// The number of its line, from 1 on.
        line: u64,
        /// The line.
        text: &'a [u8],
    },
}

/// What became of the records of a file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Replayed {
    /// Records that the API accepted.
    pub accepted: u64,
    /// Records that it refused again, and lines that have none that could be sent.
    pub rejected: u64,
    /// Records that are not known to be accepted.
    pub left: u64,
    /// Why records are left.
    pub trouble: Option<String>,
}

impl Client {
    /// Sends records of a file again, each as it stands there: dead letters (see [`SenderBuilder::dead_letters`]), or what
    /// was exported from a spool. Their sequences are those that they had, so that a record that was
    /// accepted before does no harm where its table has a key. The file is only read.
    ///
    /// ```no_run
    /// # async fn example(client: backstitch::Client) -> Result<(), Box<dyn std::error::Error>> {
    /// use backstitch::Replaying;
    ///
    /// let tell = |what: Replaying<'_>| {
    ///     if let Replaying::Rejected { line, reason, .. } = what {
    ///         eprintln!("line {line}: {reason}");
    ///     }
    /// };
    /// let replayed = client.replay("spool.redb.rejected.jsonl").run(tell).await?;
    /// assert_eq!((replayed.rejected, replayed.left), (0, 0));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// [`SenderBuilder::dead_letters`]: crate::SenderBuilder::dead_letters
    pub fn replay(&self, path: impl AsRef<Path>) -> Replay {
        let patience = Duration::from_secs(30);
        Replay { client: self.clone(), path: path.as_ref().to_owned(), patience, retry: Retry::default() }
    }
}

/// What the API said of some records.
enum Answer {
    Accepted,
    /// One of them at least is not accepted as it is.
    Refused(String),
    /// It takes none.
    Trouble(String),
}

impl Replay {
    /// How long requests are tried again after the last one that was answered, before the rest is left: 30 seconds unless
    /// set.
    pub fn patience(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }

    /// How requests that failed are sent again.
    pub fn retry(mut self, retry: Retry) -> Self {
        self.retry = retry;
        self
    }

    /// Sends the records, in as few requests as they allow. One that the API refuses is told, and the others go on.
    ///
    /// # Errors
    ///
    /// When the file can't be read. What was told by then is done.
    pub async fn run(self, mut tell: impl FnMut(Replaying<'_>)) -> Result<Replayed, std::io::Error> {
        let mut replayed = Replayed::default();
        let mut counted = |what: Replaying<'_>| {
            match what {
                Replaying::Accepted { records } => replayed.accepted += records,
                Replaying::Rejected { .. } => replayed.rejected += 1,
                Replaying::Left { .. } => replayed.left += 1,
            }
            tell(what);
        };
        let most_bytes = self.client.body_bytes();
        let mut sending = Sending {
            client: &self.client,
            endpoint: Endpoint::new(self.retry, most_bytes, fastrand::Rng::new()),
            patience: self.patience,
            trouble: None,
        };
        let path = self.path;
        let mut lines = off_thread(move || Lines::open(&path)).await?;
        loop {
            let read = off_thread(move || lines.next(RECORDS, most_bytes).map(|some| (some, lines))).await?;
            let some;
            (some, lines) = read;
            if some.is_empty() {
                break;
            }
            sending.send_lines(&some, &mut counted).await;
        }
        replayed.trouble = sending.trouble;
        Ok(replayed)
    }
}

/// Does what waits for a disk where that does no harm.
async fn off_thread<T: Send + 'static>(
    act: impl FnOnce() -> std::io::Result<T> + Send + 'static,
) -> std::io::Result<T> {
    tokio::task::spawn_blocking(act).await.map_err(std::io::Error::other)?
}

struct Sending<'a> {
    client: &'a Client,
    endpoint: Endpoint,
    patience: Duration,
    /// Why nothing more is sent.
    trouble: Option<String>,
}

impl Sending<'_> {
    async fn send_lines(&mut self, lines: &[Line], tell: &mut impl FnMut(Replaying<'_>)) {
        let mut group: Vec<Letter<'_>> = Vec::new();
        for line in lines {
            let read = Letter::read(line, self.client.client_id());
            let is_joined = matches!((&read, group.last()), (Ok(letter), Some(last)) if letter.joins(last));
            if !is_joined {
                self.send_group(&std::mem::take(&mut group), tell).await;
            }
            match read {
                Ok(letter) => group.push(letter),
                Err(reason) => tell(Replaying::Rejected { line: line.number, text: &line.text, reason: &reason }),
            }
        }
        self.send_group(&group, tell).await;
    }

    /// Sends letters in one request, and where that is refused, in halves, until those are alone that are refused.
    async fn send_group(&mut self, group: &[Letter<'_>], tell: &mut impl FnMut(Replaying<'_>)) {
        // The last one is next.
        let mut parts = vec![group];
        while let Some(part) = parts.pop() {
            let Some(first) = part.first() else { continue };
            let answer = match &self.trouble {
                Some(trouble) => Answer::Trouble(trouble.clone()),
                None => self.ask(part).await,
            };
            match answer {
                Answer::Accepted => tell(Replaying::Accepted { records: part.len() as u64 }),
                Answer::Refused(reason) if part.len() == 1 => {
                    let Line { number, text } = first.line;
                    tell(Replaying::Rejected { line: *number, text, reason: &reason });
                }
                Answer::Refused(_) => {
                    let (before, after) = part.split_at(part.len() / 2);
                    parts.extend([after, before]);
                }
                Answer::Trouble(trouble) => {
                    self.trouble = Some(trouble);
                    for Letter { line, .. } in part {
                        tell(Replaying::Left { line: line.number, text: &line.text });
                    }
                }
            }
        }
    }

    /// Makes a request, and makes it again as long as that may help.
    async fn ask(&self, letters: &[Letter<'_>]) -> Answer {
        let Some(first) = letters.first() else { return Answer::Accepted };
        let body = Bytes::from(letter::body(letters));
        let since = Instant::now();
        let mut failures = 0;
        loop {
            let sent = self.client.post_chunks(first.endpoint, first.content_type, vec![body.clone()]).await;
            let (reason, asked) = match sent {
                Ok(answer) => {
                    let refusal = || self.client.refusal(&answer).to_string();
                    match class_of(answer.status) {
                        Class::Accepted => {
                            self.endpoint.succeeded();
                            return Answer::Accepted;
                        }
                        Class::BadRecord | Class::TooLarge => return Answer::Refused(refusal()),
                        Class::Pause | Class::Stop => return Answer::Trouble(refusal()),
                        Class::Retry => {
                            let asked = answer.retry_after.as_deref();
                            (refusal(), asked.and_then(|asked| retry_after(asked, SystemTime::now())))
                        }
                    }
                }
                Err(error) => (error.to_string(), None),
            };
            failures += 1;
            let wait = self.endpoint.failed(Instant::now(), failures, asked, false);
            if since.elapsed().saturating_add(wait) >= self.patience {
                return Answer::Trouble(reason);
            }
            tokio::time::sleep(wait).await;
        }
    }
}
