//! The body of a request: JSON text, and an array of objects or something else.

use serde_json::value::RawValue;

use super::elements::Elements;

/// The root of a request's body.
#[derive(Debug)]
pub(crate) enum Root<'a> {
    /// An array of objects: their texts. There are at most one more than a request may have.
    Objects(Vec<&'a str>),
    /// An object: its text.
    Object(&'a str),
    /// Anything else that is valid JSON: its text.
    Other(&'a str),
}

impl<'a> Root<'a> {
    /// Reads a body.
    ///
    /// # Errors
    /// The parser's text.
    pub(crate) fn parse(body: &'a [u8]) -> Result<Self, String> {
        let text = std::str::from_utf8(body).map_err(|error| error.to_string())?;
        super::shape::check(text).map_err(|error| error.to_string())?;
        Root::read(text).map_err(|error| error.to_string())
    }

    fn read(text: &'a str) -> Result<Self, serde_json::Error> {
        let trimmed = text.trim_matches([' ', '\t', '\r', '\n']);
        match trimmed.as_bytes().first() {
            // The whole text is parsed, white space too, so that an error has its place.
            Some(b'[') => {
                let elements = Elements::parse(text)?;
                let are_objects = elements.texts.iter().all(|element| element.starts_with('{'));
                Ok(if are_objects { Root::Objects(elements.texts) } else { Root::Other(trimmed) })
            }
            first => {
                let value: &RawValue = serde_json::from_str(text)?;
                Ok(if first == Some(&b'{') { Root::Object(value.get()) } else { Root::Other(value.get()) })
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_root_is_objects_or_something_else() {
        assert!(
            matches!(Root::parse(b" [ {} , {\"a\":1} ] "), Ok(Root::Objects(texts)) if texts == ["{}", "{\"a\":1}"])
        );
        assert!(matches!(Root::parse(b"[]"), Ok(Root::Objects(texts)) if texts.is_empty()));
        assert!(matches!(Root::parse(b" {} "), Ok(Root::Object("{}"))));
        for other in ["1", "null", "\"[\"", "[1]", "[{},null]"] {
            assert!(matches!(Root::parse(other.as_bytes()), Ok(Root::Other(text)) if text == other), "{other}");
        }
    }

    #[test]
    fn what_is_not_json_is_refused_with_the_parsers_text() {
        for malformed in ["", "[", "[1,]", "[1] 2", "{\"a\"}", "[{\"a\":01}]", "[\"\\x\"]", "nul", "[\"\u{1}\"]"] {
            assert!(Root::parse(malformed.as_bytes()).is_err(), "{malformed}");
        }
        assert!(Root::parse(b"[\"\xff\"]").is_err());
        assert!(Root::parse("\u{feff}[]".as_bytes()).is_err());
    }
}
