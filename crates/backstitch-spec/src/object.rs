//! A definition lowered to the engine's model: attributes, types, constraints, roles.

use std::collections::HashMap;

use backstitch_codegen::model::{Attribute, AttributeName, Method, Object};
use backstitch_codegen::name::nearest;
use backstitch_codegen::rules::{Constraints, JsonType, Presence, Role};

use crate::diagnostic::{Code, Diagnostic, Report};
use crate::document::Document;
use crate::example;
use crate::source::Place;
use crate::template::Templates;
use crate::yaml::Node;

/// An object, and where its title stands.
pub(crate) struct Lowered {
    pub(crate) model: Object,
    title: Place,
}

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

/// The names of attributes that have a role even where the definition does not say so.
const INFERRED_ROLES: &[(&str, Role)] = &[
    ("client_id", Role::Client),
    ("table_name", Role::Table),
    ("sequence", Role::Sequence),
    ("action", Role::Action),
    ("key_names", Role::Keys),
    ("data", Role::Data),
];

/// Reads one definition's front matter.
struct Reader<'a> {
    document: &'a Document,
    templates: &'a Templates<'a>,
    product: Option<&'a str>,
    report: &'a mut Report,
}

/// Lowers a definition; `None` if it has an error.
pub(crate) fn lower(document: &Document, templates: &Templates<'_>, report: &mut Report) -> Option<Lowered> {
    let errors = report.errors();
    let product = document.get("product-type").and_then(Node::text);
    let mut reader = Reader { document, templates, product, report };
    let lowered = reader.object();
    lowered.filter(|_| report.errors() == errors)
}

