//! Whether the names and the counts of a record fit its destinations, as the compiler can tell: nested names too,
//! which no single struct shows.
//!
//! Everything here runs while a program is compiled. Names beyond ASCII are passed over, since the compiler knows no
//! letters but those; the derive has looked at the struct's own names, whatever their script.

use backstitch_api::Destination;
use backstitch_api::destination::{Case, Class, Length, Matching, Nested, Profile, SEPARATOR, Step};
use backstitch_api::limits::DATA_POINTS_PER_RECORD;

use crate::encode::Name;
use crate::push::Push;

/// What a type is, as far as names and counts go.
#[derive(Debug)]
pub enum Shape {
    /// Not known before there is a value, or not followed.
    Open,
    /// Null, of which no column is ever made.
    Null,
    /// One value.
    Scalar,
    /// Null, or such a value.
    Optional(&'static Shape),
    /// Such a value, which is left out now and then.
    Maybe(&'static Shape),
    /// Fields: their names, and what each is.
    Object(&'static [Name], &'static [&'static Shape]),
    /// Such elements, at least so many.
    Array(&'static Shape, usize),
}

/// The names of fields, and of the fields that stand flat among them.
#[derive(Debug)]
pub struct Parts {
    /// The names; an empty one where flattened fields stand.
    pub names: &'static [Name],
    /// What is flattened.
    pub flattened: &'static [&'static Parts],
}

impl Parts {
    /// How often the name occurs.
    const fn count(&self, name: &str) -> usize {
        let mut count = 0;
        let mut index = 0;
        while index < self.names.len() {
            count += is_same(self.names[index][0], name) as usize;
            index += 1;
        }
        let mut index = 0;
        while index < self.flattened.len() {
            count += self.flattened[index].count(name);
            index += 1;
        }
        count
    }

    /// The first of `self`'s names that occurs in `all` more than once.
    const fn repeated(&self, all: &Parts) -> Option<&'static str> {
        let mut index = 0;
        while index < self.names.len() {
            let name = self.names[index][0];
            if !name.is_empty() && all.count(name) > 1 {
                return Some(name);
            }
            index += 1;
        }
        let mut index = 0;
        while index < self.flattened.len() {
            if let Some(name) = self.flattened[index].repeated(all) {
                return Some(name);
            }
            index += 1;
        }
        None
    }
}

const fn is_same(a: &str, b: &str) -> bool {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    if a.len() != b.len() {
        return false;
    }
    let mut index = 0;
    while index < a.len() {
        if a[index] != b[index] {
            return false;
        }
        index += 1;
    }
    true
}

/// A name that two fields have, where one of them is flattened.
#[must_use]
pub const fn repeated(parts: &Parts) -> Misfit {
    let Some(name) = parts.repeated(parts) else { return Misfit::NONE };
    let mut text = Text::EMPTY;
    text.push_str("two fields are called `");
    text.push_str(name);
    text.push_str("` on the wire, at least one of them flattened");
    let help = text.length;
    text.push_str("\n\n= help: rename one of them, or take `flatten` away");
    Misfit { text, help }
}

impl Shape {
    /// The least number of data points of such a value.
    const fn data_points(&self) -> usize {
        match self {
            Shape::Open | Shape::Maybe(_) => 0,
            Shape::Null | Shape::Scalar => 1,
            Shape::Optional(shape) => match shape.data_points() {
                0 => 0,
                _ => 1,
            },
            Shape::Object(_, shapes) => {
                let mut points = 0_usize;
                let mut index = 0;
                while index < shapes.len() {
                    points = points.saturating_add(shapes[index].data_points());
                    index += 1;
                }
                points
            }
            Shape::Array(element, least) => element.data_points().saturating_mul(*least),
        }
    }
}

/// The most bytes of a name, and of what is said of one.
const CAPACITY: usize = 600;

/// What keeps a record from its destinations, if anything does.
#[derive(Debug)]
pub struct Misfit {
    text: Text,
    /// Where what to do about it begins.
    help: usize,
}

impl Misfit {
    /// Nothing does.
    pub const NONE: Misfit = Misfit { text: Text::EMPTY, help: 0 };

    /// What it is.
    #[must_use]
    #[inline]
    pub const fn message(&self) -> Option<&str> {
        if self.help == 0 { None } else { Some(shown(self.text.bytes.split_at(self.help).0)) }
    }

    /// What it is, and what to do about it.
    #[must_use]
    pub const fn explained(&self) -> Option<&str> {
        if self.help == 0 { None } else { Some(shown(self.text.as_bytes())) }
    }
}

const fn shown(bytes: &[u8]) -> &str {
    match std::str::from_utf8(bytes) {
        Ok(text) => text,
        // What is cut off may end within a character.
        Err(_) => "a name of the record does not fit its destination",
    }
}

/// What keeps the records of a type from the destinations that it names.
#[must_use]
pub const fn misfit<T: Push>() -> Misfit {
    let mut index = 0;
    while index < T::DESTINATIONS.len() {
        let misfit = misfit_in::<T>(T::DESTINATIONS[index]);
        if misfit.message().is_some() {
            return misfit;
        }
        index += 1;
    }
    Misfit::NONE
}

/// What keeps the records of a type from one destination.
#[must_use]
pub const fn misfit_in<T: Push>(destination: Destination) -> Misfit {
    let mut walk = Walk::new(T::TABLE_NAME, destination.profile());
    walk.record(T::SHAPE);
    walk.finish()
}

type Text = crate::text::Text<CAPACITY>;

impl Text {
    const fn is_ascii(&self) -> bool {
        self.as_bytes().is_ascii()
    }

    const fn characters(&self) -> usize {
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
    const fn each(&self, start: usize, step: &Step) -> Text {
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
    const fn is_changed_by(&self, step: &Step) -> bool {
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
    const fn after(&self, step: &Step) -> Text {
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
    const fn transformed(&self, profile: &Profile) -> Text {
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
    const fn has_at(&self, start: usize, word: &[u8], matching: Matching) -> bool {
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
    const fn affix(&self, words: &'static [&'static str], at_end: bool, matching: Matching) -> Option<&'static str> {
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
    const fn is_one_of(&self, words: &[&str], matching: Matching) -> bool {
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
    const fn hash(&self, case: Case, start: u64) -> u64 {
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

/// Places for the columns and tables that were met: many more than are compared, so that few are looked at for each.
const PLACES: usize = 1 << 14;

/// What the numbers of columns and of tables begin with.
const COLUMNS: u64 = 0xcbf2_9ce4_8422_2325;
const TABLES: u64 = 0x9ae1_6a3b_2f90_404f;

/// The most columns whose names are held against each other: more than any destination that flattens takes. Those of
/// the struct's own fields, however many, the derive has held against each other.
const MOST_COMPARED: usize = 2_000;

/// Whether two columns are one. A number does not tell which column it was made of, so that where two are the same a
/// second walk finds both.
enum Clash {
    None,
    /// Two columns have this number.
    Met(u64),
    /// The columns with this number are looked for.
    Sought(u64),
}

/// A walk over a record for one destination.
struct Walk {
    profile: &'static Profile,
    /// The name of the table, and of what is within it on the way.
    table: Text,
    /// The names on the way, within the table.
    path: Text,
    /// What tells the columns that were met from each other; zero where there is none.
    met: [u64; PLACES],
    compared: usize,
    clash: Clash,
    /// The way as the struct has it, told of a clash: its own fields' names with dots between them.
    way: Text,
    /// The same of the first of two columns that clash.
    first: Text,
    /// How many flattened fields that may be missing are around.
    alternatives: usize,
    /// The first thing that is wrong.
    message: Text,
    /// What to do about it.
    help: &'static str,
}

const RENAME: &str = "rename a part of it: `#[push(rename = \"…\")]` on the field";
const RENAME_ONE: &str = "rename one of them: `#[push(rename = \"…\")]` on the field";
const SPLIT: &str = "make several tables of it";
const SPLIT_OFF: &str = "send what that field holds to a table of its own";

impl Walk {
    const fn new(table: &str, profile: &'static Profile) -> Self {
        let mut name = Text::EMPTY;
        name.push_str(table);
        Walk {
            profile,
            table: name,
            path: Text::EMPTY,
            met: [0; PLACES],
            compared: 0,
            clash: Clash::None,
            way: Text::EMPTY,
            first: Text::EMPTY,
            alternatives: 0,
            message: Text::EMPTY,
            help: RENAME,
        }
    }

    const fn finish(self) -> Misfit {
        let (mut text, help) = (self.message, self.message.length);
        if help > 0 {
            text.push_str("\n\n= help: ");
            text.push_str(self.help);
        }
        Misfit { text, help }
    }

    const fn record(&mut self, shape: &Shape) {
        let points = shape.data_points();
        if points > DATA_POINTS_PER_RECORD {
            self.help = SPLIT;
            self.say_table("a record of the table `", "` has at least ");
            self.message.push_number(points as i128);
            self.message.push_str(" data points, ");
            match self.largest_array(shape) {
                Some(within) => {
                    self.help = SPLIT_OFF;
                    if within == points {
                        self.message.push_str("all");
                    } else {
                        self.message.push_number(within as i128);
                    }
                    self.message.push_str(" of them in `");
                    self.message.push_bytes(self.way.as_bytes());
                    self.message.push_str("`");
                }
                None => self.message.push_str("nested ones included"),
            }
            self.message.push_str(", and the API takes at most ");
            self.message.push_number(DATA_POINTS_PER_RECORD as i128);
            return;
        }
        if let Shape::Object(names, shapes) = shape {
            let columns = self.parts(names, shapes);
            self.count(columns);
            if let Clash::Met(hash) = self.clash {
                self.clash = Clash::Sought(hash);
                self.compared = 0;
                self.parts(names, shapes);
            }
        }
    }

    /// Goes to the field with the most data points, as far as objects go; their number, if it is an array that they are
    /// in.
    const fn largest_array(&mut self, shape: &Shape) -> Option<usize> {
        let (names, shapes) = match shape {
            Shape::Object(names, shapes) => (names, shapes),
            Shape::Array(..) => return Some(shape.data_points()),
            _ => return None,
        };
        let (mut largest, mut most) = (0, 0);
        let mut index = 0;
        while index < names.len() && index < shapes.len() {
            let points = shapes[index].data_points();
            if points > most {
                (largest, most) = (index, points);
            }
            index += 1;
        }
        if most == 0 {
            return None;
        }
        self.go(names[largest][0]);
        self.largest_array(shapes[largest])
    }

    /// Adds a name to the way as the struct has it.
    const fn go(&mut self, name: &str) {
        if self.way.length > 0 && !name.is_empty() {
            self.way.push(b'.');
        }
        self.way.push_str(name);
    }

    const fn is_done(&self) -> bool {
        self.message.length > 0 || matches!(self.clash, Clash::Met(_))
    }

    /// Looks at fields; gives the number of columns that they are.
    const fn parts(&mut self, names: &[Name], shapes: &[&Shape]) -> usize {
        let mut columns = 0;
        let mut index = 0;
        while index < names.len() && index < shapes.len() && !self.is_done() {
            let name = names[index][0];
            let (end, way) = (self.path.length, self.way.length);
            if let Clash::Sought(_) = self.clash {
                self.go(name);
            }
            if !name.is_empty() {
                if end > 0 {
                    self.path.push_str(SEPARATOR);
                }
                self.path.push_str(name);
            }
            columns += self.shape(shapes[index], name.is_empty());
            (self.path.length, self.way.length) = (end, way);
            self.path.is_cut = false;
            index += 1;
        }
        columns
    }

    const fn shape(&mut self, shape: &Shape, is_flat: bool) -> usize {
        let flattens = matches!(self.profile.nested, Nested::Flattened);
        match shape {
            Shape::Maybe(shape) if is_flat => {
                // It may stand in another's place.
                self.alternatives += 1;
                let columns = self.shape(shape, is_flat);
                self.alternatives -= 1;
                columns
            }
            Shape::Optional(shape) | Shape::Maybe(shape) => self.shape(shape, is_flat),
            Shape::Object(names, shapes) if flattens || is_flat => self.parts(names, shapes),
            Shape::Array(element, _) if flattens => {
                self.subtable(element);
                0
            }
            // What a map among the fields holds has names of its own, and so has what may be an object.
            Shape::Open if is_flat || flattens => 0,
            Shape::Null => 0,
            Shape::Open | Shape::Scalar | Shape::Object(..) | Shape::Array(..) => {
                self.column();
                1
            }
        }
    }

    /// The elements of an array are rows of a table of their own.
    const fn subtable(&mut self, element: &Shape) {
        let (table, path, way) = (self.table, self.path, self.way);
        self.table.push_str(SEPARATOR);
        self.table.push_bytes(path.as_bytes());
        (self.path, self.way) = (Text::EMPTY, Text::EMPTY);
        if !fits(self.profile.table_name, &self.table) {
            self.say_table("the name of the table `", "`, which holds the elements of an array,");
            let length = match self.profile.table_name {
                Length::Bytes(_) => self.table.length,
                Length::Characters(_) | Length::Unlimited => self.table.characters(),
            };
            self.too_long(length, self.profile.table_name);
        } else if !matches!(self.clash, Clash::Sought(_)) && self.is_met(self.table.hash(Case::Insensitive, TABLES)) {
            self.say_table("two arrays have tables called `", "`");
        } else {
            let columns = self.elements(element);
            self.count(columns);
        }
        (self.table, self.path, self.way) = (table, path, way);
    }

    const fn elements(&mut self, element: &Shape) -> usize {
        match element {
            Shape::Optional(element) | Shape::Maybe(element) => self.elements(element),
            Shape::Object(names, shapes) => self.parts(names, shapes),
            Shape::Array(element, _) => self.elements(element),
            Shape::Open | Shape::Null | Shape::Scalar => 1,
        }
    }

    const fn count(&mut self, columns: usize) {
        if let (Some(most), false) = (self.profile.columns, self.is_done())
            && columns > most
        {
            self.help = SPLIT;
            self.say_table("the table `", "` has ");
            self.message.push_number(columns as i128);
            self.message.push_str(" columns, nested ones included; ");
            self.message.push_str(self.profile.title);
            self.message.push_str(" takes at most ");
            self.message.push_number(most as i128);
        }
    }

    /// Looks at the column whose name is on the way.
    const fn column(&mut self) {
        if self.path.is_cut || !self.path.is_ascii() {
            return;
        }
        let name = self.path.transformed(self.profile);
        let profile = self.profile;
        if name.length == 0 {
            self.say_column();
            self.message.push_str(" has no character that ");
            self.message.push_str(profile.title);
            self.message.push_str(" keeps");
        } else if !fits(profile.column_name, &name) {
            self.say_column();
            self.too_long(name.length, profile.column_name);
        } else if let Some(suffix) = name.affix(profile.reserved_column_suffixes, true, profile.matching) {
            self.say_column();
            self.message.push_str(" ends in `");
            self.message.push_str(suffix);
            self.message.push_str("`, which ");
            self.message.push_str(profile.title);
            self.message.push_str(" keeps for columns that it splits by type");
        } else if let Some(prefix) = self.reserved_prefix(&name) {
            self.say_column();
            self.message.push_str(" starts with `");
            self.message.push_str(prefix);
            self.message.push_str("`, which is kept for the loader's own");
        } else if self.compared < MOST_COMPARED && self.alternatives == 0 {
            self.compare(&name);
        }
    }

    const fn reserved_prefix(&self, name: &Text) -> Option<&'static str> {
        let profile = self.profile;
        if name.is_one_of(profile.allowed_columns, profile.matching) {
            return None;
        }
        match name.affix(profile.reserved_prefixes, false, profile.matching) {
            Some(prefix) => Some(prefix),
            None => name.affix(profile.reserved_column_prefixes, false, profile.matching),
        }
    }

    /// Holds a column's name against those of the same table that came before.
    const fn compare(&mut self, name: &Text) {
        self.compared += 1;
        let of_table = self.table.hash(Case::Kept, COLUMNS);
        let hash = name.hash(self.profile.case, of_table);
        match self.clash {
            Clash::Sought(sought) if sought != hash => {}
            Clash::Sought(_) if self.first.length == 0 => self.first = self.way,
            Clash::Sought(_) => self.say_clash(name),
            Clash::None | Clash::Met(_) => {
                if self.is_met(hash) {
                    self.clash = Clash::Met(hash);
                }
            }
        }
    }

    /// Two columns have the name, the second of them on the way.
    const fn say_clash(&mut self, name: &Text) {
        let (first, second) = (self.first, self.way);
        self.help = RENAME_ONE;
        self.message.push_str("`");
        self.message.push_bytes(first.as_bytes());
        self.message.push_str("` and `");
        self.message.push_bytes(second.as_bytes());
        self.say_table("` of the table `", "` are both called `");
        self.message.push_bytes(name.as_bytes());
        self.message.push_str("` in ");
        self.message.push_str(self.profile.title);
        if first.as_bytes().eq_ignore_ascii_case(second.as_bytes()) && !is_same(first.as_str(), second.as_str()) {
            self.message.push_str(", which takes upper and lower case for the same");
        }
    }

    /// Whether this came before; from now on it has.
    const fn is_met(&mut self, hash: u64) -> bool {
        // Zero marks a place without anything.
        let hash = hash | 1;
        let mut place = (hash >> 32) as usize % PLACES;
        while self.met[place] != 0 {
            if self.met[place] == hash {
                return true;
            }
            place = (place + 1) % PLACES;
        }
        self.met[place] = hash;
        false
    }

    const fn say_table(&mut self, before: &str, after: &str) {
        self.message.push_str(before);
        self.message.push_bytes(self.table.as_bytes());
        self.message.push_str(after);
    }

    const fn say_column(&mut self) {
        self.message.push_str("the column `");
        self.message.push_bytes(self.path.as_bytes());
        self.say_table("` of the table `", "`");
    }

    const fn too_long(&mut self, length: usize, most: Length) {
        self.message.push_str(" is too long for ");
        self.message.push_str(self.profile.title);
        self.message.push_str(": ");
        self.message.push_number(length as i128);
        let (most, unit) = match most {
            Length::Characters(most) => (most, " characters"),
            Length::Bytes(most) => (most, " bytes"),
            Length::Unlimited => (usize::MAX, ""),
        };
        self.message.push_str(unit);
        self.message.push_str(", and it takes at most ");
        self.message.push_number(most as i128);
    }
}

const fn fits(length: Length, name: &Text) -> bool {
    match length {
        // Of a name that is cut the length is not known, but for that it is more.
        Length::Characters(most) => name.characters() <= most || (name.is_cut && most >= CAPACITY),
        Length::Bytes(most) => name.length <= most || (name.is_cut && most >= CAPACITY),
        Length::Unlimited => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_becomes_what_the_definitions_say() {
        let names =
            ["CuStOmErId", "customer id", " 4 customer#id ", "_987", "!!", "", "a-b_c$@#", "123", "  ", "x__st"];
        for destination in Destination::ALL {
            for name in names {
                let mut text = Text::EMPTY;
                text.push_str(name);
                let ours = text.transformed(destination.profile());
                let theirs = destination.profile().transform(name);
                assert_eq!(ours.as_bytes(), theirs.as_bytes(), "{name:?} in {destination}");
            }
        }
    }

    const fn named(name: &'static str) -> Name {
        [name, "", ""]
    }

    fn told(destination: Destination, table: &str, shape: &Shape) -> Option<String> {
        let mut walk = Walk::new(table, destination.profile());
        walk.record(shape);
        walk.finish().message().map(ToOwned::to_owned)
    }

    const ONE: &Shape = &Shape::Scalar;

    #[test]
    fn nested_names_are_held_against_the_destination() {
        const STATE: &Shape = &Shape::Object(&[named("st")], &[ONE]);
        const RECORD: &Shape = &Shape::Object(&[named("id"), named("address")], &[ONE, &Shape::Optional(STATE)]);
        let message = told(Destination::Postgres, "t", RECORD).expect("it does not fit");
        assert!(message.starts_with("the column `address__st` of the table `t` ends in `__st`"), "{message}");
        // Where nothing is flattened there is no such column.
        assert_eq!(told(Destination::Snowflake, "t", RECORD), None);
        assert_eq!(told(Destination::Bigquery, "t", RECORD), None);
        // The elements of an array have a table of their own, where the name is `st` alone.
        const LINES: &Shape = &Shape::Object(&[named("address")], &[&Shape::Array(STATE, 0)]);
        assert_eq!(told(Destination::Postgres, "t", LINES), None);
        assert!(told(Destination::Postgres, &"t".repeat(60), LINES).is_some_and(|told| told.contains("too long")));
    }

    #[test]
    fn nested_names_can_meet() {
        const INNER: &Shape = &Shape::Object(&[named("b")], &[ONE]);
        const RECORD: &Shape = &Shape::Object(&[named("a__b"), named("a")], &[ONE, INNER]);
        let message = told(Destination::Redshift, "t", RECORD).expect("two are the same");
        assert_eq!(message, "`a__b` and `a.b` of the table `t` are both called `a__b` in Amazon Redshift");
        const CASES: &Shape = &Shape::Object(&[named(""), named("B")], &[INNER, ONE]);
        assert_eq!(told(Destination::Postgres, "t", CASES), None);
        let message = told(Destination::AzureSynapse, "t", CASES).expect("two are the same");
        assert!(message.starts_with("`b` and `B` of the table `t` are both called `"), "{message}");
        assert!(message.ends_with(", which takes upper and lower case for the same"), "{message}");
        // Of two tables one has the clash.
        const LINES: &Shape = &Shape::Object(&[named("a__b"), named("lines")], &[ONE, &Shape::Array(RECORD, 0)]);
        let message = told(Destination::Postgres, "t", LINES).expect("two are the same");
        assert_eq!(message, "`a__b` and `a.b` of the table `t__lines` are both called `a__b` in PostgreSQL");
    }

    #[test]
    fn data_points_are_counted_through_arrays() {
        const POINTS: &Shape = &Shape::Object(&[named("a")], &[&Shape::Array(&Shape::Array(ONE, 101), 100)]);
        let message = told(Destination::DataWorld, "t", POINTS).expect("too many");
        assert_eq!(
            message,
            "a record of the table `t` has at least 10100 data points, all of them in `a`, and the API takes at most 10000"
        );
        const FLAT: &Shape = &Shape::Object(&[named("o"), named("")], &[ONE, POINTS]);
        const NESTED: &Shape = &Shape::Object(&[named("n"), named("id")], &[FLAT, ONE]);
        let message = told(Destination::DataWorld, "t", NESTED).expect("too many");
        assert!(message.contains("10102 data points, 10100 of them in `n.a`"), "{message}");
        const TWOS: &Shape = &Shape::Object(&[named("a"), named("b")], &[ONE; 2]);
        assert_eq!(told(Destination::DataWorld, "t", TWOS), None);
        const MAYBE: &Shape = &Shape::Object(&[named("a")], &[&Shape::Optional(&Shape::Array(ONE, 20_000))]);
        assert_eq!(told(Destination::DataWorld, "t", MAYBE), None);
    }
}
