//! The output in safe code.

use super::digits::{self, EIGHT, decimals, hundredths, long_decimals, millionths};
use super::{Before, Block, Output, Short, escape, is_plain};

/// Bytes that have room after them already, so that what is short can be stored without a look at the room.
#[derive(Clone, Debug, Default)]
pub struct Safe {
    /// What was written, and zeros or what was taken back.
    room: Vec<u8>,
    /// How many bytes were written.
    len: usize,
}

/// Room that is asked for with every text: no store of a fixed size reaches further.
const SLACK: usize = 64;

impl Safe {
    /// Makes room for so many bytes, and [`SLACK`].
    #[inline(always)]
    fn reserve(&mut self, bytes: usize) {
        if self.room.len() - self.len < bytes + SLACK {
            self.grow(bytes + SLACK);
        }
    }

    #[cold]
    #[inline(never)]
    fn grow(&mut self, bytes: usize) {
        self.room.reserve(self.len.saturating_add(bytes).saturating_sub(self.room.len()));
        // All that is reserved is room. Memory that a body was in before has its bytes: only the rest is filled.
        self.room.resize(self.room.capacity(), 0);
    }

    /// Stores a text of a fixed size, of which `len` bytes count.
    #[inline(always)]
    fn store<const N: usize>(&mut self, bytes: [u8; N], len: usize) {
        if let Some(room) = self.room.get_mut(self.len..self.len + N) {
            room.copy_from_slice(&bytes);
            self.len += len;
        }
    }

    /// Stores a text for which there is room.
    #[inline(always)]
    fn copy(&mut self, bytes: &[u8]) {
        if let Some(room) = self.room.get_mut(self.len..self.len + bytes.len()) {
            room.copy_from_slice(bytes);
            self.len += bytes.len();
        }
    }

    #[inline(always)]
    fn store_before(&mut self, before: Before) {
        match before {
            Before::Text(text) => self.copy(text.as_bytes()),
            Before::Short(short) => self.store(short.bytes(), short.len()),
        }
    }

    /// Stores digits, for which [`SLACK`] is room enough.
    #[inline(always)]
    fn store_digits(&mut self, number: u64) {
        if number < EIGHT {
            let (text, len) = digits::short(number as u32);
            self.store(text, len);
        } else {
            self.store_long(number);
        }
    }

    fn store_long(&mut self, number: u64) {
        let (upper, lower) = (number / EIGHT, (number % EIGHT) as u32);
        self.store_digits(upper);
        self.store(digits::padded(lower), 8);
    }

    #[inline(never)]
    fn other_double(&mut self, value: f64) {
        match millionths(value.abs()) {
            Some(number) => {
                self.store(*b"-", usize::from(value.is_sign_negative()));
                self.store_digits(number / 1_000_000);
                let (text, len) = long_decimals((number % 1_000_000) as u32);
                self.store(text, len);
            }
            None if value.is_finite() => self.copy(zmij::Buffer::new().format_finite(value).as_bytes()),
            None => self.copy(b"null"),
        }
    }

    /// Stores the rest of a text, which has what must be escaped.
    fn store_escaped(&mut self, mut rest: &[u8]) {
        loop {
            let plain = plain_bytes(rest);
            self.reserve(rest.len() + 8);
            self.copy(&rest[..plain]);
            let Some((special, after)) = rest[plain..].split_first() else { return };
            let (text, len) = escape(*special);
            self.store(text, len);
            rest = after;
        }
    }
}

/// How many bytes at the start of a text stand for themselves.
#[inline(always)]
fn plain_bytes(text: &[u8]) -> usize {
    let (chunks, rest) = text.as_chunks::<8>();
    let mut before = 0;
    for chunk in chunks {
        let special = special_bytes(u64::from_le_bytes(*chunk));
        if special != 0 {
            return before + (special.trailing_zeros() / 8) as usize;
        }
        before += 8;
    }
    before + rest.iter().position(|byte| !is_plain(*byte)).unwrap_or(rest.len())
}

