//! A value against what the definition says of its attribute, in the API's words.

use std::cmp::Ordering;

use backstitch_api::responses::push;
use backstitch_api::{Attribute, JsonType, Presence, Role};

use super::complaint::Complaint;
use crate::json;

/// Where an integer's text lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Integer {
    /// Below the least of 64 bits.
    Below,
    /// Within 64 bits.
    Fits(i64),
    /// Above the greatest of 64 bits.
    Above,
}

impl Integer {
    /// Reads the text of a JSON integer.
    pub(crate) fn parse(text: &str) -> Self {
        match text.parse() {
            Ok(value) => Integer::Fits(value),
            Err(_) if text.starts_with('-') => Integer::Below,
            Err(_) => Integer::Above,
        }
    }

    fn compare(self, limit: i64) -> Ordering {
        match self {
            Integer::Below => Ordering::Less,
            Integer::Fits(value) => value.cmp(&limit),
            Integer::Above => Ordering::Greater,
        }
    }
}

/// What is wrong with a value, or with its absence; empty where nothing is.
///
/// # Errors
/// The parser's, for a string in `value` that cannot be read.
pub(crate) fn complaints(attribute: &Attribute, value: Option<&str>) -> Result<Vec<Complaint>, serde_json::Error> {
    let required = attribute.presence == Presence::Required;
    let Some(value) = value else {
        return Ok(if required { vec![missing(attribute)] } else { Vec::new() });
    };
    let found = JsonType::of(value);
    if found == JsonType::Null {
        let is_blank = required && !attribute.types.contains(&JsonType::Null);
        return Ok(if is_blank { vec![blank(attribute)] } else { Vec::new() });
    }
    if required && is_blank(found, value)? {
        return Ok(vec![blank(attribute)]);
    }
    if !attribute.accepts(found) {
        return Ok(vec![wrong_type(attribute)]);
    }
    let mut complaints = Vec::new();
    match found {
        JsonType::Integer => integer(attribute, Integer::parse(value), &mut complaints),
        JsonType::Number => number(attribute, value, &mut complaints),
        JsonType::String => string(attribute, &json::string(value)?, &mut complaints),
        JsonType::Array => array(attribute, value, &mut complaints)?,
        JsonType::Boolean | JsonType::Null | JsonType::Object => {}
    }
    Ok(complaints)
}

/// The complaint about an attribute that is null or empty, or without which nothing can be loaded.
pub(crate) fn blank(attribute: &Attribute) -> Complaint {
    Complaint::new(&push::BLANK, attribute.name, &[])
}

fn missing(attribute: &Attribute) -> Complaint {
    match attribute.role {
        Some(Role::Keys) => Complaint::new(&push::NO_KEY_NAMES, attribute.name, &[]),
        _ => blank(attribute),
    }
}

/// The elements of an array.
pub(crate) fn elements(text: &str) -> Result<Vec<&str>, serde_json::Error> {
    let elements: Vec<&serde_json::value::RawValue> = serde_json::from_str(text)?;
    Ok(elements.into_iter().map(serde_json::value::RawValue::get).collect())
}

fn is_blank(found: JsonType, value: &str) -> Result<bool, serde_json::Error> {
    match found {
        JsonType::String => Ok(json::string(value)?.trim().is_empty()),
        JsonType::Array => Ok(elements(value)?.is_empty()),
        _ => Ok(false),
    }
}

fn wrong_type(attribute: &Attribute) -> Complaint {
    let expected = attribute.types.iter().find(|expected| **expected != JsonType::Null);
    let expected = match expected {
        Some(JsonType::Integer) => return Complaint::new(&push::NOT_AN_INTEGER, attribute.name, &[]),
        Some(JsonType::Object) => return Complaint::new(&push::NOT_AN_OBJECT, attribute.name, &[]),
        Some(JsonType::Array) => match attribute.items.first() {
            Some(items) => format!("an array of {}s", items.name()),
            None => "an array".to_owned(),
        },
        Some(other) => format!("a {}", other.name()),
        None => "null".to_owned(),
    };
    unexpected(attribute, &expected)
}

fn unexpected(attribute: &Attribute, expected: &str) -> Complaint {
    Complaint::new(&push::UNEXPECTED, attribute.name, &[("<EXPECTED>", expected)])
}

/// The complaint about a number above the greatest.
pub(crate) fn above(attribute: &Attribute, greatest: i64) -> Complaint {
    Complaint::new(&push::ABOVE, attribute.name, &[("<MAXIMUM>", &greatest.to_string())])
}

/// The complaint about a number below the least.
pub(crate) fn below(attribute: &Attribute, least: i64) -> Complaint {
    Complaint::new(&push::BELOW, attribute.name, &[("<MINIMUM>", &least.to_string())])
}

fn too_few(attribute: &Attribute, least: usize, units: &str) -> Complaint {
    Complaint::new(&push::TOO_FEW, attribute.name, &[("<LEAST>", &least.to_string()), ("<UNITS>", units)])
}

fn too_many(attribute: &Attribute, most: usize, units: &str) -> Complaint {
    Complaint::new(&push::TOO_MANY, attribute.name, &[("<MOST>", &most.to_string()), ("<UNITS>", units)])
}

fn integer(attribute: &Attribute, value: Integer, complaints: &mut Vec<Complaint>) {
    if let Some(greatest) = attribute.constraints.maximum
        && value.compare(greatest) == Ordering::Greater
    {
        complaints.push(above(attribute, greatest));
    }
    if let Some(least) = attribute.constraints.minimum
        && value.compare(least) == Ordering::Less
    {
        complaints.push(below(attribute, least));
    }
}

