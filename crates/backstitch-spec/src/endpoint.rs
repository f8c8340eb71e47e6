//! Definitions of calls, and of the API as a whole: its limits, its regions, and what it answers where nothing is called.

use std::collections::{HashMap, HashSet};

use backstitch_codegen::model::{
    Additional, Attribute, AttributeName, Endpoint, Example, Limit, Object, Region, Response,
};
use backstitch_codegen::name::{constant_name, nearest};

use crate::attribute::Placed;
use crate::diagnostic::{Code, Diagnostic, Report};
use crate::document::Document;
use crate::example::{self, Objects, Parsed};
use crate::keys;
use crate::object::{Lowered, Names, Reader, is_name};
use crate::site::Site;
use crate::source::Place;
use crate::template::Templates;
use crate::yaml::Node;

/// The methods that a call can have.
const METHODS: &[&str] = &["get", "post", "put", "patch", "delete", "head", "options"];

/// The types of a call's examples that say what they are examples of.
const EXAMPLE_TYPES: &[&str] = &["Request", "Response", "Errors"];

/// The keys of a limit, beside those that everything may have.
const LIMIT_KEYS: &[&str] = &["value"];

/// The keys of a base URL, beside those that everything may have.
const REGION_KEYS: &[&str] = &["url"];

/// What the API says of itself as a whole.
#[derive(Default)]
pub(crate) struct General {
    pub(crate) limits: Vec<Limit>,
    pub(crate) regions: Vec<Region>,
    pub(crate) responses: Vec<Response>,
}

/// A call before its examples are held against its arguments, and where things stand.
pub(crate) struct Call<'a> {
    pub(crate) model: Endpoint,
    title: Place,
    document: &'a Document,
    /// What a request is made of.
    request: Option<Lowered<'a>>,
    /// The object whose attributes the arguments are, not looked up yet.
    takes: Option<(String, Place)>,
    /// The object that is answered, not looked up yet.
    response: Option<(String, Place)>,
    /// Examples of requests, then those of answers.
    requests: Vec<Parsed>,
    answers: Vec<Parsed>,
    /// The bodies of its answers where all is well.
    bodies: Vec<Parsed>,
    /// Whether its definition has an error.
    pub(crate) is_broken: bool,
}

/// Lowers the definition of a call, and the objects that its arguments hold; they are marked as broken if it has an
/// error.
pub(crate) fn lower<'a>(
    document: &'a Document,
    templates: &'a Templates<'a>,
    report: &mut Report,
) -> (Call<'a>, Vec<Lowered<'a>>) {
    let errors = report.errors();
    let mut reader = Reader::new(document, templates, report);
    let mut call = reader.call();
    let nested = std::mem::take(&mut reader.nested);
    let is_broken = reader.report.errors() > errors;
    call.is_broken = is_broken;
    if let Some(request) = &mut call.request {
        request.is_broken = is_broken;
    }
    (call, nested.into_iter().map(|object| Lowered { is_broken, ..object }).collect())
}

/// Makes an object of what a request holds, unless the object that the call belongs to is just that.
pub(crate) fn connect<'a>(
    calls: &mut [Call<'a>],
    objects: &mut Vec<Lowered<'a>>,
    site: &'a Site,
    names: &Names,
    report: &mut Report,
) {
    for call in calls {
        if let Some((name, place)) = call.response.take() {
            call.model.response = names.find(&name, &place, report);
        }
        if let Some((name, place)) = call.takes.take() {
            call.model.request = names.find(&name, &place, report);
        }
        let Some(request) = call.request.take() else { continue };
        let mut wanted: Vec<&AttributeName> = request.attributes.iter().map(|placed| &placed.model.name).collect();
        wanted.sort();
        let own = site.object_of(call.document).and_then(|document| {
            objects.iter().find(|object| std::ptr::eq(object.document, document)).filter(|object| {
                let mut names: Vec<&AttributeName> =
                    object.attributes.iter().map(|placed| &placed.model.name).collect();
                names.sort();
                names == wanted
            })
        });
        call.model.request = Some(match own {
            Some(own) => own.model.title.clone(),
            None => {
                let title = request.model.title.clone();
                objects.push(request);
                title
            }
        });
    }
}

