//! The strings that codes stand for.

/// How many strings have codes; the next one takes the first code again.
const MOST: usize = DIGITS * DIGITS;

/// The digits of a code.
const DIGITS: usize = 44;

/// The first of the digits.
const ZERO: u8 = b'0';

/// A string of fewer characters has no code.
const LEAST_CHARACTERS: usize = 4;

/// How many times the bytes of a text its codes may stand for: keys of 50 characters and more in every place.
const EXPANSION: usize = 16;

/// Codes of a short text may stand for this many bytes in any case.
const LEAST_EXPANSION: usize = 64 * 1024;

/// The strings so far.
pub(super) struct Cache {
    strings: Vec<String>,
    next: usize,
    /// How many bytes codes may still stand for. A text of one long key and its codes would otherwise take thousands of
    /// times its size in memory.
    left: usize,
}

impl Cache {
    /// The cache of a text of `length` bytes.
    pub(super) fn new(length: usize) -> Self {
        let left = length.saturating_mul(EXPANSION).max(LEAST_EXPANSION);
        Cache { strings: Vec::new(), next: 0, left }
    }

    /// Takes note of a string, if it is one that has a code.
    pub(super) fn see(&mut self, string: &str, is_key: bool) {
        let is_marked = string.starts_with("~#") || string.starts_with("~:") || string.starts_with("~$");
        if !(is_key || is_marked) || string.chars().take(LEAST_CHARACTERS).count() < LEAST_CHARACTERS {
            return;
        }
        if self.next == MOST {
            self.next = 0;
        }
        match self.strings.get_mut(self.next) {
            Some(place) => string.clone_into(place),
            None => self.strings.push(string.to_owned()),
        }
        self.next += 1;
    }

    /// The string that a code stands for; `code` is without its `^`.
    pub(super) fn find(&mut self, code: &str) -> Result<&str, Missing> {
        let known = self.strings.get(Self::place(code).ok_or(Missing::Unknown)?).ok_or(Missing::Unknown)?;
        self.left = self.left.checked_sub(known.len()).ok_or(Missing::TooMuch)?;
        Ok(known)
    }

    fn place(code: &str) -> Option<usize> {
        let digit = |byte: u8| usize::from(byte).checked_sub(usize::from(ZERO)).filter(|digit| *digit < DIGITS);
        match *code.as_bytes() {
            [lower] => digit(lower),
            [upper, lower] => Some(digit(upper)? * DIGITS + digit(lower)?),
            _ => None,
        }
    }
}

/// Why there is no string for a code.
pub(super) enum Missing {
    /// It stands for nothing.
    Unknown,
    /// Codes stand for too much.
    TooMuch,
}
