//! The body of a request: an array of objects.

use std::fmt;

use serde::de::{Deserialize, Deserializer, IgnoredAny, SeqAccess, Visitor};
use serde_json::value::RawValue;

use backstitch_api::limits;

/// The root of a request's body.
#[derive(Debug)]
pub(crate) enum Root<'a> {
    /// An array of objects: their texts. There are at most one more than a request may have.
    Objects(Vec<&'a str>),
    /// Anything else that is valid JSON.
    Other,
}

impl<'a> Root<'a> {
    /// Reads a body.
    ///
    /// # Errors
    /// The parser's text.
    pub(crate) fn parse(body: &'a [u8]) -> Result<Self, String> {
        let text = std::str::from_utf8(body).map_err(|error| error.to_string())?;
        super::shape::check(text).map_err(|error| error.to_string())?;
        let first = text.trim_start_matches([' ', '\t', '\r', '\n']).as_bytes().first();
        if first != Some(&b'[') {
            serde_json::from_str::<&RawValue>(text).map_err(|error| error.to_string())?;
            return Ok(Root::Other);
        }
        let Elements { texts, objects } = serde_json::from_str(text).map_err(|error| error.to_string())?;
        Ok(if objects { Root::Objects(texts) } else { Root::Other })
    }
}

struct Elements<'a> {
    texts: Vec<&'a str>,
    objects: bool,
}

impl<'de> Deserialize<'de> for Elements<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ElementsVisitor;

        impl<'de> Visitor<'de> for ElementsVisitor {
            type Value = Elements<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an array")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Elements<'de>, A::Error> {
                let mut elements = Elements { texts: Vec::new(), objects: true };
                // One more than allowed is enough to know that there are too many. A body of commas
                // and digits would otherwise take ten times its size in memory.
                while elements.texts.len() <= limits::RECORDS_PER_REQUEST {
                    let Some(element) = seq.next_element::<&'de RawValue>()? else {
                        return Ok(elements);
                    };
                    elements.objects &= element.get().starts_with('{');
                    elements.texts.push(element.get());
                }
                while seq.next_element::<IgnoredAny>()?.is_some() {}
                Ok(elements)
            }
        }

        deserializer.deserialize_seq(ElementsVisitor)
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
        for other in ["{}", "1", "null", "\"[\"", "[1]", "[{},null]"] {
            assert!(matches!(Root::parse(other.as_bytes()), Ok(Root::Other)), "{other}");
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
