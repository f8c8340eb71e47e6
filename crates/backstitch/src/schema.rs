//! What a type is on the wire, as a JSON Schema (draft 4): what the Batch endpoint is sent along with the records.

use std::any::TypeId;
use std::collections::HashMap;
use std::sync::{Mutex, OnceLock, PoisonError};

use serde_json::{Map, Value as Json, json};

use crate::value::Value;

/// The JSON Schema of a type: any value, until something is said of it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Schema {
    keywords: Map<String, Json>,
    /// The fields of an object, in their order.
    fields: Vec<(&'static str, Schema)>,
}

impl Schema {
    /// Any value.
    #[must_use]
    pub fn any() -> Self {
        Schema::default()
    }

    /// A value of the JSON type `name`: `string`, `integer`, `number`, `boolean`, `array`, `object` or `null`.
    #[must_use]
    pub fn of(name: &'static str) -> Self {
        Schema::any().with("type", name)
    }

    /// A string written as the format `name` has it, such as `date-time` or `uuid`.
    #[must_use]
    pub fn text(format: &'static str) -> Self {
        Schema::of("string").with("format", format)
    }

    /// An array of such elements.
    #[must_use]
    pub fn array(items: Schema) -> Self {
        Schema::of("array").with("items", items.into_json())
    }

    /// An array of as many elements as there are schemas, each as its own says.
    #[must_use]
    pub fn tuple(items: impl IntoIterator<Item = Schema>) -> Self {
        let items: Vec<Json> = items.into_iter().map(Schema::into_json).collect();
        let length = items.len();
        Schema::of("array").with("items", items).with("minItems", length).with("maxItems", length)
    }

    /// An object with these fields.
    #[must_use]
    pub fn object(fields: impl IntoIterator<Item = (&'static str, Schema)>) -> Self {
        Schema { fields: fields.into_iter().collect(), ..Schema::of("object").with("properties", Map::new()) }
    }

    /// An object whose fields, whatever their names, are such values.
    #[must_use]
    pub fn map(values: Schema) -> Self {
        Schema::of("object").with("additionalProperties", values.into_json())
    }

    /// The same with a keyword of JSON Schema more.
    #[must_use]
    pub fn with(mut self, keyword: &'static str, value: impl Into<Json>) -> Self {
        self.keywords.insert(keyword.to_owned(), value.into());
        self
    }

    /// The same with a least number more; the type may have one of its own, and the narrower says it all.
    pub(crate) fn least(self, keyword: &'static str, least: i64) -> Self {
        let least = self.limit(keyword).map_or(least, |own| own.max(least));
        self.with(keyword, least)
    }

    /// The same with a greatest number more.
    pub(crate) fn greatest(self, keyword: &'static str, greatest: i64) -> Self {
        let greatest = self.limit(keyword).map_or(greatest, |own| own.min(greatest));
        self.with(keyword, greatest)
    }

    fn limit(&self, keyword: &str) -> Option<i64> {
        self.get(keyword).and_then(Json::as_i64)
    }

    /// Such a value, or null.
    #[must_use]
    pub fn or_null(mut self) -> Self {
        match self.keywords.get_mut("type") {
            Some(Json::String(name)) if name != "null" => {
                let types = json!([name, "null"]);
                self.keywords.insert("type".to_owned(), types);
            }
            Some(Json::Array(types)) if !types.contains(&json!("null")) => types.push(json!("null")),
            _ => {}
        }
        if let Some(Json::Array(values)) = self.keywords.get_mut("enum") {
            values.push(Json::Null);
        }
        self
    }

    /// The keyword's value.
    #[must_use]
    pub fn get(&self, keyword: &str) -> Option<&Json> {
        self.keywords.get(keyword)
    }

    /// The fields of an object with their schemas, in their order.
    #[must_use]
    pub fn fields(&self) -> &[(&'static str, Schema)] {
        &self.fields
    }

    /// The schema as JSON.
    #[must_use]
    pub fn into_json(self) -> Json {
        let mut keywords = self.keywords;
        if let Some(Json::Object(properties)) = keywords.get_mut("properties") {
            for (name, schema) in self.fields {
                properties.insert(name.to_owned(), schema.into_json());
            }
        }
        Json::Object(keywords)
    }
}

/// The types whose schemas are being made, so that a type that holds itself has an end.
#[derive(Debug, Default)]
pub struct Types {
    open: Vec<TypeId>,
}

impl Types {
    /// The schema of `T`, made by `make`; any value, where it is being made already.
    pub fn within<T: ?Sized>(&mut self, make: impl FnOnce(&mut Self) -> Schema) -> Schema {
        // Not its name, which two types can share.
        let id = typeid::of::<T>();
        if self.open.contains(&id) {
            return Schema::any();
        }
        self.open.push(id);
        let schema = make(self);
        self.open.pop();
        schema
    }
}

/// The schema of `T` with the keyword that says which draft it is of, made once.
pub(crate) fn of<T: Value + ?Sized>(required: &[&str]) -> &'static Json {
    static MADE: OnceLock<Mutex<HashMap<TypeId, &'static Json>>> = OnceLock::new();
    let made = MADE.get_or_init(Mutex::default);
    let id = typeid::of::<T>();
    // A panic while a schema was made leaves those that were made before.
    if let Some(schema) = made.lock().unwrap_or_else(PoisonError::into_inner).get(&id) {
        return schema;
    }
    let mut schema = T::value_schema(&mut Types::default());
    if !required.is_empty() {
        schema = schema.with("required", required.iter().map(|name| json!(name)).collect::<Vec<_>>());
    }
    let schema = schema.with("$schema", "http://json-schema.org/draft-04/schema#").into_json();
    // One for each type that is sent, for as long as the program runs.
    made.lock().unwrap_or_else(PoisonError::into_inner).entry(id).or_insert_with(|| Box::leak(Box::new(schema)))
}
