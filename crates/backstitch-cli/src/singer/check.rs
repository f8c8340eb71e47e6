//! Records against the schema of their stream, as the API checks them.

use anyhow::{Context as _, anyhow};
use jsonschema::{Draft, Validator};
use serde_json::Value;

use super::extracted::moment;

/// How many of a record's mistakes are told.
const MOST: usize = 3;

/// A schema that records are checked against.
pub(super) struct Schema(Validator);

impl Schema {
    /// The schema (JSON Schema, draft 4) that a text is.
    pub(super) fn new(text: &str) -> anyhow::Result<Self> {
        let schema: Value = serde_json::from_str(text).context("the schema can't be read")?;
        let validator = jsonschema::options()
            .with_draft(Draft::Draft4)
            .should_validate_formats(true)
            .with_format("date-time", |text: &str| moment(text).is_some())
            .build(&schema);
        // The error would hold on to the schema.
        validator.map(Schema).map_err(|error| anyhow!("the schema is none of JSON Schema, draft 4: {error}"))
    }

    /// Whether a record, which is JSON, conforms to the schema; what is wrong otherwise.
    pub(super) fn check(&self, record: &str) -> anyhow::Result<()> {
        let record: Value = serde_json::from_str(record).context("the record can't be read")?;
        let mut errors = self.0.iter_errors(&record);
        let mut told: Vec<String> = Vec::new();
        for error in errors.by_ref().take(MOST) {
            told.push(format!("#{}: {error}", error.instance_path()));
        }
        match (told.is_empty(), errors.count()) {
            (true, _) => Ok(()),
            (false, 0) => Err(anyhow!("{}", told.join("; "))),
            (false, more) => Err(anyhow!("{}; and {more} more", told.join("; "))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Schema;

    #[test]
    fn records_are_checked_as_draft_4_says() {
        let schema = r#"{"type": "object", "properties": {"id": {"type": "integer"}, "n": {"minimum": 1, "exclusiveMinimum": true},
            "at": {"type": ["null", "string"], "format": "date-time"}}}"#;
        let schema = Schema::new(schema).unwrap();
        for good in ["{}", r#"{"id": 1, "n": 1.01, "at": "2026-01-14 00:00:00+0200"}"#, r#"{"at": null}"#] {
            schema.check(good).unwrap();
        }
        let bad = schema.check(r#"{"id": "one", "n": 1, "at": "yesterday"}"#).unwrap_err().to_string();
        for expected in ["#/id: \"one\" is not of type \"integer\"", "#/n: ", "#/at: "] {
            assert!(bad.contains(expected), "{bad}");
        }
    }

    #[test]
    fn a_schema_that_is_none_is_told() {
        assert!(Schema::new(r#"{"type": "colour"}"#).is_err());
    }
}
