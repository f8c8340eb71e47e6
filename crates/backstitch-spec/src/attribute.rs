//! One attribute of a definition: its types, its presence, its constraints.

use std::collections::BTreeSet;

use backstitch_codegen::model::{Attribute, AttributeName, Standing};
use backstitch_codegen::name::nearest;
use backstitch_codegen::rules::{Constraints, Format, JsonType, Presence, Role};

use crate::diagnostic::{Code, Diagnostic};
use crate::object::Reader;
use crate::source::Place;
use crate::yaml::Node;

/// An attribute, and where what it says stands.
pub(crate) struct Placed {
    pub(crate) model: Attribute,
    pub(crate) name: Place,
    /// The place of its type.
    pub(crate) type_place: Option<Place>,
    /// The places of its limits, by their keys.
    pub(crate) limit_places: Vec<(&'static str, Place)>,
    /// The place of its `value`.
    pub(crate) value: Option<Place>,
    /// The object that its `sub-type` names, not looked up yet.
    pub(crate) sub_type: Option<(String, Place)>,
    /// Whether it stands in the path of a call.
    pub(crate) in_path: bool,
    /// Whether its definition has an error, so that values can't be held against it.
    pub(crate) is_broken: bool,
}

/// The keys that an attribute may have.
const ATTRIBUTE_KEYS: &[&str] = &[
    "anchor",
    "applies-to",
    "const",
    "credential",
    "deprecated",
    "deprecated-in",
    "description",
    "example-value",
    "first-appeared-in",
    "internal",
    "items",
    "maxItems",
    "maxLength",
    "maximum",
    "minItems",
    "minLength",
    "minimum",
    "modifiable",
    "name",
    "read-only",
    "required",
    "role",
    "sub-type",
    "subarguments",
    "subattributes",
    "type",
    "url",
    "value",
];

/// The keys of an attribute that limit its value.
const LIMITS: &[&str] = &["const", "maxItems", "maxLength", "maximum", "minItems", "minLength", "minimum"];

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

/// What types are called elsewhere, and what is meant.
const OTHER_NAMES: &[(&str, &str)] = &[
    ("bool", "boolean"),
    ("date", "date-time"),
    ("datetime", "date-time"),
    ("decimal", "number"),
    ("dict", "object"),
    ("double", "number"),
    ("float", "number"),
    ("int", "integer"),
    ("list", "array"),
    ("long", "integer"),
    ("map", "object"),
    ("numeric", "number"),
    ("str", "string"),
    ("text", "string"),
    ("time", "date-time"),
];

/// The names of types that are strings which hold a time.
const TIMES: &[&str] = &["timestamp", "date-time"];

/// The type of an argument that stands in the path of a call.
const PATH_PARAMETER: &str = "path parameter";

/// What a text says of a type.
#[derive(Default)]
struct Types {
    types: Vec<JsonType>,
    items: Vec<JsonType>,
    format: Option<Format>,
    /// The object that it names: `api hint object`.
    object: Option<String>,
    in_path: bool,
}

/// The type called `name`, in the singular or the plural.
fn known_type(name: &str) -> Option<(&'static str, JsonType)> {
    let singular = name.strip_suffix('s').unwrap_or(name);
    TYPES.iter().find(|(known, _)| known.eq_ignore_ascii_case(name) || known.eq_ignore_ascii_case(singular)).copied()
}

impl Reader<'_, '_> {
    /// Reads an attribute; `None` where there is nothing to go on with.
    pub(crate) fn attribute(&mut self, node: &Node) -> Option<Placed> {
        if node.mapping().is_none() {
            self.wrong_kind(node, "an attribute with a `name` and a `type`");
            return None;
        }
        self.known_keys_of(&self.document.source, node, "an attribute", ATTRIBUTE_KEYS);
        let errors = self.report.errors();
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
        let mut types = match part("type") {
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
                Types::default()
            }
        };
        // An array or an object: of what?
        let holds_more = |wanted: &[JsonType]| {
            types.types.is_empty() || types.types.iter().any(|json_type| wanted.contains(json_type))
        };
        if let Some(node) = part("items") {
            if holds_more(&[JsonType::Array]) {
                types.items = self.items(node);
            } else {
                self.misplaced(part("type"), node, "items", "array");
            }
        }
        let mut sub_type = types.object.take().zip(part("type").map(|node| self.document.place(node)));
        if let Some(node) = part("sub-type") {
            match node.text().map(str::trim) {
                None => self.wrong_kind(node, "the name of a type or of an object"),
                Some(_) if !holds_more(&[JsonType::Array, JsonType::Object]) => {
                    self.misplaced(part("type"), node, "sub-type", "array or object");
                }
                Some("") => {}
                Some(text) => match known_type(text) {
                    Some((_, json_type)) if types.types.contains(&JsonType::Array) => types.items = vec![json_type],
                    Some(_) => {}
                    None => sub_type = Some((text.to_owned(), self.document.place(node))),
                },
            }
        }
        let mut object = None;
        let mut errors_within = 0;
        for key in ["subattributes", "subarguments"] {
            let Some(node) = part(key) else { continue };
            if !holds_more(&[JsonType::Array, JsonType::Object]) {
                self.misplaced(part("type"), node, key, "array or object");
            } else if let Some(nodes) = node.sequence() {
                let before = self.report.errors();
                object = Some(self.nested(name_text, name, nodes, part("description")));
                errors_within += self.report.errors() - before;
                sub_type = None;
            } else {
                self.wrong_kind(node, "a list of attributes");
            }
        }
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
        let mut standing = BTreeSet::new();
        for (key, kind) in Standing::ALL {
            match part(key).map(|node| (node, node.boolean())) {
                None | Some((_, Some(false))) => {}
                Some((_, Some(true))) => drop(standing.insert(*kind)),
                Some((node, None)) => self.wrong_kind(node, "true or false"),
            }
        }
        if part("deprecated-in").is_some() {
            standing.insert(Standing::Deprecated);
        }
        let mut limits = self.limits(node, &types.types);
        limits.format = types.format;
        let constant = part("const").and_then(|constant| self.constant(node, constant, &types.types));
        // A text that can't be rendered says nothing of what the attribute takes.
        let is_broken = self.report.errors() > errors + errors_within;
        let value = ["value", "example-value"].into_iter().find_map(part);
        let value_text = match value {
            Some(value) if value.text().is_some() => Some(self.text(Some(value))).filter(|text| !text.is_empty()),
            Some(value) => {
                self.wrong_kind(value, "text in quotes");
                None
            }
            None => None,
        };
        Some(Placed {
            name: self.document.place(name),
            limit_places: self.limit_places(node),
            type_place: part("type").map(|node| self.document.place(node)),
            value: value.map(|node| self.document.place(node)),
            sub_type,
            in_path: types.in_path,
            is_broken,
            model: Attribute {
                name: AttributeName::new(name_text),
                types: types.types,
                items: types.items,
                presence,
                object,
                standing,
                in_example: false,
                role,
                description: self.text(part("description")),
                value: value_text,
                limits,
                constant,
            },
        })
    }

