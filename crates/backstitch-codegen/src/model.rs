//! An API as its definitions describe it: what the spec toolkit lowers documents to, and what the
//! emitters read. Nothing changes a model once it is made.

use std::collections::BTreeSet;

use crate::name;
use crate::rules::{Constraints, JsonType, Presence, Role};

mod destination;

pub use destination::{ColumnType, Destination, DestinationRules, Transform};

/// All objects of an API, in the order of their source files' paths.
#[derive(Clone, Debug, Default)]
pub struct Api {
    /// What generated files put before the path of a definition within its folder; nothing, unless whoever generates
    /// them says where the folder always is.
    pub folder: String,
    /// The objects and structures.
    pub objects: Vec<Object>,
    /// The calls that the API takes.
    pub endpoints: Vec<Endpoint>,
    /// What it can answer where nothing is called, such as at an unknown path.
    pub responses: Vec<Response>,
    /// How large requests and records may be.
    pub limits: Vec<Limit>,
    /// Where the API is.
    pub regions: Vec<Region>,
    /// Where the records can go, in the order of their keys.
    pub destinations: Vec<Destination>,
    /// What holds for all destinations.
    pub destination_rules: DestinationRules,
}

/// A call that the API takes.
#[derive(Clone, Debug)]
pub struct Endpoint {
    /// Its title, such as `Push`; names the constant.
    pub title: String,
    /// The definition's path within the spec folder.
    pub source: String,
    /// What it does, in Markdown.
    pub description: String,
    /// The HTTP method, in upper case.
    pub method: String,
    /// The path, with the API's version.
    pub path: String,
    /// Whether a bearer token is needed.
    pub authorization: bool,
    /// The content types that it takes.
    pub content_types: Vec<String>,
    /// The status of an answer where all is well.
    pub success: u16,
    /// What it answers, in Markdown.
    pub returns: String,
    /// The title of the object that a request is made of, or is an array of.
    pub request: Option<String>,
    /// The title of the object that the answer is where all is well.
    pub response: Option<String>,
    /// What a request's body has, in the order of the definition.
    pub arguments: Vec<Attribute>,
    /// What stands in braces in the path.
    pub path_parameters: Vec<Attribute>,
    /// What it can answer, in the order of the definition.
    pub responses: Vec<Response>,
    /// Examples of requests and of answers.
    pub examples: Vec<Example>,
}

/// Something that a call can answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Response {
    /// Its name, such as `not-an-array`; names the constant.
    pub name: String,
    /// The HTTP status.
    pub status: u16,
    /// When it is answered, in Markdown.
    pub condition: String,
    /// The body: JSON without white space, or a text. What stands in angle brackets is put in.
    pub body: String,
    /// Whether the body is JSON.
    pub is_json: bool,
}

/// How much of something a request or a record may have.
#[derive(Clone, Debug)]
pub struct Limit {
    /// Its name, such as `records-per-request`; names the constant.
    pub name: String,
    /// The number.
    pub value: u64,
    /// What it limits, in Markdown.
    pub description: String,
}

/// A data pipeline region.
#[derive(Clone, Debug)]
pub struct Region {
    /// Its short name, such as `us`; names the constant.
    pub id: String,
    /// Where it is.
    pub title: String,
    /// Its base URL.
    pub url: String,
}

impl Api {
    /// The object called `title`.
    #[must_use]
    pub fn object(&self, title: &str) -> Option<&Object> {
        self.objects.iter().find(|object| object.title == title)
    }

    /// Whether an object of type `from` would hold one of type `to` within itself, however deep, with nothing
    /// between them that takes no room where it is empty.
    #[must_use]
    pub fn holds(&self, from: &str, to: &str) -> bool {
        let mut seen = Vec::new();
        let mut open = vec![from];
        while let Some(title) = open.pop() {
            if title == to {
                return true;
            }
            if seen.contains(&title) {
                continue;
            }
            seen.push(title);
            let attributes = self.object(title).into_iter().flat_map(|object| &object.attributes);
            open.extend(
                attributes
                    .filter(|attribute| !attribute.types.contains(&JsonType::Array))
                    .filter_map(|attribute| attribute.object.as_deref()),
            );
        }
        false
    }

    /// The object whose attributes carry the roles of a Push record, if there is one.
    #[must_use]
    pub fn push_object(&self) -> Option<&Object> {
        self.objects.iter().find(|object| object.is_push_record())
    }
}

/// An object or a structure of the API.
#[derive(Clone, Debug)]
pub struct Object {
    /// Its title, such as `Push`.
    pub title: String,
    /// The definition's path within the spec folder, with forward slashes.
    pub source: String,
    /// The path that it is sent to or read from, such as `/import/push`.
    pub endpoint_url: Option<String>,
    /// The version that the definition describes.
    pub version: Option<String>,
    /// What it is, in Markdown.
    pub description: String,
    /// The calls that it offers.
    pub methods: Vec<Method>,
    /// Its attributes, in the order of the definition.
    pub attributes: Vec<Attribute>,
    /// Indices into `attributes`, in the order of the wire: that of the first JSON example, then
    /// the attributes that the example lacks.
    pub wire_order: Vec<usize>,
    /// Whether it may have keys that are no attributes.
    pub additional: Additional,
    /// Its examples, as they stand in the definition.
    pub examples: Vec<Example>,
}

