//! What is checked of a record before it is sent, and where in it the check is.

use std::fmt::Write as _;

use backstitch_api::limits::{DATA_POINTS_PER_RECORD, JSON_DEPTH, KEY_CHARACTERS};
use backstitch_api::{Code, Violation, Violations};

/// Levels above the data: the array of records and the record.
const LEVELS_ABOVE: usize = 2;

/// The most violations that are told of a record: enough to see a pattern, and bounded.
pub(crate) const MOST_VIOLATIONS: usize = 100;

/// A step on the way to a value.
enum Step {
    Field(&'static str),
    Name(String),
    Element(usize),
}

/// A walk over a record that finds all that is wrong with it.
pub struct Check {
    path: Vec<Step>,
    found: Vec<Violation>,
    data_points: usize,
}

impl Check {
    pub(crate) fn new() -> Self {
        Check { path: Vec::new(), found: Vec::new(), data_points: 0 }
    }

    /// Counts a scalar value, null included.
    pub fn data_point(&mut self) {
        self.data_points += 1;
    }

    /// Checks what `walk` does as a part of the field `name`.
    pub fn field(&mut self, name: &'static str, walk: impl FnOnce(&mut Self)) {
        self.within(Step::Field(name), walk);
    }

    /// Checks what `walk` does as a part of the value called `name` in a map.
    pub fn name(&mut self, name: &str, walk: impl FnOnce(&mut Self)) {
        self.within(Step::Name(name.to_owned()), walk);
    }

    /// Checks what `walk` does as a part of the element at `index` of an array.
    pub fn element(&mut self, index: usize, walk: impl FnOnce(&mut Self)) {
        self.within(Step::Element(index), walk);
    }

    fn within(&mut self, step: Step, walk: impl FnOnce(&mut Self)) {
        self.path.push(step);
        if self.path.len() + LEVELS_ABOVE > JSON_DEPTH {
            self.violation(Code::Depth, format!("must not be nested more than {JSON_DEPTH} levels deep"));
        } else {
            walk(self);
        }
        self.path.pop();
    }

    /// Reports that the value breaks the rule `code`; `message` says what the rule asks for, never
    /// the value.
    pub fn violation(&mut self, code: Code, message: impl Into<std::borrow::Cow<'static, str>>) {
        if self.found.len() >= MOST_VIOLATIONS {
            return;
        }
        let pointer = self.pointer();
        self.found.push(Violation::new(pointer, code, message));
    }

    /// Reports a number that is not finite.
    pub fn finite(&mut self, is_finite: bool) {
        if !is_finite {
            self.violation(Code::NotFinite, "must be a finite number");
        }
    }

    /// Reports a string that is too long for a key.
    pub fn key_text(&mut self, text: &str) {
        // Characters are counted only where there may be too many.
        self.key_characters(if text.len() > KEY_CHARACTERS { text.chars().count() } else { text.len() });
    }

    /// Reports a string of so many characters that is too long for a key.
    pub(crate) fn key_characters(&mut self, characters: usize) {
        if characters > KEY_CHARACTERS {
            self.violation(
                Code::KeyLength,
                format!("must have at most {KEY_CHARACTERS} characters, since it is part of a key"),
            );
        }
    }

    pub(crate) fn add(&mut self, violations: impl IntoIterator<Item = Violation>) {
        self.found.extend(violations);
    }

    pub(crate) fn data_points_within_limit(&mut self) {
        if self.data_points > DATA_POINTS_PER_RECORD {
            let message = format!("must have at most {DATA_POINTS_PER_RECORD} data points, has {}", self.data_points);
            self.violation(Code::DataPoints, message);
        }
    }

    pub(crate) fn finish(self) -> Result<(), Violations> {
        Violations::check(self.found)
    }

    fn pointer(&self) -> String {
        let mut pointer = String::new();
        for step in &self.path {
            pointer.push('/');
            match step {
                Step::Field(name) => escape(&mut pointer, name),
                Step::Name(name) => escape(&mut pointer, name),
                Step::Element(index) => {
                    // A string takes all that is written to it.
                    let _ = write!(pointer, "{index}");
                }
            }
        }
        pointer
    }
}

/// A name as a part of a JSON Pointer (RFC 6901).
fn escape(pointer: &mut String, name: &str) {
    for character in name.chars() {
        match character {
            '~' => pointer.push_str("~0"),
            '/' => pointer.push_str("~1"),
            _ => pointer.push(character),
        }
    }
}
