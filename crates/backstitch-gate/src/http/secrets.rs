//! Keeps tokens out of what is shown.

/// What stands for a token.
const HIDDEN: &str = "[token]";

/// The letters of a shorter token are everywhere, and it keeps nobody out.
const SHORTEST: usize = 4;

/// What a body has at its end where it was cut within a character.
const HALF_A_CHARACTER: &str = "\u{fffd}";

/// The tokens that a request might repeat: those of the gate, and the one that it came with.
#[derive(Clone)]
pub(crate) struct Secrets(Vec<String>);

impl Secrets {
    /// Of these tokens. The longest go first, since one may begin with another.
    pub(crate) fn new(tokens: impl Iterator<Item = String>) -> Self {
        let mut tokens: Vec<String> = tokens.filter(|token| token.len() >= SHORTEST).collect();
        tokens.sort_by_key(|token| std::cmp::Reverse(token.len()));
        tokens.dedup();
        Secrets(tokens)
    }

    /// A text without them, however it writes them.
    pub(crate) fn hide(&self, text: String) -> String {
        self.hide_all(text, false)
    }

    /// The text of a body without them. Of a body that was cut, the end may be the beginning of one.
    pub(crate) fn hide_in(&self, body: &[u8], is_cut: bool) -> String {
        self.hide_all(String::from_utf8_lossy(body).into_owned(), is_cut)
    }

    fn hide_all(&self, text: String, is_cut: bool) -> String {
        let escapes = text.contains(['\\', '%']);
        // Most texts hold none, which is soon seen.
        if !escapes && !is_cut && !self.0.iter().any(|token| text.contains(token.as_str())) {
            return text;
        }
        let mut shown = String::with_capacity(text.len());
        let (mut at, mut copied) = (0, 0);
        while let Some(&byte) = text.as_bytes().get(at) {
            let rest = &text[at..];
            let found = if self.may_begin(byte) { self.length_at(rest, is_cut) } else { None };
            match found {
                Some(length) => {
                    shown.push_str(&text[copied..at]);
                    shown.push_str(HIDDEN);
                    at += length;
                    copied = at;
                }
                None => at += rest.chars().next().map_or(1, char::len_utf8),
            }
        }
        shown.push_str(&text[copied..]);
        shown
    }

    /// Whether a token can begin with this byte of a text.
    fn may_begin(&self, byte: u8) -> bool {
        matches!(byte, b'\\' | b'%') || self.0.iter().any(|token| token.as_bytes()[0] == byte)
    }

    /// The length of the token that a text begins with, as it is written there.
    fn length_at(&self, text: &str, is_cut: bool) -> Option<usize> {
        self.0.iter().find_map(|token| written(token, text, is_cut))
    }
}

/// The length of a token as a text begins with it: as such, with escapes of JSON, with those of a URL. Of a text that was
/// cut, what is there of it is enough.
fn written(token: &str, text: &str, is_cut: bool) -> Option<usize> {
    let token = token.as_bytes();
    let (mut known, mut at) = (0, 0);
    while known < token.len() {
        let rest = &text[at..];
        let half = is_cut && (rest.is_empty() || rest == HALF_A_CHARACTER || is_half_an_escape(rest));
        if half {
            return (known >= SHORTEST).then_some(text.len());
        }
        let (unit, length) = unit(rest)?;
        let unit = unit.bytes();
        if !token[known..].starts_with(unit) {
            return None;
        }
        known += unit.len();
        at += length;
    }
    Some(at)
}

/// The bytes that a piece of text stands for.
struct Unit {
    bytes: [u8; 4],
    length: usize,
}

impl Unit {
    fn of(character: char) -> Self {
        let mut bytes = [0; 4];
        let length = character.encode_utf8(&mut bytes).len();
        Unit { bytes, length }
    }

    fn bytes(&self) -> &[u8] {
        &self.bytes[..self.length]
    }
}

/// What a text begins with: a character or an escape, with its length.
fn unit(text: &str) -> Option<(Unit, usize)> {
    let first = text.chars().next()?;
    let escaped = match first {
        '\\' => escaped(text),
        '%' => text.get(1..3).and_then(hex).and_then(|byte| u8::try_from(byte).ok()).map(|byte| {
            // One byte, perhaps of a character that has several.
            (Unit { bytes: [byte, 0, 0, 0], length: 1 }, 3)
        }),
        _ => None,
    };
    Some(escaped.unwrap_or_else(|| (Unit::of(first), first.len_utf8())))
}

