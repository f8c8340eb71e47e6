//! A value of Transit as plain JSON, which has fewer types: what Transit tells apart beyond them becomes strings, as
//! clients that send JSON write it.

use backstitch_api::transit::Transit;

use super::quoted;
use crate::timestamp;

/// Writes a value as JSON text.
pub(crate) fn write(value: &Transit, out: &mut String) {
    match value {
        Transit::Null => out.push_str("null"),
        Transit::Boolean(value) => out.push_str(if *value { "true" } else { "false" }),
        Transit::Integer(value) => out.push_str(&value.to_string()),
        Transit::BigInteger(digits) => number(digits, out),
        Transit::Decimal(digits) => number(digits, out),
        // JSON has no number that is not finite; null is written for one, as by most.
        Transit::Double(value) => out.push_str(&serde_json::Value::from(*value).to_string()),
        Transit::Instant(milliseconds) => out.push_str(&quoted(&instant(*milliseconds))),
        Transit::Text(text)
        | Transit::Uuid(text)
        | Transit::Uri(text)
        | Transit::Keyword(text)
        | Transit::Symbol(text)
        | Transit::Bytes(text) => out.push_str(&quoted(text)),
        Transit::Array(values) | Transit::Set(values) => {
            out.push('[');
            for (index, value) in values.iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                write(value, out);
            }
            out.push(']');
        }
        Transit::Map(entries) => {
            out.push('{');
            for (index, (key, value)) in entries.iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                name(key, out);
                out.push(':');
                write(value, out);
            }
            out.push('}');
        }
        Transit::Tagged(_, value) => write(value, out),
    }
}

/// The value of the last entry of a map whose key is written as `name`.
pub(crate) fn field<'a>(map: &'a Transit, name: &str) -> Option<&'a Transit> {
    let Transit::Map(entries) = map else { return None };
    let found = entries.iter().rev().find(|(key, _)| text(key).is_some_and(|key| key == name));
    found.map(|(_, value)| value)
}

/// The text of a value that is a string in JSON and stands for itself.
fn text(value: &Transit) -> Option<&str> {
    match value {
        Transit::Text(text)
        | Transit::Uuid(text)
        | Transit::Uri(text)
        | Transit::Keyword(text)
        | Transit::Symbol(text)
        | Transit::Bytes(text) => Some(text),
        _ => None,
    }
}

/// Writes a key as the name of a field: one that is no text by its JSON.
fn name(key: &Transit, out: &mut String) {
    let mut written = String::new();
    write(key, &mut written);
    if written.starts_with('"') {
        out.push_str(&written);
    } else {
        out.push_str(&quoted(&written));
    }
}

/// Writes the digits of a number as JSON has them: no sign before a positive one, no zeros before the first digit, and
/// digits on both sides of a point.
fn number(digits: &str, out: &mut String) {
    let (sign, digits) = match digits.strip_prefix('-') {
        Some(digits) => ("-", digits),
        None => ("", digits.strip_prefix('+').unwrap_or(digits)),
    };
    let exponent = digits.find(['e', 'E']).unwrap_or(digits.len());
    let (mantissa, exponent) = digits.split_at(exponent);
    let (whole, decimals) = mantissa.split_once('.').map_or((mantissa, None), |(whole, rest)| (whole, Some(rest)));
    let whole = whole.trim_start_matches('0');
    out.push_str(sign);
    out.push_str(if whole.is_empty() { "0" } else { whole });
    if let Some(decimals) = decimals {
        out.push('.');
        out.push_str(if decimals.is_empty() { "0" } else { decimals });
    }
    out.push_str(exponent);
}

/// A moment as RFC 3339 in UTC; one that no calendar reaches as the number that it is.
fn instant(milliseconds: i64) -> String {
    timestamp::of_milliseconds(milliseconds).unwrap_or_else(|| milliseconds.to_string())
}

#[cfg(test)]
mod tests {
    use backstitch_api::transit::read;

    use super::*;

    fn plain(transit: &str) -> String {
        let mut out = String::new();
        write(&read(transit.as_bytes()).expect("Transit"), &mut out);
        out
    }

    #[test]
    fn every_type_has_its_json() {
        for (transit, json) in [
            (
                r#"["~i9223372036854775807","~n9223372036854775808",1,-0.5]"#,
                "[9223372036854775807,9223372036854775808,1,-0.5]",
            ),
            (r#"["~f1.10","~f1E+30","~f+.5","~f-007.","~f0E-10"]"#, "[1.10,1E+30,0.5,-7.0,0E-10]"),
            (r#"["~zNaN","~zINF",null,true,"~?f"]"#, "[null,null,null,true,false]"),
            (r#"["~m1709210096789","~m0"]"#, r#"["2024-02-29T12:34:56.789000Z","1970-01-01T00:00:00.000000Z"]"#),
            (r#"["~m9223372036854775807"]"#, r#"["9223372036854775807"]"#),
            (r#"["~:key","~$symbol","~rhttp://a","~~tilde","a\"b"]"#, r#"["key","symbol","http://a","~tilde","a\"b"]"#),
            (r#"["~#set",[1,2]]"#, "[1,2]"),
            (r#"["^ ","a",["^ "],"~:b",[],1,2]"#, r#"{"a":{},"b":[],"1":2}"#),
            (r#"["~#point",[1,2]]"#, "[1,2]"),
        ] {
            assert_eq!(plain(transit), json);
            assert!(serde_json::from_str::<serde_json::Value>(json).is_ok());
        }
    }

    #[test]
    fn the_last_of_equal_names_is_found_whatever_its_type() {
        let map = read(br#"["^ ","data",1,"~:data",2,3,4]"#).expect("Transit");
        assert_eq!(field(&map, "data"), Some(&Transit::Integer(2)));
        assert_eq!(field(&map, "3"), None);
    }
}
