//! The output with stores whose place is not checked one by one: the only `unsafe` code of the crate.
//!
//! What every store here relies on:
//!
//! 1. **Room.** A method starts with [`Fast::reserve`] for what it writes at most, and [`SLACK`] bytes more. Between
//!    that and its end nothing runs that has the vector, but for this module's own code, so that the room is still there. The sum of all that is
//!    stored is at most what was asked for, but for the bytes after the last text, which are at most [`SLACK`].
//! 2. **Length.** The vector's length grows only over bytes that were stored before, and so never beyond its capacity.
//! 3. **Sources.** Texts are read within their length alone: short ones, and the ends of long ones, by loads that
//!    overlap. Blocks are read up to their padded length, which is theirs.
//! 4. **Instructions.** SSE2 is a part of x86-64.

#![allow(unsafe_code)]

use std::arch::x86_64::{
    __m128i, _MM_HINT_T0, _mm_cmpeq_epi8, _mm_cvtsi64_si128, _mm_loadu_si128, _mm_max_epu8, _mm_movemask_epi8,
    _mm_or_si128, _mm_prefetch, _mm_set_epi64x, _mm_set1_epi8, _mm_storeu_si128,
};
use std::ptr;

use super::digits::{self, EIGHT, decimals, hundredths, long_decimals, millionths};
use super::{Before, Block, Output, Short, escape};

/// Room that is asked for with every text: a store of a fixed size, of which the first bytes count, reaches no further.
const SLACK: usize = 64;

/// How many bytes ahead memory is asked for, and how many bytes of it come at once.
const PREFETCHED: usize = 2048;
const LINE: usize = 64;

/// Bytes, of which the vector's spare capacity is written to.
#[derive(Clone, Debug)]
pub struct Fast {
    bytes: Vec<u8>,
}

impl Fast {
    /// Makes room for so many bytes, and [`SLACK`].
    #[inline(always)]
    fn reserve(&mut self, bytes: usize) {
        if self.bytes.capacity() - self.bytes.len() < bytes + SLACK {
            self.grow(bytes + SLACK);
        }
    }

    #[cold]
    #[inline(never)]
    fn grow(&mut self, bytes: usize) {
        self.bytes.reserve(bytes);
    }

    /// Where the next byte goes. What is written goes through a pointer of its own, so that the length is read and
    /// written once.
    #[inline(always)]
    fn end(&mut self) -> *mut u8 {
        // SAFETY: the length is at most the capacity.
        unsafe { self.bytes.as_mut_ptr().add(self.bytes.len()) }
    }

    /// Counts the bytes that were stored up to `to`.
    ///
    /// # Safety
    ///
    /// All bytes from the end to `to` were stored, within the capacity.
    #[inline(always)]
    unsafe fn ends_at(&mut self, to: *mut u8) {
        // SAFETY: by this function's contract, both are within the vector's memory.
        unsafe {
            let len = to.offset_from_unsigned(self.bytes.as_ptr());
            debug_assert!(self.bytes.len() <= len && len <= self.bytes.capacity());
            self.bytes.set_len(len);
        }
    }

    /// Stores the rest of a text, which begins with a byte that must be escaped. It asks for all the room that it needs:
    /// whoever goes on asks for room again.
    #[cold]
    #[inline(never)]
    fn escaped(&mut self, mut rest: &[u8]) {
        while let Some((special, after)) = rest.split_first() {
            self.reserve(8 + after.len() + SLACK);
            let (text, len) = escape(*special);
            // SAFETY: there is room for eight bytes, the rest, and twice the slack.
            let plain = unsafe {
                let to = store(self.end(), text, len);
                let plain = copy_plain_text(after.as_ptr(), after.len(), to).unwrap_or(after.len());
                self.ends_at(to.add(plain));
                plain
            };
            rest = after.get(plain..).unwrap_or_default();
        }
    }
}

/// Stores `N` bytes, of which `len` count; gives where the next one goes.
///
/// # Safety
///
/// `N` bytes can be written to `to`, and `len` is at most `N`.
#[inline(always)]
unsafe fn store<const N: usize>(to: *mut u8, bytes: [u8; N], len: usize) -> *mut u8 {
    debug_assert!(len <= N);
    // SAFETY: by this function's contract; an array has no alignment that matters.
    unsafe {
        to.cast::<[u8; N]>().write_unaligned(bytes);
        to.add(len)
    }
}

