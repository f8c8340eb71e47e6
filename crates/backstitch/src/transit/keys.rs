//! The keys that a body had so far, which are written as codes from then on.

use std::collections::HashMap;

use crate::encode::Name;
use crate::out::{Short, is_plain};

/// How many keys have codes. Readers forget the first ones when there are more, though not all of them in the same way: no
/// codes are used from there on.
const MOST: u16 = 44 * 44;

/// The digits of a code.
const DIGITS: u16 = 44;

/// The first of the digits.
const ZERO: u8 = b'0';

/// A key of fewer characters has no code.
const LEAST_CHARACTERS: usize = 4;

/// How many keys are remembered at most from one body to the next, so that no memory is asked for where they are the same.
const REMEMBERED: usize = 4_096;

/// Whether a key has a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Length {
    /// It is too short.
    Short,
    /// It is long enough.
    Long,
    /// It is for readers that count UTF-16 units, and not for those that count characters.
    Disputed,
}

/// How long a key is, an escape before it included.
pub(super) fn length(key: &str, is_escaped: bool) -> Length {
    let least = LEAST_CHARACTERS - usize::from(is_escaped);
    if key.len() < least {
        return Length::Short;
    }
    if key.chars().take(least).count() == least {
        return Length::Long;
    }
    if key.encode_utf16().count() < least { Length::Short } else { Length::Disputed }
}

/// What is written for a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// The key itself.
    Itself,
    /// A code, with a comma before and after it.
    Code(Short),
    /// The key itself; and codes must not be used from there on.
    NoCodesFromHere,
    /// The key itself; and readers do not agree whether it has a code.
    Disputed,
}

/// A key's number, in the body whose number is `body`.
#[derive(Clone, Copy, Debug)]
struct Place {
    body: u64,
    number: u16,
}

/// The keys of a body.
#[derive(Clone, Debug)]
pub(super) struct Keys {
    /// Whether codes are used.
    is_on: bool,
    /// The body that is written.
    body: u64,
    /// How many keys have a code.
    count: u16,
    /// How many had one where the record began.
    count_before: u16,
    /// Changes when a code may stand for something else.
    generation: u64,
    places: HashMap<Box<str>, Place>,
    /// What is written for the keys of the type that is written.
    current: Forms,
    /// The same for other types.
    others: Vec<Forms>,
}

/// What is written for the names of a type's fields, with a comma before and after it; nothing where it is not known or
/// is too long.
#[derive(Clone, Debug, Default)]
struct Forms {
    /// The address of the names: no others are there. Zero is the address of none.
    names: usize,
    forms: Vec<Short>,
}

impl Keys {
    pub(super) fn new() -> Self {
        Keys {
            is_on: true,
            body: 1,
            count: 0,
            count_before: 0,
            generation: 1,
            places: HashMap::new(),
            current: Forms::default(),
            others: Vec::new(),
        }
    }

    pub(super) fn generation(&self) -> u64 {
        self.generation
    }

    /// A record begins.
    pub(super) fn begin(&mut self) {
        self.count_before = self.count;
    }

    /// The keys that came with the record that was begun last have no code any more.
    pub(super) fn take_back(&mut self) {
        if self.count == self.count_before {
            return;
        }
        for place in self.places.values_mut().filter(|place| place.number >= self.count_before) {
            place.body = 0;
        }
        self.count = self.count_before;
        self.forget_forms();
    }

    /// Another body begins.
    pub(super) fn clear(&mut self) {
        if self.places.len() > REMEMBERED {
            self.places.clear();
        }
        self.body += 1;
        (self.count, self.count_before, self.is_on) = (0, 0, true);
        self.forget_forms();
    }

    /// From here on no codes are used.
    pub(super) fn turn_off(&mut self) {
        self.is_on = false;
        self.forget_forms();
    }

    fn forget_forms(&mut self) {
        self.generation += 1;
        self.current.forms.fill(Short::default());
        for of_type in &mut self.others {
            of_type.forms.fill(Short::default());
        }
    }

    /// What is written for a key that is escaped or not; one that is new has a code afterwards.
    pub(super) fn form(&mut self, key: &str, is_escaped: bool) -> Form {
        if !self.is_on {
            return Form::Itself;
        }
        match length(key, is_escaped) {
            Length::Short => return Form::Itself,
            Length::Disputed => return Form::Disputed,
            Length::Long => {}
        }
        let body = self.body;
        let known = self.places.get_mut(key);
        if let Some(place) = &known
            && place.body == body
        {
            return Form::Code(code(place.number));
        }
        if self.count >= MOST {
            return Form::NoCodesFromHere;
        }
        let place = Place { body, number: self.count };
        match known {
            Some(known) => *known = place,
            None => {
                self.places.insert(key.into(), place);
            }
        }
        self.count += 1;
        Form::Itself
    }

