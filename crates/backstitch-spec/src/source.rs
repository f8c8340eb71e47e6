//! A file's text, and where in it something stands.

use std::ops::Range;
use std::sync::Arc;

/// A file that definitions or their data were read from.
#[derive(Debug)]
pub struct Source {
    /// Its path as it is shown: relative to the folder that was read, with forward slashes.
    pub path: String,
    /// The path of the folder that it was found in, as the caller gave it.
    pub root: String,
    /// Its text.
    pub text: String,
}

impl Source {
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
        let before = &self.text[..offset];
        let line = before.bytes().filter(|byte| *byte == b'\n').count() + 1;
        let start = before.rfind('\n').map_or(0, |newline| newline + 1);
        (line, before[start..].chars().count() + 1)
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