/// Copies a text; gives where the next byte goes.
///
/// # Safety
///
/// It can be written to `to`, where nobody has a reference to.
#[inline(always)]
unsafe fn copy(to: *mut u8, text: &[u8]) -> *mut u8 {
    // SAFETY: by this function's contract.
    unsafe {
        ptr::copy_nonoverlapping(text.as_ptr(), to, text.len());
        to.add(text.len())
    }
}

/// Stores what goes before a value; gives where the next byte goes.
///
/// # Safety
///
/// It can be written to `to`, and eight bytes can.
#[inline(always)]
unsafe fn store_before(to: *mut u8, before: Before) -> *mut u8 {
    // SAFETY: by this function's contract; a short text counts at most seven bytes.
    unsafe {
        match before {
            Before::Text(text) => copy(to, text.as_bytes()),
            Before::Short(short) => store(to, short.bytes(), short.len()),
        }
    }
}

/// Stores digits; gives where the next byte goes.
///
/// # Safety
///
/// 24 bytes can be written to `to`: three times eight digits.
#[inline(always)]
unsafe fn store_digits(to: *mut u8, number: u64) -> *mut u8 {
    // SAFETY: by this function's contract; a text of digits counts at most eight bytes.
    unsafe {
        if number < EIGHT {
            let (text, len) = digits::short(number as u32);
            store(to, text, len)
        } else {
            store_long(to, number)
        }
    }
}

/// Stores a number of more than eight digits; gives where the next byte goes.
///
/// # Safety
///
/// As [`store_digits`].
unsafe fn store_long(to: *mut u8, number: u64) -> *mut u8 {
    let (upper, lower) = (number / EIGHT, (number % EIGHT) as u32);
    // SAFETY: by this function's contract; at most 20 digits.
    unsafe {
        let to = if upper < EIGHT {
            let (text, len) = digits::short(upper as u32);
            store(to, text, len)
        } else {
            let (text, len) = digits::short((upper / EIGHT) as u32);
            store(store(to, text, len), digits::padded((upper % EIGHT) as u32), 8)
        };
        store(to, digits::padded(lower), 8)
    }
}

/// Stores a number as its shortest text, or null; gives where the next byte goes.
///
/// # Safety
///
/// A sign, 24 bytes of digits and eight of decimals can be written to `to`.
#[inline(never)]
unsafe fn store_other_double(to: *mut u8, value: f64) -> *mut u8 {
    // SAFETY: by this function's contract: no double has a text of more than 24 bytes.
    unsafe {
        match millionths(value.abs()) {
            Some(number) => {
                let to = store(to, *b"-", usize::from(value.is_sign_negative()));
                let to = store_digits(to, number / 1_000_000);
                let (text, len) = long_decimals((number % 1_000_000) as u32);
                store(to, text, len)
            }
            None if value.is_finite() => copy(to, zmij::Buffer::new().format_finite(value).as_bytes()),
            None => copy(to, b"null"),
        }
    }
}

/// Copies a block in whole steps; gives where the next byte goes.
///
/// # Safety
///
/// Its padded length can be written to `to`.
#[inline(always)]
unsafe fn store_block(to: *mut u8, block: &Block) -> *mut u8 {
    let padded = block.padded();
    let from = padded.as_ptr();
    let mut at = 0;
    while at < padded.len() {
        // SAFETY: the padded length is a multiple of the step, so that a step is within both.
        unsafe {
            let step = from.add(at).cast::<[u8; Block::STEP]>().read_unaligned();
            to.add(at).cast::<[u8; Block::STEP]>().write_unaligned(step);
        }
        at += Block::STEP;
    }
    // SAFETY: the text is at most as long as it is padded.
    unsafe { to.add(block.text().len()) }
}

