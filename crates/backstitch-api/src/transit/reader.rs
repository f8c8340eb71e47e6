//! From the JSON to values, in one pass.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};

use super::Transit;
use super::cache::{Cache, Missing};
use super::scalar::{self, Text};

pub(super) fn read(text: &[u8]) -> Result<Transit, serde_json::Error> {
    let mut deserializer = serde_json::Deserializer::from_slice(text);
    let value = Next { cache: &mut Cache::new(text.len()), place: Place::Value }.deserialize(&mut deserializer)?;
    deserializer.end()?;
    value.into_value()
}

pub(super) fn read_each(text: &[u8], each: impl FnMut(Transit)) -> Result<Option<Transit>, serde_json::Error> {
    let mut deserializer = serde_json::Deserializer::from_slice(text);
    let whole = Each { cache: &mut Cache::new(text.len()), each }.deserialize(&mut deserializer)?;
    deserializer.end()?;
    whole.map(Item::into_value).transpose()
}

/// Reads what comes next, as [`Next`], but for an array whose elements are handed over.
struct Each<'c, F> {
    cache: &'c mut Cache,
    each: F,
}

impl<'de, F: FnMut(Transit)> DeserializeSeed<'de> for Each<'_, F> {
    type Value = Option<Item>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Option<Item>, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<F> Each<'_, F> {
    fn next(&mut self) -> Next<'_> {
        Next { cache: self.cache, place: Place::Value }
    }
}

impl<'de, F: FnMut(Transit)> Visitor<'de> for Each<'_, F> {
    type Value = Option<Item>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Next { cache: &mut Cache::new(0), place: Place::Value }.expecting(f)
    }

    fn visit_unit<E: Error>(mut self) -> Result<Option<Item>, E> {
        self.next().visit_unit().map(Some)
    }

    fn visit_bool<E: Error>(mut self, value: bool) -> Result<Option<Item>, E> {
        self.next().visit_bool(value).map(Some)
    }

    fn visit_i64<E: Error>(mut self, value: i64) -> Result<Option<Item>, E> {
        self.next().visit_i64(value).map(Some)
    }

    fn visit_u64<E: Error>(mut self, value: u64) -> Result<Option<Item>, E> {
        self.next().visit_u64(value).map(Some)
    }

    fn visit_f64<E: Error>(mut self, value: f64) -> Result<Option<Item>, E> {
        self.next().visit_f64(value).map(Some)
    }

    fn visit_str<E: Error>(mut self, string: &str) -> Result<Option<Item>, E> {
        self.next().visit_str(string).map(Some)
    }

    fn visit_map<A: MapAccess<'de>>(mut self, members: A) -> Result<Option<Item>, A::Error> {
        self.next().visit_map(members).map(Some)
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut elements: A) -> Result<Option<Item>, A::Error> {
        match elements.next_element_seed(self.next())? {
            None => return Ok(None),
            Some(first @ (Item::Map | Item::Tag(_))) => return marked(self.cache, first, elements).map(Some),
            Some(first) => (self.each)(first.into_value()?),
        }
        while let Some(value) = elements.next_element_seed(self.next())? {
            (self.each)(value.into_value()?);
        }
        Ok(None)
    }
}

/// The first string of an array that is a map.
const MAP: &str = "^ ";

/// The key of what stands for a number where `serde_json` keeps its digits, as whoever uses this crate may have it do
/// (`arbitrary_precision`).
const NUMBER: &str = "$serde_json::private::Number";

/// What stands in the text: a value, or what tells how the rest of an array or an object is read.
enum Item {
    Value(Transit),
    Tag(String),
    Map,
    Number,
}

impl Item {
    fn into_value<E: Error>(self) -> Result<Transit, E> {
        match self {
            Item::Value(value) => Ok(value),
            Item::Tag(tag) => Err(E::custom(format_args!("the tag `~#{tag}` must be the first of two elements"))),
            // Anywhere else they are strings as others.
            Item::Map => Ok(Transit::Text(MAP.to_owned())),
            Item::Number => Ok(Transit::Text(NUMBER.to_owned())),
        }
    }
}

/// Reads what comes next.
struct Next<'c> {
    cache: &'c mut Cache,
    place: Place,
}

/// Where something stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Value,
    Key,
    /// The first key of a JSON object, which may stand for a number.
    FirstMember,
}

impl Next<'_> {
    fn string<E: Error>(self, string: &str) -> Result<Item, E> {
        match string {
            MAP => return Ok(Item::Map),
            NUMBER if self.place == Place::FirstMember => return Ok(Item::Number),
            _ => {}
        }
        let known = match string.strip_prefix('^') {
            Some(code) => match self.cache.find(code) {
                Ok(known) => scalar::read(known),
                Err(Missing::Unknown) => {
                    return Err(E::custom(format_args!("the code `{string}` stands for nothing so far")));
                }
                Err(Missing::TooMuch) => {
                    return Err(E::custom("codes stand for far more than the text has: write shorter keys"));
                }
            },
            None => {
                self.cache.see(string, self.place != Place::Value);
                scalar::read(string)
            }
        };
        match known {
            Ok(Text::Value(value)) => Ok(Item::Value(value)),
            Ok(Text::Tag(tag)) => Ok(Item::Tag(tag)),
            Err(error) => Err(E::custom(error)),
        }
    }
}

