//! Records that are JSON already, as text, read once.

use std::borrow::Cow;

use serde_json::value::RawValue;

use backstitch_api::{Role, Violations};

use crate::check::Check;
use crate::push::name_of;
use crate::raw;
use crate::table::Table;

/// The data of a record as JSON text: an object, read once to find its entries, and sent as it is written. Numbers keep
/// their digits, also those that no number of Rust holds.
///
/// ```
/// let row = backstitch::Row::read(r#"{"id": 1, "total": 12.50}"#)?;
/// assert_eq!(row.get("total").map(|value| value.get()), Some("12.50"));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Row<'a> {
    text: &'a str,
    pub(crate) entries: Entries<'a>,
}

impl<'a> Row<'a> {
    /// Reads a JSON object, and nothing after it.
    ///
    /// # Errors
    ///
    /// When the text is not JSON, or no object: the error says at which line and column of the text.
    pub fn read(text: &'a str) -> Result<Self, serde_json::Error> {
        Ok(Row { text: text.trim_ascii(), entries: serde_json::from_str(text)? })
    }

    /// The text as it is sent.
    #[must_use]
    pub fn text(&self) -> &'a str {
        self.text
    }

    /// The value of an entry, the last one where several have the name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&'a RawValue> {
        self.entries.get(name)
    }

    /// The names and values in their order.
    pub fn entries(&self) -> impl Iterator<Item = (&str, &'a RawValue)> {
        self.entries.0.iter().map(|(name, value)| (name.as_ref(), *value))
    }

    /// Checks it against the API's rules as the data of a record of `table`, which is done before it is sent in any case.
    ///
    /// # Errors
    ///
    /// When it breaks rules: all of them, with pointers within the record (`/data/email`).
    pub fn validate(&self, table: &Table) -> Result<(), Violations> {
        let mut check = Check::new();
        check.field(name_of(Role::Data), |check| raw::check_entries(table, &self.entries, check));
        check.finish()
    }
}

/// The entries of a JSON object in order, their values as text.
#[derive(Clone, Debug)]
pub(crate) struct Entries<'a>(pub(crate) Vec<(Cow<'a, str>, &'a RawValue)>);

impl<'a> Entries<'a> {
    pub(crate) fn get(&self, name: &str) -> Option<&'a RawValue> {
        self.0.iter().rev().find(|(known, _)| known == name).map(|(_, value)| *value)
    }
}

/// A name that is copied only where it is written with escapes.
struct Name<'a>(Cow<'a, str>);

impl<'de> serde::Deserialize<'de> for Name<'de> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Borrowed;
        impl<'de> serde::de::Visitor<'de> for Borrowed {
            type Value = Name<'de>;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a name")
            }

            fn visit_borrowed_str<E>(self, name: &'de str) -> Result<Name<'de>, E> {
                Ok(Name(Cow::Borrowed(name)))
            }

            fn visit_str<E>(self, name: &str) -> Result<Name<'de>, E> {
                Ok(Name(Cow::Owned(name.to_owned())))
            }
        }
        deserializer.deserialize_str(Borrowed)
    }
}

/// How many entries memory is asked for at once.
const ROOM: usize = 16;

impl<'de> serde::Deserialize<'de> for Entries<'de> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct InOrder;
        impl<'de> serde::de::Visitor<'de> for InOrder {
            type Value = Entries<'de>;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: serde::de::MapAccess<'de>>(self, mut map: A) -> Result<Entries<'de>, A::Error> {
                let mut entries = Vec::with_capacity(ROOM);
                while let Some((Name(name), value)) = map.next_entry()? {
                    entries.push((name, value));
                }
                Ok(Entries(entries))
            }
        }
        deserializer.deserialize_map(InOrder)
    }
}

#[cfg(test)]
mod tests {
    use super::Row;
    use crate::table::Table;

    #[test]
    fn names_are_found_however_they_are_written_and_the_last_one_counts() {
        let row = Row::read("{\"i\\u0064\": 1, \"a\":2,\"a\": 3.10} \n").unwrap();
        assert_eq!(row.get("id").unwrap().get(), "1");
        assert_eq!(row.get("a").unwrap().get(), "3.10");
        assert_eq!(row.text(), "{\"i\\u0064\": 1, \"a\":2,\"a\": 3.10}");
        assert_eq!(row.entries().map(|(name, _)| name).collect::<Vec<_>>(), ["id", "a", "a"]);
    }

    #[test]
    fn what_is_no_object_is_told_with_its_place() {
        let told = |text| Row::read(text).unwrap_err().to_string();
        assert_eq!(told("{\"a\":NaN}"), "expected value at line 1 column 6");
        assert!(told("[1]").starts_with("invalid type: sequence, expected an object"));
        assert!(told("{\"a\":1} {}").starts_with("trailing characters"));
    }

    #[test]
    fn violations_point_into_the_record() {
        let table = Table::new("orders").keys(["id", "no"]);
        let told = |text| Row::read(text).unwrap().validate(&table).map_err(|error| error.to_string());
        assert_eq!(told("{\"id\":1,\"no\":\"x\"}"), Ok(()));
        let missing = told("{\"id\":null}").unwrap_err();
        assert!(missing.contains("/data/id") && missing.contains("/data/no"), "{missing}");
        assert!(told("{\"id\":1,\"no\":2,\"x\":\"\\ud800\"}").unwrap_err().contains("/data/x"));
    }
}
