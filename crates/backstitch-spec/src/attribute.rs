//! One attribute of a definition: its types, its presence, its constraints.

use backstitch_codegen::model::{Attribute, AttributeName};
use backstitch_codegen::name::nearest;
use backstitch_codegen::rules::{Constraints, JsonType, Presence, Role};

use crate::diagnostic::{Code, Diagnostic};
use crate::object::Reader;
use crate::source::Place;
use crate::yaml::Node;

/// An attribute, and where its name stands.
pub(crate) struct Placed {
    pub(crate) model: Attribute,
    pub(crate) name: Place,
}

/// The keys that an attribute may have.
const ATTRIBUTE_KEYS: &[&str] = &[
    "const",
    "deprecated",
    "description",
    "example-value",
    "internal",
    "items",
    "maxItems",
    "maxLength",
    "maximum",
    "minItems",
    "minLength",
    "minimum",
    "name",
    "read-only",
    "required",
    "role",
    "sub-type",
    "subattributes",
    "type",
    "value",
];

/// The names of types in definitions.
const TYPES: &[(&str, JsonType)] = &[
    ("array", JsonType::Array),
    ("boolean", JsonType::Boolean),
    ("integer", JsonType::Integer),
    ("number", JsonType::Number),
    ("object", JsonType::Object),
    ("string", JsonType::String),
    ("null", JsonType::Null),
    ("timestamp", JsonType::String),
    ("date-time", JsonType::String),
];

