//! What a destination allows as names of tables and columns, what it makes of the names that it is
//! given, and which columns it has for which types.
//!
//! A [`Profile`] holds what the definition of one destination says; everything here is a pure
//! function of it. The module relies on the standard library alone, and on what every edition of Rust
//! has, so that it can stand inside a generated module tree.

use std::fmt;

/// A type of value, as the loader tells them apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum StitchType {
    /// A list of values.
    Array,
    /// A whole number of at most 64 bits.
    Bigint,
    /// True or false.
    Boolean,
    /// An instant.
    Date,
    /// A floating point number of double precision.
    Double,
    /// A floating point number of single precision.
    Float,
    /// A whole number of at most 32 bits.
    Integer,
    /// Any JSON, kept as such.
    Json,
    /// A whole number of at most 64 bits, where the destination tells it from a `bigint`.
    Long,
    /// A decimal number.
    Number,
    /// An object.
    Record,
    /// Text.
    String,
    /// A value of any type, which its column keeps as it is.
    Variant,
}

impl StitchType {
    /// Every type with its name in a definition.
    pub const ALL: &'static [(&'static str, StitchType)] = &[
        ("array", StitchType::Array),
        ("bigint", StitchType::Bigint),
        ("boolean", StitchType::Boolean),
        ("date", StitchType::Date),
        ("double", StitchType::Double),
        ("float", StitchType::Float),
        ("integer", StitchType::Integer),
        ("json", StitchType::Json),
        ("long", StitchType::Long),
        ("number", StitchType::Number),
        ("record", StitchType::Record),
        ("string", StitchType::String),
        ("variant", StitchType::Variant),
    ];

    /// The name of the type.
    #[must_use]
    pub fn name(self) -> &'static str {
        StitchType::ALL.iter().find(|(_, known)| *known == self).map_or("", |(name, _)| name)
    }
}

impl fmt::Display for StitchType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// How long a name may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Length {
    /// At most so many characters.
    Characters(usize),
    /// At most so many bytes of UTF-8.
    Bytes(usize),
    /// As long as it likes.
    Unlimited,
}

impl Length {
    /// Whether `name` is short enough. It looks at no more of the name than it needs.
    #[must_use]
    pub fn fits(self, name: &str) -> bool {
        match self {
            // No character is shorter than a byte.
            Length::Characters(most) => name.len() <= most || name.chars().nth(most).is_none(),
            Length::Bytes(most) => name.len() <= most,
            Length::Unlimited => true,
        }
    }
}

impl fmt::Display for Length {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Length::Characters(most) => write!(f, "{most} characters"),
            Length::Bytes(most) => write!(f, "{most} bytes"),
            Length::Unlimited => f.write_str("no limit"),
        }
    }
}

/// What becomes of the case of letters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Case {
    /// Names keep their case, and two that differ in it alone are two.
    #[default]
    Kept,
    /// Names keep their case, and two that differ in it alone are one.
    Insensitive,
    /// Letters become lower case.
    Lower,
    /// Letters become upper case.
    Upper,
}

impl Case {
    /// Every case with its name in a definition.
    pub const ALL: &'static [(&'static str, Case)] =
        &[("kept", Case::Kept), ("insensitive", Case::Insensitive), ("lower", Case::Lower), ("upper", Case::Upper)];

    /// Its name in a definition.
    #[must_use]
    pub fn name(self) -> &'static str {
        Case::ALL.iter().find(|(_, known)| *known == self).map_or("", |(name, _)| name)
    }
}

/// What becomes of a column that has values of one type so far when one of another type comes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Split {
    /// The column gets the suffix of its type, and the new one that of its own.
    RenamesOriginal,
    /// The column keeps its name; the new one gets the suffix of its type.
    KeepsOriginal,
    /// The documentation is silent.
    #[default]
    Unstated,
}

