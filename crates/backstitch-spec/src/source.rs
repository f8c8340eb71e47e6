//! A file's text, and where in it something stands.

use std::ops::Range;
use std::sync::{Arc, OnceLock};

/// A file that definitions or their data were read from.
#[derive(Debug)]
pub struct Source {
    /// Its path as it is shown: relative to the folder that was read, with forward slashes.
    pub path: String,
    /// The path of the folder that it was found in, as the caller gave it.
    pub root: String,
    /// Its text.
    pub text: String,
    /// The bytes that its lines start at, once they were asked for.
    lines: OnceLock<Vec<usize>>,
}

impl Source {
    pub(crate) fn new(path: String, root: String, text: String) -> Self {
        Source { path, root, text, lines: OnceLock::new() }
    }

    /// The path from where the command runs.
    #[must_use]
    pub fn display_path(&self) -> String {
        match self.root.as_str() {
            "" | "." => self.path.clone(),
            root => format!("{}/{}", root.trim_end_matches('/'), self.path),
        }
    }

    /// The line and the column, both from 1, the column in characters, of the byte at `offset`.
    #[must_use]
    pub fn line_column(&self, offset: usize) -> (usize, usize) {
        let mut offset = offset.min(self.text.len());
        while !self.text.is_char_boundary(offset) {
            offset -= 1;
        }
        let starts = self.lines.get_or_init(|| {
            let newlines = self.text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
            std::iter::once(0).chain(newlines.map(|(index, _)| index + 1)).collect()
        });
        let line = starts.partition_point(|start| *start <= offset);
        let start = starts.get(line.wrapping_sub(1)).copied().unwrap_or_default();
        (line, self.text[start..offset].chars().count() + 1)
    }
}

/// A piece of a file.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    pub(crate) source: Arc<Source>,
    pub(crate) span: Range<usize>,
}

impl Place {
    pub(crate) fn new(source: &Arc<Source>, span: Range<usize>) -> Self {
        Place { source: Arc::clone(source), span }
    }
}
