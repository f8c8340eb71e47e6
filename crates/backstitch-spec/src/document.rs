//! A definition's front matter, key by key, before its texts are rendered.

use std::sync::Arc;

use backstitch_codegen::name::nearest;

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
    ("api-object", Subject::Object),
    ("api-structure", Subject::Object),
    ("api-sub-structure", Subject::Object),
    ("api-endpoint", Subject::Endpoint),
    ("api", Subject::Api),
    ("destination", Subject::Destination),
    ("destinations", Subject::DestinationRules),
];

/// The keys that a definition may have. Others are the site's own business, unless they look like a
/// slip of the pen. Definitions of destinations have keys of their own.
const KEYS: &[&str] = &[
    "authorization",
    "available-methods",
    "base-urls",
    "content-type",
    "content-types",
    "description",
    "endpoint",
    "endpoint-url",
    "examples",
    "latest-version",
    "limits",
    "method",
    "object-attributes",
    "order",
    "product-type",
    "returns",
    "short",
    "short-url",
    "success",
    "summary",
    "title",
    "version",
    "versions",
];

/// A definition, read but not yet understood.
pub(crate) struct Document {
    pub(crate) source: Arc<Source>,
    pub(crate) root: Node,
    pub(crate) subject: Subject,
}

impl Document {
    pub(crate) fn place(&self, node: &Node) -> Place {
        Place::new(&self.source, node.span.clone())
    }

    /// The value of a key of the front matter; nothing where it is empty.
    pub(crate) fn get(&self, key: &str) -> Option<&Node> {
        self.root.get(key).filter(|node| !node.is_null())
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
    let first_line = Place::new(source, 0..3);
    let root = yaml::parse(source, span, report)?;
    let Some(entries) = root.mapping() else {
        report.push(
            Diagnostic::error(
                Code::WrongKind,
                first_line,
                format!("the front matter is {}, not a mapping", root.kind_name()),
            )
            .help("write it as `key: value` lines"),
        );
        return None;
    };
    let is_destination = matches!(
        root.get("content-type").and_then(Node::text).and_then(subject),
        Some(Subject::Destination | Subject::DestinationRules)
    );
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
    let Some(content_type) = root.get("content-type").filter(|node| !node.is_null()) else {
        report.push(
            Diagnostic::error(Code::MissingKey, first_line, "this definition has no `content-type`")
                .help("add `content-type: \"api-object\"`"),
        );
        return None;
    };
    let name = content_type.text().unwrap_or_default();
    let Some(subject) = subject(name) else {
        let names: Vec<&str> = CONTENT_TYPES.iter().map(|(name, _)| *name).collect();
        let known = names.join("`, `");
        let place = Place::new(source, content_type.span.clone());
        report.push(Diagnostic::error(Code::UnknownContentType, place, format!("unknown content type `{name}`")).help(
            match nearest(name, names.iter().copied()) {
                Some(near) => format!("write `{near}`"),
                None => format!("use one of `{known}`"),
            },
        ));
        return None;
    };
    Some(Document { source: Arc::clone(source), root, subject })
}

/// What a definition of this content type describes.
fn subject(content_type: &str) -> Option<Subject> {
    CONTENT_TYPES.iter().find(|(known, _)| *known == content_type).map(|(_, subject)| *subject)
}
