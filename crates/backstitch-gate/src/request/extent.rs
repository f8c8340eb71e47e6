//! How large a JSON Schema is once what it refers to stands in the place of each reference.
//!
//! A few references can stand for more than any machine can go through: of sixty definitions, each of which refers twice
//! to the next, the first stands for 2⁶⁰ schemas.

use std::collections::HashSet;

use serde_json::{Map, Value};

/// Below these keywords stand a schema, or schemas in an array.
pub(crate) const SCHEMAS: [&str; 7] =
    ["additionalItems", "additionalProperties", "items", "not", "allOf", "anyOf", "oneOf"];

/// Below these keywords stand schemas by name.
pub(crate) const NAMED_SCHEMAS: [&str; 3] = ["dependencies", "patternProperties", "properties"];

/// Below this one too; they count where they are referred to.
pub(crate) const DEFINITIONS: &str = "definitions";

/// The most schemas.
const MOST: usize = 100_000;

/// The most schemas within one another. What checks a record goes as deep on its thread's stack; where a schema refers to
/// itself, once more for each level of the record.
const DEEPEST: usize = 200;
const DEEPEST_RECURSIVE: usize = 12;

/// Whether a schema has an end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Extent {
    Finite,
    /// It refers to itself. Why a record does not conform to it can have more reasons than can be told: two at each level
    /// are a million at the twentieth.
    Recursive,
}

enum Step<'a> {
    Enter(&'a Value, usize),
    /// All that a reference stands for was seen.
    Leave(&'a str),
}

impl Extent {
    /// Measures a schema.
    ///
    /// # Errors
    /// What is wrong with it, where it is too large or too deep, or refers to something outside.
    pub(crate) fn of(document: &Value) -> Result<Self, String> {
        let mut steps = vec![Step::Enter(document, 1)];
        let mut within: HashSet<&str> = HashSet::from(["#"]);
        let (mut schemas, mut deepest, mut extent) = (0, 0, Extent::Finite);
        while let Some(step) = steps.pop() {
            let (schema, depth) = match step {
                Step::Enter(Value::Object(schema), depth) => (schema, depth),
                Step::Enter(..) => continue,
                Step::Leave(reference) => {
                    within.remove(reference);
                    continue;
                }
            };
            schemas += 1;
            deepest = deepest.max(depth);
            if schemas > MOST || deepest > DEEPEST {
                return Err(format!("more than {MOST} schemas, or {DEEPEST} within one another"));
            }
            steps.extend(subschemas(schema).map(|schema| Step::Enter(schema, depth + 1)));
            let Some(Value::String(reference)) = schema.get("$ref") else { continue };
            let target = reference.strip_prefix('#').and_then(|pointer| document.pointer(pointer));
            let Some(target) = target else {
                return Err(format!("$ref to nothing in the schema: {}", super::violation::clipped(reference)));
            };
            if within.insert(reference) {
                steps.push(Step::Leave(reference));
                steps.push(Step::Enter(target, depth + 1));
            } else {
                extent = Extent::Recursive;
            }
        }
        match extent {
            Extent::Recursive if deepest > DEEPEST_RECURSIVE => {
                Err(format!("more than {DEEPEST_RECURSIVE} schemas within one another, and recursive references"))
            }
            extent => Ok(extent),
        }
    }
}

/// The schemas right below a schema.
fn subschemas(schema: &Map<String, Value>) -> impl Iterator<Item = &Value> {
    schema.iter().flat_map(|(keyword, value)| {
        let (elements, values) = match value {
            Value::Array(schemas) if SCHEMAS.contains(&keyword.as_str()) => (Some(schemas), None),
            Value::Object(schemas) if NAMED_SCHEMAS.contains(&keyword.as_str()) => (None, Some(schemas)),
            _ => (None, None),
        };
        let one = (elements.is_none() && SCHEMAS.contains(&keyword.as_str())).then_some(value);
        let elements = elements.into_iter().flatten();
        one.into_iter().chain(elements).chain(values.into_iter().flat_map(|schemas| schemas.values()))
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn references_count_for_what_they_stand_for() {
        let shared = json!({ "properties": { "a": { "$ref": "#/definitions/x" }, "b": { "$ref": "#/definitions/x" } },
            "definitions": { "x": { "items": [{}, { "type": "string" }] } } });
        assert_eq!(Extent::of(&shared), Ok(Extent::Finite));
        let tree = json!({ "properties": { "children": { "items": { "$ref": "#" } } } });
        assert_eq!(Extent::of(&tree), Ok(Extent::Recursive));
        assert!(Extent::of(&json!({ "items": { "$ref": "http://a/b" } })).is_err());
    }

    #[test]
    fn what_has_no_end_in_practice_is_refused() {
        let mut definitions = Map::new();
        for n in 0..60 {
            let next = format!("#/definitions/{}", n + 1);
            definitions.insert(n.to_string(), json!({ "anyOf": [{ "$ref": next }, { "$ref": next }] }));
        }
        definitions.insert("60".to_owned(), json!({}));
        assert!(Extent::of(&json!({ "$ref": "#/definitions/0", "definitions": definitions })).is_err());
        let deep = (0..DEEPEST).fold(json!({}), |inner, _| json!({ "not": inner }));
        assert!(Extent::of(&deep).is_err());
        let cycle = (0..DEEPEST_RECURSIVE).fold(json!({ "$ref": "#" }), |inner, _| json!({ "not": inner }));
        assert!(Extent::of(&cycle).is_err());
    }
}
