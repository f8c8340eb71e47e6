//! What is wrong with a batch, in the words of the Java validator that the API's answers are those of.

use std::fmt;

use backstitch_api::{Attribute, JsonType};

use crate::json::{self, elements::Elements};

/// The most violations that one answer lists.
pub(crate) const REPORTED: usize = 100;

/// The most characters of a value that an answer repeats.
const REPEATED: usize = 200;

/// What is wrong with a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Violation {
    /// Where it is, such as `#/messages/0`.
    pointer: String,
    words: String,
    /// What it comes from, where it is not the value alone.
    causes: Vec<Violation>,
}

impl Violation {
    pub(crate) fn new(pointer: impl Into<String>, words: impl Into<String>) -> Self {
        Violation { pointer: pointer.into(), words: words.into(), causes: Vec::new() }
    }

    /// A value of another type.
    pub(crate) fn of_type(pointer: impl Into<String>, expected: &str, found: &str) -> Self {
        Violation::new(pointer, format!("expected type: {expected}, found: {found}"))
    }

    /// An attribute that is not there.
    pub(crate) fn missing(pointer: impl Into<String>, name: &str) -> Self {
        Violation::new(pointer, format!("required key [{name}] not found"))
    }

    /// An attribute that must not be there.
    pub(crate) fn extraneous(pointer: impl Into<String>, name: &str) -> Self {
        Violation::new(pointer, format!("extraneous key [{}] is not permitted", clipped(name)))
    }

    /// A value that none of several schemas allows, each for its own reasons.
    pub(crate) fn of_none(pointer: &str, words: impl fmt::Display, schemas: Vec<Vec<Violation>>) -> Self {
        let causes = schemas.into_iter().filter_map(|violations| Violation::all(pointer, violations)).collect();
        // The validator says twice where the value is, the second time from the value itself.
        Violation { pointer: pointer.to_owned(), words: format!("#: {words}"), causes }
    }

    /// Several as one, which one alone is already; nothing for none.
    pub(crate) fn all(pointer: &str, mut violations: Vec<Violation>) -> Option<Self> {
        if violations.len() < 2 {
            return violations.pop();
        }
        violations.truncate(REPORTED);
        let count: usize = violations.iter().map(Violation::count).sum();
        let words = format!("{count} schema violations found");
        Some(Violation { pointer: pointer.to_owned(), words, causes: violations })
    }

    fn count(&self) -> usize {
        self.causes.iter().map(Violation::count).sum::<usize>().max(1)
    }
}

/// With its causes after it, and theirs after them.
impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.pointer, self.words)?;
        self.causes.iter().try_for_each(|cause| write!(f, " {cause}"))
    }
}

/// What the Java validator calls a type.
pub(crate) fn type_name(expected: JsonType) -> &'static str {
    match expected {
        JsonType::Array => "JSONArray",
        JsonType::Boolean => "Boolean",
        JsonType::Integer => "Integer",
        JsonType::Null => "Null",
        JsonType::Number => "Number",
        JsonType::Object => "JSONObject",
        JsonType::String => "String",
    }
}

/// What the Java validator calls the type of the value of a JSON text: an integer by its size.
pub(crate) fn found(text: &str) -> &'static str {
    match JsonType::of(text) {
        JsonType::Integer if text.parse::<i32>().is_ok() => "Integer",
        JsonType::Integer if text.parse::<i64>().is_ok() => "Long",
        JsonType::Integer => "BigInteger",
        JsonType::Number => "Double",
        other => type_name(other),
    }
}

/// The start of a text that an answer repeats.
pub(crate) fn clipped(text: &str) -> String {
    match text.char_indices().nth(REPEATED) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// What is wrong with the value of an attribute of the object at `within`: its type, its length, its elements.
///
/// # Errors
/// The parser's, for a value that cannot be read.
pub(crate) fn of_attribute(
    within: &str,
    attribute: &Attribute,
    value: &str,
) -> Result<Option<Violation>, serde_json::Error> {
    let pointer = format!("{within}/{}", attribute.name);
    let kind = JsonType::of(value);
    if !attribute.accepts(kind) {
        let expected = attribute.types.iter().find(|expected| **expected != JsonType::Null);
        let expected = expected.map_or("Null", |expected| type_name(*expected));
        return Ok(Some(Violation::of_type(pointer, expected, found(value))));
    }
    let limits = &attribute.constraints;
    let mut violations = Vec::new();
    match kind {
        JsonType::String => {
            // Blank is as good as empty: nothing can be named so.
            let length = json::string(value)?.trim().chars().count();
            if let Some(least) = limits.min_length.filter(|least| length < *least) {
                violations.push(Violation::new(&pointer, format!("expected minLength: {least}, actual: {length}")));
            }
        }
        JsonType::Array => {
            let elements = Elements::parse(value)?;
            if let Some(least) = limits.min_items.filter(|least| elements.count < *least) {
                let words = format!("expected minimum item count: {least}, found: {}", elements.count);
                violations.push(Violation::new(&pointer, words));
            }
            if let Some(expected) = attribute.items.first() {
                let wrong = elements.texts.iter().enumerate();
                let wrong = wrong.filter(|(_, element)| !attribute.accepts_element(JsonType::of(element)));
                violations.extend(wrong.take(REPORTED).map(|(index, element)| {
                    Violation::of_type(format!("{pointer}/{index}"), type_name(*expected), found(element))
                }));
            }
        }
        _ => {}
    }
    Ok(Violation::all(&pointer, violations))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_are_called_by_their_size() {
        for (text, name) in [
            ("2147483647", "Integer"),
            ("-2147483649", "Long"),
            ("9223372036854775808", "BigInteger"),
            ("1.0", "Double"),
            ("null", "Null"),
            ("\"1\"", "String"),
            ("[]", "JSONArray"),
        ] {
            assert_eq!(found(text), name);
        }
    }

    #[test]
    fn several_violations_are_counted_by_what_they_come_from() {
        let nested = Violation::all("#/b", vec![Violation::missing("#/b", "x"), Violation::missing("#/b", "y")]);
        let all = Violation::all("#", vec![Violation::new("#/a", "odd"), nested.expect("two")]).expect("several");
        assert_eq!(
            all.to_string(),
            "#: 3 schema violations found #/a: odd #/b: 2 schema violations found \
             #/b: required key [x] not found #/b: required key [y] not found"
        );
        assert_eq!(Violation::all("#", Vec::new()), None);
    }
}
