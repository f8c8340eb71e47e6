//! What is checked of a record before it is sent, and where in it the check is.

use std::borrow::Cow;
use std::fmt::Write as _;

use backstitch_api::limits::{DATA_POINTS_PER_RECORD, JSON_DEPTH, KEY_CHARACTERS};
use backstitch_api::{Code, Pointer, Violation, Violations};

use crate::encode::Name;

/// Levels above the data: the array of records and the record.
const LEVELS_ABOVE: usize = 2;

/// The most violations that are told of a record: enough to see a pattern, and bounded.
pub(crate) const MOST_VIOLATIONS: usize = 100;

/// A step on the way to a value.
#[derive(Clone, Debug)]
enum Step {
    Field(&'static str),
    Name(String),
    Element(usize),
}

/// A walk over a record that finds all that is wrong with it.
#[derive(Clone, Debug)]
pub struct Check {
    /// The steps to the value around the one that is looked at.
    path: Vec<Step>,
    /// The field that is looked at, where its name is known to the compiler: the last step.
    field: Option<&'static Name>,
    /// Whether `field` is a field of a record's data, so that the compiler knows the whole way to it.
    is_at_root: bool,
    /// The names of the fields that the entries of a flattened map stand among.
    among: &'static [Name],
    found: Vec<Violation>,
    data_points: usize,
}

impl Check {
    #[inline]
    pub(crate) fn new() -> Self {
        Check { path: Vec::new(), field: None, is_at_root: false, among: &[], found: Vec::new(), data_points: 0 }
    }

    /// Counts a scalar value, null included.
    #[inline]
    pub fn data_point(&mut self) {
        self.data_points += 1;
    }

