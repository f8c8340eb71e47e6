//! What is checked over a whole JSON text in one pass: how deep it nests, and that its escapes stand
//! for characters.
//!
//! Values are skipped by the parser before they are looked at, and skipping checks neither. Without
//! this pass a bad escape would come to light only after the request was accepted.

use std::fmt;

use backstitch_api::limits;

/// Why a text is refused although its grammar may be right.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct ShapeError {
    problem: &'static str,
    line: usize,
    column: usize,
}

impl fmt::Display for ShapeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at line {} column {}", self.problem, self.line, self.column)
    }
}

impl ShapeError {
    fn at(text: &[u8], index: usize, problem: &'static str) -> Self {
        let before = &text[..index.min(text.len())];
        let line = 1 + before.iter().filter(|&&byte| byte == b'\n').count();
        let start = before.iter().rposition(|&byte| byte == b'\n').map_or(0, |newline| newline + 1);
        ShapeError { problem, line, column: index - start + 1 }
    }
}

/// Checks the nesting and the escapes of `text`, which need not be valid JSON.
///
/// # Errors
/// The first place where the text nests deeper than [`limits::JSON_DEPTH`], or where an escape is half
/// of a surrogate pair.
pub(crate) fn check(text: &str) -> Result<(), ShapeError> {
    let bytes = text.as_bytes();
    let mut depth = 0_usize;
    let mut index = 0;
    while let Some(&byte) = bytes.get(index) {
        match byte {
            b'[' | b'{' => {
                depth += 1;
                if depth > limits::JSON_DEPTH {
                    return Err(ShapeError::at(bytes, index, "recursion limit exceeded"));
                }
            }
            b']' | b'}' => depth = depth.saturating_sub(1),
            b'"' => index = string_end(bytes, index)?,
            _ => {}
        }
        index += 1;
    }
    Ok(())
}

/// The index of the quote that closes the string that opens at `open`, or the end of the text.
fn string_end(bytes: &[u8], open: usize) -> Result<usize, ShapeError> {
    let mut index = open + 1;
    while let Some(&byte) = bytes.get(index) {
        match byte {
            b'"' => return Ok(index),
            b'\\' if bytes.get(index + 1) == Some(&b'u') => match escaped_unit(bytes, index) {
                Some(0xD800..=0xDBFF) => {
                    let Some(0xDC00..=0xDFFF) = escaped_unit(bytes, index + 6) else {
                        return Err(ShapeError::at(bytes, index, "lone leading surrogate in hex escape"));
                    };
                    index += 12;
                }
                Some(0xDC00..=0xDFFF) => {
                    return Err(ShapeError::at(bytes, index, "lone trailing surrogate in hex escape"));
                }
                Some(_) => index += 6,
                // Not four hexadecimal digits: the parser says so.
                None => index += 2,
            },
            b'\\' => index += 2,
            _ => index += 1,
        }
    }
    Ok(index)
}

/// The UTF-16 unit of the escape `\uXXXX` at `index`.
fn escaped_unit(bytes: &[u8], index: usize) -> Option<u16> {
    let escape = bytes.get(index..index + 6)?;
    if !escape.starts_with(b"\\u") {
        return None;
    }
    escape[2..].iter().try_fold(0_u16, |unit, &digit| {
        let digit = char::from(digit).to_digit(16)?;
        Some(unit << 4 | u16::try_from(digit).ok()?)
    })
}

/// The number of scalar values in `text`, which must be valid JSON: strings that are not names of
/// fields, numbers, booleans and nulls, at any depth.
pub(crate) fn data_points(text: &str) -> usize {
    let bytes = text.as_bytes();
    let mut scalars = 0_usize;
    let mut names = 0_usize;
    let mut index = 0;
    while let Some(&byte) = bytes.get(index) {
        match byte {
            b'"' => {
                scalars += 1;
                index += 1;
                while let Some(&byte) = bytes.get(index) {
                    match byte {
                        b'"' => break,
                        b'\\' => index += 2,
                        _ => index += 1,
                    }
                }
                index += 1;
            }
            b':' => {
                names += 1;
                index += 1;
            }
            b'[' | b']' | b'{' | b'}' | b',' | b' ' | b'\t' | b'\r' | b'\n' => index += 1,
            _ => {
                scalars += 1;
                while bytes
                    .get(index)
                    .is_some_and(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'z' | b'E' | b'+' | b'-' | b'.'))
                {
                    index += 1;
                }
            }
        }
    }
    scalars.saturating_sub(names)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nesting_is_bounded_outside_strings_only() {
        let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        assert_eq!(check(&nested(limits::JSON_DEPTH)), Ok(()));
        assert!(check(&nested(limits::JSON_DEPTH + 1)).is_err());
        assert_eq!(check(&format!("[\"{}\"]", "[".repeat(1000))), Ok(()));
        assert_eq!(check(&format!("[\"\\\"{}\"]", "[".repeat(1000))), Ok(()));
    }

    #[test]
    fn half_a_surrogate_pair_is_found_with_its_place() {
        let error = check("[\n \"\\ud800\"]").expect_err("a lone surrogate");
        assert_eq!(error.to_string(), "lone leading surrogate in hex escape at line 2 column 3");
        assert!(check(r#"["\udc00"]"#).is_err());
        assert!(check(r#"["\ud800A"]"#).is_err());
        assert_eq!(check(r#"["\ud83d\ude00"]"#), Ok(()));
        assert_eq!(check(r#"["\\ud800"]"#), Ok(()));
        assert_eq!(check(r#"["\u00"#), Ok(()));
        assert_eq!(check("[\"\\"), Ok(()));
    }

    #[test]
    fn data_points_are_scalars_at_any_depth() {
        assert_eq!(data_points("{}"), 0);
        assert_eq!(data_points(r#"{"a":1,"b":null,"c":true,"d":"x:\"y"}"#), 4);
        assert_eq!(data_points(r#"{"a":{"b":[1, -2.5e+3,[],{}]},"c":[[false]]}"#), 3);
    }
}
