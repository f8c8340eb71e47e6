//! Records that are JSON already: read once to be checked, never changed.

use std::borrow::Cow;

use backstitch_api::limits::KEY_CHARACTERS;
use backstitch_api::{Attribute, Code, JsonType, Role, Violation};
use serde_json::value::RawValue;

use crate::check::Check;
use crate::push::{name_of, with_role};
use crate::row::Entries;
#[cfg(feature = "sender")]
use crate::row::Row;
use crate::table::Table;

/// Checks `data` as the data of a record of `table`.
pub(crate) fn check_data(table: &Table, data: &RawValue, check: &mut Check) {
    check_table(table, check);
    check_keys(table, check);
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

/// Checks a row as the data of a record of `table`.
#[cfg(feature = "sender")]
pub(crate) fn check_data_of(table: &Table, row: &Row<'_>, check: &mut Check) {
    check_table(table, check);
    check_keys(table, check);
    check_entries_of(table, row, check);
}

/// Checks a row as data with the keys of `table`.
#[cfg(feature = "sender")]
pub(crate) fn check_entries_of(table: &Table, row: &Row<'_>, check: &mut Check) {
    check.field(name_of(Role::Data), |check| check_entries(table, &row.entries, check));
}

fn check_keys(table: &Table, check: &mut Check) {
    let mut found = Vec::new();
    if let Some(attribute) = with_role(Role::Keys) {
        attribute.check_array(table.key_names().len(), &mut found);
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
        check_entries(table, &entries, check);
    });
}

/// Checks the entries of a record's data.
pub(crate) fn check_entries(table: &Table, entries: &Entries<'_>, check: &mut Check) {
    for key in table.key_names() {
        let value = entries.get(key).map(RawValue::get);
        if value.is_none_or(|value| !is_plain(value) || value == "null") {
            check.name(key, |check| check_key(value, check));
        }
    }
    for (name, value) in &entries.0 {
        if is_plain(value.get()) {
            check.data_point();
        } else {
            check.name(name, |check| count(value.get(), check));
        }
    }
    check.data_points_within_limit();
}

/// Whether a value is a scalar of which nothing but its count is to be checked: what most are, and where it is need not be
/// known.
fn is_plain(value: &str) -> bool {
    match value.as_bytes() {
        [b'{' | b'[', ..] => false,
        // Only an escape can stand for what no text has.
        [b'"', text @ ..] => text.len() <= KEY_CHARACTERS && !text.contains(&b'\\'),
        _ => true,
    }
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
