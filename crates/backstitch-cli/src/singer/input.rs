//! The standard input, line by line.

use std::io::{ErrorKind, Read as _};

use anyhow::{Context as _, bail};
use memchr::memchr;
use tokio::sync::mpsc;

/// How much is read at once: as much as a pipe holds.
const CHUNK_BYTES: usize = 64 << 10;

/// How many chunks wait to be looked at.
const CHUNKS: usize = 2;

/// The longest line: what is longer is no line of JSON, and fits no request.
const LONGEST: usize = 128 << 20;

/// How much memory is kept for a line that lies in two chunks.
const KEPT: usize = 1 << 20;

/// Lines, and the chunks that they lie in.
pub(super) struct Input {
    chunks: mpsc::Receiver<std::io::Result<Vec<u8>>>,
    chunk: Vec<u8>,
    /// Up to where the chunk was looked at.
    at: usize,
    /// The beginning of a line whose end is in a chunk to come.
    rest: Vec<u8>,
    is_rest_used: bool,
    has_ended: bool,
    number: u64,
}

impl Input {
    /// Reads the standard input in a thread of its own, which nobody waits for: it may be stuck in a read when the
    /// command ends.
    pub(super) fn start() -> Self {
        let (sender, chunks) = mpsc::channel(CHUNKS);
        std::thread::spawn(move || {
            let mut input = std::io::stdin().lock();
            loop {
                let mut chunk = vec![0; CHUNK_BYTES];
                let read = match input.read(&mut chunk) {
                    Ok(0) => return,
                    Ok(count) => {
                        chunk.truncate(count);
                        Ok(chunk)
                    }
                    Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                    Err(error) => Err(error),
                };
                let is_broken = read.is_err();
                if sender.blocking_send(read).is_err() || is_broken {
                    return;
                }
            }
        });
        Input::of(chunks)
    }

    fn of(chunks: mpsc::Receiver<std::io::Result<Vec<u8>>>) -> Self {
        Input { chunks, chunk: Vec::new(), at: 0, rest: Vec::new(), is_rest_used: false, has_ended: false, number: 0 }
    }

    /// Waits for more lines; whether there are any.
    pub(super) async fn more(&mut self) -> anyhow::Result<bool> {
        if self.has_ended {
            return Ok(false);
        }
        match self.chunks.recv().await {
            Some(chunk) => {
                self.chunk = chunk.context("can't read the standard input")?;
                self.at = 0;
            }
            None => self.has_ended = true,
        }
        Ok(true)
    }

    /// Whether more of a chunk is to be looked at.
    pub(super) fn has_line(&self) -> bool {
        self.at < self.chunk.len() || (self.has_ended && !self.is_rest_used && !self.rest.is_empty())
    }

    /// The next line that is there, and its number.
    pub(super) fn line(&mut self) -> anyhow::Result<Option<(u64, &[u8])>> {
        if self.is_rest_used {
            self.is_rest_used = false;
            self.rest.clear();
            self.rest.shrink_to(KEPT);
        }
        let from = self.at;
        let unread = self.chunk.get(from..).unwrap_or_default();
        let end = memchr(b'\n', unread);
        let part = &unread[..end.unwrap_or(unread.len())];
        self.at = from + part.len() + usize::from(end.is_some());
        if end.is_some() && self.rest.is_empty() {
            self.number += 1;
            return Ok(Some((self.number, part)));
        }
        if self.rest.len() + part.len() > LONGEST {
            bail!("line {}: it is longer than {LONGEST} bytes", self.number + 1);
        }
        self.rest.extend_from_slice(part);
        if end.is_some() || (self.has_ended && !self.rest.is_empty()) {
            self.number += 1;
            self.is_rest_used = true;
            return Ok(Some((self.number, &self.rest)));
        }
        Ok(None)
    }
}

#[cfg(test)]
mod tests {
    use super::{CHUNKS, Input};
    use tokio::sync::mpsc;

    async fn lines(chunks: &[&str]) -> Vec<(u64, String)> {
        let (sender, receiver) = mpsc::channel(CHUNKS.max(chunks.len()));
        for chunk in chunks {
            sender.send(Ok(chunk.as_bytes().to_vec())).await.unwrap();
        }
        drop(sender);
        let mut input = Input::of(receiver);
        let mut lines = Vec::new();
        loop {
            while let Some((number, line)) = input.line().unwrap() {
                lines.push((number, String::from_utf8(line.to_vec()).unwrap()));
            }
            if !input.more().await.unwrap() {
                return lines;
            }
        }
    }

    #[tokio::test]
    async fn lines_are_the_same_wherever_chunks_end() {
        let text = "one\n\nthree\r\nfour";
        let expected: Vec<(u64, String)> = (1..).zip(["one", "", "three\r", "four"].map(str::to_owned)).collect();
        assert_eq!(lines(&[text]).await, expected);
        for first in 0..=text.len() {
            for second in first..=text.len() {
                let chunks = [&text[..first], &text[first..second], &text[second..]];
                assert_eq!(lines(&chunks).await, expected, "{chunks:?}");
            }
        }
    }

    #[tokio::test]
    async fn an_end_of_line_at_the_end_is_no_line() {
        assert_eq!(lines(&["one\n"]).await, [(1, "one".to_owned())]);
        assert_eq!(lines(&[]).await, []);
    }
}
