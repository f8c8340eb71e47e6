//! Whether a record has its keys: the API refuses a whole request for one that has not.

use std::borrow::Cow;
use std::fmt;

use backstitch::RawValue;
use serde::de::{Error as _, IgnoredAny, MapAccess, Visitor};
use serde::{Deserialize, Deserializer as _};

/// The first key that a record, which is JSON, lacks, and how: it is missing or null.
pub(super) fn lacking<'k>(keys: &'k [String], record: &str) -> Option<(&'k str, &'static str)> {
    let mut found = Found { keys, states: vec![State::Missing; keys.len()] };
    if keys.is_empty() {
        return None;
    }
    // The error is how the reading ends once all keys are found, mostly soon.
    let _ = serde_json::Deserializer::from_str(record).deserialize_map(&mut found);
    let place = found.states.iter().position(|state| *state != State::There)?;
    let how = if found.states.get(place) == Some(&State::Null) { "is null" } else { "is missing" };
    keys.get(place).map(|key| (key.as_str(), how))
}

#[derive(Clone, Copy, PartialEq)]
enum State {
    Missing,
    Null,
    There,
}

struct Found<'k> {
    keys: &'k [String],
    states: Vec<State>,
}

#[derive(Deserialize)]
struct Name<'a>(#[serde(borrow)] Cow<'a, str>);

impl<'de> Visitor<'de> for &mut Found<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a record")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut record: A) -> Result<(), A::Error> {
        while let Some(Name(name)) = record.next_key()? {
            let state = self.keys.iter().position(|key| *key == name).and_then(|place| self.states.get_mut(place));
            let Some(state) = state else {
                record.next_value::<IgnoredAny>()?;
                continue;
            };
            let value: &RawValue = record.next_value()?;
            *state = if value.get() == "null" { State::Null } else { State::There };
            if self.states.iter().all(|state| *state == State::There) {
                return Err(A::Error::custom(""));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::lacking;

    #[test]
    fn keys_are_found_wherever_they_are() {
        let keys = ["id", "line é"].map(str::to_owned);
        for record in [r#"{"id":1,"line é":"a"}"#, r#"{"x":{"id":null},"line \u00e9":false,"y":[1],"i\u0064":0}"#] {
            assert_eq!(lacking(&keys, record), None, "{record}");
        }
        assert_eq!(lacking(&keys, r#"{"line é":1}"#), Some(("id", "is missing")));
        assert_eq!(lacking(&keys, r#"{"id":{"line é":1}}"#), Some(("line é", "is missing")));
        assert_eq!(lacking(&keys, r#"{"id":1,"line é":null}"#), Some(("line é", "is null")));
        assert_eq!(lacking(&[], "{}"), None);
    }
}