impl Call<'_> {
    /// The call with its examples.
    pub(crate) fn finish(self, objects: &Objects<'_, '_>, report: &mut Report) -> Endpoint {
        let mut model = self.model;
        if model.arguments.is_empty()
            && let Some(object) = model.request.as_deref().and_then(|title| objects.get(title))
        {
            model.arguments = object.attributes.iter().map(|placed| placed.model.clone()).collect();
        }
        for (examples, of) in [(self.requests, &model.request), (self.answers, &model.response)] {
            let Some(object) = of.as_deref().and_then(|title| objects.get(title)) else { continue };
            let checked = objects.check(object, &examples, report);
            model.examples.extend(checked.into_iter().map(|example| Example { of: of.clone(), ..example }));
        }
        if let Some(object) = model.response.as_deref().and_then(|title| objects.get(title)) {
            objects.check(object, &self.bodies, report);
        }
        model
    }
}

/// The call without what it says of objects that are no part of the model.
pub(crate) fn forget(mut call: Endpoint, broken: &HashSet<String>) -> Endpoint {
    let is_there = |title: &String| !broken.contains(title);
    call.request = call.request.filter(is_there);
    call.response = call.response.filter(is_there);
    call.examples.retain(|example| example.of.as_ref().is_none_or(is_there));
    for attribute in call.arguments.iter_mut().chain(&mut call.path_parameters) {
        attribute.object = attribute.object.take().filter(is_there);
    }
    call
}

/// Lowers the definition of the API as a whole.
pub(crate) fn general(document: &Document, templates: &Templates<'_>, report: &mut Report) -> General {
    let mut reader = Reader::new(document, templates, report);
    let (limits, regions) = (reader.api_limits(), reader.api_regions());
    // A call need not name a file of answers, and this is no call.
    let has_answers = document.get("response-codes").is_some();
    let responses = if has_answers { reader.responses() } else { Vec::new() };
    General { limits, regions, responses }
}

