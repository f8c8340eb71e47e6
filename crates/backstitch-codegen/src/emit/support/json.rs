//! Attributes of several types, which are held as whatever JSON they are.

use serde_json::Value;

use super::rules::{Attribute, JsonType, Violation};

/// Checks a value: its type, its elements' types, and the limits of that type.
#[allow(dead_code)]
pub(super) fn check(attribute: &Attribute, value: &Value, found: &mut Vec<Violation>) {
    if !attribute.check_type(json_type(value), found) {
        return;
    }
    match value {
        Value::String(text) => attribute.check_string(text, found),
        Value::Number(number) => match (number.as_i64(), number.as_f64()) {
            (Some(integer), _) => attribute.check_integer(integer, found),
            (None, Some(number)) => attribute.check_number(number, found),
            (None, None) => {}
        },
        Value::Array(values) => {
            attribute.check_array(values.len(), found);
            elements(attribute, values, found);
        }
        Value::Null | Value::Bool(_) | Value::Object(_) => {}
    }
}

/// Checks the types of an array's elements.
#[allow(dead_code)]
pub(super) fn elements(attribute: &Attribute, values: &[Value], found: &mut Vec<Violation>) {
    for (index, value) in values.iter().enumerate() {
        attribute.check_element(index, json_type(value), found);
    }
}

fn json_type(value: &Value) -> JsonType {
    match value {
        Value::Null => JsonType::Null,
        Value::Bool(_) => JsonType::Boolean,
        Value::Number(number) if number.is_f64() => JsonType::Number,
        Value::Number(_) => JsonType::Integer,
        Value::String(_) => JsonType::String,
        Value::Array(_) => JsonType::Array,
        Value::Object(_) => JsonType::Object,
    }
}