    /// Counts so many scalar values.
    #[inline]
    pub(crate) fn data_points(&mut self, count: usize) {
        self.data_points += count;
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

    /// The entries of a map to come stand among fields of these names.
    #[inline]
    pub(crate) fn stands_among(&mut self, names: &'static [Name]) {
        self.field = None;
        self.among = names;
    }

    /// Checks what `walk` does as the entry `name` of a map whose entries stand among fields.
    pub(crate) fn entry_among(&mut self, name: &str, walk: impl FnOnce(&mut Self)) {
        let among = self.among;
        self.name(name, |check| {
            if among.iter().any(|[field, ..]| field == &name) {
                check.violation(Code::Repeated, "must not have the name of another field");
            }
            walk(check);
        });
        self.among = among;
    }

    /// The field of a struct that is looked at from now on.
    #[inline]
    pub(crate) fn at(&mut self, name: &'static Name) {
        self.field = Some(name);
    }

    /// Checks the fields of a record's data, as `walk` goes through them with [`at`](Check::at).
    #[inline]
    pub(crate) fn data(&mut self, walk: impl FnOnce(&mut Self)) {
        self.is_at_root = true;
        walk(self);
        self.field = None;
        self.is_at_root = false;
    }

    /// Checks the fields of a struct, as `walk` goes through them with [`at`](Check::at).
    #[inline]
    pub(crate) fn fields(&mut self, walk: impl FnOnce(&mut Self)) {
        if self.is_too_deep() {
            return;
        }
        if self.field.is_none() {
            // What the path leads to is the struct itself.
            walk(self);
            self.field = None;
            return;
        }
        self.below(walk);
    }

    fn within(&mut self, step: Step, walk: impl FnOnce(&mut Self)) {
        self.below(|check| {
            check.path.push(step);
            // One level more than arrays and objects may have: what stands here may be a scalar.
            if check.depth() > JSON_DEPTH + 1 {
                check.too_deep();
            } else {
                walk(check);
            }
            check.path.pop();
        });
    }

    /// Does what is to be done below the field that is looked at, with that as a step of the path.
    fn below(&mut self, walk: impl FnOnce(&mut Self)) {
        let (field, is_at_root) = (self.field.take(), self.is_at_root);
        let before = self.path.len();
        if is_at_root {
            self.path.push(Step::Field(crate::push::name_of(backstitch_api::Role::Data)));
        }
        if let Some(field) = field {
            self.path.push(Step::Field(field[0]));
        }
        self.is_at_root = false;
        walk(self);
        self.path.truncate(before);
        (self.field, self.is_at_root) = (field, is_at_root);
    }

    #[inline]
    fn depth(&self) -> usize {
        self.path.len() + LEVELS_ABOVE
    }

    /// Whether an array or an object that begins here is nested too deep, which is then reported.
    #[inline]
    pub(crate) fn is_too_deep(&mut self) -> bool {
        let steps = usize::from(self.is_at_root) + usize::from(self.field.is_some());
        let is_too_deep = self.depth() + steps > JSON_DEPTH;
        if is_too_deep {
            self.too_deep();
        }
        is_too_deep
    }

    #[cold]
    fn too_deep(&mut self) {
        self.violation(Code::Depth, format!("must not be nested more than {JSON_DEPTH} levels deep"));
    }

    /// Reports that the value breaks the rule `code`; `message` says what the rule asks for, never
    /// the value.
    pub fn violation(&mut self, code: Code, message: impl Into<Cow<'static, str>>) {
        self.report(code, message.into());
    }

    /// Reports that the field that is looked at is beyond a limit; `told` is known to the compiler.
    #[cold]
    #[inline(never)]
    pub(crate) fn beyond(&mut self, code: Code, told: &'static str) {
        match self.field {
            Some(field) if self.is_at_root => {
                // Room for a few at once: where there is one violation, there are often more. Where there is room, the
                // compiler writes the violation to its place without a copy of it in between.
                if self.found.capacity() == 0 {
                    self.found = Vec::with_capacity(4);
                } else if self.found.len() == self.found.capacity() {
                    self.found.reserve(4);
                }
                if self.found.len() < self.found.capacity() && self.found.len() < MOST_VIOLATIONS {
                    self.found.push(Violation::new(field[2], code, told));
                }
            }
            _ => self.report(code, told.into()),
        }
    }

    #[cold]
    fn report(&mut self, code: Code, message: Cow<'static, str>) {
        if self.found.len() >= MOST_VIOLATIONS {
            return;
        }
        let pointer = self.pointer();
        self.found.push(Violation::new(pointer, code, message));
    }

    /// Reports a number that is not finite.
    #[inline]
    pub fn finite(&mut self, is_finite: bool) {
        if !is_finite {
            self.violation(Code::NotFinite, "must be a finite number");
        }
    }

    /// Reports a string that is too long for a key.
    #[inline]
    pub fn key_text(&mut self, text: &str) {
        // Characters are counted only where there may be too many.
        self.key_characters(if text.len() > KEY_CHARACTERS { text.chars().count() } else { text.len() });
    }

    /// Reports a string of so many characters that is too long for a key.
    #[inline]
    pub(crate) fn key_characters(&mut self, characters: usize) {
        if characters > KEY_CHARACTERS {
            self.long_key();
        }
    }

    #[cold]
    fn long_key(&mut self) {
        let message = format!("must have at most {KEY_CHARACTERS} characters, since it is part of a key");
        self.violation(Code::KeyLength, message);
    }

    pub(crate) fn add(&mut self, violations: impl IntoIterator<Item = Violation>) {
        self.found.extend(violations);
    }

    /// Reports a record's data with too many data points.
    #[inline]
    pub(crate) fn data_points_within_limit(&mut self) {
        if self.data_points > DATA_POINTS_PER_RECORD {
            self.too_many_data_points();
        }
    }

    #[cold]
    fn too_many_data_points(&mut self) {
        let message = format!("must have at most {DATA_POINTS_PER_RECORD} data points, has {}", self.data_points);
        self.field(crate::push::name_of(backstitch_api::Role::Data), |check| {
            check.violation(Code::DataPoints, message);
        });
    }

    #[inline]
    pub(crate) fn finish(mut self) -> Result<(), Violations> {
        self.found()
    }

    /// Another walk begins, whatever became of the one before.
    #[inline]
    pub(crate) fn begin(&mut self) {
        (self.field, self.is_at_root, self.data_points) = (None, false, 0);
        self.path.clear();
        self.found.clear();
    }

    /// What the walk has found, if it has found anything.
    #[inline]
    pub(crate) fn found(&mut self) -> Result<(), Violations> {
        if self.found.is_empty() { Ok(()) } else { Violations::check(std::mem::take(&mut self.found)) }
    }

    fn pointer(&self) -> Pointer {
        if let (true, Some(field)) = (self.is_at_root, self.field) {
            return Pointer::from(field[2]);
        }
        let mut pointer = String::new();
        if self.is_at_root {
            add_step(&mut pointer, &Step::Field(crate::push::name_of(backstitch_api::Role::Data)));
        }
        for step in &self.path {
            add_step(&mut pointer, step);
        }
        if let Some(field) = self.field {
            add_step(&mut pointer, &Step::Field(field[0]));
        }
        pointer.into()
    }
}

fn add_step(pointer: &mut String, step: &Step) {
    pointer.push('/');
    match step {
        Step::Field(name) => escape(pointer, name),
        Step::Name(name) => escape(pointer, name),
        Step::Element(index) => {
            // A string takes all that is written to it.
            let _ = write!(pointer, "{index}");
        }
    }
}

/// A name as a part of a JSON Pointer (RFC 6901).
pub(crate) fn escape(pointer: &mut String, name: &str) {
    for character in name.chars() {
        match character {
            '~' => pointer.push_str("~0"),
            '/' => pointer.push_str("~1"),
            _ => pointer.push(character),
        }
    }
}
