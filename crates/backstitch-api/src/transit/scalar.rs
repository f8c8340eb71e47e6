//! Strings that stand for other values.

use super::{Transit, time};

/// What a string is.
pub(super) enum Text {
    /// A value.
    Value(Transit),
    /// The tag of the value that follows.
    Tag(String),
}

/// Reads a string as it stands in the text, which is no code.
pub(super) fn read(string: &str) -> Result<Text, String> {
    let Some(rest) = string.strip_prefix('~') else { return Ok(Text::Value(Transit::Text(string.to_owned()))) };
    let mut characters = rest.chars();
    let Some(mark) = characters.next() else { return Ok(Text::Value(Transit::Text(string.to_owned()))) };
    let text = characters.as_str();
    match mark {
        '~' | '^' | '`' => Ok(Text::Value(Transit::Text(rest.to_owned()))),
        '#' => Ok(Text::Tag(text.to_owned())),
        _ => of_tag(mark, text).map(Text::Value),
    }
}

/// The value of a type with a tag of one character.
fn of_tag(tag: char, text: &str) -> Result<Transit, String> {
    let wrong = |what: &str| format!("`~{tag}{text}` must be {what}");
    let owned = || text.to_owned();
    Ok(match tag {
        '_' if text.is_empty() => Transit::Null,
        '?' if text == "t" => Transit::Boolean(true),
        '?' if text == "f" => Transit::Boolean(false),
        'i' | 'n' => integer(text).ok_or_else(|| wrong("an integer"))?,
        'd' | 'f' if !is_decimal(text) => return Err(wrong("a number")),
        'd' => Transit::Double(text.parse().map_err(|_| wrong("a number"))?),
        'f' => Transit::Decimal(owned()),
        'm' => match integer(text) {
            Some(Transit::Integer(milliseconds)) => Transit::Instant(milliseconds),
            _ => return Err(wrong("milliseconds since 1970")),
        },
        't' => Transit::Instant(time::milliseconds(text).ok_or_else(|| wrong("a moment as RFC 3339 has it"))?),
        'u' => Transit::Uuid(owned()),
        'r' => Transit::Uri(owned()),
        ':' => Transit::Keyword(owned()),
        '$' => Transit::Symbol(owned()),
        'b' => Transit::Bytes(owned()),
        'c' => Transit::Text(owned()),
        'z' => Transit::Double(match text {
            "NaN" => f64::NAN,
            "INF" => f64::INFINITY,
            "-INF" => f64::NEG_INFINITY,
            _ => return Err(wrong("`~zNaN`, `~zINF` or `~z-INF`")),
        }),
        '_' | '?' => return Err(wrong("`~_`, `~?t` or `~?f`")),
        _ => Transit::Tagged(tag.to_string(), Box::new(Transit::Text(owned()))),
    })
}

/// A value with a tag before it.
pub(super) fn tagged(tag: String, value: Transit) -> Result<Transit, String> {
    let mut characters = tag.chars();
    if let (Some(only), None) = (characters.next(), characters.next()) {
        return match (only, value) {
            ('\'', value) => Ok(value),
            // The verbose form, and writers that do not use short ones.
            ('i' | 'n', value @ Transit::Integer(_)) | ('m', value @ Transit::Instant(_)) => Ok(value),
            ('m', Transit::Integer(milliseconds)) => Ok(Transit::Instant(milliseconds)),
            ('u', Transit::Array(halves)) => {
                uuid(&halves).ok_or_else(|| "`~#u` must have two halves of 64 bits".to_owned())
            }
            (tag, Transit::Text(text)) => of_tag(tag, &text),
            (_, value) => Ok(Transit::Tagged(tag, Box::new(value))),
        };
    }
    match (tag.as_str(), value) {
        ("set", Transit::Array(values)) => Ok(Transit::Set(values)),
        ("list", Transit::Array(values)) => Ok(Transit::Array(values)),
        ("cmap", Transit::Array(values)) => {
            let mut entries = Vec::with_capacity(values.len() / 2);
            let mut values = values.into_iter();
            while let Some(key) = values.next() {
                let Some(value) = values.next() else { return Err("`~#cmap` has a key without a value".to_owned()) };
                entries.push((key, value));
            }
            Ok(Transit::Map(entries))
        }
        ("set" | "list" | "cmap", _) => Err(format!("`~#{tag}` must have an array")),
        (_, value) => Ok(Transit::Tagged(tag, Box::new(value))),
    }
}

/// An integer of any size, as digits with or without a minus.
pub(super) fn integer(text: &str) -> Option<Transit> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let is_integer = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    is_integer.then(|| text.parse().map_or_else(|_| Transit::BigInteger(text.to_owned()), Transit::Integer))
}

/// Whether a text is a number with or without decimals and an exponent.
fn is_decimal(text: &str) -> bool {
    let text = text.strip_prefix(['-', '+']).unwrap_or(text);
    let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    let (whole, decimals) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let exponent = exponent.strip_prefix(['-', '+']).unwrap_or(exponent);
    let are_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let has_digits = !(whole.is_empty() && decimals.is_empty() || exponent.is_empty());
    has_digits && [whole, decimals, exponent].into_iter().all(are_digits)
}

/// A UUID of two halves of 64 bits.
fn uuid(halves: &[Transit]) -> Option<Transit> {
    let [upper, lower] = halves else { return None };
    let half = |value: &Transit| match value {
        Transit::Integer(half) => Some(half.cast_unsigned()),
        _ => None,
    };
    let (upper, lower) = (half(upper)?, half(lower)?);
    Some(Transit::Uuid(format!(
        "{:08x}-{:04x}-{:04x}-{:04x}-{:012x}",
        upper >> 32,
        upper >> 16 & 0xffff,
        upper & 0xffff,
        lower >> 48,
        lower & 0xffff_ffff_ffff
    )))
}
