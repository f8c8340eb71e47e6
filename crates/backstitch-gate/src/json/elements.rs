//! The elements of a JSON array, borrowed from its text.

use std::fmt;

use serde::de::{Deserialize, Deserializer, IgnoredAny, SeqAccess, Visitor};
use serde_json::value::RawValue;

use backstitch_api::limits;

/// The texts of an array's elements: at most one more than a request may have records. That many are enough to know
/// that there are too many, and an array of commas and digits would otherwise take ten times its size in memory.
#[derive(Debug)]
pub(crate) struct Elements<'a> {
    pub(crate) texts: Vec<&'a str>,
    /// How many there are, those included whose texts were not kept.
    pub(crate) count: usize,
}

impl<'a> Elements<'a> {
    /// Reads an array.
    ///
    /// # Errors
    /// The parser's, where `text` is not a JSON array.
    pub(crate) fn parse(text: &'a str) -> Result<Self, serde_json::Error> {
        serde_json::from_str(text)
    }
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
                let mut texts = Vec::new();
                while texts.len() <= limits::RECORDS_PER_REQUEST {
                    let Some(element) = seq.next_element::<&'de RawValue>()? else {
                        return Ok(Elements { count: texts.len(), texts });
                    };
                    texts.push(element.get());
                }
                let mut count = texts.len();
                while seq.next_element::<IgnoredAny>()?.is_some() {
                    count += 1;
                }
                Ok(Elements { texts, count })
            }
        }

        deserializer.deserialize_seq(ElementsVisitor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_elements_are_counted_and_not_all_are_kept() {
        let text = format!("[{}0]", "0,".repeat(limits::RECORDS_PER_REQUEST + 9));
        let elements = Elements::parse(&text).expect("an array");
        assert_eq!(elements.count, limits::RECORDS_PER_REQUEST + 10);
        assert_eq!(elements.texts.len(), limits::RECORDS_PER_REQUEST + 1);
    }
}
