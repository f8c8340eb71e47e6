//! A definition lowered to the engine's model.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use backstitch_codegen::model::{Method, Object};

use crate::attribute::Placed;
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

/// Reads one definition's front matter.
pub(crate) struct Reader<'a> {
    pub(crate) document: &'a Document,
    templates: &'a Templates<'a>,
    product: Option<&'a str>,
    pub(crate) report: &'a mut Report,
}

/// Lowers a definition; `None` if it has an error.
pub(crate) fn lower(document: &Document, templates: &Templates<'_>, report: &mut Report) -> Option<Lowered> {
    let errors = report.errors();
    let lowered = Reader::new(document, templates, report).object();
    lowered.filter(|_| report.errors() == errors)
}

impl<'a> Reader<'a> {
    pub(crate) fn new(document: &'a Document, templates: &'a Templates<'a>, report: &'a mut Report) -> Self {
        Reader { document, templates, product: document.get("product-type").and_then(Node::text), report }
    }
}

impl Reader<'_> {
    fn object(&mut self) -> Option<Lowered> {
        let document = self.document;
        let errors = self.report.errors();
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
        if let Some(node) = title
            && !node.text().is_some_and(|text| text.contains(|letter: char| letter.is_ascii_alphabetic()))
        {
            self.report.push(
                Diagnostic::error(
                    Code::WrongKind,
                    document.place(node),
                    "a title needs a letter: it names the Rust type",
                )
                .help("give the object a title with letters from a to z"),
            );
        }
        let description = self.text(document.get("description"));
        let summary = self.text(document.get("summary"));
        let methods = self.methods();
        let mut attributes = self.attributes();
        self.infer_roles(&mut attributes, errors);
        self.infer_constants(&mut attributes);
        self.check_record(&attributes);
        let codes = self.example_codes();
        let examples = example::read(document, &codes, &mut attributes, self.report);
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

    /// The rendered text of a node; nothing where there is none.
    pub(crate) fn text(&mut self, node: Option<&Node>) -> String {
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

    pub(crate) fn wrong_kind(&mut self, node: &Node, expected: &str) {
        self.report.push(
            Diagnostic::error(
                Code::WrongKind,
                self.document.place(node),
                format!("expected {expected}, found {}", node.kind_name()),
            )
            .help(format!("write {expected} here")),
        );
    }

    pub(crate) fn list(&mut self, key: &str) -> Vec<Node> {
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

    /// The examples, each with its code.
    fn example_codes(&mut self) -> Vec<Node> {
        let mut codes = Vec::new();
        for node in self.list("examples") {
            match node.get("code").filter(|code| code.text().is_some()) {
                Some(code) => codes.push(code.clone()),
                None => self.wrong_kind(&node, "an example with a `code`"),
            }
        }
        codes
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
        let mut fields: HashMap<String, usize> = HashMap::new();
        for node in &nodes {
            let Some(attribute) = self.attribute(node) else { continue };
            // The same name becomes the same field: one look finds both kinds of twins.
            match fields.entry(attribute.model.name.field()) {
                Entry::Vacant(place) => {
                    place.insert(attributes.len());
                    attributes.push(attribute);
                }
                Entry::Occupied(first) => {
                    let first = &attributes[*first.get()];
                    let (code, message, help) = if first.model.name == attribute.model.name {
                        let message = format!("the attribute `{}` is there twice", attribute.model.name);
                        (Code::DuplicateName, message, "remove or rename one of them")
                    } else {
                        let message =
                            format!("`{}` and `{}` become one Rust field", first.model.name, attribute.model.name);
                        (Code::NameCollision, message, "rename one of them")
                    };
                    self.report.push(
                        Diagnostic::error(code, attribute.name, message)
                            .label("the second")
                            .mark(first.name.clone(), "the first")
                            .help(help),
                    );
                }
            }
        }
        attributes
    }
}

/// Takes out the objects that would become a Rust module that is there already.
pub(crate) fn check_names(objects: &mut Vec<Lowered>, report: &mut Report) {
    let mut modules: HashMap<String, Place> = HashMap::new();
    objects.retain(|object| {
        let module = object.model.module_name();
        if matches!(
            module.as_str(),
            "rules"
                | "json"
                | "null"
                | "destination"
                | "destinations"
                | "endpoints"
                | "limits"
                | "regions"
                | "push_record"
                | "mod"
                | "lib"
        ) {
            report.push(
                Diagnostic::error(
                    Code::NameCollision,
                    object.title.clone(),
                    format!("`{}` becomes the module `{module}`, which the output has already", object.model.title),
                )
                .help("give the object another title"),
            );
            return false;
        }
        if let Some(first) = modules.get(&module) {
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
            return false;
        }
        modules.insert(module, object.title.clone());
        true
    });
}
