//! What a definition says of an attribute, and the check of a value against it.
//!
//! One table of [`Attribute`]s serves every side: the generated validators, the checks of a
//! server, the sentences in the documentation. The module relies on the standard library alone, and
//! on what every edition of Rust has, so that it can stand inside a generated module tree.

use std::borrow::Cow;
use std::fmt;

/// The part that an attribute plays in a Push record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Role {
    /// Names the client that the record belongs to.
    Client,
    /// Names the destination table.
    Table,
    /// Orders the versions of a row.
    Sequence,
    /// Says what is to be done with the record.
    Action,
    /// Lists the fields of the data that are its primary key.
    Keys,
    /// Holds the record's fields.
    Data,
}

impl Role {
    /// Every role with its name in a definition.
    pub const ALL: &'static [(&'static str, Role)] = &[
        ("client", Role::Client),
        ("table", Role::Table),
        ("sequence", Role::Sequence),
        ("action", Role::Action),
        ("keys", Role::Keys),
        ("data", Role::Data),
    ];
}

/// Whether an attribute must be there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Presence {
    /// The definition says that it must.
    Required,
    /// The definition says that it need not.
    Optional,
    /// The definition is silent.
    Unstated,
}

/// A type of JSON value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum JsonType {
    /// `[…]`
    Array,
    /// `true` or `false`
    Boolean,
    /// A number without a fraction or an exponent.
    Integer,
    /// `null`
    Null,
    /// Any number.
    Number,
    /// `{…}`
    Object,
    /// `"…"`
    String,
}

impl JsonType {
    /// The name that JSON Schema gives the type.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            JsonType::Array => "array",
            JsonType::Boolean => "boolean",
            JsonType::Integer => "integer",
            JsonType::Null => "null",
            JsonType::Number => "number",
            JsonType::Object => "object",
            JsonType::String => "string",
        }
    }

    /// The type of a valid JSON text without white space around it, by its characters: the value itself
    /// is not read. A number with a fraction or an exponent is no integer, whatever its value, so that a
    /// type never depends on the size of a value.
    #[must_use]
    pub fn of(text: &str) -> JsonType {
        match text.as_bytes().first() {
            Some(b'{') => JsonType::Object,
            Some(b'[') => JsonType::Array,
            Some(b'"') => JsonType::String,
            Some(b't' | b'f') => JsonType::Boolean,
            Some(b'n') | None => JsonType::Null,
            Some(_) if text.bytes().any(|byte| matches!(byte, b'.' | b'e' | b'E')) => JsonType::Number,
            Some(_) => JsonType::Integer,
        }
    }

    /// The names of several types, as in `integer or null`; `any` for none.
    #[must_use]
    pub fn names(types: &[JsonType]) -> String {
        if types.is_empty() {
            return "any".to_owned();
        }
        types.iter().map(|kind| kind.name()).collect::<Vec<_>>().join(" or ")
    }

    /// Whether a value of type `found` may stand where this type is expected.
    #[must_use]
    pub fn accepts(self, found: JsonType) -> bool {
        self == found || (self == JsonType::Number && found == JsonType::Integer)
    }
}

/// What a string is written as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Format {
    /// A date and a time with its offset (RFC 3339), such as `2020-01-13T21:25:03Z`.
    DateTime,
}

impl Format {
    /// The name that JSON Schema gives the format.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Format::DateTime => "date-time",
        }
    }

    /// Whether `text` is written so.
    #[must_use]
    pub fn accepts(self, text: &str) -> bool {
        match self {
            Format::DateTime => is_date_time(text),
        }
    }
}

/// What limits a value beyond its type, in JSON Schema's words.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Constraints {
    /// The least integer allowed.
    pub minimum: Option<i64>,
    /// The greatest integer allowed.
    pub maximum: Option<i64>,
    /// The least length of a string, in characters.
    pub min_length: Option<usize>,
    /// The greatest length of a string, in characters.
    pub max_length: Option<usize>,
    /// The least number of elements of an array.
    pub min_items: Option<usize>,
    /// The greatest number of elements of an array.
    pub max_items: Option<usize>,
    /// The only string allowed.
    pub constant: Option<&'static str>,
    /// What a string is written as.
    pub format: Option<Format>,
}

/// One attribute of an object, as its definition describes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Attribute {
    /// Its name on the wire.
    pub name: &'static str,
    /// The JSON types that it may have; empty where any will do.
    pub types: &'static [JsonType],
    /// The JSON types that the elements of an array may have; empty where any will do.
    pub items: &'static [JsonType],
    /// Whether it must be there.
    pub presence: Presence,
    /// Its part in a Push record, if it has one.
    pub role: Option<Role>,
    /// What limits it beyond its type.
    pub constraints: Constraints,
}

