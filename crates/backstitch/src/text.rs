//! Short texts of limited length: made while a program is compiled, or on the stack.

use std::fmt::{self, Display, Write};

use crate::encode::Encoder;

/// A text of at most `N` bytes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Text<const N: usize> {
    pub(crate) bytes: [u8; N],
    pub(crate) length: usize,
    /// Whether there was more of it.
    pub(crate) is_cut: bool,
}

impl<const N: usize> Text<N> {
    pub(crate) const EMPTY: Text<N> = Text { bytes: [0; N], length: 0, is_cut: false };

    pub(crate) const fn push(&mut self, byte: u8) {
        if self.length < N {
            self.bytes[self.length] = byte;
            self.length += 1;
        } else {
            self.is_cut = true;
        }
    }

    pub(crate) const fn push_str(&mut self, text: &str) {
        self.push_bytes(text.as_bytes());
    }

    pub(crate) const fn push_bytes(&mut self, bytes: &[u8]) {
        let mut index = 0;
        while index < bytes.len() {
            self.push(bytes[index]);
            index += 1;
        }
    }

    pub(crate) const fn push_number(&mut self, number: i128) {
        if number < 0 {
            self.push(b'-');
        }
        self.push_digits(number.unsigned_abs());
    }

    const fn push_digits(&mut self, number: u128) {
        if number >= 10 {
            self.push_digits(number / 10);
        }
        self.push(b'0' + (number % 10) as u8);
    }

    pub(crate) const fn as_bytes(&self) -> &[u8] {
        self.bytes.split_at(self.length).0
    }

    /// The text; nothing where it was cut within a character.
    pub(crate) const fn as_str(&self) -> &str {
        match std::str::from_utf8(self.as_bytes()) {
            Ok(text) => text,
            Err(_) => "",
        }
    }
}

/// What does not fit is an error of the one who writes.
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
pub(crate) fn with_text<const N: usize>(value: &impl Display, write: impl FnOnce(&str)) {
    let mut text = Text::<N>::EMPTY;
    match write!(text, "{value}") {
        Ok(()) => write(text.as_str()),
        Err(_) => write(&value.to_string()),
    }
}

/// Writes the text of `value` as a string.
pub(crate) fn write_text<const N: usize, E: Encoder>(value: &impl Display, encoder: &mut E) {
    with_text::<N>(value, |text| encoder.string(text));
}