/// What becomes of objects and arrays.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Nested {
    /// An object's fields become columns of the table, an array a table of its own.
    Flattened,
    /// They become nested and repeated columns.
    Kept,
    /// They become columns that take values of any type.
    Variant,
    /// They become JSON in one column.
    Json,
    /// The documentation is silent.
    #[default]
    Unstated,
}

impl Nested {
    /// Every answer with its name in a definition.
    pub const ALL: &'static [(&'static str, Nested)] = &[
        ("flattened", Nested::Flattened),
        ("kept", Nested::Kept),
        ("variant", Nested::Variant),
        ("json", Nested::Json),
    ];

    /// Its name in a definition.
    #[must_use]
    pub fn name(self) -> &'static str {
        Nested::ALL.iter().find(|(_, known)| *known == self).map_or("", |(name, _)| name)
    }
}

/// How a name is held against the words that a destination reserves.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Matching {
    /// Whatever the case of the letters from a to z.
    #[default]
    AnyCase,
    /// Letter by letter.
    ExactCase,
}

impl Matching {
    fn same(self, a: &str, b: &str) -> bool {
        match self {
            Matching::AnyCase => a.eq_ignore_ascii_case(b),
            Matching::ExactCase => a == b,
        }
    }

    fn starts(self, name: &str, prefix: &str) -> bool {
        name.get(..prefix.len()).is_some_and(|head| self.same(head, prefix))
    }

    fn ends(self, name: &str, suffix: &str) -> bool {
        let tail = name.len().checked_sub(suffix.len()).and_then(|start| name.get(start..));
        tail.is_some_and(|tail| self.same(tail, suffix))
    }
}

/// Characters that a step tells from all others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Class {
    /// Letters of any script.
    Letters,
    /// The digits from 0 to 9.
    Digits,
    /// One character.
    Character(char),
}

impl Class {
    /// Every class of more than one character with its name in a definition.
    pub const ALL: &'static [(&'static str, Class)] = &[("letters", Class::Letters), ("digits", Class::Digits)];

    /// Whether the character is one of them.
    #[must_use]
    pub fn contains(self, character: char) -> bool {
        match self {
            Class::Letters => character.is_alphabetic(),
            Class::Digits => character.is_ascii_digit(),
            Class::Character(only) => character == only,
        }
    }
}

impl fmt::Display for Class {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Class::Letters => f.write_str("letters"),
            Class::Digits => f.write_str("digits"),
            Class::Character(' ') => f.write_str("spaces"),
            Class::Character(only) => write!(f, "`{only}`"),
        }
    }
}

/// A step on the way from a name to that in the destination. `C` holds the characters that the step
/// leaves alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step<C = &'static [Class]> {
    /// Letters become lower case.
    LowerCase,
    /// Letters become upper case.
    UpperCase,
    /// Spaces at both ends are removed.
    TrimSpaces,
    /// Each space becomes an underscore.
    SpacesToUnderscores,
    /// Characters other than these are removed.
    RemoveOthers(C),
    /// Each character other than these becomes an underscore.
    ReplaceOthers(C),
    /// Characters before the first of these are removed.
    StripLeadingOthers(C),
    /// The digits that a name starts with become one underscore.
    LeadingDigitsToUnderscore,
    /// A name that starts with a digit gets an underscore before it.
    UnderscoreBeforeLeadingDigits,
}

