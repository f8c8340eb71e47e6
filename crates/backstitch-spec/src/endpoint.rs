//! Definitions of calls, and of the API as a whole: its limits and its regions.

use std::collections::HashMap;

use backstitch_codegen::model::{Endpoint, Limit, Region};
use backstitch_codegen::name::constant_name;

use crate::diagnostic::{Code, Diagnostic, Report};
use crate::document::Document;
use crate::object::Reader;
use crate::source::Place;
use crate::template::Templates;
use crate::yaml::Node;

/// What the API says of itself as a whole.
#[derive(Default)]
pub(crate) struct General {
    pub(crate) limits: Vec<Limit>,
    pub(crate) regions: Vec<Region>,
}

/// Lowers the definition of a call; `None` if it has an error.
pub(crate) fn lower(document: &Document, templates: &Templates<'_>, report: &mut Report) -> Option<Endpoint> {
    let errors = report.errors();
    let endpoint = Reader::new(document, templates, report).endpoint();
    endpoint.filter(|_| report.errors() == errors)
}

/// Lowers the definition of the API as a whole.
pub(crate) fn general(document: &Document, templates: &Templates<'_>, report: &mut Report) -> General {
    let mut reader = Reader::new(document, templates, report);
    General { limits: reader.api_limits(), regions: reader.api_regions() }
}

/// Two endpoints must not become one constant.
pub(crate) fn check_names(endpoints: &[(Endpoint, Place)], report: &mut Report) {
    let mut taken: HashMap<String, &Place> = HashMap::new();
    for (endpoint, place) in endpoints {
        if let Some(first) = taken.insert(constant_name(&endpoint.title), place) {
            report.push(twin(place.clone(), first.clone(), &endpoint.title));
        }
    }
}

fn twin(place: Place, first: Place, name: &str) -> Diagnostic {
    Diagnostic::error(Code::DuplicateName, place, format!("`{name}` becomes a constant that is there already"))
        .label("the second")
        .mark(first, "the first")
        .help("rename one of them")
}

impl Reader<'_> {
    fn endpoint(&mut self) -> Option<Endpoint> {
        let title = self.needed("title", "title: \"Push\"");
        let method = self.needed("method", "method: \"post\"");
        let path = self.needed("short-url", "short-url: \"/import/push\"");
        let success = self.needed("success", "success: \"201\"");
        let success = match success.as_deref().map(str::parse) {
            Some(Ok(status @ 200..300)) => Some(status),
            Some(_) => {
                if let Some(node) = self.document.get("success") {
                    self.wrong_kind(node, "an HTTP status from 200 to 299");
                }
                None
            }
            None => None,
        };
        let authorization = match self.document.get("authorization").map(|node| (node, node.text())) {
            None | Some((_, Some("bearer"))) => true,
            Some((_, Some("none"))) => false,
            Some((node, _)) => {
                self.wrong_kind(node, "`bearer` or `none`");
                true
            }
        };
        let mut content_types = Vec::new();
        for node in self.list("content-types") {
            match node.text() {
                Some(text) => content_types.push(text.to_owned()),
                None => self.wrong_kind(&node, "a content type"),
            }
        }
        let version = self.text(self.document.get("version"));
        let version = if version.is_empty() { version } else { format!("/v{version}") };
        Some(Endpoint {
            description: self.text(self.document.get("description").or(self.document.get("short"))),
            returns: self.text(self.document.get("returns")),
            source: self.document.source.path.clone(),
            title: title?,
            method: method?.to_uppercase(),
            path: format!("{version}{}", path?),
            authorization,
            content_types,
            success: success?,
        })
    }

    /// The text of a key that must be there.
    fn needed(&mut self, key: &str, example: &str) -> Option<String> {
        match self.document.get(key) {
            Some(node) => Some(self.text(Some(node))).filter(|text| !text.is_empty()),
            None => {
                self.report.push(
                    Diagnostic::error(
                        Code::MissingKey,
                        Place::new(&self.document.source, 0..3),
                        format!("this definition has no `{key}`"),
                    )
                    .help(format!("add `{example}`")),
                );
                None
            }
        }
    }

    fn api_limits(&mut self) -> Vec<Limit> {
        let mut limits = Vec::new();
        let mut taken: HashMap<String, Place> = HashMap::new();
        for node in self.list("limits") {
            let Some(name) = self.part(&node, "name") else { continue };
            let Some(value) = self.part(&node, "value") else { continue };
            let number = value.text().and_then(|text| text.replace(['_', ','], "").parse().ok());
            let Some(number) = number.filter(|number| *number > 0) else {
                self.wrong_kind(&value, "a whole number of at least 1");
                continue;
            };
            let text = self.text(Some(&name));
            if let Some(first) = taken.insert(constant_name(&text), self.document.place(&name)) {
                self.report.push(twin(self.document.place(&name), first, &text));
                continue;
            }
            limits.push(Limit { name: text, value: number, description: self.text(node.get("description")) });
        }
        limits
    }

    fn api_regions(&mut self) -> Vec<Region> {
        let mut regions = Vec::new();
        let mut taken: HashMap<String, Place> = HashMap::new();
        for node in self.list("base-urls") {
            let Some(id) = self.part(&node, "id") else { continue };
            let Some(url) = self.part(&node, "url") else { continue };
            let text = self.text(Some(&id));
            if let Some(first) = taken.insert(constant_name(&text), self.document.place(&id)) {
                self.report.push(twin(self.document.place(&id), first, &text));
                continue;
            }
            let title = self.text(node.get("title"));
            regions.push(Region { id: text, title, url: self.text(Some(&url)) });
        }
        regions
    }

    /// A key that every element of a list must have.
    fn part(&mut self, node: &Node, key: &str) -> Option<Node> {
        let part = node.get(key).filter(|part| part.text().is_some_and(|text| !text.is_empty()));
        if part.is_none() {
            self.report.push(
                Diagnostic::error(
                    Code::MissingKey,
                    Place::new(&self.document.source, node.span.start..node.span.start),
                    format!("this element has no `{key}`"),
                )
                .help(format!("add `{key}: \"…\"`")),
            );
        }
        part.cloned()
    }
}
