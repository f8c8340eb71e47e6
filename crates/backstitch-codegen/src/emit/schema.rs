//! An object as a JSON Schema (draft 4): what its type reads and its validator passes, and nothing else.

use super::fields::{Held, held, holds_null};
use crate::model::{Additional, Api, Attribute, Object};
use crate::rules::JsonType;

/// JSON under construction, in the order in which it is to be read.
enum Json {
    Text(String),
    /// A number, or a word of JSON's.
    Bare(String),
    Array(Vec<Json>),
    Object(Vec<(String, Json)>),
}

/// The schema of `object`, with the objects that it holds among its definitions.
pub(super) fn of(api: &Api, object: &Object) -> String {
    let mut schema = vec![("$schema".to_owned(), Json::Text("http://json-schema.org/draft-04/schema#".to_owned()))];
    schema.extend(described(api, object, object));
    let mut definitions: Vec<(String, Json)> = Vec::new();
    let mut open = vec![object];
    let mut seen = vec![&object.title];
    while let Some(next) = open.pop() {
        for inner in next.attributes.iter().filter_map(|attribute| referenced(api, attribute)) {
            if !seen.contains(&&inner.title) {
                seen.push(&inner.title);
                definitions.push((inner.type_name(), Json::Object(described(api, inner, object))));
                open.push(inner);
            }
        }
    }
    definitions.sort_by(|a, b| a.0.cmp(&b.0));
    if !definitions.is_empty() {
        schema.push(("definitions".to_owned(), Json::Object(definitions)));
    }
    let mut text = String::new();
    write(&Json::Object(schema), 0, &mut text);
    text
}

/// The object that the attribute's values are, where they are held as such.
fn referenced<'a>(api: &'a Api, attribute: &Attribute) -> Option<&'a Object> {
    matches!(held(api, attribute), Held::Object | Held::Objects)
        .then(|| attribute.object.as_deref().and_then(|title| api.object(title)))
        .flatten()
}

fn described(api: &Api, object: &Object, root: &Object) -> Vec<(String, Json)> {
    let mut schema = vec![
        ("title".to_owned(), Json::Text(object.title.clone())),
        ("type".to_owned(), Json::Text("object".to_owned())),
    ];
    let properties: Vec<_> = object
        .on_the_wire()
        .map(|attribute| (attribute.name.to_string(), Json::Object(value(api, attribute, root))))
        .collect();
    schema.push(("properties".to_owned(), Json::Object(properties)));
    let required: Vec<Json> = object
        .on_the_wire()
        .filter(|attribute| !attribute.may_be_absent())
        .map(|attribute| Json::Text(attribute.name.to_string()))
        .collect();
    // In this draft the list has at least one element.
    if !required.is_empty() {
        schema.push(("required".to_owned(), Json::Array(required)));
    }
    match object.additional {
        Additional::Unstated => {}
        Additional::Allowed => schema.push(("additionalProperties".to_owned(), Json::Bare("true".to_owned()))),
        Additional::Refused => schema.push(("additionalProperties".to_owned(), Json::Bare("false".to_owned()))),
    }
    schema
}

fn value(api: &Api, attribute: &Attribute, root: &Object) -> Vec<(String, Json)> {
    let reference = referenced(api, attribute).map(|inner| {
        let path =
            if inner.title == root.title { "#".to_owned() } else { format!("#/definitions/{}", inner.type_name()) };
        vec![("$ref".to_owned(), Json::Text(path))]
    });
    let how = held(api, attribute);
    if let (Held::Object, Some(reference)) = (how, &reference) {
        let Some((key, Json::Text(path))) = reference.first() else { return Vec::new() };
        let reference = vec![(key.clone(), Json::Text(path.clone()))];
        if !holds_null(attribute) {
            return reference;
        }
        let null = vec![("type".to_owned(), Json::Text("null".to_owned()))];
        return vec![("anyOf".to_owned(), Json::Array(vec![Json::Object(reference), Json::Object(null)]))];
    }
    let mut schema = Vec::new();
    schema.extend(types(&attribute.types).map(|types| ("type".to_owned(), types)));
    if let Some(constant) = &attribute.constant {
        schema.push(("enum".to_owned(), Json::Array(vec![Json::Text(constant.clone())])));
    }
    let limits = &attribute.limits;
    let is_integer = how == Held::Plain(JsonType::Integer);
    let mut limit = |key: &str, limit: Option<String>| {
        schema.extend(limit.map(|limit| (key.to_owned(), Json::Bare(limit))));
    };
    limit("minimum", bound(limits.minimum, i64::MIN, is_integer));
    limit("maximum", bound(limits.maximum, i64::MAX, is_integer));
    limit("minLength", limits.min_length.map(|limit| limit.to_string()));
    limit("maxLength", limits.max_length.map(|limit| limit.to_string()));
    limit("minItems", limits.min_items.map(|limit| limit.to_string()));
    limit("maxItems", limits.max_items.map(|limit| limit.to_string()));
    if let Some(format) = limits.format {
        schema.push(("format".to_owned(), Json::Text(format.name().to_owned())));
    }
    let items = match reference {
        Some(reference) => Some(reference),
        None if !attribute.types.is_empty() && !attribute.types.contains(&JsonType::Array) => None,
        None => types(&attribute.items).map(|types| {
            let mut items = vec![("type".to_owned(), types)];
            if attribute.items == [JsonType::Integer] && how == Held::Plain(JsonType::Array) {
                items.push(("minimum".to_owned(), Json::Bare(i64::MIN.to_string())));
                items.push(("maximum".to_owned(), Json::Bare(i64::MAX.to_string())));
            }
            items
        }),
    };
    schema.extend(items.map(|items| ("items".to_owned(), Json::Object(items))));
    schema
}

/// A bound, or that of the type that holds the value.
fn bound(limit: Option<i64>, widest: i64, is_integer: bool) -> Option<String> {
    limit.or(is_integer.then_some(widest)).map(|limit| limit.to_string())
}

fn types(types: &[JsonType]) -> Option<Json> {
    match types {
        [] => None,
        [only] => Some(Json::Text(only.name().to_owned())),
        several => Some(Json::Array(several.iter().map(|one| Json::Text(one.name().to_owned())).collect())),
    }
}

fn write(json: &Json, depth: usize, text: &mut String) {
    let line = |depth: usize, text: &mut String| {
        text.push('\n');
        text.push_str(&"  ".repeat(depth));
    };
    match json {
        Json::Text(value) => write_text(value, text),
        Json::Bare(value) => text.push_str(value),
        // A list of words stays on its line.
        Json::Array(elements) => {
            text.push('[');
            for (index, element) in elements.iter().enumerate() {
                if index > 0 {
                    text.push_str(", ");
                }
                write(element, depth, text);
            }
            text.push(']');
        }
        Json::Object(entries) if entries.is_empty() => text.push_str("{}"),
        Json::Object(entries) => {
            text.push('{');
            for (index, (key, value)) in entries.iter().enumerate() {
                if index > 0 {
                    text.push(',');
                }
                line(depth + 1, text);
                write_text(key, text);
                text.push_str(": ");
                write(value, depth + 1, text);
            }
            line(depth, text);
            text.push('}');
        }
    }
}

fn write_text(value: &str, text: &mut String) {
    text.push('"');
    for character in value.chars() {
        match character {
            '"' => text.push_str("\\\""),
            '\\' => text.push_str("\\\\"),
            character if character.is_control() => text.push_str(&format!("\\u{:04x}", u32::from(character))),
            character => text.push(character),
        }
    }
    text.push('"');
}