/// The high bits of the bytes that must be escaped.
#[inline(always)]
fn special(chunk: __m128i) -> u32 {
    // SAFETY: SSE2 is a part of x86-64.
    unsafe {
        let quotes = _mm_cmpeq_epi8(chunk, _mm_set1_epi8(b'"'.cast_signed()));
        let slashes = _mm_cmpeq_epi8(chunk, _mm_set1_epi8(b'\\'.cast_signed()));
        let last = _mm_set1_epi8(0x1f);
        // What is at most 0x1f is the lesser one of the two.
        let control = _mm_cmpeq_epi8(_mm_max_epu8(chunk, last), last);
        _mm_movemask_epi8(_mm_or_si128(_mm_or_si128(quotes, slashes), control)).cast_unsigned()
    }
}

/// Copies a text while it is looked through for bytes that must be escaped. Where there is one, it gives how many bytes
/// stand before the first of them: all of these were copied. Nothing is given where there is none, so that whatever comes
/// next waits for the text's length alone, and not for the text.
///
/// # Safety
///
/// `len` bytes can be read from `from`, and `len` can be written to `to`.
#[inline(always)]
unsafe fn copy_plain_text(from: *const u8, len: usize, to: *mut u8) -> Option<usize> {
    // SAFETY: each branch reads and writes within the length.
    unsafe {
        if len < 16 {
            return copy_short(from, len, to);
        }
        let mut at = 0;
        loop {
            let chunk = _mm_loadu_si128(from.add(at).cast());
            _mm_storeu_si128(to.add(at).cast(), chunk);
            let special = special(chunk);
            if special != 0 {
                return Some(at + special.trailing_zeros() as usize);
            }
            at += 16;
            if at + 16 > len {
                break;
            }
        }
        // The last 16 bytes, of which some were copied before and are plain.
        let last = len - 16;
        let chunk = _mm_loadu_si128(from.add(last).cast());
        _mm_storeu_si128(to.add(last).cast(), chunk);
        match special(chunk) {
            0 => None,
            special => Some(last + special.trailing_zeros() as usize),
        }
    }
}

/// The same for less than 16 bytes.
///
/// # Safety
///
/// As [`copy_plain_text`], and `len` is less than 16.
#[inline(always)]
unsafe fn copy_short(from: *const u8, len: usize, to: *mut u8) -> Option<usize> {
    // SAFETY: each branch reads and writes within the length; two pieces of half of it or more cover it.
    let special = unsafe {
        if len >= 8 {
            let last = len - 8;
            let (head, tail) = (from.cast::<u64>().read_unaligned(), from.add(last).cast::<u64>().read_unaligned());
            to.cast::<u64>().write_unaligned(head);
            to.add(last).cast::<u64>().write_unaligned(tail);
            let found = special(_mm_set_epi64x(tail.cast_signed(), head.cast_signed()));
            // The bits of the second piece stand where its bytes do.
            found & 0xff | (found >> 8) << last
        } else if len >= 4 {
            let last = len - 4;
            let (head, tail) = (from.cast::<u32>().read_unaligned(), from.add(last).cast::<u32>().read_unaligned());
            to.cast::<u32>().write_unaligned(head);
            to.add(last).cast::<u32>().write_unaligned(tail);
            let both = u64::from(head) | u64::from(tail) << 32;
            let found = special(_mm_cvtsi64_si128(both.cast_signed()));
            found & 0xf | (found >> 4 & 0xf) << last
        } else if len > 0 {
            let (first, middle, last) = (from.read(), from.add(len / 2).read(), from.add(len - 1).read());
            to.write(first);
            to.add(len / 2).write(middle);
            to.add(len - 1).write(last);
            u32::from(!super::is_plain(first))
                | u32::from(!super::is_plain(middle)) << (len / 2)
                | u32::from(!super::is_plain(last)) << (len - 1)
        } else {
            0
        }
    };
    (special != 0).then(|| special.trailing_zeros() as usize)
}

impl Output for Fast {
    fn within(mut buffer: Vec<u8>) -> Self {
        buffer.clear();
        Fast { bytes: buffer }
    }

    fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }

    fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    #[inline(always)]
    fn size(&self) -> usize {
        self.bytes.len()
    }

    #[inline(always)]
    fn prefetch(&mut self) {
        // An address alone, of which nothing is read here: it may be beyond the vector.
        let ahead = self.end().wrapping_add(PREFETCHED);
        for line in 0..3 {
            // SAFETY: a hint, which takes any address.
            unsafe { _mm_prefetch::<_MM_HINT_T0>(ahead.wrapping_add(line * LINE).cast()) };
        }
    }

    #[inline(always)]
    fn truncate(&mut self, len: usize) {
        self.bytes.truncate(len);
    }

    #[inline(always)]
    fn replace(&mut self, at: usize, byte: u8) {
        if let Some(place) = self.bytes.get_mut(at) {
            *place = byte;
        }
    }

    #[inline(always)]
    fn add(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }

    #[inline(always)]
    fn block(&mut self, block: &Block) {
        self.reserve(block.padded().len());
        // SAFETY: there is room.
        unsafe {
            let to = store_block(self.end(), block);
            self.ends_at(to);
        }
    }

    #[inline(always)]
    fn before(&mut self, before: Before) {
        self.reserve(before.len());
        // SAFETY: there is room, and eight bytes of slack.
        unsafe {
            let to = store_before(self.end(), before);
            self.ends_at(to);
        }
    }

    #[inline(always)]
    fn digits_between(&mut self, before: &Block, number: u32, after: &Block) {
        self.reserve(before.padded().len() + 8 + after.padded().len());
        // SAFETY: there is room for both, and for eight digits between them.
        unsafe {
            let to = store_block(self.end(), before);
            let to = store(to, digits::padded(number), 8);
            let to = store_block(to, after);
            self.ends_at(to);
        }
    }

    #[inline(always)]
    fn constant(&mut self, before: Before, text: &'static str) {
        self.reserve(before.len() + text.len());
        // SAFETY: there is room, and eight bytes of slack.
        unsafe {
            let to = store_before(self.end(), before);
            let to = copy(to, text.as_bytes());
            self.ends_at(to);
        }
    }

    #[inline(always)]
    fn boolean(&mut self, before: Before, value: bool) {
        self.reserve(before.len());
        let (text, len) = if value { (*b"true    ", 4) } else { (*b"false   ", 5) };
        // SAFETY: there is room, and more than eight bytes of slack.
        unsafe {
            let to = store_before(self.end(), before);
            let to = store(to, text, len);
            self.ends_at(to);
        }
    }

    #[inline(always)]
    fn integer(&mut self, before: Before, value: i64) {
        self.reserve(before.len());
        // SAFETY: there is room, and slack for a sign and 24 bytes of digits.
        unsafe {
            let to = store_before(self.end(), before);
            let to = store(to, *b"-", usize::from(value < 0));
            let to = store_digits(to, value.unsigned_abs());
            self.ends_at(to);
        }
    }

    #[inline(always)]
    fn unsigned(&mut self, before: Before, value: u64) {
        self.reserve(before.len());
        // SAFETY: there is room, and slack for 24 bytes of digits.
        unsafe {
            let to = store_before(self.end(), before);
            let to = store_digits(to, value);
            self.ends_at(to);
        }
    }

    #[inline(always)]
    fn double(&mut self, before: Before, value: f64) {
        self.reserve(before.len());
        // SAFETY: there is room, and slack for a sign, 24 bytes of digits and eight of decimals.
        unsafe {
            let to = store_before(self.end(), before);
            let to = match hundredths(value.abs()) {
                Some(number) => {
                    let to = store(to, *b"-", usize::from(value.is_sign_negative()));
                    let to = store_digits(to, number / 100);
                    let (text, len) = decimals((number % 100) as u32);
                    store(to, text, len)
                }
                None => store_other_double(to, value),
            };
            self.ends_at(to);
        }
    }

    #[inline(always)]
    fn text(&mut self, before: Before, mark: Short, text: &str) {
        let text = text.as_bytes();
        self.reserve(before.len() + text.len() + 16);
        // SAFETY: there is room for both, and 16 bytes for two quotation marks, the mark and what is stored after it; the
        // slack is still there for what is stored after the text.
        unsafe {
            let to = store_before(self.end(), before);
            let to = store(to, *b"\"", 1);
            let to = store(to, mark.bytes(), mark.len());
            let to = match copy_plain_text(text.as_ptr(), text.len(), to) {
                None => to.add(text.len()),
                Some(plain) => {
                    self.ends_at(to.add(plain));
                    self.escaped(text.get(plain..).unwrap_or_default());
                    self.reserve(1);
                    self.end()
                }
            };
            let to = store(to, *b"\"", 1);
            self.ends_at(to);
        }
    }
}