impl<C: AsRef<[Class]>> Step<C> {
    /// What the step makes of `name`.
    #[must_use]
    pub fn apply(&self, name: &str) -> String {
        let has = |classes: &C, character: char| classes.as_ref().iter().any(|class| class.contains(character));
        match self {
            Step::LowerCase => name.to_lowercase(),
            Step::UpperCase => name.to_uppercase(),
            Step::TrimSpaces => name.trim_matches(' ').to_owned(),
            Step::SpacesToUnderscores => name.replace(' ', "_"),
            Step::RemoveOthers(classes) => name.chars().filter(|character| has(classes, *character)).collect(),
            Step::ReplaceOthers(classes) => {
                name.chars().map(|character| if has(classes, character) { character } else { '_' }).collect()
            }
            Step::StripLeadingOthers(classes) => {
                name.trim_start_matches(|character| !has(classes, character)).to_owned()
            }
            Step::LeadingDigitsToUnderscore => {
                let rest = name.trim_start_matches(|character: char| character.is_ascii_digit());
                if rest.len() < name.len() { format!("_{rest}") } else { name.to_owned() }
            }
            Step::UnderscoreBeforeLeadingDigits => {
                let is_before_digit = name.starts_with(|character: char| character.is_ascii_digit());
                if is_before_digit { format!("_{name}") } else { name.to_owned() }
            }
        }
    }
}

impl<C: AsRef<[Class]>> fmt::Display for Step<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let list = |classes: &C| {
            let names: Vec<String> = classes.as_ref().iter().map(ToString::to_string).collect();
            match names.split_last() {
                Some((last, rest)) if !rest.is_empty() => format!("{} and {last}", rest.join(", ")),
                _ => names.join(", "),
            }
        };
        match self {
            Step::LowerCase => f.write_str("letters become lower case"),
            Step::UpperCase => f.write_str("letters become upper case"),
            Step::TrimSpaces => f.write_str("spaces at both ends are removed"),
            Step::SpacesToUnderscores => f.write_str("spaces become underscores"),
            Step::RemoveOthers(classes) => write!(f, "all but {} are removed", list(classes)),
            Step::ReplaceOthers(classes) => write!(f, "all but {} become underscores", list(classes)),
            Step::StripLeadingOthers(classes) => write!(f, "all but {} are removed from the start", list(classes)),
            Step::LeadingDigitsToUnderscore => f.write_str("digits at the start become one underscore"),
            Step::UnderscoreBeforeLeadingDigits => f.write_str("an underscore goes before a digit at the start"),
        }
    }
}

/// What the steps, one after the other, make of `name`. The result can be empty.
#[must_use]
pub fn transform<C: AsRef<[Class]>>(steps: &[Step<C>], name: &str) -> String {
    steps.iter().fold(name.to_owned(), |name, step| step.apply(&name))
}

/// Joins the names of nested fields to the name of a column, where a destination flattens objects; and a table's
/// name to those of the arrays in it.
pub const SEPARATOR: &str = "__";

/// The column that a destination has for values of a type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ColumnType {
    /// The type of the values.
    pub of: StitchType,
    /// The type of the column, in the destination's words.
    pub name: &'static str,
    /// What the name of a split column ends in, without the underscores before it.
    pub suffix: &'static str,
}

/// What one destination allows, and what it does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Profile {
    /// Its short name, such as `postgres`.
    pub key: &'static str,
    /// Its name as reasons for rejections have it, such as `PostgreSQL`.
    pub title: &'static str,
    /// How long a table's name may be.
    pub table_name: Length,
    /// How long a column's name may be.
    pub column_name: Length,
    /// The most columns of a table; nothing where there is no limit.
    pub columns: Option<usize>,
    /// The most bytes of a record; nothing where there is no limit.
    pub record_bytes: Option<usize>,
    /// What becomes of the case of names.
    pub case: Case,
    /// What becomes of a column that has to be split.
    pub split: Split,
    /// What becomes of objects and arrays.
    pub nested: Nested,
    /// How names are held against the reserved words below.
    pub matching: Matching,
    /// What no name of a table or a column may start with.
    pub reserved_prefixes: &'static [&'static str],
    /// The columns that may be sent although they start so.
    pub allowed_columns: &'static [&'static str],
    /// What no name of a column may start with besides.
    pub reserved_column_prefixes: &'static [&'static str],
    /// What no name of a column may end in, underscores included.
    pub reserved_column_suffixes: &'static [&'static str],
    /// What no name of a table may end in.
    pub reserved_table_suffixes: &'static [&'static str],
    /// The columns for each type.
    pub types: &'static [ColumnType],
    /// The types whose values are rejected.
    pub unsupported: &'static [StitchType],
    /// What is done to the names of columns, in this order.
    pub steps: &'static [Step],
}