/// The high bit of the first byte that must be escaped, and of no byte before it.
#[inline(always)]
const fn special_bytes(chunk: u64) -> u64 {
    const ONES: u64 = 0x0101_0101_0101_0101;
    const HIGH: u64 = 0x8080_8080_8080_8080;
    let quotes = chunk ^ (ONES * b'"' as u64);
    let slashes = chunk ^ (ONES * b'\\' as u64);
    let below = chunk.wrapping_sub(ONES * 0x20);
    let found = below | quotes.wrapping_sub(ONES) | slashes.wrapping_sub(ONES);
    // A byte with the high bit is no ASCII, and never special.
    found & !chunk & HIGH
}

impl Output for Safe {
    fn within(mut buffer: Vec<u8>) -> Self {
        buffer.resize(buffer.capacity(), 0);
        Safe { room: buffer, len: 0 }
    }

    fn into_bytes(mut self) -> Vec<u8> {
        self.room.truncate(self.len);
        self.room
    }

    fn bytes(&self) -> &[u8] {
        self.room.get(..self.len).unwrap_or_default()
    }

    #[inline(always)]
    fn size(&self) -> usize {
        self.len
    }

    fn truncate(&mut self, len: usize) {
        self.len = self.len.min(len);
    }

    #[inline(always)]
    fn replace(&mut self, at: usize, byte: u8) {
        if let Some(place) = self.room.get_mut(..self.len).and_then(|written| written.get_mut(at)) {
            *place = byte;
        }
    }

    #[inline(always)]
    fn add(&mut self, bytes: &[u8]) {
        self.reserve(bytes.len());
        self.copy(bytes);
    }

    #[inline(always)]
    fn block(&mut self, block: &Block) {
        self.add(block.text());
    }

    #[inline(always)]
    fn before(&mut self, before: Before) {
        self.reserve(before.len());
        self.store_before(before);
    }

    #[inline(always)]
    fn digits_between(&mut self, before: &Block, number: u32, after: &Block) {
        self.add(before.text());
        // There is room for eight bytes after every text.
        self.store(digits::padded(number), 8);
        self.add(after.text());
    }

    #[inline(always)]
    fn constant(&mut self, before: Before, text: &'static str) {
        self.reserve(before.len() + text.len());
        self.store_before(before);
        self.copy(text.as_bytes());
    }

    #[inline(always)]
    fn boolean(&mut self, before: Before, value: bool) {
        self.reserve(before.len());
        self.store_before(before);
        if value {
            self.store(*b"true", 4);
        } else {
            self.store(*b"false", 5);
        }
    }

    #[inline(always)]
    fn integer(&mut self, before: Before, value: i64) {
        self.reserve(before.len());
        self.store_before(before);
        self.store(*b"-", usize::from(value < 0));
        self.store_digits(value.unsigned_abs());
    }

    #[inline(always)]
    fn unsigned(&mut self, before: Before, value: u64) {
        self.reserve(before.len());
        self.store_before(before);
        self.store_digits(value);
    }

    #[inline(always)]
    fn double(&mut self, before: Before, value: f64) {
        self.reserve(before.len());
        self.store_before(before);
        match hundredths(value.abs()) {
            Some(number) => {
                self.store(*b"-", usize::from(value.is_sign_negative()));
                self.store_digits(number / 100);
                let (text, len) = decimals((number % 100) as u32);
                self.store(text, len);
            }
            None => self.other_double(value),
        }
    }

    #[inline(always)]
    fn text(&mut self, before: Before, mark: Short, text: &str) {
        let text = text.as_bytes();
        self.reserve(before.len() + text.len());
        self.store_before(before);
        self.store(*b"\"", 1);
        self.store(mark.bytes(), mark.len());
        let plain = plain_bytes(text);
        if plain == text.len() {
            self.copy(text);
        } else {
            self.store_escaped(text);
        }
        self.store(*b"\"", 1);
    }
}
