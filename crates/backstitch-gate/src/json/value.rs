//! A JSON text as a tree of values.

use backstitch_api::JsonType;
use serde_json::value::RawValue;
use serde_json::{Map, Number, Value};

use super::fields::Fields;

/// An integer of fewer digits fits in 64 bits.
const DIGITS: usize = 19;

/// Reads a text. An integer beyond 64 bits stays one: it becomes the greatest or the least that there is, and a number
/// beyond all doubles the greatest or the least double.
///
/// # Errors
/// The parser's, where it is no JSON.
pub(crate) fn read(text: &str) -> Result<Value, serde_json::Error> {
    if !has_many_digits(text)
        && let Ok(value) = serde_json::from_str(text)
    {
        return Ok(value);
    }
    exact(text)
}

/// Whether so many digits stand in a row, in a number or not.
fn has_many_digits(text: &str) -> bool {
    let mut row = 0;
    text.bytes().any(|byte| {
        row = if byte.is_ascii_digit() { row + 1 } else { 0 };
        row >= DIGITS
    })
}

/// As [`read`], number by number.
fn exact(text: &str) -> Result<Value, serde_json::Error> {
    Ok(match JsonType::of(text) {
        JsonType::Object => {
            let fields = Fields::parse(text)?;
            let fields: Result<Map<String, Value>, serde_json::Error> =
                fields.iter().map(|(name, value)| Ok((name.clone().into_owned(), exact(value)?))).collect();
            Value::Object(fields?)
        }
        JsonType::Array => {
            let elements: Vec<&RawValue> = serde_json::from_str(text)?;
            Value::Array(elements.into_iter().map(|element| exact(element.get())).collect::<Result<_, _>>()?)
        }
        JsonType::Integer => match text.parse::<i64>() {
            Ok(value) => value.into(),
            Err(_) if text.starts_with('-') => i64::MIN.into(),
            Err(_) => text.parse::<u64>().unwrap_or(u64::MAX).into(),
        },
        JsonType::Number => {
            let value = text.parse::<f64>().unwrap_or_default().clamp(f64::MIN, f64::MAX);
            Number::from_f64(value).map_or(Value::Null, Value::Number)
        }
        JsonType::String | JsonType::Boolean | JsonType::Null => serde_json::from_str(text)?,
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn numbers_keep_their_types_however_large() {
        let text = r#"{"a":[18446744073709551616,-9223372036854775809,1e999,{"b":12345678901234567890}],"c":"x"}"#;
        let expected =
            json!({ "a": [u64::MAX, i64::MIN, f64::MAX, { "b": 12_345_678_901_234_567_890_u64 }], "c": "x" });
        assert_eq!(read(text).expect("JSON"), expected);
        assert_eq!(read("[1,2.5]").expect("JSON"), json!([1, 2.5]));
        assert!(read("[").is_err());
    }
}
