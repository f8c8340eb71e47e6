//! The end of a buffer that JSON is written to, in two forms that write the same bytes: [`Fast`] stores without a check
//! of each byte's place, [`Safe`] is the same in safe code. [`Best`] is the one that is used.

mod digits;
#[cfg(target_arch = "x86_64")]
mod fast;
mod safe;
#[cfg(test)]
mod tests;

use std::fmt::Debug;

#[cfg(target_arch = "x86_64")]
pub use fast::Fast;
pub use safe::Safe;

/// One more than the greatest number of eight digits.
pub(crate) const EIGHT_DIGITS: u64 = digits::EIGHT;

/// The form for this processor.
#[cfg(all(target_arch = "x86_64", not(feature = "safe")))]
pub type Best = Fast;
/// The form for this processor.
#[cfg(not(all(target_arch = "x86_64", not(feature = "safe"))))]
pub type Best = Safe;

/// A scalar, as far as its type is known here.
#[derive(Clone, Copy, Debug)]
pub enum Scalar<'a> {
    /// A value that is no scalar, or one that writes itself.
    Other,
    /// Null.
    Null,
    /// A truth value.
    Boolean(bool),
    /// An integer.
    Integer(i64),
    /// An integer that is not negative.
    Unsigned(u64),
    /// A number of double precision; one that is not finite is written as null.
    Double(f64),
    /// A string.
    Text(&'a str),
}

/// A short text of at most seven bytes: its bytes, and how many they are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Short([u8; 8]);

impl Short {
    /// The most bytes of it.
    pub(crate) const MOST: usize = 7;

    /// The text, if it is short enough.
    pub(crate) fn new(text: &[u8]) -> Option<Self> {
        let mut bytes = [0; 8];
        bytes.get_mut(..text.len().min(8))?.copy_from_slice(text.get(..text.len().min(8))?);
        if text.len() > Short::MOST {
            return None;
        }
        bytes[Short::MOST] = u8::try_from(text.len()).ok()?;
        Some(Short(bytes))
    }

    /// A text of one byte.
    pub(crate) const fn of(text: &[u8; 1]) -> Self {
        Short([text[0], 0, 0, 0, 0, 0, 0, 1])
    }

    /// How many bytes it has.
    #[inline(always)]
    pub(crate) const fn len(self) -> usize {
        // At most seven, whatever stands there: who stores eight bytes relies on it.
        (self.0[Short::MOST] & 7) as usize
    }

    /// Its bytes, with whatever after them.
    #[inline(always)]
    pub(crate) const fn bytes(self) -> [u8; 8] {
        self.0
    }
}

/// What goes before a value.
#[derive(Clone, Copy, Debug)]
pub enum Before {
    /// A text that the compiler knows.
    Text(&'static str),
    /// A short text.
    Short(Short),
}

impl Before {
    /// How many bytes it has.
    #[inline(always)]
    pub(crate) const fn len(self) -> usize {
        match self {
            Before::Text(text) => text.len(),
            Before::Short(short) => short.len(),
        }
    }
}

/// Nothing before a value.
pub(crate) const NOTHING: Before = Before::Text("");

/// What is copied often and changes seldom: a text with zeros after it, so that it can be copied in steps of
/// [`Block::STEP`] bytes.
#[derive(Clone, Debug, Default)]
pub struct Block {
    bytes: Vec<u8>,
    len: usize,
}

impl Block {
    /// The bytes of a step.
    pub(crate) const STEP: usize = 32;

    /// Makes it the text of all `pieces`, in the memory that it has.
    pub(crate) fn set(&mut self, pieces: &[&[u8]]) {
        self.bytes.clear();
        for piece in pieces {
            self.bytes.extend_from_slice(piece);
        }
        self.len = self.bytes.len();
        self.bytes.resize(self.len.next_multiple_of(Block::STEP), 0);
    }

    /// The text.
    #[inline(always)]
    pub(crate) fn text(&self) -> &[u8] {
        self.bytes.get(..self.len).unwrap_or_default()
    }

