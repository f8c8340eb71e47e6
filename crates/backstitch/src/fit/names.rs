//! Names as destinations have them.

use backstitch_api::destination::{Case, Class, Length, Matching, Profile, Step};

/// The most bytes of a name, and of what is said of one.
const CAPACITY: usize = 600;

/// A name, or what is said of one.
pub(super) type Text = crate::text::Text<CAPACITY>;

impl Text {
    pub(super) const fn is_ascii(&self) -> bool {
        self.as_bytes().is_ascii()
    }

    pub(super) const fn characters(&self) -> usize {
        let mut characters = 0;
        let mut index = 0;
        while index < self.length {
            // Bytes that go on with a character are not its first.
            characters += (self.bytes[index] & 0xc0 != 0x80) as usize;
            index += 1;
        }
        characters
    }

    /// Its characters from `start` on, each as `step` has it.
    pub(super) const fn each(&self, start: usize, step: &Step) -> Text {
        let mut result = Text::EMPTY;
        let mut index = start;
        while index < self.length {
            let byte = self.bytes[index];
            match step {
                Step::LowerCase => result.push(byte.to_ascii_lowercase()),
                Step::UpperCase => result.push(byte.to_ascii_uppercase()),
                Step::SpacesToUnderscores => result.push(if byte == b' ' { b'_' } else { byte }),
                Step::RemoveOthers(classes) => {
                    if has(classes, byte) {
                        result.push(byte);
                    }
                }
                Step::ReplaceOthers(classes) => result.push(if has(classes, byte) { byte } else { b'_' }),
                Step::TrimSpaces
                | Step::StripLeadingOthers(_)
                | Step::LeadingDigitsToUnderscore
                | Step::UnderscoreBeforeLeadingDigits => result.push(byte),
            }
            index += 1;
        }
        result
    }

    /// Whether a step makes something else of it. Most names are as most steps leave them, and to look is less than to
    /// copy.
    pub(super) const fn is_changed_by(&self, step: &Step) -> bool {
        if self.length == 0 {
            return false;
        }
        let (first, last) = (self.bytes[0], self.bytes[self.length - 1]);
        match step {
            Step::TrimSpaces => return first == b' ' || last == b' ',
            Step::StripLeadingOthers(classes) => return !has(classes, first),
            Step::LeadingDigitsToUnderscore | Step::UnderscoreBeforeLeadingDigits => return first.is_ascii_digit(),
            Step::LowerCase
            | Step::UpperCase
            | Step::SpacesToUnderscores
            | Step::RemoveOthers(_)
            | Step::ReplaceOthers(_) => {}
        }
        let mut index = 0;
        while index < self.length {
            let byte = self.bytes[index];
            let is_changed = match step {
                Step::LowerCase => byte.is_ascii_uppercase(),
                Step::UpperCase => byte.is_ascii_lowercase(),
                Step::SpacesToUnderscores => byte == b' ',
                Step::RemoveOthers(classes) | Step::ReplaceOthers(classes) => !has(classes, byte),
                Step::TrimSpaces
                | Step::StripLeadingOthers(_)
                | Step::LeadingDigitsToUnderscore
                | Step::UnderscoreBeforeLeadingDigits => false,
            };
            if is_changed {
                return true;
            }
            index += 1;
        }
        false
    }

