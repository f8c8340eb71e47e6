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

/// How long a key is, as it is written: an escape before it is a character of it.
pub(super) fn length(written: &str) -> Length {
    if written.len() < LEAST_CHARACTERS {
        return Length::Short;
    }
    if written.chars().take(LEAST_CHARACTERS).count() == LEAST_CHARACTERS {
        return Length::Long;
    }
    if written.encode_utf16().count() < LEAST_CHARACTERS { Length::Short } else { Length::Disputed }
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
    /// Whether they were where the record began.
    was_on: bool,
    /// The body that is written.
    body: u64,
    /// How many keys have a code.
    count: u16,
    /// How many had one where the record began.
    count_before: u16,
    /// Changes when a code may stand for something else.
    generation: u64,
    /// By what is written of them: a key and a mark of the same text are two.
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
            was_on: true,
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
        (self.count_before, self.was_on) = (self.count, self.is_on);
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

    /// The same, where the record is not written again: codes are used as they were before it.
    pub(super) fn give_up(&mut self) {
        self.take_back();
        if self.is_on != self.was_on {
            self.is_on = self.was_on;
            self.forget_forms();
        }
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

    /// What is written for a key or a mark, of which `written` stands in the text; one that is new has a code afterwards.
    pub(super) fn form(&mut self, written: &str) -> Form {
        if !self.is_on {
            return Form::Itself;
        }
        match length(written) {
            Length::Short => return Form::Itself,
            Length::Disputed => return Form::Disputed,
            Length::Long => {}
        }
        let body = self.body;
        let known = self.places.get_mut(written);
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
                self.places.insert(written.into(), place);
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

    /// Keeps what is written for a name after it was written once, as it is.
    pub(super) fn learn(&mut self, names: &'static [Name], index: usize, name: &str) {
        let form = match length(name) {
            Length::Short if name.bytes().all(is_plain) => Short::new(&[b",\"", name.as_bytes(), b"\","].concat()),
            Length::Long if self.is_on => match self.places.get(name) {
                Some(place) if place.body == self.body => Some(code(place.number)),
                _ => None,
            },
            Length::Short | Length::Long | Length::Disputed => None,
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
        for (written, expected) in [
            ("abc", Length::Short),
            ("abcd", Length::Long),
            ("~~ab", Length::Long),
            ("~~a", Length::Short),
            ("äöü", Length::Short),
            ("äöüß", Length::Long),
            ("😀a", Length::Short),
            ("😀😀", Length::Disputed),
            ("😀ab", Length::Disputed),
            ("😀abc", Length::Long),
            ("", Length::Short),
        ] {
            assert_eq!(length(written), expected, "{written}");
        }
    }

    #[test]
    fn the_last_code_is_followed_by_none() {
        let mut keys = Keys::new();
        for number in 0..MOST {
            assert_eq!(keys.form(&format!("key {number}")), Form::Itself);
        }
        assert_eq!(keys.form("key 7"), Form::Code(code(7)));
        keys.begin();
        assert_eq!(keys.form("one more"), Form::NoCodesFromHere);
        keys.turn_off();
        keys.take_back();
        assert_eq!(keys.form("key 7"), Form::Itself);
        keys.give_up();
        assert_eq!(keys.form("key 7"), Form::Code(code(7)));
        keys.begin();
        keys.turn_off();
        keys.begin();
        assert_eq!(keys.form("key 7"), Form::Itself);
        keys.clear();
        assert_eq!(keys.form("key 7"), Form::Itself);
        assert_eq!(keys.form("key 7"), Form::Code(code(0)));
    }

    #[test]
    fn a_record_that_is_taken_back_takes_its_keys_along() {
        let mut keys = Keys::new();
        keys.form("first");
        keys.begin();
        keys.form("second");
        keys.take_back();
        assert_eq!(keys.form("third"), Form::Itself);
        assert_eq!(keys.form("second"), Form::Itself);
        assert_eq!(keys.form("first"), Form::Code(code(0)));
        assert_eq!(keys.form("third"), Form::Code(code(1)));
        assert_eq!(keys.form("second"), Form::Code(code(2)));
    }
}