impl Profile {
    /// The name that the destination gives a column which is sent as `name`. It can be empty, too long
    /// or reserved.
    #[must_use]
    pub fn transform(&self, name: &str) -> String {
        transform(self.steps, name)
    }

    /// The column for values of a type; nothing where the destination rejects them, or its
    /// documentation is silent.
    #[must_use]
    pub const fn column_type(&self, of: StitchType) -> Option<ColumnType> {
        let mut index = 0;
        while index < self.types.len() {
            if self.types[index].of as u8 == of as u8 {
                return Some(self.types[index]);
            }
            index += 1;
        }
        None
    }

    /// What the name of a split column of this type ends in, without the underscores before it.
    #[must_use]
    pub const fn split_suffix(&self, of: StitchType) -> Option<&'static str> {
        match self.column_type(of) {
            Some(column) => Some(column.suffix),
            None => None,
        }
    }

    /// Whether values of a type are rejected.
    #[must_use]
    pub fn rejects(&self, of: StitchType) -> bool {
        self.unsupported.contains(&of)
    }

    /// Whether a table's name is short enough.
    #[must_use]
    pub fn table_name_fits(&self, name: &str) -> bool {
        self.table_name.fits(name)
    }

    /// Whether a column's name is short enough.
    #[must_use]
    pub fn column_name_fits(&self, name: &str) -> bool {
        self.column_name.fits(name)
    }

    /// The reserved suffix that a column's name ends in.
    #[must_use]
    pub fn reserved_column_suffix(&self, name: &str) -> Option<&'static str> {
        self.reserved_column_suffixes.iter().copied().find(|suffix| self.matching.ends(name, suffix))
    }

    /// The reserved prefix that a column's name starts with, unless the column is an allowed one.
    #[must_use]
    pub fn reserved_column_prefix(&self, name: &str) -> Option<&'static str> {
        if self.is_allowed_column(name) {
            return None;
        }
        let mut prefixes = self.reserved_prefixes.iter().chain(self.reserved_column_prefixes);
        prefixes.find(|prefix| self.matching.starts(name, prefix)).copied()
    }

    /// The prefix that no destination takes and that a column's name starts with, unless the column is an
    /// allowed one.
    #[must_use]
    pub fn reserved_common_prefix(&self, name: &str) -> Option<&'static str> {
        if self.is_allowed_column(name) {
            return None;
        }
        self.reserved_table_prefix(name)
    }

    /// Whether a column is one of those that may be sent although its name starts with a reserved prefix.
    #[must_use]
    pub fn is_allowed_column(&self, name: &str) -> bool {
        self.allowed_columns.iter().any(|allowed| self.matching.same(name, allowed))
    }

    /// Whether a column may not have this name, whatever its length.
    #[must_use]
    pub fn is_reserved_column(&self, name: &str) -> bool {
        self.reserved_column_suffix(name).is_some() || self.reserved_column_prefix(name).is_some()
    }

    /// The reserved prefix that a table's name starts with.
    #[must_use]
    pub fn reserved_table_prefix(&self, name: &str) -> Option<&'static str> {
        self.reserved_prefixes.iter().copied().find(|prefix| self.matching.starts(name, prefix))
    }

    /// The reserved suffix that a table's name ends in.
    #[must_use]
    pub fn reserved_table_suffix(&self, name: &str) -> Option<&'static str> {
        self.reserved_table_suffixes.iter().copied().find(|suffix| self.matching.ends(name, suffix))
    }

    /// Whether a table may not have this name, whatever its length.
    #[must_use]
    pub fn is_reserved_table(&self, name: &str) -> bool {
        self.reserved_table_prefix(name).is_some() || self.reserved_table_suffix(name).is_some()
    }
}