/// Whether an object may have keys that its definition does not name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Additional {
    /// The definition is silent: such keys are ignored.
    #[default]
    Unstated,
    /// It may, and they are kept.
    Allowed,
    /// It may not.
    Refused,
}

/// What a definition says of an attribute's standing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// The API sets it; nobody sends it.
    ReadOnly,
    /// It will go.
    Deprecated,
    /// It is not for users of the API.
    Internal,
}

impl Standing {
    /// Every standing with its key in a definition.
    pub const ALL: &'static [(&'static str, Standing)] =
        &[("read-only", Standing::ReadOnly), ("deprecated", Standing::Deprecated), ("internal", Standing::Internal)];
}

impl Object {
    /// The name of its Rust type.
    #[must_use]
    pub fn type_name(&self) -> String {
        name::type_name(&self.title)
    }

    /// The name of its Rust module's file, and of its reference page.
    #[must_use]
    pub fn module_name(&self) -> String {
        self.module().trim_start_matches("r#").to_owned()
    }

    /// The name of its Rust module, escaped where Rust keeps the word.
    #[must_use]
    pub fn module(&self) -> String {
        name::field_name(&self.title)
    }

    /// Whether every role of a Push record is taken by one of its attributes.
    #[must_use]
    pub fn is_push_record(&self) -> bool {
        Role::ALL.iter().all(|(_, role)| self.by_role(*role).is_some())
    }

    /// The path of its calls, with the API's version.
    #[must_use]
    pub fn path(&self) -> String {
        let version = self.version.as_ref().map(|version| format!("/v{version}")).unwrap_or_default();
        format!("{version}{}", self.endpoint_url.as_deref().unwrap_or_default())
    }

    /// The attribute that plays `role`.
    #[must_use]
    pub fn by_role(&self, role: Role) -> Option<&Attribute> {
        self.attributes.iter().find(|attribute| attribute.role == Some(role))
    }

    /// The attributes in the order of the wire.
    pub fn on_the_wire(&self) -> impl Iterator<Item = &Attribute> {
        self.wire_order.iter().filter_map(|index| self.attributes.get(*index))
    }
}

/// A call that an object offers.
#[derive(Clone, Debug)]
pub struct Method {
    /// Its title, such as `Push data`.
    pub title: String,
    /// The HTTP method, in upper case.
    pub method: String,
    /// What it does, in Markdown.
    pub description: String,
}

/// The name of an attribute, as it is on the wire.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AttributeName(String);

impl AttributeName {
    /// The attribute called `name` on the wire.
    pub fn new(name: impl Into<String>) -> Self {
        AttributeName(name.into())
    }

    /// The name on the wire.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The name of the Rust field that holds it.
    #[must_use]
    pub fn field(&self) -> String {
        name::field_name(&self.0)
    }
}

impl std::fmt::Display for AttributeName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// An attribute of an object.
#[derive(Clone, Debug)]
pub struct Attribute {
    /// Its name on the wire.
    pub name: AttributeName,
    /// The JSON types that it may have; empty where any will do.
    pub types: Vec<JsonType>,
    /// The JSON types of the elements of an array; empty where any will do.
    pub items: Vec<JsonType>,
    /// Whether it must be there.
    pub presence: Presence,
    /// The title of the object that it holds, or holds an array of.
    pub object: Option<String>,
    /// Its standing.
    pub standing: BTreeSet<Standing>,
    /// Whether every JSON example has it.
    pub in_example: bool,
    /// Its part in a Push record.
    pub role: Option<Role>,
    /// What it is, in Markdown.
    pub description: String,
    /// The definition's hint at a value: always text, whatever the type.
    pub value: Option<String>,
    /// What limits it, but for `const`.
    pub limits: Constraints,
    /// The only string allowed.
    pub constant: Option<String>,
}

impl Attribute {
    /// The only type that it has beside null, if it has only one.
    #[must_use]
    pub fn only_type(&self) -> Option<JsonType> {
        let mut types = self.types.iter().filter(|kind| **kind != JsonType::Null);
        types.next().copied().filter(|_| types.next().is_none())
    }

    /// Whether an object without it is still whole: the definition says so, or it is silent and
    /// neither a role nor the example asks for it.
    #[must_use]
    pub fn may_be_absent(&self) -> bool {
        match self.presence {
            Presence::Required => false,
            Presence::Optional => true,
            Presence::Unstated => self.role.is_none() && !self.in_example,
        }
    }
}

/// What an example is, by its text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExampleKind {
    /// JSON.
    Json,
    /// JSON with comments.
    Commented,
    /// JSON in a shell's quotes, alone or in a command.
    Shell,
    /// JSON with stand-ins for values.
    Template,
    /// Anything else.
    Text,
}

/// An example of an object.
#[derive(Clone, Debug)]
pub struct Example {
    /// Its title, if it has one.
    pub title: String,
    /// Its text, as it stands in the definition.
    pub code: String,
    /// What it is.
    pub kind: ExampleKind,
    /// The JSON in it: the code itself, or what is left of it without comments and quotes. Empty where there is none.
    pub json: String,
    /// The key around the object, which is no attribute of it.
    pub wrapper: Option<String>,
    /// Whether it is an array of such objects.
    pub is_array: bool,
    /// The title of the object that it is an example of, if it is not that of the definition.
    pub of: Option<String>,
    /// Whether it agrees with the attributes, so that it can be a test.
    pub checked: bool,
    /// Whether what is read from it is written in the same way: a whole number where the attribute is
    /// any number is not.
    pub exact: bool,
}
