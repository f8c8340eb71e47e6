//! A definition's front matter, key by key, before its texts are rendered.

use std::cell::OnceCell;
use std::sync::Arc;

use backstitch_codegen::name::{is_slip_of, nearest};
use liquid_core::model::Value;

use crate::data;
use crate::diagnostic::{Code, Diagnostic, Report};
use crate::front_matter::{self, FrontMatter};
use crate::source::{Place, Source};
use crate::yaml::{self, Node};

/// What a definition describes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Subject {
    /// An object or a structure.
    Object,
    /// A call.
    Endpoint,
    /// The API as a whole.
    Api,
    /// A destination.
    Destination,
    /// What holds for all destinations.
    DestinationRules,
}

/// The content types, and what they describe.
const CONTENT_TYPES: &[(&str, Subject)] = &[
    ("api", Subject::Api),
    ("api-endpoint", Subject::Endpoint),
    ("api-form", Subject::Object),
    ("api-object", Subject::Object),
    ("api-structure", Subject::Object),
    ("api-sub-structure", Subject::Object),
    ("destination", Subject::Destination),
    ("destinations", Subject::DestinationRules),
];

/// Keys that only definitions have: a page with one of them is meant to be a definition.
const TELLING: &[&str] =
    &["arguments", "base-urls", "endpoint-url", "limits", "name-steps", "object-attributes", "short-url", "table-name"];

/// The keys that a definition may have. Others are the site's own business, unless they look like a
/// slip of the pen. Definitions of destinations have keys of their own.
const KEYS: &[&str] = &[
    "accepts-transit",
    "additionalProperties",
    "api-type",
    "arguments",
    "arguments-object",
    "authorization",
    "authorization-required",
    "available-methods",
    "base-urls",
    "content-type",
    "content-types",
    "db-type",
    "description",
    "display-name",
    "docs-name",
    "endpoint",
    "endpoint-url",
    "examples",
    "form-type",
    "full-url",
    "has-multiple-versions",
    "intro-short",
    "key",
    "latest-version",
    "limits",
    "method",
    "object-attributes",
    "order",
    "product-type",
    "request-body",
    "request-header-required",
    "response-codes",
    "returns",
    "returns-object",
    "short",
    "short-url",
    "source-type",
    "sub-structures",
    "success",
    "summary",
    "title",
    "type",
    "version",
    "versions",
];

/// A definition, read but not yet understood.
pub(crate) struct Document {
    pub(crate) source: Arc<Source>,
    pub(crate) root: Node,
    pub(crate) subject: Subject,
    /// The content type, as it is written.
    content_type: String,
    value: OnceCell<Value>,
}

impl Document {
    pub(crate) fn place(&self, node: &Node) -> Place {
        Place::new(&self.source, node.span.clone())
    }

    /// The value of a key of the front matter; nothing where it is empty.
    pub(crate) fn get(&self, key: &str) -> Option<&Node> {
        self.root.get(key).filter(|node| !node.is_null())
    }

    /// The text of a key, before anything in it is rendered.
    pub(crate) fn key_text(&self, key: &str) -> Option<&str> {
        self.get(key)?.text().map(str::trim)
    }

    /// The product that it belongs to.
    pub(crate) fn product(&self) -> Option<&str> {
        self.key_text("product-type")
    }

    /// Whether it is an object that calls belong to.
    pub(crate) fn is_core_object(&self) -> bool {
        self.content_type == "api-object"
    }

    /// Whether it is a form.
    pub(crate) fn is_form(&self) -> bool {
        self.content_type == "api-form"
    }

    /// Its front matter as templates see it.
    pub(crate) fn value(&self) -> &Value {
        self.value.get_or_init(|| data::to_value(&self.root))
    }

    /// That `key` is not in its head; `what` is what it defines.
    pub(crate) fn lacks(&self, what: &str, key: &str, help: impl Into<String>) -> Diagnostic {
        Diagnostic::error(Code::MissingKey, self.head(), format!("this {what} has no `{key}`")).help(help)
    }

    /// The start of the file, where what is missing belongs.
    pub(crate) fn head(&self) -> Place {
        head(&self.source)
    }
}