fn number(attribute: &Attribute, text: &str, complaints: &mut Vec<Complaint>) {
    // A text beyond the range of doubles becomes an infinity, which compares as it should.
    let Ok(value) = text.parse::<f64>() else { return };
    #[expect(clippy::cast_precision_loss, reason = "a double compares with a limit as precisely as a double can")]
    if let Some(greatest) = attribute.constraints.maximum
        && value > greatest as f64
    {
        complaints.push(above(attribute, greatest));
    }
    #[expect(clippy::cast_precision_loss, reason = "a double compares with a limit as precisely as a double can")]
    if let Some(least) = attribute.constraints.minimum
        && value < least as f64
    {
        complaints.push(below(attribute, least));
    }
}

fn string(attribute: &Attribute, value: &str, complaints: &mut Vec<Complaint>) {
    let limits = &attribute.constraints;
    if let Some(constant) = limits.constant
        && value != constant
    {
        complaints.push(unexpected(attribute, constant));
    }
    if limits.min_length.is_none() && limits.max_length.is_none() {
        return;
    }
    let length = value.chars().count();
    if let Some(least) = limits.min_length
        && length < least
    {
        complaints.push(too_few(attribute, least, "characters"));
    }
    if let Some(greatest) = limits.max_length
        && length > greatest
    {
        complaints.push(too_many(attribute, greatest, "characters"));
    }
}

fn array(attribute: &Attribute, text: &str, complaints: &mut Vec<Complaint>) -> Result<(), serde_json::Error> {
    let elements = elements(text)?;
    let fits = |element: &&str| {
        let found = JsonType::of(element);
        attribute.items.is_empty() || attribute.items.iter().any(|expected| expected.accepts(found))
    };
    if !elements.iter().all(fits) {
        complaints.push(wrong_type(attribute));
    }
    if let Some(least) = attribute.constraints.min_items
        && elements.len() < least
    {
        complaints.push(too_few(attribute, least, "elements"));
    }
    if let Some(greatest) = attribute.constraints.max_items
        && elements.len() > greatest
    {
        complaints.push(too_many(attribute, greatest, "elements"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use backstitch_api::Constraints;

    use super::*;

    const FREE: Constraints = Constraints {
        minimum: None,
        maximum: None,
        min_length: None,
        max_length: None,
        min_items: None,
        max_items: None,
        constant: None,
        format: None,
    };

    const fn attribute(types: &'static [JsonType], presence: Presence, constraints: Constraints) -> Attribute {
        Attribute { name: "it", types, items: &[], presence, role: None, constraints }
    }

    fn said(attribute: &Attribute, value: Option<&str>) -> Vec<String> {
        let complaints = complaints(attribute, value).expect("readable");
        let entries = complaints.into_iter().flat_map(|complaint| complaint.entries);
        entries.flat_map(|(name, words)| if name == attribute.name { words } else { Vec::new() }).collect()
    }

    #[test]
    fn an_optional_attribute_may_be_absent_or_null_but_not_of_another_type() {
        for presence in [Presence::Optional, Presence::Unstated] {
            let it = attribute(&[JsonType::String], presence, FREE);
            assert!(said(&it, None).is_empty());
            assert!(said(&it, Some("null")).is_empty());
            assert!(said(&it, Some("\"\"")).is_empty());
            assert_eq!(said(&it, Some("1")), ["should be a string"]);
        }
    }

    #[test]
    fn each_type_has_its_words() {
        let of = |types| attribute(types, Presence::Required, FREE);
        assert_eq!(said(&of(&[JsonType::Integer]), Some("1.0")), ["should be an integer", "should be a number"]);
        assert_eq!(said(&of(&[JsonType::Integer]), Some("1e3")), ["should be an integer", "should be a number"]);
        assert_eq!(said(&of(&[JsonType::Object]), Some("[1]")), ["it must be an object"]);
        assert_eq!(said(&of(&[JsonType::Array]), Some("{}")), ["should be an array"]);
        assert_eq!(said(&of(&[JsonType::Boolean]), Some("0")), ["should be a boolean"]);
        assert_eq!(said(&of(&[JsonType::Number]), Some("true")), ["should be a number"]);
        assert!(said(&of(&[JsonType::Number]), Some("1")).is_empty());
        assert!(said(&of(&[]), Some("[1]")).is_empty());
        assert!(said(&of(&[JsonType::Null, JsonType::String]), Some("null")).is_empty());
    }

    #[test]
    fn limits_hold_beyond_64_bits() {
        let it = attribute(
            &[JsonType::Number],
            Presence::Required,
            Constraints { minimum: Some(-5), maximum: Some(5), ..FREE },
        );
        assert_eq!(said(&it, Some("99999999999999999999")), ["it can not be above 5"]);
        assert_eq!(said(&it, Some("-99999999999999999999")), ["it can not be below -5"]);
        assert_eq!(said(&it, Some("5.5")), ["it can not be above 5"]);
        assert_eq!(said(&it, Some("-1e999")), ["it can not be below -5"]);
        assert!(said(&it, Some("-5")).is_empty());
    }

    #[test]
    fn lengths_count_characters() {
        let it = attribute(
            &[JsonType::String],
            Presence::Optional,
            Constraints { min_length: Some(2), max_length: Some(3), constant: None, ..FREE },
        );
        assert!(said(&it, Some("\"äöü\"")).is_empty());
        assert_eq!(said(&it, Some("\"\\u0061\"")), ["should have at least 2 characters"]);
        assert_eq!(said(&it, Some("\"abcd\"")), ["should have at most 3 characters"]);
    }
}
