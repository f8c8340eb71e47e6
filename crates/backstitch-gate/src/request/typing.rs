//! The types that a Batch request's schema gives to values.

use std::collections::{BTreeSet, HashMap, HashSet};

use serde_json::Value as Json;

/// A schema of more places than this gives no types to the values in the others: schemas can refer to
/// themselves in ways that make endlessly many.
const PLACES: usize = 20_000;

/// How many schemas are looked at for all places together.
const LOOKS: usize = 1_000_000;

/// A schema as the loader reads it.
#[derive(Debug)]
pub(crate) struct Typing(Vec<Place>);

/// What a schema says of the values in one place.
#[derive(Debug, Default)]
pub(crate) struct Place {
    /// Whether numbers are decimals.
    pub(crate) number: bool,
    /// Whether strings can be points in time.
    pub(crate) date: bool,
    /// Whether strings can be anything else.
    pub(crate) text: bool,
    properties: HashMap<String, usize>,
    others: Option<usize>,
    first_items: Vec<usize>,
    items: Option<usize>,
}

impl Typing {
    /// Reads a schema. What it says of a place is what all of its parts together say; references are
    /// followed within the schema.
    pub(crate) fn of(schema: &Json) -> Self {
        let mut reader =
            Reader { root: schema, places: Vec::new(), known: HashMap::new(), pending: Vec::new(), looks: LOOKS };
        reader.place(vec![schema]);
        while let Some((place, schemas)) = reader.pending.pop() {
            reader.read(place, &schemas);
        }
        Typing(reader.places)
    }

    /// The place of the whole value.
    pub(crate) fn root(&self) -> Option<&Place> {
        self.0.first()
    }

    /// The place of an object's field.
    pub(crate) fn field(&self, place: &Place, name: &str) -> Option<&Place> {
        self.0.get(*place.properties.get(name).or(place.others.as_ref())?)
    }

    /// The place of an array's element.
    pub(crate) fn item(&self, place: &Place, index: usize) -> Option<&Place> {
        self.0.get(*place.first_items.get(index).or(place.items.as_ref())?)
    }
}

struct Reader<'a> {
    root: &'a Json,
    places: Vec<Place>,
    /// Places by the addresses of the schemas that describe them.
    known: HashMap<Vec<*const Json>, usize>,
    pending: Vec<(usize, Vec<&'a Json>)>,
    /// How many more schemas may be looked at.
    looks: usize,
}

impl<'a> Reader<'a> {
    /// The place that these schemas describe, to be read if it is new.
    fn place(&mut self, schemas: Vec<&'a Json>) -> Option<usize> {
        if schemas.is_empty() || self.places.len() >= PLACES || self.looks == 0 {
            return None;
        }
        let schemas = self.parts(schemas);
        let addresses: Vec<*const Json> = schemas.iter().map(|schema| std::ptr::from_ref(*schema)).collect();
        if let Some(&known) = self.known.get(&addresses) {
            return Some(known);
        }
        let place = self.places.len();
        self.places.push(Place::default());
        self.known.insert(addresses, place);
        self.pending.push((place, schemas));
        Some(place)
    }

    /// These schemas, what they refer to, and what they are made of.
    fn parts(&mut self, mut pending: Vec<&'a Json>) -> Vec<&'a Json> {
        let mut parts = Vec::new();
        let mut seen = HashSet::new();
        while let Some(schema) = pending.pop() {
            if self.looks == 0 {
                break;
            }
            self.looks -= 1;
            if !seen.insert(std::ptr::from_ref(schema)) {
                continue;
            }
            parts.push(schema);
            if let Some(Json::String(reference)) = schema.get("$ref") {
                pending.extend(reference.strip_prefix('#').and_then(|pointer| self.root.pointer(pointer)));
            }
            for word in ["anyOf", "oneOf", "allOf"] {
                pending.extend(schema.get(word).and_then(Json::as_array).into_iter().flatten());
            }
        }
        parts
    }

    fn read(&mut self, at: usize, schemas: &[&'a Json]) {
        let mut place = Place::default();
        let mut names = BTreeSet::new();
        let mut tuple = 0;
        for schema in schemas {
            let is = |name: &str| match schema.get("type") {
                Some(Json::String(only)) => only == name,
                Some(Json::Array(any)) => any.iter().any(|any| any == name),
                _ => false,
            };
            place.number |= is("number");
            if schema.get("format").is_some_and(|format| format == "date-time") {
                place.date |= is("string") || schema.get("type").is_none();
            } else {
                place.text |= is("string");
            }
            names.extend(schema.get("properties").and_then(Json::as_object).into_iter().flat_map(|map| map.keys()));
            tuple = tuple.max(schema.get("items").and_then(Json::as_array).map_or(0, Vec::len));
        }
        let objects = |word: &'static str| {
            let schemas = schemas.iter().filter_map(move |schema| schema.get(word));
            schemas.filter(|schema| schema.is_object())
        };
        for name in names {
            let of_name = schemas.iter().filter_map(|schema| schema.get("properties")?.get(name)).collect();
            if let Some(property) = self.place(of_name) {
                place.properties.insert(name.clone(), property);
            }
        }
        place.others = self.place(objects("additionalProperties").collect());
        for index in 0..tuple {
            let of_index = schemas.iter().filter_map(|schema| schema.get("items")?.get(index)).collect();
            // Without a place there is none for those that follow either.
            let Some(item) = self.place(of_index) else { break };
            place.first_items.push(item);
        }
        place.items = self.place(objects("items").chain(objects("additionalItems")).collect());
        self.places[at] = place;
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_place_is_what_all_parts_say() {
        let typing = Typing::of(&json!({
            "properties": {
                "amount": {"type": ["null", "number"]},
                "at": {"anyOf": [{"type": "string", "format": "date-time"}, {"type": ["string", "null"]}]},
                "only": {"$ref": "#/definitions/time"},
            },
            "additionalProperties": {"items": {"type": "number"}},
            "definitions": {"time": {"type": "string", "format": "date-time"}},
        }));
        let root = typing.root().expect("a place");
        let field = |name| typing.field(root, name).expect("a place");
        assert!(field("amount").number);
        assert!(field("at").date && field("at").text);
        assert!(field("only").date && !field("only").text);
        assert!(typing.item(field("another"), 7).expect("a place").number);
    }

    #[test]
    fn a_schema_may_refer_to_itself() {
        let typing = Typing::of(&json!({
            "type": "object",
            "properties": {"value": {"type": "number"}, "next": {"$ref": "#"}, "self": {"$ref": "#/properties/self"}},
        }));
        let mut place = typing.root().expect("a place");
        for _ in 0..100 {
            place = typing.field(place, "next").expect("a place");
        }
        assert!(typing.field(place, "value").expect("a place").number);
        assert!(typing.field(place, "self").is_some());
    }

    #[test]
    fn a_schema_that_has_endlessly_many_places_ends() {
        let links: serde_json::Map<String, Json> = (0..40)
            .map(|n| {
                let both = json!({"allOf": [{"$ref": format!("#/definitions/{}", (n + 1) % 40)}, {"$ref": format!("#/definitions/{}", (n * 7 + 3) % 40)}]});
                (n.to_string(), json!({"properties": {"a": both, "b": {"allOf": [both.clone(), {"$ref": "#/definitions/0"}]}}}))
            })
            .collect();
        let typing = Typing::of(&json!({"$ref": "#/definitions/0", "definitions": links}));
        assert!(typing.0.len() <= PLACES);
    }
}