impl Reader<'_> {
    fn object(&mut self) -> Option<Lowered> {
        let document = self.document;
        let title = document.get("title");
        if title.is_none() {
            self.report.push(
                Diagnostic::error(
                    Code::MissingKey,
                    Place::new(&document.source, 0..3),
                    "this definition has no `title`",
                )
                .help("add `title: \"Name\"`; it names the Rust type"),
            );
        }
        let description = self.text(document.get("description"));
        let summary = self.text(document.get("summary"));
        let methods = self.methods();
        let mut attributes = self.attributes();
        self.infer_roles(&mut attributes);
        self.infer_constants(&mut attributes);
        let examples = example::read(document, &mut attributes, self.report);
        self.check_values(&attributes);
        let title = title?;
        Some(Lowered {
            model: Object {
                title: self.text(Some(title)),
                source: document.source.path.clone(),
                endpoint_url: document.get("endpoint-url").and_then(Node::text).map(str::to_owned),
                version: document
                    .get("latest-version")
                    .or(document.get("version"))
                    .and_then(Node::text)
                    .map(str::to_owned),
                description: if description.is_empty() { summary } else { description },
                methods,
                wire_order: examples.wire_order,
                attributes: attributes.into_iter().map(|attribute| attribute.model).collect(),
                examples: examples.examples,
            },
            title: document.place(title),
        })
    }

    fn text(&mut self, node: Option<&Node>) -> String {
        match node {
            Some(node) if node.text().is_some() => {
                self.templates.render(&self.document.source, node, self.product, self.report).trim().to_owned()
            }
            Some(node) => {
                self.wrong_kind(node, "text");
                String::new()
            }
            None => String::new(),
        }
    }

    fn wrong_kind(&mut self, node: &Node, expected: &str) {
        self.report.push(
            Diagnostic::error(
                Code::WrongKind,
                self.document.place(node),
                format!("expected {expected}, found {}", node.kind_name()),
            )
            .help(format!("write {expected} here")),
        );
    }

    fn list(&mut self, key: &str) -> Vec<Node> {
        match self.document.get(key) {
            None => Vec::new(),
            Some(node) => match node.sequence() {
                Some(nodes) => nodes.to_vec(),
                None => {
                    self.wrong_kind(node, "a list");
                    Vec::new()
                }
            },
        }
    }

    fn methods(&mut self) -> Vec<Method> {
        let mut methods = Vec::new();
        for node in self.list("available-methods") {
            let mut part = |key: &str| self.text(node.get(key).filter(|node| !node.is_null()));
            let title = part("title");
            let method = part("method").to_uppercase();
            let description = part("short");
            methods.push(Method { title, method, description });
        }
        methods
    }

    fn attributes(&mut self) -> Vec<Placed> {
        let nodes = self.list("object-attributes");
        if nodes.is_empty() && self.document.get("object-attributes").is_none() {
            self.report.push(
                Diagnostic::error(
                    Code::MissingKey,
                    Place::new(&self.document.source, 0..3),
                    "this definition has no `object-attributes`",
                )
                .help("add a list of attributes, each with a `name` and a `type`"),
            );
        }
        let mut attributes: Vec<Placed> = Vec::new();
        for node in &nodes {
            let Some(attribute) = self.attribute(node) else { continue };
            let twin = attributes.iter().find(|other| other.model.name == attribute.model.name);
            let alike = attributes.iter().find(|other| other.model.name.field() == attribute.model.name.field());
            if let Some(first) = twin {
                self.report.push(
                    Diagnostic::error(
                        Code::DuplicateName,
                        attribute.name,
                        format!("the attribute `{}` is there twice", attribute.model.name),
                    )
                    .label("the second")
                    .mark(first.name.clone(), "the first")
                    .help("remove or rename one of them"),
                );
            } else if let Some(first) = alike {
                self.report.push(
                    Diagnostic::error(
                        Code::NameCollision,
                        attribute.name,
                        format!("`{}` and `{}` become one Rust field", first.model.name, attribute.model.name),
                    )
                    .label("the second")
                    .mark(first.name.clone(), "the first")
                    .help("rename one of them"),
                );
            } else {
                attributes.push(attribute);
            }
        }
        attributes
    }

    fn attribute(&mut self, node: &Node) -> Option<Placed> {
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
        let Some(name_text) = name.text().filter(|text| !text.is_empty()) else {
            self.wrong_kind(name, "a name");
            return None;
        };
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
        let items = self.items(part("items").or(part("sub-type")));
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

    /// The roles that a definition leaves unsaid, where all six names are there.
    fn infer_roles(&mut self, attributes: &mut [Placed]) {
        if attributes.iter().all(|attribute| attribute.model.role.is_none()) {
            let has = |name: &str| attributes.iter().any(|attribute| attribute.model.name.as_str() == name);
            if !INFERRED_ROLES.iter().all(|(name, _)| has(name)) {
                return;
            }
            for attribute in attributes.iter_mut() {
                let name = attribute.model.name.as_str();
                attribute.model.role = INFERRED_ROLES.iter().find(|(known, _)| *known == name).map(|(_, role)| *role);
            }
        }
        let mut taken: HashMap<Role, Place> = HashMap::new();
        for attribute in attributes.iter_mut() {
            let Some(role) = attribute.model.role else { continue };
            if let Some(first) = taken.get(&role) {
                self.report.push(
                    Diagnostic::error(Code::DuplicateName, attribute.name.clone(), "two attributes have one role")
                        .label("the second")
                        .mark(first.clone(), "the first")
                        .help("give each role to one attribute"),
                );
            }
            taken.insert(role, attribute.name.clone());
            // The keys are names of fields, whether the definition says so or not.
            if role == Role::Keys && attribute.model.items.is_empty() {
                attribute.model.items.push(JsonType::String);
            }
        }
        if !taken.is_empty()
            && let Some((name, _)) = Role::ALL.iter().find(|(_, role)| !taken.contains_key(role))
            && let Some(attribute) = attributes.iter().find(|attribute| attribute.model.role.is_some())
        {
            self.report.push(
                Diagnostic::error(
                    Code::MissingKey,
                    attribute.name.clone(),
                    format!("no attribute has the role `{name}`"),
                )
                .label("this one has a role")
                .help(format!("add `role: {name}` to the attribute that plays it; a Push record needs all six")),
            );
        }
    }

    /// A description that says what the value always is fixes it.
    fn infer_constants(&mut self, attributes: &mut [Placed]) {
        for attribute in attributes {
            let model = &mut attribute.model;
            if model.constant.is_none() && model.types == [JsonType::String] && model.role != Some(Role::Data) {
                model.constant = always(&model.description).map(str::to_owned);
            }
        }
    }

    fn check_values(&mut self, attributes: &[Placed]) {
        for attribute in attributes {
            let model = &attribute.model;
            let Some(value) = model.value.as_deref() else { continue };
            let fits = model.types.is_empty()
                || model.types.iter().any(|json_type| match json_type {
                    JsonType::Integer => value.trim().parse::<i128>().is_ok(),
                    JsonType::Number => value.trim().parse::<f64>().is_ok(),
                    JsonType::Boolean => matches!(value.trim(), "true" | "false"),
                    _ => true,
                });
            let constant = model.constant.as_deref().is_none_or(|constant| constant == value);
            if !fits || !constant {
                let expected = match &model.constant {
                    Some(constant) if fits => format!("`{constant}`"),
                    _ => model.types.iter().map(|json_type| json_type.name()).collect::<Vec<_>>().join(" or "),
                };
                self.report.push(
                    Diagnostic::warning(
                        Code::ValueMismatch,
                        attribute.name.clone(),
                        format!("the `value` of `{}` is not {expected}", model.name),
                    )
                    .label(format!("its `value` is `{value}`"))
                    .help("change the `value` or the `type`"),
                );
            }
        }
    }
}

/// The code span that follows `always be` in a description.
fn always(description: &str) -> Option<&str> {
    let at = description.find("always be `")?;
    let rest = &description[at + "always be `".len()..];
    rest.split_once('`').map(|(value, _)| value).filter(|value| !value.is_empty())
}

/// Two objects must not become one Rust module or type.
pub(crate) fn check_names(objects: &[Lowered], report: &mut Report) {
    let mut modules: HashMap<String, &Place> = HashMap::new();
    for object in objects {
        let module = object.model.module_name();
        if module == "rules" || module == "mod" || module == "lib" {
            report.push(
                Diagnostic::error(
                    Code::NameCollision,
                    object.title.clone(),
                    format!("`{}` becomes the module `{module}`, which the output has already", object.model.title),
                )
                .help("give the object another title"),
            );
        } else if let Some(first) = modules.insert(module, &object.title) {
            report.push(
                Diagnostic::error(
                    Code::DuplicateName,
                    object.title.clone(),
                    format!("two definitions become the Rust module of `{}`", object.model.title),
                )
                .label("the second")
                .mark(first.clone(), "the first")
                .help("give one of them another title"),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::always;

    #[test]
    fn a_description_can_fix_the_value() {
        assert_eq!(always("This will always be `upsert`."), Some("upsert"));
        assert_eq!(always("Not always."), None);
        assert_eq!(always("always be `"), None);
    }
}
