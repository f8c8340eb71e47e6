//! Short texts that are made on the stack.

use std::fmt::{self, Display, Write};

use crate::encode::Encoder;

/// A text of at most `N` bytes. What does not fit is an error of the one who writes.
pub(super) struct Text<const N: usize> {
    bytes: [u8; N],
    length: usize,
}

impl<const N: usize> Text<N> {
    pub(super) fn new() -> Self {
        Text { bytes: [0; N], length: 0 }
    }

    pub(super) fn as_str(&self) -> &str {
        // Only whole strings are ever added.
        self.bytes.get(..self.length).and_then(|bytes| std::str::from_utf8(bytes).ok()).unwrap_or_default()
    }
}

impl<const N: usize> Write for Text<N> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let end = self.length + text.len();
        let room = self.bytes.get_mut(self.length..end).ok_or(fmt::Error)?;
        room.copy_from_slice(text.as_bytes());
        self.length = end;
        Ok(())
    }
}

/// Hands the text of `value` to `write`: from the stack where it is at most `N` bytes.
pub(super) fn with_text<const N: usize>(value: &impl Display, write: impl FnOnce(&str)) {
    let mut text = Text::<N>::new();
    match write!(text, "{value}") {
        Ok(()) => write(text.as_str()),
        Err(_) => write(&value.to_string()),
    }
}

/// Writes the text of `value` as a string.
pub(super) fn write_text<const N: usize, E: Encoder>(value: &impl Display, encoder: &mut E) {
    with_text::<N>(value, |text| encoder.string(text));
}