    /// What a step makes of it.
    pub(super) const fn after(&self, step: &Step) -> Text {
        let mut start = 0;
        let mut result = *self;
        match step {
            Step::TrimSpaces => {
                while result.length > 0 && result.bytes[result.length - 1] == b' ' {
                    result.length -= 1;
                }
                while start < result.length && result.bytes[start] == b' ' {
                    start += 1;
                }
            }
            Step::StripLeadingOthers(classes) => {
                while start < result.length && !has(classes, result.bytes[start]) {
                    start += 1;
                }
            }
            Step::LeadingDigitsToUnderscore => {
                while start < result.length && result.bytes[start].is_ascii_digit() {
                    start += 1;
                }
                if start > 0 {
                    start -= 1;
                    result.bytes[start] = b'_';
                }
            }
            Step::UnderscoreBeforeLeadingDigits => {
                if result.length > 0 && result.bytes[0].is_ascii_digit() {
                    let mut longer = Text::EMPTY;
                    longer.push(b'_');
                    longer.push_bytes(result.as_bytes());
                    result = longer;
                }
            }
            Step::LowerCase
            | Step::UpperCase
            | Step::SpacesToUnderscores
            | Step::RemoveOthers(_)
            | Step::ReplaceOthers(_) => {}
        }
        result.each(start, step)
    }

    /// What a destination makes of it.
    pub(super) const fn transformed(&self, profile: &Profile) -> Text {
        let mut result = *self;
        let mut index = 0;
        while index < profile.steps.len() {
            if result.is_changed_by(&profile.steps[index]) {
                result = result.after(&profile.steps[index]);
            }
            index += 1;
        }
        result
    }

    /// Whether `word` stands in it from `start` on.
    pub(super) const fn has_at(&self, start: usize, word: &[u8], matching: Matching) -> bool {
        if self.length < start + word.len() {
            return false;
        }
        let mut index = 0;
        while index < word.len() {
            let (a, b) = (self.bytes[start + index], word[index]);
            let is_same = match matching {
                Matching::AnyCase => a.eq_ignore_ascii_case(&b),
                Matching::ExactCase => a == b,
            };
            if !is_same {
                return false;
            }
            index += 1;
        }
        true
    }

    /// The one of `words` that it starts with, or ends in.
    pub(super) const fn affix(
        &self,
        words: &'static [&'static str],
        at_end: bool,
        matching: Matching,
    ) -> Option<&'static str> {
        let mut index = 0;
        while index < words.len() {
            let word = words[index].as_bytes();
            if word.len() <= self.length {
                let start = if at_end { self.length - word.len() } else { 0 };
                if self.has_at(start, word, matching) {
                    return Some(words[index]);
                }
            }
            index += 1;
        }
        None
    }

    /// Whether it is one of `words`.
    pub(super) const fn is_one_of(&self, words: &[&str], matching: Matching) -> bool {
        let mut index = 0;
        while index < words.len() {
            let word = words[index].as_bytes();
            if word.len() == self.length && self.has_at(0, word, matching) {
                return true;
            }
            index += 1;
        }
        false
    }

    /// A number that two texts have in common only if they are the same, but for chance (FNV-1a, 64 bits).
    pub(super) const fn hash(&self, case: Case, start: u64) -> u64 {
        let mut hash = start;
        let mut index = 0;
        while index < self.length {
            let byte = match case {
                Case::Insensitive => self.bytes[index].to_ascii_lowercase(),
                Case::Kept | Case::Lower | Case::Upper => self.bytes[index],
            };
            hash = (hash ^ byte as u64).wrapping_mul(0x0100_0000_01b3);
            index += 1;
        }
        hash
    }
}

/// Whether a character is of one of the classes.
const fn has(classes: &[Class], byte: u8) -> bool {
    let mut index = 0;
    while index < classes.len() {
        let is_one = match classes[index] {
            Class::Letters => byte.is_ascii_alphabetic(),
            Class::Digits => byte.is_ascii_digit(),
            Class::Character(only) => byte as u32 == only as u32,
        };
        if is_one {
            return true;
        }
        index += 1;
    }
    false
}

/// Whether a name is no longer than a destination takes.
pub(super) const fn fits(length: Length, name: &Text) -> bool {
    match length {
        // Of a name that is cut the length is not known, but for that it is more.
        Length::Characters(most) => name.characters() <= most || (name.is_cut && most >= CAPACITY),
        Length::Bytes(most) => name.length <= most || (name.is_cut && most >= CAPACITY),
        Length::Unlimited => true,
    }
}