    /// What is written for the name at `index`, as far as it is known.
    #[inline(always)]
    pub(super) fn form_of(&mut self, names: &'static [Name], index: usize) -> Option<Short> {
        if self.current.names != names.as_ptr().addr() {
            self.find(names);
        }
        self.current.forms.get(index).copied().filter(|form| form.len() > 0)
    }

    /// Makes the type with these names the current one.
    #[inline(never)]
    fn find(&mut self, names: &'static [Name]) {
        let address = names.as_ptr().addr();
        if self.current.names == address {
            return;
        }
        match self.others.iter().position(|of_type| of_type.names == address) {
            Some(index) => self.others.swap(index, 0),
            None => self.others.insert(0, Forms { names: address, forms: vec![Short::default(); names.len()] }),
        }
        if let Some(other) = self.others.first_mut() {
            std::mem::swap(&mut self.current, other);
        }
    }

    /// Keeps what is written for a name after it was written once.
    pub(super) fn learn(&mut self, names: &'static [Name], index: usize, name: &str, is_escaped: bool) {
        let form = match length(name, is_escaped) {
            _ if is_escaped || !name.bytes().all(is_plain) => return,
            Length::Short => Short::new(&[b",\"", name.as_bytes(), b"\","].concat()),
            Length::Long if self.is_on => match self.places.get(name) {
                Some(place) if place.body == self.body => Some(code(place.number)),
                _ => None,
            },
            Length::Long | Length::Disputed => None,
        };
        let Some(form) = form else { return };
        self.find(names);
        if let Some(place) = self.current.forms.get_mut(index) {
            *place = form;
        }
    }
}

/// The code of the key with this number, with a comma before and after it.
fn code(number: u16) -> Short {
    let digit = |value: u16| ZERO + (value % DIGITS) as u8;
    let short = match number / DIGITS {
        0 => Short::new(&[b',', b'"', b'^', digit(number), b'"', b',']),
        upper => Short::new(&[b',', b'"', b'^', digit(upper), digit(number), b'"', b',']),
    };
    short.unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::{Form, Keys, Length, MOST, code, length};

    #[test]
    fn codes_have_one_digit_or_two() {
        let text = |number| String::from_utf8_lossy(&code(number).bytes()[..code(number).len()]).into_owned();
        assert_eq!(text(0), ",\"^0\",");
        assert_eq!(text(43), ",\"^[\",");
        assert_eq!(text(44), ",\"^10\",");
        assert_eq!(text(MOST - 1), ",\"^[[\",");
    }

    #[test]
    fn lengths_are_those_that_readers_agree_on() {
        for (key, is_escaped, expected) in [
            ("abc", false, Length::Short),
            ("abcd", false, Length::Long),
            ("~ab", true, Length::Long),
            ("~a", true, Length::Short),
            ("äöü", false, Length::Short),
            ("äöüß", false, Length::Long),
            ("😀a", false, Length::Short),
            ("😀😀", false, Length::Disputed),
            ("😀ab", false, Length::Disputed),
            ("😀abc", false, Length::Long),
            ("", false, Length::Short),
        ] {
            assert_eq!(length(key, is_escaped), expected, "{key}");
        }
    }

    #[test]
    fn the_last_code_is_followed_by_none() {
        let mut keys = Keys::new();
        for number in 0..MOST {
            assert_eq!(keys.form(&format!("key {number}"), false), Form::Itself);
        }
        assert_eq!(keys.form("key 7", false), Form::Code(code(7)));
        assert_eq!(keys.form("one more", false), Form::NoCodesFromHere);
        keys.turn_off();
        assert_eq!(keys.form("key 7", false), Form::Itself);
        keys.clear();
        assert_eq!(keys.form("key 7", false), Form::Itself);
        assert_eq!(keys.form("key 7", false), Form::Code(code(0)));
    }

    #[test]
    fn a_record_that_is_taken_back_takes_its_keys_along() {
        let mut keys = Keys::new();
        keys.form("first", false);
        keys.begin();
        keys.form("second", false);
        keys.take_back();
        assert_eq!(keys.form("third", false), Form::Itself);
        assert_eq!(keys.form("second", false), Form::Itself);
        assert_eq!(keys.form("first", false), Form::Code(code(0)));
        assert_eq!(keys.form("third", false), Form::Code(code(1)));
        assert_eq!(keys.form("second", false), Form::Code(code(2)));
    }
}
