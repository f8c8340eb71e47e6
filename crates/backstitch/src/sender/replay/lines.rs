//! The lines of a file, some at a time.

use std::fs::File;
use std::io::{BufRead as _, BufReader};
use std::path::Path;

/// A line, without its end.
#[derive(Debug)]
pub(super) struct Line {
    /// From 1 on.
    pub(super) number: u64,
    pub(super) text: Vec<u8>,
}

#[derive(Debug)]
pub(super) struct Lines {
    file: BufReader<File>,
    number: u64,
}

impl Lines {
    pub(super) fn open(path: &Path) -> std::io::Result<Self> {
        Ok(Lines { file: BufReader::with_capacity(1 << 16, File::open(path)?), number: 0 })
    }

    /// The next lines, as many as have `bytes` together, but one in any case; none at the end. Empty ones are left out.
    pub(super) fn next(&mut self, most: usize, bytes: usize) -> std::io::Result<Vec<Line>> {
        let mut lines = Vec::new();
        let mut left = bytes;
        while lines.len() < most && left > 0 {
            let mut text = Vec::new();
            if self.file.read_until(b'\n', &mut text)? == 0 {
                break;
            }
            self.number += 1;
            left = left.saturating_sub(text.len());
            text.truncate(text.trim_ascii_end().len());
            if !text.is_empty() {
                lines.push(Line { number: self.number, text });
            }
        }
        Ok(lines)
    }
}

#[cfg(test)]
mod tests {
    use super::Lines;

    #[test]
    fn lines_come_some_at_a_time_with_their_numbers() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("lines");
        std::fs::write(&path, "one\n\n  \nfour\r\nfive, which is long\nsix").unwrap();
        let mut lines = Lines::open(&path).unwrap();
        let mut next = |most, bytes| -> Vec<(u64, String)> {
            let lines = lines.next(most, bytes).unwrap();
            lines.into_iter().map(|line| (line.number, String::from_utf8(line.text).unwrap())).collect()
        };
        assert_eq!(next(2, 1_000), [(1, "one".to_owned()), (4, "four".to_owned())]);
        assert_eq!(next(2, 3), [(5, "five, which is long".to_owned())]);
        assert_eq!(next(2, 3), [(6, "six".to_owned())]);
        assert!(next(2, 3).is_empty());
    }
}
