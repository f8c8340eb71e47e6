//! An API as its definitions describe it: what the spec toolkit lowers documents to, and what the
//! emitters read. Nothing changes a model once it is made.

use crate::name;
use crate::rules::{Constraints, JsonType, Presence, Role};

mod destination;

pub use destination::{ColumnType, Destination, DestinationRules, Transform};

/// All objects of an API, in the order of their source files' paths.
#[derive(Clone, Debug, Default)]
pub struct Api {
    /// The name of the folder that the definitions were read from.
    pub folder: String,
    /// The objects and structures.
    pub objects: Vec<Object>,
    /// The calls that the API takes.
    pub endpoints: Vec<Endpoint>,
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
    /// Its examples, as they stand in the definition.
    pub examples: Vec<Example>,
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
    /// Whether the first JSON example has it.
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

/// An example of an object.
#[derive(Clone, Debug)]
pub struct Example {
    /// Its text, as it stands in the definition.
    pub code: String,
    /// Whether it agrees with the attributes, so that it can be a test.
    pub checked: bool,
    /// Whether what is read from it is written in the same way: a whole number where the attribute is
    /// any number is not.
    pub exact: bool,
}