/// What a value breaks. The names are stable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Code {
    /// A required attribute is missing.
    Required,
    /// The value has another JSON type.
    Type,
    /// The value differs from the only one allowed.
    Const,
    /// The integer is less than the least allowed.
    Minimum,
    /// The integer is greater than the greatest allowed.
    Maximum,
    /// The string is too short.
    MinLength,
    /// The string is too long.
    MaxLength,
    /// The array has too few elements.
    MinItems,
    /// The array has too many elements.
    MaxItems,
    /// The string is not written as it should be.
    Format,
    /// The number is not finite: JSON has no NaN and no infinity.
    NotFinite,
    /// A key field is missing, null, or not a scalar.
    Key,
    /// A string that is part of a key is too long.
    KeyLength,
    /// The record has too many data points.
    DataPoints,
    /// The record belongs to another client than the request.
    Client,
    /// The value is nested more deeply than a JSON reader takes.
    Depth,
    /// The number has too many digits.
    Digits,
    /// The value can't be written as JSON: its type refused, or it is in use.
    Serialize,
    /// A name or a count of the record does not fit its destination.
    Destination,
    /// The entry of a map has the name of another field.
    Repeated,
}

impl Code {
    /// The stable name of the code.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Code::Required => "required",
            Code::Type => "type",
            Code::Const => "const",
            Code::Minimum => "minimum",
            Code::Maximum => "maximum",
            Code::MinLength => "min_length",
            Code::MaxLength => "max_length",
            Code::MinItems => "min_items",
            Code::MaxItems => "max_items",
            Code::Format => "format",
            Code::NotFinite => "not_finite",
            Code::Key => "key",
            Code::KeyLength => "key_length",
            Code::DataPoints => "data_points",
            Code::Client => "client",
            Code::Depth => "depth",
            Code::Digits => "digits",
            Code::Serialize => "serialize",
            Code::Destination => "destination",
            Code::Repeated => "repeated",
        }
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Where a value is within another: a JSON Pointer (RFC 6901), such as `/data/email`.
///
/// It is read as a string, and compared with strings.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Pointer(Cow<'static, str>);

impl Pointer {
    /// The pointer as it is written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::ops::Deref for Pointer {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl AsRef<str> for Pointer {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Pointer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<&'static str> for Pointer {
    #[inline]
    fn from(text: &'static str) -> Self {
        Pointer(Cow::Borrowed(text))
    }
}

impl From<String> for Pointer {
    fn from(text: String) -> Self {
        Pointer(Cow::Owned(text))
    }
}

impl From<Pointer> for String {
    fn from(pointer: Pointer) -> Self {
        pointer.0.into_owned()
    }
}

impl PartialEq<str> for Pointer {
    fn eq(&self, other: &str) -> bool {
        self.0 == other
    }
}

impl PartialEq<&str> for Pointer {
    fn eq(&self, other: &&str) -> bool {
        self.0 == *other
    }
}

impl PartialEq<String> for Pointer {
    fn eq(&self, other: &String) -> bool {
        self.0 == other.as_str()
    }
}

impl PartialEq<Pointer> for &str {
    fn eq(&self, other: &Pointer) -> bool {
        *self == other.0
    }
}

/// One rule that a value breaks, and where. It never holds the value itself.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Violation {
    /// Where the value is, such as `/data/email`.
    pub pointer: Pointer,
    /// Which rule.
    pub code: Code,
    /// What the rule asks for, limit included.
    pub message: Cow<'static, str>,
}

impl Violation {
    /// A violation of the rule `code` at `pointer`.
    #[inline]
    pub fn new(pointer: impl Into<Pointer>, code: Code, message: impl Into<Cow<'static, str>>) -> Self {
        Violation { pointer: pointer.into(), code, message: message.into() }
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let at = if self.pointer.is_empty() { "/" } else { &self.pointer };
        write!(f, "{at} {} ({})", self.message, self.code)
    }
}

/// All the rules that a value breaks, at least one, in the order of the fields.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violations(Vec<Violation>);

impl Violations {
    /// `Ok` where nothing was found, otherwise what was.
    ///
    /// # Errors
    /// When `found` is not empty.
    #[inline]
    pub fn check(found: Vec<Violation>) -> Result<(), Violations> {
        if found.is_empty() { Ok(()) } else { Err(Violations(found)) }
    }

    /// The violations in order.
    pub fn iter(&self) -> std::slice::Iter<'_, Violation> {
        self.0.iter()
    }

    /// The violations as a slice.
    #[must_use]
    pub fn as_slice(&self) -> &[Violation] {
        &self.0
    }

    /// The same violations, of a value that stands at `pointer`.
    #[must_use]
    pub fn under(mut self, pointer: &str) -> Self {
        for violation in &mut self.0 {
            violation.pointer = format!("{pointer}{}", violation.pointer).into();
        }
        self
    }
}

