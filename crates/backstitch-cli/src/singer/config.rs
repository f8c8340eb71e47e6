//! The config of a target: that of `target-stitch`, or a plain one with a client id and a token.

use std::path::Path;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer};

use crate::environment;
use crate::exit::usage;

/// What is read of a config. All that only `target-stitch` itself has a use for, such as `disable_collection`, is passed
/// over: no usage is ever told to anybody.
#[derive(Deserialize)]
pub(super) struct Config {
    #[serde(default, deserialize_with = "token")]
    token: Option<String>,
    client_id: Option<Number>,
    /// The address of an API, where there is none of the Batch endpoint.
    pub(super) url: Option<String>,
    /// The whole address of the Batch endpoint.
    pub(super) small_batch_url: Option<String>,
    /// The same for bodies beyond 4,000,000 bytes, and for streams that prefer it.
    pub(super) big_batch_url: Option<String>,
    batch_size_preferences: Option<Preferences>,
    turbo_boost_factor: Option<Number>,
}

#[derive(Default, Deserialize)]
struct Preferences {
    full_table_streams: Option<Vec<String>>,
    batch_size_preference: Option<String>,
    user_batch_size_preference: Option<String>,
}

/// A number, which some write as a text.
#[derive(Deserialize)]
#[serde(untagged)]
enum Number {
    Integer(i64),
    Float(f64),
    Text(String),
}

/// A token; what else stands in its place is told by no error.
fn token<'de, D: Deserializer<'de>>(field: D) -> Result<Option<String>, D::Error> {
    match serde_json::Value::deserialize(field)? {
        serde_json::Value::String(token) => Ok(Some(token)),
        serde_json::Value::Null => Ok(None),
        _ => Err(D::Error::custom("`token` is no text: write it in quotes")),
    }
}

impl Number {
    fn get(&self) -> Option<i64> {
        match self {
            Number::Integer(number) => Some(*number),
            Number::Float(number) if number.fract() == 0.0 && number.abs() < 1e15 => Some(*number as i64),
            Number::Float(_) => None,
            Number::Text(text) => text.trim().parse().ok(),
        }
    }

    fn says_nothing(&self) -> bool {
        matches!(self, Number::Text(text) if text.is_empty())
    }
}

impl Config {
    pub(super) fn read(path: &Path) -> anyhow::Result<Self> {
        let name = path.display();
        let text = std::fs::read_to_string(path)
            .map_err(|error| usage(format!("the config {name} can't be read: {error}")))?;
        serde_json::from_str(&text)
            .map_err(|error| usage(format!("the config {name} is not what it should be: {error}")))
    }

    pub(super) fn token(&self) -> anyhow::Result<String> {
        let token = match &self.token {
            Some(token) => Some(token.clone()),
            None => environment::token()?,
        };
        token.filter(|token| !token.is_empty()).ok_or_else(|| usage(
            "the config has no `token`: write the access token there, as in \"token\": \"at_…\", or set STITCH_TOKEN",
        ))
    }

    pub(super) fn client_id(&self) -> anyhow::Result<i64> {
        let id = match &self.client_id {
            Some(id) => id.get(),
            None => environment::client_id()?,
        };
        id.ok_or_else(|| usage(
            "the config has no `client_id`, or one that is no integer: write it there, as in \"client_id\": 7723, or \
             set STITCH_CLIENT_ID",
        ))
    }

    /// How many requests may be under way at once.
    pub(super) fn in_flight(&self) -> anyhow::Result<usize> {
        let Some(factor) = self.turbo_boost_factor.as_ref().filter(|factor| !factor.says_nothing()) else {
            return Ok(1);
        };
        let factor = factor.get().and_then(|factor| usize::try_from(factor).ok());
        let factor = factor.ok_or_else(|| usage("`turbo_boost_factor` in the config is no integer from 1 on"))?;
        Ok(factor.max(1))
    }

    /// Whether a stream goes to the address for big batches, however small its bodies are.
    pub(super) fn prefers_big(&self, stream: &str) -> bool {
        let Some(preferences) = &self.batch_size_preferences else { return false };
        if preferences.full_table_streams.iter().flatten().any(|name| name == stream) {
            return true;
        }
        // The vendor's wish comes before the user's.
        let wishes = [&preferences.batch_size_preference, &preferences.user_batch_size_preference];
        let known = wishes.into_iter().flatten().find(|wish| matches!(wish.as_str(), "bigbatch" | "smallbatch"));
        known.is_some_and(|wish| wish == "bigbatch")
    }
}

#[cfg(test)]
mod tests {
    use super::Config;

    fn config(text: &str) -> Config {
        serde_json::from_str(text).unwrap()
    }

    #[test]
    fn streams_prefer_an_address() {
        let of = |preferences: &str| {
            let config = config(&format!(r#"{{"batch_size_preferences": {preferences}}}"#));
            ["a", "b"].map(|stream| config.prefers_big(stream))
        };
        assert_eq!(of("{}"), [false, false]);
        assert_eq!(of("null"), [false, false]);
        assert_eq!(of(r#"{"full_table_streams": ["b"]}"#), [false, true]);
        assert_eq!(of(r#"{"batch_size_preference": "bigbatch"}"#), [true, true]);
        assert_eq!(of(r#"{"user_batch_size_preference": "bigbatch"}"#), [true, true]);
        let vendors = r#"{"batch_size_preference": "smallbatch", "user_batch_size_preference": "bigbatch", "full_table_streams": ["a"]}"#;
        assert_eq!(of(vendors), [true, false]);
    }

    #[test]
    fn numbers_may_be_texts() {
        let config = config(r#"{"client_id": "7723", "turbo_boost_factor": "5"}"#);
        assert_eq!((config.client_id().unwrap(), config.in_flight().unwrap()), (7723, 5));
    }

    #[test]
    fn a_factor_of_none_is_one_request_at_once() {
        for text in
            ["{}", r#"{"turbo_boost_factor": null}"#, r#"{"turbo_boost_factor": 0}"#, r#"{"turbo_boost_factor": ""}"#]
        {
            assert_eq!(config(text).in_flight().unwrap(), 1, "{text}");
        }
        assert_eq!(config(r#"{"turbo_boost_factor": 5.0}"#).in_flight().unwrap(), 5);
        for text in [r#"{"turbo_boost_factor": "many"}"#, r#"{"turbo_boost_factor": 1.5}"#] {
            assert!(config(text).in_flight().is_err(), "{text}");
        }
    }
}