/// Reads a Markdown file. A file without front matter is no definition.
pub(crate) fn read(source: &Arc<Source>, report: &mut Report) -> Option<Document> {
    let span = match front_matter::find(&source.text) {
        FrontMatter::None => {
            if let Some(at) = source.text.find("content-type:") {
                let place = Place::new(source, at..at + "content-type".len());
                report.push(
                    Diagnostic::warning(
                        Code::OpenFrontMatter,
                        place,
                        "this looks like a definition, and its front matter is never opened",
                    )
                    .label("not read")
                    .help("put a line `---` before the first key, at the very start of the file"),
                );
            }
            return None;
        }
        FrontMatter::Open(span) => {
            report.push(
                Diagnostic::error(Code::OpenFrontMatter, Place::new(source, span), "this front matter is never closed")
                    .label("opened here")
                    .help("put a line `---` after the last key"),
            );
            return None;
        }
        FrontMatter::Closed(span) => span,
    };
    let root = yaml::parse(source, span, report)?;
    let Some(entries) = root.mapping() else {
        report.push(
            Diagnostic::error(
                Code::WrongKind,
                head(source),
                format!("the front matter is {}, not a mapping", root.kind_name()),
            )
            .help("write it as `key: value` lines"),
        );
        return None;
    };
    let (subject, content_type) = subject(source, &root, report)?;
    let is_destination = matches!(subject, Subject::Destination | Subject::DestinationRules);
    for (key, _) in entries.iter().filter(|_| !is_destination) {
        let Some(name) = key.text() else { continue };
        if !KEYS.contains(&name)
            && let Some(near) = nearest(name, KEYS.iter().copied())
            && root.get(near).is_none()
        {
            report.push(
                Diagnostic::warning(
                    Code::UnknownKey,
                    Place::new(source, key.span.clone()),
                    format!("unknown key `{name}`"),
                )
                .label("not read")
                .help(format!("write `{near}`")),
            );
        }
    }
    Some(Document { source: Arc::clone(source), root, subject, content_type, value: OnceCell::new() })
}

/// The names that a file which could not be read likely gives to an object: by its lines, as it is no YAML.
pub(crate) fn names(source: &Source) -> impl Iterator<Item = String> {
    let is_definition = source.text.lines().any(|line| line.starts_with("content-type:"));
    let lines = source.text.lines().filter(move |_| is_definition);
    lines.filter_map(|line| {
        let value = line.strip_prefix("title:").or_else(|| line.strip_prefix("key:"))?.trim();
        let name = match value.chars().next().filter(|quote| matches!(quote, '"' | '\'')) {
            Some(quote) => value[1..].split(quote).next().unwrap_or_default(),
            None => value.split(" #").next().unwrap_or_default().trim(),
        };
        (!name.is_empty()).then(|| name.to_owned())
    })
}

/// The first three bytes of a file that has front matter: its `---`.
fn head(source: &Arc<Source>) -> Place {
    let start = source.text.len() - source.text.trim_start_matches('\u{feff}').len();
    Place::new(source, start..start + 3)
}

/// What the front matter `root` describes. A page that is no definition, of which a site has many, is nothing.
fn subject(source: &Arc<Source>, root: &Node, report: &mut Report) -> Option<(Subject, String)> {
    let telling = TELLING.iter().any(|key| root.get(key).is_some());
    let Some(content_type) = root.get("content-type").filter(|node| !node.is_null()) else {
        if telling {
            report.push(
                Diagnostic::error(Code::MissingKey, head(source), "this definition has no `content-type`")
                    .help("add `content-type: \"api-object\"`"),
            );
        }
        return None;
    };
    let name = content_type.text().unwrap_or_default();
    if let Some((_, subject)) = CONTENT_TYPES.iter().find(|(known, _)| *known == name) {
        return Some((*subject, name.to_owned()));
    }
    if telling || CONTENT_TYPES.iter().any(|(known, _)| is_slip_of(name, known)) {
        let names: Vec<&str> = CONTENT_TYPES.iter().map(|(name, _)| *name).collect();
        let place = Place::new(source, content_type.span.clone());
        report.push(Diagnostic::error(Code::UnknownContentType, place, format!("unknown content type `{name}`")).help(
            match nearest(name, names.iter().copied()) {
                Some(near) => format!("write `{near}`"),
                None => format!("use one of `{}`", names.join("`, `")),
            },
        ));
    }
    None
}
