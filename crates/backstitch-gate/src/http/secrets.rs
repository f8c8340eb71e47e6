//! Keeps tokens out of what is shown.

/// What stands for a token.
const HIDDEN: &str = "[token]";

/// The letters of a shorter token are everywhere, and it keeps nobody out.
const SHORTEST: usize = 4;

/// The tokens that a request might repeat: those of the gate, and the one that it came with.
#[derive(Clone)]
pub(crate) struct Secrets(Vec<String>);

impl Secrets {
    /// Of these tokens. The longest go first, since one may begin with another.
    pub(crate) fn new(tokens: impl Iterator<Item = String>) -> Self {
        let mut tokens: Vec<String> = tokens.filter(|token| token.len() >= SHORTEST).collect();
        tokens.sort_by_key(|token| std::cmp::Reverse(token.len()));
        Secrets(tokens)
    }

    /// A text without them.
    pub(crate) fn hide(&self, mut text: String) -> String {
        for token in &self.0 {
            if text.contains(token) {
                text = text.replace(token, HIDDEN);
            }
        }
        text
    }

    /// The text of a body without them. Of a body that was cut, the end may be the beginning of one.
    pub(crate) fn hide_in(&self, body: &[u8], is_cut: bool) -> String {
        let mut text = self.hide(String::from_utf8_lossy(body).into_owned());
        if is_cut {
            let begun = |token: &String| {
                (SHORTEST..token.len()).rev().find(|&n| text.as_bytes().ends_with(&token.as_bytes()[..n]))
            };
            if let Some(length) = self.0.iter().filter_map(begun).max() {
                // A match of bytes may begin within a character.
                let end = (0..=text.len() - length).rev().find(|&at| text.is_char_boundary(at)).unwrap_or_default();
                text.truncate(end);
                text.push_str(HIDDEN);
            }
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secrets() -> Secrets {
        Secrets::new(["at_12", "at_12345", "é_token", "x"].map(str::to_owned).into_iter())
    }

    #[test]
    fn tokens_are_hidden_whole() {
        assert_eq!(secrets().hide("x at_12345, at_12, at_1234".to_owned()), "x [token], [token], [token]34");
    }

    #[test]
    fn half_a_token_at_a_cut_is_hidden() {
        assert_eq!(secrets().hide_in(b"a at_12345", true), "a [token]");
        assert_eq!(secrets().hide_in(b"a at_1", true), "a [token]");
        assert_eq!(secrets().hide_in(b"a at_1", false), "a at_1");
        assert_eq!(secrets().hide_in("a é_tok".as_bytes(), true), "a [token]");
        assert_eq!(secrets().hide_in(b"", true), "");
    }
}
