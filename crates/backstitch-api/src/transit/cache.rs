//! The strings that codes stand for.

/// How many strings have codes; the next one takes the first code again.
const MOST: usize = DIGITS * DIGITS;

/// The digits of a code.
const DIGITS: usize = 44;

/// The first of the digits.
const ZERO: u8 = b'0';

/// A string of fewer characters has no code.
const LEAST_CHARACTERS: usize = 4;

/// The strings so far.
#[derive(Default)]
pub(super) struct Cache {
    strings: Vec<String>,
    next: usize,
}

impl Cache {
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
    pub(super) fn find(&self, code: &str) -> Option<&str> {
        let digit = |byte: u8| usize::from(byte).checked_sub(usize::from(ZERO)).filter(|digit| *digit < DIGITS);
        let place = match *code.as_bytes() {
            [lower] => digit(lower)?,
            [upper, lower] => digit(upper)? * DIGITS + digit(lower)?,
            _ => return None,
        };
        self.strings.get(place).map(String::as_str)
    }
}