impl<'de> DeserializeSeed<'de> for Next<'_> {
    type Value = Item;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Item, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Next<'_> {
    type Value = Item;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value of Transit+JSON")
    }

    fn visit_unit<E>(self) -> Result<Item, E> {
        Ok(Item::Value(Transit::Null))
    }

    fn visit_bool<E>(self, value: bool) -> Result<Item, E> {
        Ok(Item::Value(Transit::Boolean(value)))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Item, E> {
        Ok(Item::Value(Transit::Integer(value)))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Item, E> {
        Ok(Item::Value(i64::try_from(value).map_or_else(|_| Transit::BigInteger(value.to_string()), Transit::Integer)))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Item, E> {
        Ok(Item::Value(Transit::Double(value)))
    }

    fn visit_str<E: Error>(self, string: &str) -> Result<Item, E> {
        self.string(string)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<Item, A::Error> {
        let cache = self.cache;
        let first = match elements.next_element_seed(Next { cache: &mut *cache, place: Place::Value })? {
            None => return Ok(Item::Value(Transit::Array(Vec::new()))),
            Some(first @ (Item::Map | Item::Tag(_))) => return marked(cache, first, elements),
            Some(first) => first.into_value()?,
        };
        let mut values = vec![first];
        while let Some(value) = elements.next_element_seed(Next { cache: &mut *cache, place: Place::Value })? {
            values.push(value.into_value()?);
        }
        Ok(Item::Value(Transit::Array(values)))
    }

    /// The verbose form: objects are maps, and one with a tag as its only key is a value with that tag.
    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Item, A::Error> {
        let cache = self.cache;
        let mut entries = Vec::new();
        let mut place = Place::FirstMember;
        while let Some(key) = members.next_key_seed(Next { cache: &mut *cache, place })? {
            place = Place::Key;
            if matches!(key, Item::Number) {
                let digits: String = members.next_value()?;
                return number(&digits).map(Item::Value).ok_or_else(|| A::Error::custom("a number beyond all limits"));
            }
            let value = members.next_value_seed(Next { cache: &mut *cache, place: Place::Value })?.into_value()?;
            if let Item::Tag(tag) = key {
                if !entries.is_empty()
                    || members.next_key_seed(Next { cache: &mut *cache, place: Place::Key })?.is_some()
                {
                    return Err(A::Error::custom(format_args!("the tag `~#{tag}` must be the only key of its object")));
                }
                return scalar::tagged(tag, value).map(Item::Value).map_err(A::Error::custom);
            }
            entries.push((key.into_value()?, value));
        }
        Ok(Item::Value(Transit::Map(entries)))
    }
}

/// What an array is whose first element says it.
fn marked<'de, A: SeqAccess<'de>>(cache: &mut Cache, first: Item, mut elements: A) -> Result<Item, A::Error> {
    let mut next = |place| elements.next_element_seed(Next { cache: &mut *cache, place });
    let Item::Tag(tag) = first else {
        let mut entries = Vec::new();
        while let Some(key) = next(Place::Key)? {
            let Some(value) = next(Place::Value)? else {
                return Err(A::Error::custom("a map must have a value after each key"));
            };
            entries.push((key.into_value()?, value.into_value()?));
        }
        return Ok(Item::Value(Transit::Map(entries)));
    };
    let Some(value) = next(Place::Value)? else {
        return Err(A::Error::custom(format_args!("the tag `~#{tag}` must have a value after it")));
    };
    let value = scalar::tagged(tag, value.into_value()?).map_err(A::Error::custom)?;
    if next(Place::Value)?.is_some() {
        return Err(A::Error::custom("a tag must have one value after it, and no other"));
    }
    Ok(Item::Value(value))
}

/// A JSON number by its digits.
fn number(digits: &str) -> Option<Transit> {
    // A negative zero is a double, as it is where its digits are not kept.
    match digits {
        "-0" => Some(Transit::Double(-0.0)),
        _ => scalar::integer(digits).or_else(|| digits.parse().ok().map(Transit::Double)),
    }
}

#[cfg(test)]
mod tests {
    use super::{Transit, number};

    #[test]
    fn numbers_by_their_digits() {
        for (digits, expected) in [
            ("-7", Transit::Integer(-7)),
            ("18446744073709551616", Transit::BigInteger("18446744073709551616".into())),
            ("1.5e3", Transit::Double(1_500.0)),
        ] {
            assert_eq!(number(digits), Some(expected));
        }
        assert!(matches!(number("-0"), Some(Transit::Double(zero)) if zero.is_sign_negative()));
    }
}
