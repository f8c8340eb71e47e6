//! What stands after the question mark of a path under `/_gate`.

use std::convert::Infallible;
use std::str::FromStr;

use axum::extract::{FromRequestParts, Query};
use axum::http::request::Parts;

use super::reply::Trouble;

/// The parameter that says whose things are asked for.
pub(crate) const CLIENT: &str = "client";

/// The parameters of a request, in their order.
#[derive(Debug)]
pub(crate) struct Parameters(Vec<(String, String)>);

impl<S: Send + Sync> FromRequestParts<S> for Parameters {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        // Any text is a list of names and values.
        let found = Query::<Vec<(String, String)>>::try_from_uri(&parts.uri);
        Ok(Parameters(found.map(|Query(found)| found).unwrap_or_default()))
    }
}

impl Parameters {
    /// Refuses parameters of other names than these: whoever mistypes one would take the answer for another.
    pub(crate) fn only(&self, known: &[&str]) -> Result<(), Trouble> {
        let Some((name, _)) = self.0.iter().find(|(name, _)| !known.contains(&name.as_str())) else { return Ok(()) };
        Err(Trouble::Unclear(match known {
            [] => format!("this path has no parameters: `{name}`"),
            known => format!("this path has no parameter `{name}`; it has {}", known.join(", ")),
        }))
    }

    /// The value of a parameter that is a number, or whatever else the words say.
    pub(crate) fn parsed<T: FromStr>(&self, name: &str, words: &str) -> Result<Option<T>, Trouble> {
        self.text(name)?.map(|text| text.parse().map_err(|_| unclear(name, words, text))).transpose()
    }

    /// The value of a parameter that is one of these words.
    pub(crate) fn word<T: Copy>(&self, name: &str, words: &[(&str, T)]) -> Result<Option<T>, Trouble> {
        let Some(text) = self.text(name)? else { return Ok(None) };
        let found = words.iter().find(|(word, _)| *word == text);
        let known = || words.iter().map(|(word, _)| *word).collect::<Vec<_>>().join(" or ");
        found.map(|(_, value)| Some(*value)).ok_or_else(|| unclear(name, &known(), text))
    }

    /// The id of the client that is asked for.
    pub(crate) fn client(&self) -> Result<Option<i64>, Trouble> {
        self.parsed(CLIENT, "the id of a client, such as 7723")
    }

    /// The value of a parameter that is there once.
    pub(crate) fn text(&self, name: &str) -> Result<Option<&str>, Trouble> {
        let mut values = self.0.iter().filter(|(known, _)| known == name).map(|(_, value)| value.as_str());
        let value = values.next();
        if values.next().is_some() {
            return Err(Trouble::Unclear(format!("the parameter `{name}` is there more than once")));
        }
        Ok(value)
    }
}

fn unclear(name: &str, words: &str, text: &str) -> Trouble {
    Trouble::Unclear(format!("the parameter `{name}` is {words}, not `{text}`"))
}