    /// The text with the zeros after it: a multiple of [`Block::STEP`], and not less than the text.
    #[inline(always)]
    pub(crate) fn padded(&self) -> &[u8] {
        &self.bytes
    }
}

/// The end of a buffer. Every method adds to it, but those that say otherwise.
///
/// What is written is what `serde_json` writes for the same value.
pub trait Output: Clone + Debug {
    /// An empty one in a buffer, whose memory is used.
    fn within(buffer: Vec<u8>) -> Self;

    /// All that was written, with its memory.
    fn into_bytes(self) -> Vec<u8>;

    /// All that was written.
    fn bytes(&self) -> &[u8];

    /// How many bytes were written.
    fn size(&self) -> usize;

    /// Has the memory come that a few short records to come are written to. Adds nothing.
    #[inline(always)]
    fn prefetch(&mut self) {}

    /// Takes back all after the first `len` bytes.
    fn truncate(&mut self, len: usize);

    /// Replaces the byte at `at`, if there is one.
    fn replace(&mut self, at: usize, byte: u8);

    /// Adds bytes.
    fn add(&mut self, bytes: &[u8]);

    /// Adds a block.
    fn block(&mut self, block: &Block);

    /// Adds what goes before a value.
    fn before(&mut self, before: Before);

    /// Adds a block, a number below 100,000,000 in eight digits, and another block.
    fn digits_between(&mut self, before: &Block, number: u32, after: &Block);

    /// Adds `before` and a text as it is.
    fn constant(&mut self, before: Before, text: &'static str);

    /// Adds `before` and a truth value.
    fn boolean(&mut self, before: Before, value: bool);

    /// Adds `before` and an integer.
    fn integer(&mut self, before: Before, value: i64);

    /// Adds `before` and an integer.
    fn unsigned(&mut self, before: Before, value: u64);

    /// Adds `before` and a number; null for one that is not finite.
    fn double(&mut self, before: Before, value: f64);

    /// Adds `before`, a quotation mark, `mark`, the text with the escapes of JSON, and a quotation mark.
    fn text(&mut self, before: Before, mark: Short, text: &str);

    /// Adds a number of single precision; null for one that is not finite.
    fn single(&mut self, value: f32) {
        let mut buffer = zmij::Buffer::new();
        self.add(if value.is_finite() { buffer.format_finite(value) } else { "null" }.as_bytes());
    }

    /// Ends what began at `opened`: all of its entries have a comma before them, and the first one's is in the place of
    /// the opening bracket.
    #[inline(always)]
    fn end(&mut self, opened: usize, brackets: [&'static str; 2]) {
        let [open, close] = brackets;
        if self.size() == opened {
            self.add(open.as_bytes());
        } else {
            self.replace(opened, open.as_bytes()[0]);
        }
        self.constant(NOTHING, close);
    }

    /// Adds `before` and a string.
    #[inline(always)]
    fn string(&mut self, before: Before, text: &str) {
        self.text(before, Short::default(), text);
    }
}

/// What stands for a byte in a JSON string, where it is not the byte itself: `\n` and its like in two bytes, others in
/// six; and how many these are.
pub(crate) const fn escape(byte: u8) -> ([u8; 8], usize) {
    let short = match byte {
        b'"' => b'"',
        b'\\' => b'\\',
        b'\n' => b'n',
        b'\r' => b'r',
        b'\t' => b't',
        0x08 => b'b',
        0x0c => b'f',
        _ => {
            const HEX: &[u8; 16] = b"0123456789abcdef";
            return ([b'\\', b'u', b'0', b'0', HEX[(byte >> 4) as usize], HEX[(byte & 15) as usize], 0, 0], 6);
        }
    };
    ([b'\\', short, 0, 0, 0, 0, 0, 0], 2)
}

/// Whether a byte stands for itself in a JSON string.
pub(crate) const fn is_plain(byte: u8) -> bool {
    byte >= 0x20 && byte != b'"' && byte != b'\\'
}
