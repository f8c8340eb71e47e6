//! The walk over a record that finds what does not fit.

use backstitch_api::destination::{Case, Length, Nested, Profile, SEPARATOR};
use backstitch_api::limits::DATA_POINTS_PER_RECORD;

use super::names::{Text, fits};
use super::{Misfit, Shape, is_same};
use crate::encode::Name;

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
pub(super) struct Walk {
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
    pub(super) const fn new(table: &str, profile: &'static Profile) -> Self {
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

    pub(super) const fn finish(self) -> Misfit {
        let (mut text, help) = (self.message, self.message.length);
        if help > 0 {
            text.push_str("\n\n= help: ");
            text.push_str(self.help);
        }
        Misfit { text, help }
    }

    pub(super) const fn record(&mut self, shape: &Shape) {
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
