//! Records that are JSON already: read once to be checked, never changed.

use std::borrow::Cow;

use backstitch_api::{Attribute, Code, JsonType, Role, Violation};
use serde_json::value::RawValue;

use crate::check::Check;
use crate::push::{name_of, with_role};
use crate::table::Table;

/// Checks `data` as the data of a record of `table`.
pub(crate) fn check_data(table: &Table, data: &RawValue, check: &mut Check) {
    let mut found = Vec::new();
    if let Some(attribute) = with_role(Role::Keys) {
        attribute.check_array(table.key_names().len(), &mut found);
    }
    check_table(table, check);
    check.add(found);
    check_row(table, data, check);
}

/// Checks the name of a table.
pub(crate) fn check_table(table: &Table, check: &mut Check) {
    let mut found = Vec::new();
    if let Some(attribute) = with_role(Role::Table) {
        attribute.check_string(table.name(), &mut found);
    }
    check.add(found);
}

/// Checks `data` as the data of a record with the keys of `table`.
pub(crate) fn check_row(table: &Table, data: &RawValue, check: &mut Check) {
    check.field(name_of(Role::Data), |check| {
        let Ok(entries) = serde_json::from_str::<Entries<'_>>(data.get()) else {
            match JsonType::of(data.get()) {
                JsonType::Object => no_text(check),
                _ => check.violation(Code::Type, "must be a JSON object"),
            }
            return;
        };
        for key in table.key_names() {
            let value = entries.0.iter().rev().find(|(name, _)| name == key);
            check.name(key, |check| check_key(value.map(|(_, value)| value.get()), check));
        }
        for (name, value) in &entries.0 {
            check.name(name, |check| count(value.get(), check));
        }
        check.data_points_within_limit();
    });
}

/// Checks JSON as the value of an attribute: its type, its elements' types, its limits.
pub(crate) fn check_attribute(attribute: &Attribute, value: &RawValue, found: &mut Vec<Violation>) {
    let text = value.get();
    let kind = JsonType::of(text);
    if !attribute.check_type(kind, found) {
        return;
    }
    match kind {
        JsonType::String => {
            if let Ok(text) = serde_json::from_str::<Cow<'_, str>>(text) {
                attribute.check_string(&text, found);
            }
        }
        JsonType::Integer | JsonType::Number => match (text.parse::<i64>(), text.parse::<f64>()) {
            (Ok(integer), _) => attribute.check_integer(integer, found),
            (_, Ok(number)) => attribute.check_number(number, found),
            _ => {}
        },
        JsonType::Array => {
            let Ok(elements) = serde_json::from_str::<Vec<&RawValue>>(text) else { return };
            attribute.check_array(elements.len(), found);
            for (index, element) in elements.iter().enumerate() {
                attribute.check_element(index, JsonType::of(element.get()), found);
            }
        }
        JsonType::Object | JsonType::Boolean | JsonType::Null => {}
    }
}

fn check_key(value: Option<&str>, check: &mut Check) {
    match value {
        None => check.violation(Code::Key, "must be there, since it is part of the key"),
        Some("null") => check.violation(Code::Key, "must not be null, since it is part of the key"),
        Some(value) if value.starts_with(['{', '[']) => {
            check.violation(Code::Key, "must be a scalar, since it is part of the key");
        }
        Some(value) if value.starts_with('"') => {
            // What is no text is told where it is counted.
            if let Ok(text) = serde_json::from_str::<Cow<'_, str>>(value) {
                check.key_text(&text);
            }
        }
        Some(_) => {}
    }
}

/// Counts the scalars of a value, level by level.
pub(crate) fn count(value: &str, check: &mut Check) {
    let first = value.as_bytes().first();
    if matches!(first, Some(b'{' | b'[')) && check.is_too_deep() {
        return;
    }
    match first {
        Some(b'{') => {
            let Ok(entries) = serde_json::from_str::<Entries<'_>>(value) else { return no_text(check) };
            for (name, value) in &entries.0 {
                check.name(name, |check| count(value.get(), check));
            }
        }
        Some(b'[') => {
            let Ok(values) = serde_json::from_str::<Vec<&RawValue>>(value) else { return no_text(check) };
            for (index, value) in values.iter().enumerate() {
                check.element(index, |check| count(value.get(), check));
            }
        }
        // Only an escape can stand for what no text has.
        Some(b'"') if value.contains("\\u") && serde_json::from_str::<Cow<'_, str>>(value).is_err() => no_text(check),
        _ => check.data_point(),
    }
}

/// Reports half of a surrogate pair, which JSON can escape and no text has.
fn no_text(check: &mut Check) {
    check.violation(Code::Type, "must be text: an escape such as `\\ud800` is half of a character");
}

/// The entries of a JSON object in order, their values as text.
struct Entries<'a>(Vec<(Cow<'a, str>, &'a RawValue)>);

impl<'de> serde::Deserialize<'de> for Entries<'de> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct InOrder;
        impl<'de> serde::de::Visitor<'de> for InOrder {
            type Value = Entries<'de>;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: serde::de::MapAccess<'de>>(self, mut map: A) -> Result<Entries<'de>, A::Error> {
                let mut entries = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    entries.push(entry);
                }
                Ok(Entries(entries))
            }
        }
        deserializer.deserialize_map(InOrder)
    }
}