    /// A type, or several written as one text: `string, object`, `string/integer`, `array of strings`.
    fn types(&mut self, node: &Node) -> Types {
        let mut found = Types::default();
        let Some(text) = node.text() else {
            self.wrong_kind(node, "the name of a type");
            return found;
        };
        // Of what an array holds, the types stand behind `of` as those of an attribute do.
        let elements = text.trim().strip_prefix("array of ").filter(|rest| !rest.contains([',', '|']));
        if let Some(rest) = elements.filter(|rest| rest.contains('/') || rest.contains(" or ")) {
            let (null, items): (Vec<&str>, Vec<&str>) =
                rest.split('/').flat_map(|part| part.split(" or ")).map(str::trim).partition(|name| *name == "null");
            if items.iter().all(|name| known_type(name).is_some()) {
                push(&mut found.types, JsonType::Array);
                if !null.is_empty() {
                    push(&mut found.types, JsonType::Null);
                }
                for (_, json_type) in items.iter().filter_map(|name| known_type(name)) {
                    push(&mut found.items, json_type);
                }
                return found;
            }
        }
        for name in text.split([',', '/', '|']).flat_map(|part| part.split(" or ")) {
            let name = name.trim();
            if name.eq_ignore_ascii_case(PATH_PARAMETER) {
                found.in_path = true;
                continue;
            }
            if let Some(element) = name.strip_prefix("array of ") {
                push(&mut found.types, JsonType::Array);
                match known_type(element.trim()) {
                    Some((_, json_type)) => push(&mut found.items, json_type),
                    None => found.object = Some(element.trim().to_owned()),
                }
                continue;
            }
            if let Some((known, json_type)) = known_type(name) {
                if TIMES.contains(&known) {
                    found.format = Some(Format::DateTime);
                }
                push(&mut found.types, json_type);
                continue;
            }
            if let Some(object) = name.strip_suffix(" object") {
                push(&mut found.types, JsonType::Object);
                found.object = Some(object.trim().to_owned());
                continue;
            }
            let names: Vec<&str> = TYPES.iter().map(|(name, _)| *name).collect();
            let singular = name.strip_suffix('s').unwrap_or(name);
            let is_other = |other: &str| other.eq_ignore_ascii_case(name) || other.eq_ignore_ascii_case(singular);
            let other = OTHER_NAMES.iter().find(|(other, _)| is_other(other)).map(|(_, meant)| *meant);
            self.report.push(
                Diagnostic::error(Code::UnknownType, self.document.place(node), format!("unknown type `{name}`")).help(
                    match other.or_else(|| nearest(name, names.iter().copied().chain([PATH_PARAMETER]))) {
                        Some(near) => format!("write `{near}`"),
                        None => format!("use one of {}", names.join(", ")),
                    },
                ),
            );
        }
        // What stands in a path is text, unless the definition says more.
        if found.in_path && found.types.is_empty() {
            found.types.push(JsonType::String);
        }
        // A string beside the time takes anything.
        let strings = text.split([',', '/', '|']).flat_map(|part| part.split(" or "));
        if strings.into_iter().any(|name| known_type(name.trim()).is_some_and(|(known, _)| known == "string")) {
            found.format = None;
        }
        found
    }