/// What an escape of JSON stands for, with its length.
fn escaped(text: &str) -> Option<(Unit, usize)> {
    let character = match text.as_bytes().get(1)? {
        byte @ (b'"' | b'\\' | b'/') => char::from(*byte),
        b'u' => {
            let first = text.get(2..6).and_then(hex)?;
            if let Some(character) = char::from_u32(first) {
                return Some((Unit::of(character), 6));
            }
            let second = text.get(6..12)?.strip_prefix("\\u").and_then(hex)?;
            let pair = [u16::try_from(first).ok()?, u16::try_from(second).ok()?];
            let character = char::decode_utf16(pair).next()?.ok()?;
            return Some((Unit::of(character), 12));
        }
        // A token is a header's value: it has none of the characters that the others stand for.
        _ => return None,
    };
    Some((Unit::of(character), 2))
}

fn hex(digits: &str) -> Option<u32> {
    digits.bytes().all(|byte| byte.is_ascii_hexdigit()).then(|| u32::from_str_radix(digits, 16).ok()).flatten()
}

/// Whether a text is the beginning of an escape, and no more.
fn is_half_an_escape(text: &str) -> bool {
    let digits = |text: &str, most: usize| text.len() < most && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    let half_of_json = |text: &str| match text.strip_prefix('\\') {
        Some(rest) => rest.is_empty() || rest.strip_prefix('u').is_some_and(|rest| digits(rest, 4)),
        None => false,
    };
    let half_of_pair = text.strip_prefix("\\u").and_then(|rest| rest.split_at_checked(4)).is_some_and(|(high, low)| {
        hex(high).is_some_and(|high| (0xd800..0xdc00).contains(&high)) && (low.is_empty() || half_of_json(low))
    });
    half_of_json(text) || half_of_pair || text.strip_prefix('%').is_some_and(|rest| digits(rest, 2))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secrets() -> Secrets {
        Secrets::new(["at_12", "at_12345", "é_token", "x", "a/b\"c😀"].map(str::to_owned).into_iter())
    }

    #[test]
    fn tokens_are_hidden_whole() {
        assert_eq!(secrets().hide("x at_12345, at_12, at_1234".to_owned()), "x [token], [token], [token]34");
    }

    #[test]
    fn tokens_are_hidden_however_they_are_escaped() {
        for text in [
            r"\u0061t_12345",
            r"\u0061\u0074\u005F\u00312\u003345",
            r"\u00e9_token",
            "é_tok%65n",
            "%C3%a9_token",
            r#"a\/b\"c\ud83d\uDE00"#,
            r#"a/b\u0022c😀"#,
        ] {
            assert_eq!(secrets().hide(format!("é\\{{{text}}}")), "é\\{[token]}", "{text}");
        }
        for text in [r"\u0061", r"\ud83d", r"\ud83d\u0061", r"\", "%", "%é", r"\u00é", r"\u+061t_12", "%+1"] {
            assert_eq!(secrets().hide(text.to_owned()), text);
        }
    }

    #[test]
    fn half_a_token_at_a_cut_is_hidden() {
        assert_eq!(secrets().hide_in(b"a at_12345", true), "a [token]");
        assert_eq!(secrets().hide_in(b"a at_1", true), "a [token]");
        assert_eq!(secrets().hide_in(b"a at_1", false), "a at_1");
        assert_eq!(secrets().hide_in("a é_tok".as_bytes(), true), "a [token]");
        assert_eq!(secrets().hide_in(b"", true), "");
        for end in [r"\", r"\u", r"\u00", r"%", r"%3"] {
            assert_eq!(secrets().hide_in(format!("a at_1{end}").as_bytes(), true), "a [token]", "{end}");
        }
        let emoji = r#"a/b\"c"#;
        for end in [r"\ud8", r"\ud83d", r"\ud83d\", r"\ud83d\ude0"] {
            assert_eq!(secrets().hide_in(format!("{emoji}{end}").as_bytes(), true), "[token]", "{end}");
        }
        assert_eq!(secrets().hide_in(&"a/b\"c😀".as_bytes()[..7], true), "[token]");
    }
}
