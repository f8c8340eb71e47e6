//! The fields of a JSON object, in order, borrowed from its text.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt;

use serde::de::{Deserialize, DeserializeSeed, Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::value::RawValue;

/// Up to this many fields, looking at each is faster than hashing.
pub(crate) const FEW: usize = 16;

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
                let mut fields: Vec<(Cow<'de, str>, &'de str)> = Vec::with_capacity(FEW);
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

/// The texts of the fields with these names, in their order, without the other fields being kept.
///
/// # Errors
/// The parser's, where `text` is not a JSON object.
pub(crate) fn pick<'a, N: AsRef<str>>(text: &'a str, names: &[N]) -> Result<Vec<Option<&'a str>>, serde_json::Error> {
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let found = Picked::of(names).deserialize(&mut deserializer)?;
    deserializer.end()?;
    Ok(found)
}

/// The same for names that are few and known beforehand.
///
/// # Errors
/// The parser's, where `text` is not a JSON object.
pub(crate) fn pick_known<'a, const N: usize>(
    text: &'a str,
    names: &[&str; N],
) -> Result<[Option<&'a str>; N], serde_json::Error> {
    struct Known<'n, const N: usize>(&'n [&'n str; N]);

    impl<'de, const N: usize> Visitor<'de> for Known<'_, N> {
        type Value = [Option<&'de str>; N];

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("an object")
        }

        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
            let mut found = [None; N];
            while let Some(Name(name)) = map.next_key()? {
                match self.0.iter().position(|known| *known == name) {
                    Some(at) => found[at] = Some(map.next_value::<&'de RawValue>()?.get()),
                    None => {
                        map.next_value::<IgnoredAny>()?;
                    }
                }
            }
            Ok(found)
        }
    }

    let mut deserializer = serde_json::Deserializer::from_str(text);
    let found = deserializer.deserialize_map(Known(names))?;
    deserializer.end()?;
    Ok(found)
}

struct Picked<'n> {
    names: Vec<&'n str>,
    /// Looking up thousands of names one by one among thousands of fields would take minutes.
    index: HashMap<&'n str, usize>,
}

impl<'n> Picked<'n> {
    fn of<N: AsRef<str>>(names: &'n [N]) -> Self {
        let names: Vec<&str> = names.iter().map(AsRef::as_ref).collect();
        let index = match names.len() {
            0..=FEW => HashMap::new(),
            _ => names.iter().enumerate().map(|(at, name)| (*name, at)).collect(),
        };
        Picked { names, index }
    }

    fn at(&self, field: &str) -> Option<usize> {
        match self.names.len() {
            0..=FEW => self.names.iter().position(|name| *name == field),
            _ => self.index.get(field).copied(),
        }
    }
}

impl<'de> DeserializeSeed<'de> for Picked<'_> {
    type Value = Vec<Option<&'de str>>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Picked<'_> {
    type Value = Vec<Option<&'de str>>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut found = vec![None; self.names.len()];
        while let Some(Name(name)) = map.next_key()? {
            match self.at(&name) {
                Some(at) => found[at] = Some(map.next_value::<&'de RawValue>()?.get()),
                None => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(found)
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
    fn fields_are_picked_by_name_few_or_many() {
        let text = r#"{"a":1,"b":[2],"\u0061":3.10,"c":{}}"#;
        assert_eq!(pick(text, &["b", "a", "d"]).expect("an object"), [Some("[2]"), Some("3.10"), None]);
        let many: Vec<String> = (0..100).map(|n| format!("f{n}")).chain(["a".to_owned()]).collect();
        assert_eq!(pick(text, &many).expect("an object").last(), Some(&Some("3.10")));
        assert!(pick("[]", &["a"]).is_err());
        assert_eq!(pick_known(text, &["b", "a", "d"]).expect("an object"), [Some("[2]"), Some("3.10"), None]);
        assert!(pick_known("{} 1", &["a"]).is_err());
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