    /// The types of an array's elements: `items: {type: string}`, or a bare name.
    fn items(&mut self, node: &Node) -> Vec<JsonType> {
        match node {
            node if node.mapping().is_some() => match node.get("type") {
                Some(node) => self.types(node).types,
                None => Vec::new(),
            },
            node => self.types(node).types,
        }
    }

    fn role(&mut self, node: &Node) -> Option<Role> {
        let Some(name) = node.text() else {
            self.wrong_kind(node, "the name of a role");
            return None;
        };
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

    fn constant(&mut self, attribute: &Node, node: &Node, types: &[JsonType]) -> Option<String> {
        if types != [JsonType::String] {
            self.misplaced(attribute.get("type"), node, "const", "string");
            return None;
        }
        let text = node.text();
        if text.is_none() {
            self.wrong_kind(node, "a string");
        }
        text.map(str::to_owned)
    }

    fn limits(&mut self, attribute: &Node, types: &[JsonType]) -> Constraints {
        let mut limit = |key: &str, on: &[JsonType]| -> Option<(i64, Node)> {
            let node = attribute.get(key).filter(|node| !node.is_null())?;
            if !types.is_empty() && !types.iter().any(|json_type| on.contains(json_type)) {
                let names: Vec<&str> = on.iter().map(|json_type| json_type.name()).collect();
                self.misplaced(attribute.get("type"), node, key, &names.join(" or "));
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
            format: None,
        }
    }

    /// Where the limits of an attribute stand, with their keys.
    fn limit_places(&self, attribute: &Node) -> Vec<(&'static str, Place)> {
        let entries = attribute.mapping().unwrap_or_default();
        let limit = |key: &'static str| {
            let (name, value) = entries.iter().find(|(name, _)| name.text() == Some(key))?;
            // What an alias or a merge brings stands elsewhere.
            let end = if value.span.start > name.span.end { value.span.end } else { name.span.end };
            Some((key, Place::new(&self.document.source, name.span.start..end)))
        };
        LIMITS.iter().copied().filter_map(limit).collect()
    }

    /// What is said of another type than `json_type`.
    fn misplaced(&mut self, json_type: Option<&Node>, node: &Node, key: &str, on: &str) {
        let mut diagnostic = Diagnostic::error(
            Code::MisplacedConstraint,
            self.document.place(node),
            format!("`{key}` says nothing of this type"),
        );
        if let Some(json_type) = json_type {
            diagnostic = diagnostic.mark(self.document.place(json_type), "the type");
        }
        self.report.push(diagnostic.help(format!("remove it, or make the type {on}")));
    }
}

fn push(types: &mut Vec<JsonType>, json_type: JsonType) {
    if !types.contains(&json_type) {
        types.push(json_type);
    }
}
