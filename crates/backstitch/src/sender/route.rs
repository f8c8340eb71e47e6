//! Where records go: to the Push endpoint in a format, or to a table through the Batch endpoint.

use std::sync::Arc;

use backstitch_api::endpoints::{self, Endpoint};
use bytes::Bytes;
use serde::{Deserialize, Serialize};

use crate::batch;
use crate::body::WireFormat;
use crate::table::Table;

/// Where the records of a lane go, and what their requests have in common.
#[derive(Clone, Debug)]
pub(super) struct Route {
    to: To,
    /// What is before the records of a request, the first one without its comma, and after them.
    pub(super) around: [Bytes; 2],
    /// The same as a text, for the spool.
    pub(super) text: Arc<str>,
}

#[derive(Clone, Debug, PartialEq)]
enum To {
    Push(WireFormat),
    Batch(Table),
}

/// The text of a route.
#[derive(Deserialize, Serialize)]
#[serde(tag = "endpoint", rename_all = "snake_case")]
enum Text {
    Push { format: TextFormat },
    Batch { table_name: String, key_names: Vec<String>, schema: serde_json::Value },
}

#[derive(Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
enum TextFormat {
    Json,
    Transit,
}

impl Route {
    pub(super) fn push(format: WireFormat) -> Self {
        let brackets = [Bytes::from_static(b"["), Bytes::from_static(b"]")];
        let format_text = match format {
            WireFormat::Json => TextFormat::Json,
            WireFormat::Transit => TextFormat::Transit,
        };
        Route { to: To::Push(format), around: brackets, text: text(&Text::Push { format: format_text }) }
    }

    /// To a table that has a schema.
    pub(super) fn batch(table: &Table) -> Self {
        let schema = table.json_schema().cloned().unwrap_or_default();
        let [mut before, after] = batch::around(table, &schema);
        before.push(b'[');
        let after = [b"]", after.as_slice()].concat();
        let (table_name, key_names) = (table.name().to_owned(), table.key_names().to_vec());
        let text = text(&Text::Batch { table_name, key_names, schema });
        Route { to: To::Batch(table.clone()), around: [before.into(), after.into()], text }
    }

    /// The route of a text that was kept.
    #[cfg(feature = "spool")]
    pub(super) fn read(text: &str) -> Option<Self> {
        Some(match serde_json::from_str(text).ok()? {
            Text::Push { format: TextFormat::Json } => Route::push(WireFormat::Json),
            Text::Push { format: TextFormat::Transit } => Route::push(WireFormat::Transit),
            Text::Batch { table_name, key_names, schema } => {
                Route::batch(&Table::new(table_name).keys(key_names).schema(schema))
            }
        })
    }

    pub(super) fn is_batch_of(&self, table: &Table) -> bool {
        matches!(&self.to, To::Batch(known) if known == table)
    }

    pub(super) fn endpoint(&self) -> &'static Endpoint {
        match self.to {
            To::Push(_) => &endpoints::PUSH,
            To::Batch(_) => &endpoints::BATCH,
        }
    }

    pub(super) fn content_type(&self) -> &'static str {
        match self.to {
            To::Push(format) => format.content_type(),
            To::Batch(_) => backstitch_api::JSON,
        }
    }

    /// The table that all records go to, where it is one.
    pub(super) fn table(&self) -> Option<&str> {
        match &self.to {
            To::Push(_) => None,
            To::Batch(table) => Some(table.name()),
        }
    }

    /// How many bytes a request has beside its records, whose first has no comma.
    pub(super) fn bytes_around(&self) -> usize {
        let [before, after] = &self.around;
        (before.len() + after.len()).saturating_sub(1)
    }

    /// What is to be sent for one record; `record` has its comma. A Push record itself is shorter than its request.
    pub(super) fn alone(&self, record: &[u8]) -> Vec<u8> {
        let record = record.get(1..).unwrap_or_default();
        match self.to {
            To::Push(_) => record.to_vec(),
            To::Batch(_) => {
                let [before, after] = &self.around;
                [before, record, after].concat()
            }
        }
    }
}

impl PartialEq for Route {
    fn eq(&self, other: &Self) -> bool {
        self.to == other.to
    }
}

fn text(route: &Text) -> Arc<str> {
    // Of texts and JSON only, which is always written.
    serde_json::to_string(route).unwrap_or_default().into()
}

#[cfg(all(test, feature = "spool"))]
mod tests {
    use super::Route;
    use crate::body::WireFormat;
    use crate::table::Table;

    #[test]
    fn a_route_is_read_as_it_was_kept() {
        let table = Table::new("orders").keys(["id"]).schema(serde_json::json!({"properties": {}}));
        for route in [Route::push(WireFormat::Json), Route::push(WireFormat::Transit), Route::batch(&table)] {
            assert!(Route::read(&route.text).as_ref() == Some(&route), "{}", route.text);
        }
        assert!(Route::read("{}").is_none());
    }

    #[test]
    fn a_message_alone_is_a_batch() {
        let table = Table::new("orders").keys(["id"]).schema(serde_json::json!({}));
        let alone = Route::batch(&table).alone(br#",{"action":"upsert"}"#);
        let expected = r#"{"table_name":"orders","schema":{},"messages":[{"action":"upsert"}],"key_names":["id"]}"#;
        assert_eq!(String::from_utf8_lossy(&alone), expected);
    }
}
