//! Tables that are known only at run time.

use std::sync::Arc;

/// A destination table known at run time: for the command line, for one table per tenant, for JSON
/// at hand.
///
/// ```
/// let table = backstitch::Table::new("customers").keys(["id"]);
/// let row = serde_json::value::RawValue::from_string(r#"{"id":1,"total":12.50}"#.into())?;
/// let mut body = backstitch::PushBody::json(7723);
/// body.push_json(&table, 1565880017, &row)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Table {
    name: String,
    keys: Vec<String>,
    /// For the Batch endpoint.
    schema: Option<Arc<serde_json::Value>>,
}

impl Table {
    /// The table called `name`.
    pub fn new(name: impl Into<String>) -> Self {
        Table { name: name.into(), keys: Vec::new(), schema: None }
    }

    /// The fields that are its primary key. The push endpoint needs at least one.
    #[must_use]
    pub fn keys<K: Into<String>>(mut self, keys: impl IntoIterator<Item = K>) -> Self {
        self.keys = keys.into_iter().map(Into::into).collect();
        self
    }

    /// The JSON Schema (draft 4) that its records conform to. The Batch endpoint needs one, the Push endpoint none.
    #[must_use]
    pub fn schema(mut self, schema: serde_json::Value) -> Self {
        self.schema = Some(Arc::new(schema));
        self
    }

    /// The JSON Schema of its records, if it has one.
    #[must_use]
    pub fn json_schema(&self) -> Option<&serde_json::Value> {
        self.schema.as_deref()
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The fields that are its primary key.
    #[must_use]
    pub fn key_names(&self) -> &[String] {
        &self.keys
    }
}