impl Reader<'_> {
    /// Reads an attribute; `None` where there is nothing to go on with.
    pub(crate) fn attribute(&mut self, node: &Node) -> Option<Placed> {
        let Some(entries) = node.mapping() else {
            self.wrong_kind(node, "an attribute with a `name` and a `type`");
            return None;
        };
        for (key, _) in entries {
            let name = key.text().unwrap_or_default();
            if !ATTRIBUTE_KEYS.contains(&name) {
                let mut diagnostic = Diagnostic::warning(
                    Code::UnknownKey,
                    self.document.place(key),
                    format!("unknown key `{name}` of an attribute"),
                )
                .label("not read");
                if let Some(near) = nearest(name, ATTRIBUTE_KEYS.iter().copied()) {
                    diagnostic = diagnostic.help(format!("write `{near}`"));
                }
                self.report.push(diagnostic);
            }
        }
        let part = |key: &str| node.get(key).filter(|node| !node.is_null());
        let Some(name) = part("name") else {
            self.report.push(
                Diagnostic::error(
                    Code::MissingKey,
                    Place::new(&self.document.source, node.span.start..node.span.start),
                    "this attribute has no `name`",
                )
                .help("add `name: \"…\"`, as it is on the wire"),
            );
            return None;
        };
        let Some(name_text) = name.text() else {
            self.wrong_kind(name, "a name");
            return None;
        };
        if name_text.is_empty() {
            self.report.push(
                Diagnostic::error(Code::WrongKind, self.document.place(name), "this name is empty")
                    .help("write the attribute's name as it is on the wire"),
            );
            return None;
        }
        let types = match part("type") {
            Some(node) => self.types(node),
            None => {
                self.report.push(
                    Diagnostic::error(
                        Code::MissingKey,
                        self.document.place(name),
                        format!("the attribute `{name_text}` has no `type`"),
                    )
                    .help("add `type: \"…\"`: string, integer, number, boolean, array or object"),
                );
                Vec::new()
            }
        };
        let elements = part("items").or(part("sub-type"));
        if let Some(node) = elements
            && !types.is_empty()
            && !types.contains(&JsonType::Array)
        {
            self.misplaced(node, "items", "array");
        }
        let items = self.items(elements);
        let presence = match part("required") {
            None => Presence::Unstated,
            Some(node) => match node.boolean() {
                Some(true) => Presence::Required,
                Some(false) => Presence::Optional,
                None => {
                    self.wrong_kind(node, "true or false");
                    Presence::Unstated
                }
            },
        };
        let role = part("role").and_then(|node| self.role(node));
        let limits = self.limits(node, &types);
        let constant = part("const").and_then(|node| self.constant(node, &types));
        Some(Placed {
            name: self.document.place(name),
            model: Attribute {
                name: AttributeName::new(name_text),
                types,
                items,
                presence,
                in_example: false,
                role,
                description: self.text(part("description")),
                value: part("value").and_then(Node::text).map(str::to_owned),
                limits,
                constant,
            },
        })
    }

    /// A type, or several written as one text: `string, object`, `string/integer`.
    fn types(&mut self, node: &Node) -> Vec<JsonType> {
        let Some(text) = node.text() else {
            self.wrong_kind(node, "the name of a type");
            return Vec::new();
        };
        let mut types = Vec::new();
        for name in text.split([',', '/', '|']).flat_map(|part| part.split(" or ")) {
            let name = name.trim();
            let singular = name.strip_suffix('s').unwrap_or(name);
            let known = TYPES.iter().find(|(known, _)| *known == name || *known == singular);
            if let Some((_, json_type)) = known {
                if !types.contains(json_type) {
                    types.push(*json_type);
                }
                continue;
            }
            let names: Vec<&str> = TYPES.iter().map(|(name, _)| *name).collect();
            self.report.push(
                Diagnostic::error(Code::UnknownType, self.document.place(node), format!("unknown type `{name}`")).help(
                    match nearest(name, names.iter().copied()) {
                        Some(near) => format!("write `{near}`"),
                        None => format!("use one of {}", names.join(", ")),
                    },
                ),
            );
        }
        types
    }

    /// The types of an array's elements: `items: {type: string}`, or a bare name.
    fn items(&mut self, node: Option<&Node>) -> Vec<JsonType> {
        match node {
            None => Vec::new(),
            Some(node) if node.mapping().is_some() => match node.get("type") {
                Some(node) => self.types(node),
                None => Vec::new(),
            },
            Some(node) => self.types(node),
        }
    }

    fn role(&mut self, node: &Node) -> Option<Role> {
        let name = node.text().unwrap_or_default();
        let known = Role::ALL.iter().find(|(known, _)| *known == name);
        if known.is_none() {
            let names: Vec<&str> = Role::ALL.iter().map(|(name, _)| *name).collect();
            self.report.push(
                Diagnostic::error(Code::UnknownRole, self.document.place(node), format!("unknown role `{name}`")).help(
                    match nearest(name, names.iter().copied()) {
                        Some(near) => format!("write `{near}`"),
                        None => format!("use one of {}", names.join(", ")),
                    },
                ),
            );
        }
        known.map(|(_, role)| *role)
    }

    fn constant(&mut self, node: &Node, types: &[JsonType]) -> Option<String> {
        if types != [JsonType::String] {
            self.misplaced(node, "const", "string");
            return None;
        }
        let text = node.text();
        if text.is_none() {
            self.wrong_kind(node, "a string");
        }
        text.map(str::to_owned)
    }

    fn limits(&mut self, node: &Node, types: &[JsonType]) -> Constraints {
        let mut limit = |key: &str, on: &[JsonType]| -> Option<(i64, Node)> {
            let node = node.get(key).filter(|node| !node.is_null())?;
            if !types.is_empty() && !types.iter().any(|json_type| on.contains(json_type)) {
                let names: Vec<&str> = on.iter().map(|json_type| json_type.name()).collect();
                self.misplaced(node, key, &names.join(" or "));
                return None;
            }
            let value = node.text().and_then(|text| text.parse().ok());
            if value.is_none() {
                self.wrong_kind(node, "a whole number of at most 64 bits");
            }
            Some((value?, node.clone()))
        };
        let numbers = [JsonType::Integer, JsonType::Number];
        let minimum = limit("minimum", &numbers);
        let maximum = limit("maximum", &numbers);
        let min_length = limit("minLength", &[JsonType::String]);
        let max_length = limit("maxLength", &[JsonType::String]);
        let min_items = limit("minItems", &[JsonType::Array]);
        let max_items = limit("maxItems", &[JsonType::Array]);
        for (least, greatest) in [(&minimum, &maximum), (&min_length, &max_length), (&min_items, &max_items)] {
            if let (Some((least, least_node)), Some((greatest, greatest_node))) = (least, greatest)
                && least > greatest
            {
                self.report.push(
                    Diagnostic::error(
                        Code::EmptyRange,
                        self.document.place(greatest_node),
                        format!("no value is at least {least} and at most {greatest}"),
                    )
                    .label("the greatest")
                    .mark(self.document.place(least_node), "the least")
                    .help("make the greatest at least as large as the least"),
                );
            }
        }
        let mut count = |found: Option<(i64, Node)>| -> Option<usize> {
            let (value, node) = found?;
            let value = usize::try_from(value).ok();
            if value.is_none() {
                self.wrong_kind(&node, "a number that is not negative");
            }
            value
        };
        Constraints {
            min_length: count(min_length),
            max_length: count(max_length),
            min_items: count(min_items),
            max_items: count(max_items),
            minimum: minimum.map(|(value, _)| value),
            maximum: maximum.map(|(value, _)| value),
            constant: None,
        }
    }

    fn misplaced(&mut self, node: &Node, key: &str, on: &str) {
        self.report.push(
            Diagnostic::error(
                Code::MisplacedConstraint,
                self.document.place(node),
                format!("`{key}` says nothing of this type"),
            )
            .help(format!("remove it, or make the type {on}")),
        );
    }
}