/// Two endpoints must not become one constant.
pub(crate) fn check_names(calls: &[Call<'_>], report: &mut Report) {
    let mut taken: HashMap<String, &Place> = HashMap::new();
    // What is wrong with a title has been told otherwise.
    for call in calls.iter().filter(|call| is_name(&call.model.title)) {
        if constant_name(&call.model.title) == "ALL" {
            let message = format!("`{}` becomes the constant of all calls", call.model.title);
            report.push(
                Diagnostic::error(Code::NameCollision, call.title.clone(), message).help("give the call another title"),
            );
            continue;
        }
        if let Some(first) = taken.insert(constant_name(&call.model.title), &call.title) {
            report.push(twin(call.title.clone(), first.clone(), &call.model.title));
        }
    }
}

fn twin(place: Place, first: Place, name: &str) -> Diagnostic {
    Diagnostic::error(Code::DuplicateName, place, format!("`{name}` becomes a constant that is there already"))
        .label("the second")
        .mark(first, "the first")
        .help("rename one of them")
}

impl<'a> Reader<'a, '_> {
    fn call(&mut self) -> Call<'a> {
        let document = self.document;
        let title_node = self.title_node();
        let title = self.text(title_node);
        let method = self.method();
        let path = self.path();
        self.check_endpoint();
        let version = self.text(document.get("version"));
        let description = self.text(document.get("description"));
        let short = self.text(document.get("short"));
        let authorization = self.authorization();
        let mut content_types = self.content_types();
        let success = self.success();
        let responses = self.responses();
        let bodies = std::mem::take(&mut self.bodies);
        self.title = format!("{title} Request");
        let takes = self.takes();
        let nodes = self.list("arguments");
        let mut attributes = self.attributes(&nodes);
        self.infer_constants(&mut attributes);
        self.check_values(&attributes);
        // What is not there has been told of.
        let is_incomplete = self.lost || document.get("arguments").is_some_and(|node| node.sequence().is_none());
        let path = path.unwrap_or_default();
        // The path says its version itself, or leaves it to the definition.
        let versioned = version.is_empty() || path.trim_start_matches('/').starts_with(&format!("v{version}/"));
        let path = if versioned { path } else { format!("/v{version}{path}") };
        let (in_path, attributes): (Vec<Placed>, Vec<Placed>) =
            attributes.into_iter().partition(|placed| placed.in_path);
        // A call without a body takes no type of content.
        let takes_nothing = attributes.is_empty() && document.get("arguments-object").is_none();
        if takes_nothing && document.get("content-types").is_none() {
            content_types.clear();
        }
        self.check_path(&path, &in_path, &attributes);
        self.check_example_types();
        let mut requests = Vec::new();
        let mut answers = Vec::new();
        for example in self.examples() {
            match example.of.as_str() {
                "request" => requests.push(example::parse(self, example)),
                "response" => answers.push(example::parse(self, example)),
                _ => {}
            }
        }
        let response = document.get("returns-object").and_then(|node| {
            let text = self.text(Some(node));
            (!text.is_empty()).then(|| (text, document.place(node)))
        });
        let returns = self.text(document.get("returns"));
        let title_place = title_node.map_or_else(|| document.head(), |node| document.place(node));
        let model = Object {
            title: std::mem::take(&mut self.title),
            source: document.source.path.clone(),
            endpoint_url: None,
            version: None,
            description: format!("What a request to {} holds.", title.trim()),
            methods: Vec::new(),
            wire_order: Vec::new(),
            attributes: Vec::new(),
            additional: Additional::Unstated,
            examples: Vec::new(),
        };
        let mut request = Lowered {
            model,
            title: title_place.clone(),
            document,
            attributes,
            examples: requests,
            is_broken: false,
            is_incomplete,
        }
        .ordered();
        let requests = std::mem::take(&mut request.examples);
        let arguments: Vec<Attribute> = request.attributes.iter().map(|placed| placed.model.clone()).collect();
        let model = Endpoint {
            description: if description.is_empty() { short } else { description },
            returns,
            source: document.source.path.clone(),
            title,
            method: method.unwrap_or_default().to_uppercase(),
            path,
            authorization,
            content_types,
            success,
            request: None,
            response: None,
            path_parameters: in_path.into_iter().map(|placed| placed.model).collect(),
            responses,
            examples: Vec::new(),
            arguments,
        };
        let request = (!model.arguments.is_empty()).then_some(request);
        Call {
            model,
            title: title_place,
            document,
            request,
            takes,
            response,
            requests,
            answers,
            bodies,
            is_broken: false,
        }
    }

    /// The HTTP method, which must be one.
    fn method(&mut self) -> Option<String> {
        let method = self.needed("method", "method: \"post\"")?;
        if !METHODS.iter().any(|known| known.eq_ignore_ascii_case(&method))
            && let Some(node) = self.document.get("method")
        {
            self.report.push(
                Diagnostic::error(Code::WrongKind, self.document.place(node), format!("unknown method `{method}`"))
                    .help(match nearest(&method, METHODS.iter().copied()) {
                        Some(near) => format!("write `{near}`"),
                        None => format!("use one of {}", METHODS.join(", ")),
                    }),
            );
        }
        Some(method)
    }

    /// The path as it is written, which starts at the root.
    fn path(&mut self) -> Option<String> {
        let path = self.needed("short-url", "short-url: \"/import/push\"")?;
        // What could not be rendered has been told of.
        if !path.starts_with('/')
            && !path.contains("{{")
            && let Some(node) = self.document.get("short-url")
        {
            let place = self.document.place(node);
            self.report.push(
                Diagnostic::error(Code::WrongKind, place, format!("the path `{path}` does not start with `/`"))
                    .help("put a `/` before it"),
            );
        }
        Some(path)
    }

    /// What stands in braces in the path, and the arguments that are path parameters, must be the same.
    fn check_path(&mut self, path: &str, arguments: &[Placed], others: &[Placed]) {
        let document = self.document;
        let Some(node) = document.get("short-url").filter(|_| !path.is_empty() && !path.contains("{{")) else { return };
        let place = document.place(node);
        let entries = document.root.mapping().unwrap_or_default();
        let in_braces: Vec<&str> =
            path.split('{').skip(1).filter_map(|rest| Some(rest.split_once('}')?.0.trim())).collect();
        let names: Vec<&str> = arguments.iter().map(|placed| placed.model.name.as_str()).collect();
        // Where arguments could not be read, that may be why they are missing.
        let all_read = !self.lost
            && others.iter().all(|placed| !placed.is_broken)
            && document.get("arguments-object").is_none()
            && keys::slip_of(&document.root, "arguments", &["arguments", "arguments-object"]).is_none();
        let unmet: Vec<&str> = in_braces.iter().copied().filter(|name| all_read && !names.contains(name)).collect();
        let mut unused: Vec<&Placed> =
            arguments.iter().filter(|placed| !in_braces.contains(&placed.model.name.as_str())).collect();
        for name in &unmet {
            let raw = format!("{{{name}}}");
            let found = document.source.text.get(place.span.clone()).and_then(|text| text.find(&raw));
            let start = found.map(|at| place.span.start + at);
            let within = start.map_or(place.clone(), |at| Place::new(&document.source, at..at + raw.len()));
            let mut diagnostic =
                Diagnostic::warning(Code::PathMismatch, within, format!("no argument is the path parameter `{name}`"))
                    .label("in the path");
            let near = nearest(name, unused.iter().map(|placed| placed.model.name.as_str()));
            // Both ends of one slip are told of as one, and so are the only two that are left.
            let other = match (unmet.len(), unused.len()) {
                (1, 1) => Some(0),
                _ => unused.iter().position(|placed| Some(placed.model.name.as_str()) == near),
            };
            let help;
            if let Some(other) = other {
                let other = unused.remove(other);
                diagnostic = diagnostic.mark(other.name.clone(), "this one is not in the path");
                help = format!("write `{{{}}}`, or rename the argument", other.model.name);
            } else if let Some(other) = others.iter().find(|placed| placed.model.name.as_str() == *name) {
                diagnostic = diagnostic.mark(other.name.clone(), "this one is sent otherwise");
                help = "give the argument the type `path parameter`".to_owned();
            } else {
                if let Some((key, _)) = entries.iter().find(|(key, _)| key.text() == Some("arguments")) {
                    diagnostic = diagnostic.mark(document.place(key), "it is none of these");
                }
                help = format!("add an argument `{name}` of the type `path parameter`");
            }
            self.report.push(diagnostic.help(help));
        }
        for argument in unused {
            let name = argument.model.name.as_str();
            self.report.push(
                Diagnostic::warning(
                    Code::PathMismatch,
                    argument.name.clone(),
                    format!("the path parameter `{name}` is not in the path"),
                )
                .mark(place.clone(), "the path")
                .help(format!("put `{{{name}}}` into the path, or give the argument another type")),
            );
        }
    }

    /// A slip in the word that says what an example is one of; other words are the author's own.
    fn check_example_types(&mut self) {
        let document = self.document;
        let examples = document.get("examples").and_then(Node::sequence).unwrap_or_default();
        for node in examples.iter().filter_map(|example| example.get("type")) {
            let text = node.text().unwrap_or_default().trim();
            let near = nearest(text, EXAMPLE_TYPES.iter().copied());
            if let Some(near) = near.filter(|near| !near.eq_ignore_ascii_case(text)) {
                self.report.push(
                    Diagnostic::warning(
                        Code::WrongKind,
                        document.place(node),
                        format!("`{text}` is neither a request nor an answer"),
                    )
                    .label("this example is not checked")
                    .help(format!("write `{near}`")),
                );
            }
        }
    }

    /// A slip in the name that leads to the object and the answers of the call.
    fn check_endpoint(&mut self) {
        let document = self.document;
        let site = self.templates.site;
        let Some(node) = document.get("endpoint") else { return };
        let Some(name) = document.key_text("endpoint").filter(|_| site.object_of(document).is_none()) else { return };
        let Some(mut known) = self.other_tables(name) else { return };
        known.extend(site.endpoints(document).map(str::to_owned));
        if let Some(near) = nearest(name, known.iter().map(String::as_str)) {
            self.report.push(
                Diagnostic::warning(
                    Code::UnknownEndpoint,
                    document.place(node),
                    format!("neither an object nor answers belong to the endpoint `{name}`"),
                )
                .help(format!("write `{near}`")),
            );
        }
    }

    /// The object whose attributes are the arguments, where the definition names one and has no list of its own.
    fn takes(&mut self) -> Option<(String, Place)> {
        let document = self.document;
        let node = document.get("arguments-object")?;
        if let Some(arguments) = document.get("arguments") {
            self.report.push(
                Diagnostic::error(
                    Code::DuplicateName,
                    document.place(node),
                    "this call has arguments of its own and those of an object",
                )
                .label("the object")
                .mark(document.place(arguments), "its own")
                .help("remove one of the two"),
            );
        }
        let name = self.text(Some(node));
        (!name.is_empty()).then(|| (name, document.place(node)))
    }

    /// The status of an answer where all is well.
    fn success(&mut self) -> u16 {
        let Some(node) = self.document.get("success") else { return 200 };
        match node.text().map(str::parse) {
            Some(Ok(status @ 200..300)) => status,
            _ => {
                self.wrong_kind(node, "an HTTP status from 200 to 299");
                200
            }
        }
    }

    /// Whether a token is needed: it is, unless the definition says that it is not.
    fn authorization(&mut self) -> bool {
        if let Some(node) = self.document.get("authorization") {
            match node.text() {
                Some("bearer") => return true,
                Some("none") => return false,
                _ => self.wrong_kind(node, "`bearer` or `none`"),
            }
        }
        self.flag("authorization-required").unwrap_or(true)
    }

    fn flag(&mut self, key: &str) -> Option<bool> {
        let node = self.document.get(key)?;
        let flag = node.boolean();
        if flag.is_none() {
            self.wrong_kind(node, "true or false");
        }
        flag
    }

    fn content_types(&mut self) -> Vec<String> {
        let mut content_types = Vec::new();
        for node in self.list("content-types") {
            match node.text() {
                Some(text) => content_types.push(text.to_owned()),
                None => self.wrong_kind(&node, "a content type"),
            }
        }
        if self.document.get("content-types").is_none() {
            let takes_body = ["arguments", "arguments-object"].iter().any(|key| self.document.get(key).is_some());
            content_types.extend(takes_body.then(|| "application/json".to_owned()));
            if self.flag("accepts-transit") == Some(true) {
                content_types.push("application/transit+json".to_owned());
            }
        }
        content_types
    }

    /// The text of a key that must be there.
    fn needed(&mut self, key: &str, example: &str) -> Option<String> {
        match self.document.get(key) {
            Some(node) => Some(self.text(Some(node))).filter(|text| !text.is_empty()),
            None => {
                self.report.push(self.document.lacks("definition", key, format!("add `{example}`")));
                None
            }
        }
    }

    fn api_limits(&mut self) -> Vec<Limit> {
        let mut limits = Vec::new();
        let mut taken: HashMap<String, Place> = HashMap::new();
        for node in self.list("limits") {
            self.known_keys_of(&self.document.source, &node, "a limit", &keys::with_common(LIMIT_KEYS));
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
            self.known_keys_of(&self.document.source, &node, "a base URL", &keys::with_common(REGION_KEYS));
            let Some(id) = self.part(&node, "id") else { continue };
            let Some(url) = self.part(&node, "url") else { continue };
            let text = self.text(Some(&id));
            if let Some(first) = taken.insert(constant_name(&text), self.document.place(&id)) {
                self.report.push(twin(self.document.place(&id), first, &text));
                continue;
            }
            let title = self.text(node.get("title"));
            let address = self.text(Some(&url));
            let is_address = ["http://", "https://"].iter().any(|scheme| address.starts_with(scheme));
            // What could not be rendered has been told of.
            if !is_address && !address.is_empty() && !address.contains("{{") {
                self.report.push(
                    Diagnostic::error(
                        Code::WrongKind,
                        self.document.place(&url),
                        format!("the base URL `{address}` does not say how it is reached"),
                    )
                    .help("start it with `https://` or `http://`"),
                );
            }
            regions.push(Region { id: text, title, url: address });
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
