//! JSON that is written as Transit.

use std::borrow::Cow;

use super::TransitEncoder;
use crate::encode::Encoder as _;
use crate::out::Output;

/// Writes `json`, which is valid JSON. What its numbers say stays: one that no double says is a decimal.
pub(super) fn write<O: Output>(json: &str, encoder: &mut TransitEncoder<O>) {
    // Whether what is open is an object, and whether the next string is a key of it.
    let mut open: Vec<bool> = Vec::new();
    let mut is_key = false;
    let mut rest = json;
    while let Some(first) = rest.bytes().next() {
        let len = match first {
            b'{' | b'[' => {
                before_value(&open, is_key, encoder);
                let is_object = first == b'{';
                if is_object {
                    encoder.begin_object();
                } else {
                    encoder.begin_array();
                }
                open.push(is_object);
                is_key = is_object;
                1
            }
            b'}' | b']' => {
                if open.pop() == Some(true) {
                    encoder.end_object();
                } else {
                    encoder.end_array();
                }
                is_key = false;
                1
            }
            b',' => {
                is_key = open.last() == Some(&true);
                1
            }
            b':' => {
                is_key = false;
                1
            }
            b'"' => {
                let len = length_of_string(rest);
                let text = rest.get(..len).unwrap_or_default();
                let Ok(text) = serde_json::from_str::<Cow<'_, str>>(text) else {
                    // The check tells of it.
                    return encoder.refuse();
                };
                if is_key {
                    encoder.key_text(&text);
                } else {
                    before_value(&open, is_key, encoder);
                    encoder.string(&text);
                }
                len
            }
            b' ' | b'\n' | b'\r' | b'\t' => 1,
            _ => {
                let is_end = |byte: u8| matches!(byte, b',' | b']' | b'}' | b' ' | b'\n' | b'\r' | b'\t');
                let len = rest.bytes().position(is_end).unwrap_or(rest.len());
                before_value(&open, is_key, encoder);
                match rest.get(..len).unwrap_or_default() {
                    "null" => encoder.null(),
                    "true" => encoder.boolean(true),
                    "false" => encoder.boolean(false),
                    number => write_number(number, encoder),
                }
                len
            }
        };
        rest = rest.get(len..).unwrap_or_default();
    }
}

/// What goes before a value: in an array a comma, in an object its key has one after it.
fn before_value<O: Output>(open: &[bool], is_key: bool, encoder: &mut TransitEncoder<O>) {
    if open.last() == Some(&false) && !is_key {
        encoder.element();
    }
}

/// How many bytes the string has that `text` begins with, its quotation marks among them.
fn length_of_string(text: &str) -> usize {
    let mut is_escaped = false;
    for (index, byte) in text.bytes().enumerate().skip(1) {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' => is_escaped = true,
            b'"' => return index + 1,
            _ => {}
        }
    }
    text.len()
}

fn write_number<O: Output>(number: &str, encoder: &mut TransitEncoder<O>) {
    if number.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-') {
        match number.parse::<i128>() {
            Ok(0) if number.starts_with('-') => encoder.double(-0.0),
            Ok(integer) => encoder.wide(integer),
            Err(_) => encoder.marked("~n", number),
        }
        return;
    }
    match number.parse::<f64>() {
        Ok(double)
            if double.is_finite() && Digits::of(number) == Digits::of(zmij::Buffer::new().format_finite(double)) =>
        {
            encoder.double(double);
        }
        _ => encoder.decimal(number),
    }
}

/// What a number says: its digits without zeros around them, and by which power of ten they are multiplied. Two numbers
/// with these are the same.
#[derive(PartialEq, Eq)]
struct Digits {
    is_negative: bool,
    digits: String,
    exponent: i64,
}

impl Digits {
    fn of(number: &str) -> Option<Digits> {
        let (is_negative, number) = number.strip_prefix('-').map_or((false, number), |number| (true, number));
        let (mantissa, exponent) = number.split_once(['e', 'E']).unwrap_or((number, "0"));
        let (whole, decimals) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let all = [whole, decimals].concat();
        let digits = all.trim_start_matches('0').trim_end_matches('0').to_owned();
        let zeros = all.len() - all.trim_end_matches('0').len();
        let exponent = exponent.strip_prefix('+').unwrap_or(exponent).parse::<i64>().ok()?;
        let shift = i64::try_from(zeros).ok()?.checked_sub(i64::try_from(decimals.len()).ok()?)?;
        let exponent = if digits.is_empty() { 0 } else { exponent.checked_add(shift)? };
        Some(Digits { is_negative, digits, exponent })
    }
}
