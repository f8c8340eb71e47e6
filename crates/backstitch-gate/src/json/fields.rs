//! The fields of a JSON object, in order, borrowed from its text.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

/// Up to this many fields, looking at each is faster than hashing.
const FEW: usize = 16;

/// An object's fields in the order of the text. Of fields with the same name only the last counts; it
/// stands where the first stood.
#[derive(Debug)]
pub(crate) struct Fields<'a>(Vec<(Cow<'a, str>, &'a str)>);

impl<'a> Fields<'a> {
    /// Reads an object.
    ///
    /// # Errors
    /// The parser's, where `text` is not a JSON object.
    pub(crate) fn parse(text: &'a str) -> Result<Self, serde_json::Error> {
        serde_json::from_str(text)
    }

    /// The text of the field `name`.
    pub(crate) fn get(&self, name: &str) -> Option<&'a str> {
        self.0.iter().find(|(field, _)| field == name).map(|&(_, text)| text)
    }

    /// Each field with its text.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&Cow<'a, str>, &'a str)> {
        self.0.iter().map(|(name, text)| (name, *text))
    }
}

/// A field's name, borrowed where it has no escapes.
struct Name<'a>(Cow<'a, str>);

impl<'de> Deserialize<'de> for Name<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct NameVisitor;

        impl<'de> Visitor<'de> for NameVisitor {
            type Value = Name<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a field's name")
            }

            fn visit_borrowed_str<E>(self, name: &'de str) -> Result<Name<'de>, E> {
                Ok(Name(Cow::Borrowed(name)))
            }

            fn visit_str<E>(self, name: &str) -> Result<Name<'de>, E> {
                Ok(Name(Cow::Owned(name.to_owned())))
            }
        }

        deserializer.deserialize_str(NameVisitor)
    }
}

impl<'de> Deserialize<'de> for Fields<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct FieldsVisitor;

        impl<'de> Visitor<'de> for FieldsVisitor {
            type Value = Fields<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Fields<'de>, A::Error> {
                let mut fields: Vec<(Cow<'de, str>, &'de str)> = Vec::new();
                let mut index: HashMap<Cow<'de, str>, usize> = HashMap::new();
                while let Some(Name(name)) = map.next_key()? {
                    let value: &'de RawValue = map.next_value()?;
                    let value = value.get();
                    if fields.len() == FEW && index.is_empty() {
                        index.extend(fields.iter().enumerate().map(|(at, (name, _))| (name.clone(), at)));
                    }
                    let known = if index.is_empty() {
                        fields.iter().position(|(field, _)| *field == name)
                    } else {
                        index.get(&name).copied()
                    };
                    match known {
                        Some(at) => fields[at].1 = value,
                        None => {
                            if !index.is_empty() {
                                index.insert(name.clone(), fields.len());
                            }
                            fields.push((name, value));
                        }
                    }
                }
                Ok(Fields(fields))
            }
        }

        deserializer.deserialize_map(FieldsVisitor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_of_equal_names_counts() {
        let fields = Fields::parse(r#"{"a":1,"b":2,"\u0061":3.10}"#).expect("an object");
        assert_eq!(fields.get("a"), Some("3.10"));
        assert_eq!(fields.iter().count(), 2);
    }

    #[test]
    fn the_last_of_equal_names_counts_among_many() {
        let text: Vec<String> = (0..100).map(|n| format!("\"f{}\":{n}", n % 50)).collect();
        let text = format!("{{{}}}", text.join(","));
        let fields = Fields::parse(&text).expect("an object");
        assert_eq!(fields.iter().count(), 50);
        assert_eq!(fields.get("f0"), Some("50"));
        assert_eq!(fields.get("f49"), Some("99"));
    }
}