impl From<Violation> for Violations {
    fn from(violation: Violation) -> Self {
        Violations(vec![violation])
    }
}

impl IntoIterator for Violations {
    type Item = Violation;
    type IntoIter = std::vec::IntoIter<Violation>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl<'a> IntoIterator for &'a Violations {
    type Item = &'a Violation;
    type IntoIter = std::slice::Iter<'a, Violation>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}

impl fmt::Display for Violations {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, violation) in self.0.iter().enumerate() {
            if index > 0 {
                f.write_str("; ")?;
            }
            write!(f, "{violation}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Violations {}

impl Attribute {
    /// The attribute's place in its object, as a JSON Pointer.
    #[must_use]
    pub fn pointer(&self) -> String {
        format!("/{}", self.name.replace('~', "~0").replace('/', "~1"))
    }

    /// Whether a value of the JSON type `found` may stand here.
    #[must_use]
    pub fn accepts(&self, found: JsonType) -> bool {
        self.types.is_empty() || self.types.iter().any(|expected| expected.accepts(found))
    }

    /// Whether a value of the JSON type `found` may be an element of the array that stands here.
    #[must_use]
    pub fn accepts_element(&self, found: JsonType) -> bool {
        self.items.is_empty() || self.items.iter().any(|expected| expected.accepts(found))
    }

    /// Checks the JSON type of a value; says whether it may stand here.
    pub fn check_type(&self, kind: JsonType, found: &mut Vec<Violation>) -> bool {
        let is_accepted = self.accepts(kind);
        if !is_accepted {
            self.report(Code::Type, format!("must be {}", JsonType::names(self.types)), found);
        }
        is_accepted
    }

    /// Checks the JSON type of the element at `index` of an array.
    pub fn check_element(&self, index: usize, kind: JsonType, found: &mut Vec<Violation>) {
        if !self.accepts_element(kind) {
            let message = format!("must be {}", JsonType::names(self.items));
            found.push(Violation::new(format!("{}/{index}", self.pointer()), Code::Type, message));
        }
    }

    /// The attribute's constant, if it has no role and yet must be there: every record has it.
    #[must_use]
    pub fn constant_that_must_be_there(&self) -> Option<&'static str> {
        let is_filled_so = self.role.is_none() && self.presence == Presence::Required;
        self.constraints.constant.filter(|_| is_filled_so)
    }

    /// Checks an integer.
    pub fn check_integer(&self, value: i64, found: &mut Vec<Violation>) {
        if let Some(least) = self.constraints.minimum.filter(|least| value < *least) {
            self.report(Code::Minimum, format!("must be at least {least}"), found);
        }
        if let Some(greatest) = self.constraints.maximum.filter(|greatest| value > *greatest) {
            self.report(Code::Maximum, format!("must be at most {greatest}"), found);
        }
    }

    /// Checks a number: it must be finite, and within its limits.
    pub fn check_number(&self, value: f64, found: &mut Vec<Violation>) {
        if !value.is_finite() {
            self.report(Code::NotFinite, "must be a finite number", found);
        }
        // A limit is a whole number: the whole numbers next to the value are compared, exactly. A conversion keeps
        // within the type's bounds, which are far beyond those of a limit.
        #[allow(clippy::cast_possible_truncation)]
        let (floor, ceiling) = (value.floor() as i128, value.ceil() as i128);
        if let Some(least) = self.constraints.minimum.filter(|least| floor < i128::from(*least)) {
            self.report(Code::Minimum, format!("must be at least {least}"), found);
        }
        if let Some(greatest) = self.constraints.maximum.filter(|greatest| ceiling > i128::from(*greatest)) {
            self.report(Code::Maximum, format!("must be at most {greatest}"), found);
        }
    }

    /// Checks a string.
    pub fn check_string(&self, value: &str, found: &mut Vec<Violation>) {
        if let Some(format) = self.constraints.format.filter(|format| !format.accepts(value)) {
            self.report(Code::Format, format!("must be a {}", format.name()), found);
        }
        if let Some(constant) = self.constraints.constant.filter(|constant| value != *constant) {
            self.report(Code::Const, format!("must be `{constant}`"), found);
        }
        if self.constraints.min_length.is_none() && self.constraints.max_length.is_none() {
            return;
        }
        let length = value.chars().count();
        if let Some(least) = self.constraints.min_length.filter(|least| length < *least) {
            self.report(Code::MinLength, format!("must have at least {}", characters(least)), found);
        }
        if let Some(greatest) = self.constraints.max_length.filter(|greatest| length > *greatest) {
            self.report(Code::MaxLength, format!("must have at most {}", characters(greatest)), found);
        }
    }

    /// Checks an array by the number of its elements.
    pub fn check_array(&self, length: usize, found: &mut Vec<Violation>) {
        if let Some(least) = self.constraints.min_items.filter(|least| length < *least) {
            self.report(Code::MinItems, format!("must have at least {}", elements(least)), found);
        }
        if let Some(greatest) = self.constraints.max_items.filter(|greatest| length > *greatest) {
            self.report(Code::MaxItems, format!("must have at most {}", elements(greatest)), found);
        }
    }

    /// The rules of the attribute as sentences for its documentation.
    #[must_use]
    pub fn sentences(&self) -> Vec<String> {
        let limits = &self.constraints;
        let mut sentences = Vec::new();
        match self.presence {
            Presence::Required => sentences.push("Required.".to_owned()),
            Presence::Optional => sentences.push("Optional.".to_owned()),
            Presence::Unstated => {}
        }
        if let Some(constant) = limits.constant {
            sentences.push(format!("Must be `{constant}`."));
        }
        if let Some(format) = limits.format {
            sentences.push(format!("Must be a {}.", format.name()));
        }
        if let Some(least) = limits.minimum {
            sentences.push(format!("Must be at least {least}."));
        }
        if let Some(greatest) = limits.maximum {
            sentences.push(format!("Must be at most {greatest}."));
        }
        if let Some(least) = limits.min_length {
            sentences.push(format!("Must have at least {}.", characters(least)));
        }
        if let Some(greatest) = limits.max_length {
            sentences.push(format!("Must have at most {}.", characters(greatest)));
        }
        if let Some(least) = limits.min_items {
            sentences.push(format!("Must have at least {}.", elements(least)));
        }
        if let Some(greatest) = limits.max_items {
            sentences.push(format!("Must have at most {}.", elements(greatest)));
        }
        sentences
    }

    fn report(&self, code: Code, message: impl Into<Cow<'static, str>>, found: &mut Vec<Violation>) {
        found.push(Violation::new(self.pointer(), code, message));
    }
}

/// Whether `text` is a date and a time with its offset, as RFC 3339 has it.
fn is_date_time(text: &str) -> bool {
    let bytes = text.as_bytes();
    let digits = |from: usize, count: usize| -> Option<u32> {
        let part = bytes.get(from..from + count)?;
        if !part.iter().all(u8::is_ascii_digit) {
            return None;
        }
        Some(part.iter().fold(0, |number, digit| number * 10 + u32::from(digit - b'0')))
    };
    let at = |index: usize, expected: &[u8]| bytes.get(index).is_some_and(|byte| expected.contains(byte));
    let parsed = (|| {
        let (year, month, day) = (digits(0, 4)?, digits(5, 2)?, digits(8, 2)?);
        let (hour, minute, second) = (digits(11, 2)?, digits(14, 2)?, digits(17, 2)?);
        let separated = at(4, b"-") && at(7, b"-") && at(10, b"Tt") && at(13, b":") && at(16, b":");
        let leap_year = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
        let days = match month {
            2 if leap_year => 29,
            2 => 28,
            4 | 6 | 9 | 11 => 30,
            1..=12 => 31,
            _ => 0,
        };
        if !separated || day == 0 || day > days || hour > 23 || minute > 59 || second > 60 {
            return None;
        }
        let mut rest = 19;
        if at(rest, b".") {
            let fraction = bytes[rest + 1..].iter().take_while(|byte| byte.is_ascii_digit()).count();
            if fraction == 0 {
                return None;
            }
            rest += 1 + fraction;
        }
        // The minute of the day, by the clock of UTC.
        let local = hour * 60 + minute;
        let utc = if at(rest, b"Zz") {
            rest += 1;
            local
        } else {
            let (hours, minutes) = (digits(rest + 1, 2)?, digits(rest + 4, 2)?);
            if !at(rest, b"+-") || !at(rest + 3, b":") || hours > 23 || minutes > 59 {
                return None;
            }
            let offset = hours * 60 + minutes;
            let shift = if at(rest, b"+") { 24 * 60 - offset } else { offset };
            rest += 6;
            (local + shift) % (24 * 60)
        };
        // A leap second is the last of a day.
        Some(rest == bytes.len() && (second < 60 || utc == 24 * 60 - 1))
    })();
    parsed.unwrap_or(false)
}

fn characters(count: usize) -> String {
    format!("{count} character{}", if count == 1 { "" } else { "s" })
}

fn elements(count: usize) -> String {
    format!("{count} element{}", if count == 1 { "" } else { "s" })
}
