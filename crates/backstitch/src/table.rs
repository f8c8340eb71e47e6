//! Tables that are known only at run time.

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
}

impl Table {
    /// The table called `name`.
    pub fn new(name: impl Into<String>) -> Self {
        Table { name: name.into(), keys: Vec::new() }
    }

    /// The fields that are its primary key. The push endpoint needs at least one.
    #[must_use]
    pub fn keys<K: Into<String>>(mut self, keys: impl IntoIterator<Item = K>) -> Self {
        self.keys = keys.into_iter().map(Into::into).collect();
        self
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
