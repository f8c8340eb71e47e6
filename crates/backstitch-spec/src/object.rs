//! A definition lowered to the engine's model.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::Arc;

use backstitch_codegen::model::{Additional, Method, Object};
use backstitch_codegen::name::{TAKEN_MODULES, nearest, type_name};
use backstitch_codegen::rules::JsonType;

use crate::attribute::Placed;
use crate::diagnostic::{Code, Diagnostic, Report};
use crate::document::Document;
use crate::example::{self, Parsed};
use crate::keys;
use crate::source::{Place, Source};
use crate::template::{Rendered, Templates};
use crate::yaml::{Kind, Node};

/// The longest value, in bytes, that a message shows.
const LONGEST_SHOWN: usize = 40;

/// An object before its examples are held against it, and where things stand.
pub(crate) struct Lowered<'a> {
    /// The object, without its attributes and examples.
    pub(crate) model: Object,
    pub(crate) title: Place,
    pub(crate) document: &'a Document,
    pub(crate) attributes: Vec<Placed>,
    pub(crate) examples: Vec<Parsed>,
    /// Whether its definition has an error: it is no part of the model then, but others can name it, and what it says
    /// of sub-types and examples is checked.
    pub(crate) is_broken: bool,
    /// Whether there are attributes that could not be read.
    pub(crate) is_incomplete: bool,
}

/// Reads one definition's front matter.
pub(crate) struct Reader<'a, 'r> {
    pub(crate) document: &'a Document,
    pub(crate) templates: &'a Templates<'a>,
    pub(crate) report: &'r mut Report,
    /// The title of what is being read: objects within it are called after it.
    pub(crate) title: String,
    /// The objects that `subattributes` describe.
    pub(crate) nested: Vec<Lowered<'a>>,
    /// The bodies of answers where all is well.
    pub(crate) bodies: Vec<Parsed>,
    /// Whether an attribute of the list that was read last could not be read.
    pub(crate) lost: bool,
}

/// Lowers a definition, and the objects within it; they are marked as broken if it has an error.
pub(crate) fn lower<'a>(document: &'a Document, templates: &'a Templates<'a>, report: &mut Report) -> Vec<Lowered<'a>> {
    let errors = report.errors();
    let mut reader = Reader::new(document, templates, report);
    let object = reader.object();
    let nested = std::mem::take(&mut reader.nested);
    let is_broken = reader.report.errors() > errors;
    std::iter::once(object).chain(nested).map(|object| Lowered { is_broken, ..object }).collect()
}

impl<'a, 'r> Reader<'a, 'r> {
    pub(crate) fn new(document: &'a Document, templates: &'a Templates<'a>, report: &'r mut Report) -> Self {
        Reader {
            document,
            templates,
            report,
            title: String::new(),
            nested: Vec::new(),
            bodies: Vec::new(),
            lost: false,
        }
    }

    fn object(&mut self) -> Lowered<'a> {
        let document = self.document;
        let errors = self.report.errors();
        let title = self.title_node();
        self.title = self.text(title);
        let description = self.text(document.get("description"));
        let summary = self.text(document.get("summary"));
        let methods = self.methods();
        let additional = self.additional();
        let nodes = self.list("object-attributes");
        if document.get("object-attributes").is_none() {
            let help = "add a list of attributes, each with a `name` and a `type`; `[]` for none";
            self.report.push(document.lacks("definition", "object-attributes", help));
        }
        let mut attributes = self.attributes(&nodes);
        let is_incomplete = self.lost || document.get("object-attributes").is_none_or(|node| node.sequence().is_none());
        self.infer_roles(&mut attributes, errors);
        self.infer_constants(&mut attributes);
        self.check_constants(&attributes);
        self.check_record(&attributes);
        let examples = self.examples();
        let examples = examples.into_iter().map(|example| example::parse(self, example)).collect();
        self.check_values(&attributes);
        let title = title.map_or_else(|| document.head(), |node| document.place(node));
        let version = document.get("latest-version").or(document.get("version")).and_then(Node::text);
        let model = Object {
            title: std::mem::take(&mut self.title),
            source: document.source.path.clone(),
            endpoint_url: document
                .get("endpoint-url")
                .map(|node| self.text(Some(node)))
                .filter(|text| !text.is_empty()),
            version: version.map(str::to_owned),
            description: if description.is_empty() { summary } else { description },
            methods,
            wire_order: Vec::new(),
            attributes: Vec::new(),
            additional,
            examples: Vec::new(),
        };
        Lowered { model, title, document, attributes, examples, is_broken: false, is_incomplete }.ordered()
    }

    /// The title, which names a Rust type.
    pub(crate) fn title_node(&mut self) -> Option<&'a Node> {
        let document = self.document;
        let title = document.get("title");
        match title {
            None => {
                let help = "add `title: \"Name\"`; it names the Rust type";
                self.report.push(document.lacks("definition", "title", help));
            }
            Some(node)
                if !node.text().is_some_and(|text| text.contains(|letter: char| letter.is_ascii_alphabetic())) =>
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
            Some(_) => {}
        }
        title
    }

    /// The object that a list of attributes within an attribute describes; its title.
    pub(crate) fn nested(&mut self, name: &str, place: &Node, nodes: &[Node], description: Option<&Node>) -> String {
        let title = format!("{} {name}", self.title);
        let outer = std::mem::replace(&mut self.title, title);
        let mut attributes = self.attributes(nodes);
        let is_incomplete = std::mem::take(&mut self.lost);
        self.infer_constants(&mut attributes);
        self.check_constants(&attributes);
        self.check_values(&attributes);
        let model = Object {
            title: self.title.clone(),
            source: self.document.source.path.clone(),
            endpoint_url: None,
            version: None,
            description: self.text(description),
            methods: Vec::new(),
            wire_order: Vec::new(),
            attributes: Vec::new(),
            additional: Additional::Unstated,
            examples: Vec::new(),
        };
        let (document, place) = (self.document, self.document.place(place));
        let examples = Vec::new();
        let lowered = Lowered { model, title: place, document, attributes, examples, is_broken: false, is_incomplete };
        self.nested.push(lowered.ordered());
        std::mem::replace(&mut self.title, outer)
    }

    /// The rendered text of a node; nothing where there is none.
    pub(crate) fn text(&mut self, node: Option<&Node>) -> String {
        match node {
            Some(node) if node.text().is_some() => self.rendered(node).text.trim().to_owned(),
            Some(node) => {
                self.wrong_kind(node, "text");
                String::new()
            }
            None => String::new(),
        }
    }

    /// The text of a node of the definition, rendered.
    pub(crate) fn rendered(&mut self, node: &Node) -> Rendered {
        self.templates.render(self.document, &self.document.source, node, self.report)
    }

    /// The text of a node of a data file, rendered as a text of the definition.
    pub(crate) fn data_text(&mut self, source: &Arc<Source>, node: &Node) -> String {
        self.templates.render(self.document, source, node, self.report).text.trim().to_owned()
    }

    pub(crate) fn wrong_kind(&mut self, node: &Node, expected: &str) {
        self.wrong_kind_at(&self.document.source, node, expected);
    }

    pub(crate) fn wrong_kind_at(&mut self, source: &Arc<Source>, node: &Node, expected: &str) {
        self.report.push(
            Diagnostic::error(
                Code::WrongKind,
                Place::new(source, node.span.clone()),
                format!("expected {expected}, found {}", found(node)),
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

    fn additional(&mut self) -> Additional {
        match self.document.get("additionalProperties").map(|node| (node, node.boolean())) {
            None => Additional::Unstated,
            Some((_, Some(true))) => Additional::Allowed,
            Some((_, Some(false))) => Additional::Refused,
            Some((node, None)) => {
                self.wrong_kind(node, "true or false");
                Additional::Unstated
            }
        }
    }

    fn methods(&mut self) -> Vec<Method> {
        let mut methods = Vec::new();
        for node in self.list("available-methods") {
            self.known_keys_of(&self.document.source, &node, "a method", &keys::with_common(&[]));
            let mut part = |key: &str| self.text(node.get(key).filter(|node| !node.is_null()));
            let title = part("title");
            let method = part("method").to_uppercase();
            let description = part("short");
            methods.push(Method { title, method, description });
        }
        methods
    }

    /// The attributes that a list describes.
    pub(crate) fn attributes(&mut self, nodes: &[Node]) -> Vec<Placed> {
        let mut attributes: Vec<Placed> = Vec::new();
        let mut fields: HashMap<String, usize> = HashMap::new();
        let mut lost = false;
        for node in nodes {
            let Some(attribute) = self.attribute(node) else {
                lost = true;
                continue;
            };
            // The same name becomes the same field: one look finds both kinds of twins.
            match fields.entry(attribute.model.name.field()) {
                Entry::Vacant(place) => {
                    place.insert(attributes.len());
                    attributes.push(attribute);
                }
                Entry::Occupied(first) => {
                    lost = true;
                    // Which of the two is meant is not known.
                    attributes[*first.get()].is_broken = true;
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
        self.lost = lost;
        attributes
    }
}

/// Whether a title is one that could be read and rendered.
pub(crate) fn is_name(title: &str) -> bool {
    title.contains(|letter: char| letter.is_ascii_alphabetic()) && !title.contains("{{")
}

/// What a value is, in words: itself, if it is short.
fn found(node: &Node) -> String {
    match (&node.kind, node.kind_name()) {
        (_, "nothing") => "nothing".to_owned(),
        (Kind::Scalar { text, .. }, _) if text.is_empty() => "an empty text".to_owned(),
        (Kind::Scalar { text, .. }, _) if text.len() > LONGEST_SHOWN || text.contains(['\n', '`']) => {
            "a text".to_owned()
        }
        (Kind::Scalar { text, plain: true }, _) => format!("`{text}`"),
        (Kind::Scalar { text, .. }, _) => format!("the text `{text}`"),
        (_, name) => name.to_owned(),
    }
}

impl Reader<'_, '_> {
    /// The types of two attributes that are fixed must not have one name.
    pub(crate) fn check_constants(&mut self, attributes: &[Placed]) {
        let mut types: HashMap<String, &Placed> = HashMap::new();
        for placed in attributes.iter().filter(|placed| placed.model.constant.is_some()) {
            if let Some(first) = types.insert(type_name(placed.model.name.as_str()), placed) {
                let message = format!("`{}` and `{}` become one Rust type", first.model.name, placed.model.name);
                self.report.push(
                    Diagnostic::error(Code::NameCollision, placed.name.clone(), message)
                        .label("the second")
                        .mark(first.name.clone(), "the first")
                        .help("take the `const` of one of them away"),
                );
            }
        }
    }
}

impl Lowered<'_> {
    /// Says which attributes every JSON example has, and puts them in the order of the first.
    pub(crate) fn ordered(mut self) -> Self {
        let names: Vec<String> = self.attributes.iter().map(|placed| placed.model.name.to_string()).collect();
        for example in &mut self.examples {
            example.unwrap(&names);
        }
        let objects: Vec<_> = self.examples.iter().flat_map(Parsed::objects).collect();
        let positions: HashMap<&str, usize> =
            names.iter().enumerate().map(|(index, name)| (name.as_str(), index)).collect();
        let mut is_ordered = vec![false; names.len()];
        let mut order: Vec<usize> = Vec::new();
        let first = objects.first().into_iter().flat_map(|entries| entries.iter());
        for index in first.filter_map(|entry| positions.get(entry.name.as_str())).copied().chain(0..names.len()) {
            if !std::mem::replace(&mut is_ordered[index], true) {
                order.push(index);
            }
        }
        let keys: Vec<HashSet<&str>> =
            objects.iter().map(|entries| entries.iter().map(|entry| entry.name.as_str()).collect()).collect();
        for (placed, name) in self.attributes.iter_mut().zip(&names) {
            let everywhere = keys.iter().all(|keys| keys.contains(name.as_str()));
            placed.model.in_example = everywhere && !keys.is_empty();
        }
        self.model.wire_order = order;
        self
    }

    /// Whether its title is one: what is wrong with it has been told otherwise.
    fn has_name(&self) -> bool {
        is_name(&self.model.title) && self.document.key_text("title").is_some_and(is_name)
    }

    /// Takes out what is said of objects that are no part of the model.
    pub(crate) fn forget(&mut self, broken: &HashSet<String>) {
        for placed in &mut self.attributes {
            placed.model.object = placed.model.object.take().filter(|title| !broken.contains(title));
        }
    }

    /// The object with its attributes and examples.
    pub(crate) fn finish(self, examples: Vec<backstitch_codegen::model::Example>) -> Object {
        let attributes = self.attributes.into_iter().map(|placed| placed.model).collect();
        Object { attributes, examples, ..self.model }
    }
}

/// The objects that attributes can name: by their titles and keys, in the form of [`plain`].
pub(crate) struct Names(HashMap<String, Option<String>>);

/// A name of an object without its case, its separators and words that say only that it is one.
fn plain(name: &str) -> String {
    let name = name.to_lowercase().replace(['-', '_', '.'], " ");
    let mut words: Vec<&str> = name.split_whitespace().collect();
    if words.len() > 1 && matches!(words.last(), Some(&"object" | &"objects")) {
        words.pop();
    }
    words.join(" ")
}

impl Names {
    /// The names of all definitions; of those that have errors too, so that nothing is told of them twice. `unread` are
    /// the names of those that are not even YAML.
    pub(crate) fn new(documents: &[Document], objects: &[Lowered<'_>], unread: &[String]) -> Self {
        let mut names: HashMap<String, Option<String>> = HashMap::new();
        let named = || objects.iter().filter(|object| object.has_name());
        for object in named() {
            let title = &object.model.title;
            names.entry(plain(title)).or_insert_with(|| Some(title.clone()));
        }
        for object in named() {
            // Objects within others have the document of the outermost, whose title stands there.
            let is_whole = object.document.get("title").is_some_and(|node| object.title.span == node.span);
            if let Some(key) = object.document.key_text("key").filter(|_| is_whole) {
                names.entry(plain(key)).or_insert_with(|| Some(object.model.title.clone()));
            }
        }
        for document in documents {
            for key in ["title", "key"] {
                if let Some(name) = document.key_text(key) {
                    names.entry(plain(name)).or_default();
                }
            }
        }
        for name in unread {
            names.entry(plain(name)).or_default();
        }
        Names(names)
    }

    /// The title of the object called `name`. What no definition describes is told, at `place`.
    pub(crate) fn find(&self, name: &str, place: &Place, report: &mut Report) -> Option<String> {
        let wanted = plain(name);
        let singular = wanted.strip_suffix('s').unwrap_or(&wanted);
        if let Some(found) = self.0.get(&wanted).or_else(|| self.0.get(singular)) {
            return found.clone();
        }
        let help = match nearest(&wanted, self.0.values().flatten().map(String::as_str)) {
            Some(near) => format!("write `{near}`, or add a definition with the title `{}`", name.trim()),
            None => format!("add a definition with the title `{}`; until then it is held as any JSON", name.trim()),
        };
        report.push(
            Diagnostic::warning(
                Code::UnknownSubType,
                place.clone(),
                format!("no definition is called `{}`", name.trim()),
            )
            .help(help),
        );
        None
    }
}

/// Looks up the objects that attributes name.
pub(crate) fn connect(objects: &mut [Lowered<'_>], names: &Names, report: &mut Report) {
    for placed in objects.iter_mut().flat_map(|object| &mut object.attributes) {
        if let Some((name, place)) = placed.sub_type.take() {
            placed.model.object = names.find(&name, &place, report);
        }
    }
}

/// Marks the objects as broken that would become a Rust module that is there already.
pub(crate) fn check_names(objects: &mut [Lowered<'_>], report: &mut Report) {
    let mut modules: HashMap<String, Place> = HashMap::new();
    for object in objects.iter_mut().filter(|object| object.has_name()) {
        let module = object.model.module_name();
        if TAKEN_MODULES.contains(&module.as_str()) {
            report.push(
                Diagnostic::error(
                    Code::NameCollision,
                    object.title.clone(),
                    format!("`{}` becomes the module `{module}`, which the output has already", object.model.title),
                )
                .help("give the object another title"),
            );
            object.is_broken = true;
            continue;
        }
        if let Some(first) = modules.get(&module) {
            // What two attributes of one name hold follows from that.
            if object.is_broken && Arc::ptr_eq(&first.source, &object.title.source) {
                continue;
            }
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
            object.is_broken = true;
            continue;
        }
        modules.insert(module, object.title.clone());
    }
}

/// The attributes that any value of the object must have, with the title of the object that each must hold.
fn must_hold<'a>(object: &'a Lowered<'_>) -> impl Iterator<Item = (&'a Placed, &'a str)> {
    object.attributes.iter().filter_map(|placed| {
        let attribute = &placed.model;
        let holds_one = match attribute.types.as_slice() {
            [JsonType::Object] => true,
            [JsonType::Array] => attribute.limits.min_items.is_some_and(|least| least > 0),
            _ => false,
        };
        let title = attribute.object.as_deref().filter(|_| holds_one && !attribute.may_be_absent())?;
        Some((placed, title))
    })
}

/// Takes out the objects that have no value, since each would need another of its kind.
pub(crate) fn check_ends(objects: &mut [Lowered<'_>], report: &mut Report) {
    let index: HashMap<&str, usize> =
        objects.iter().enumerate().map(|(index, object)| (object.model.title.as_str(), index)).collect();
    let mut endless = vec![false; objects.len()];
    for start in 0..objects.len() {
        // Of one circle everything is told at once.
        if endless[start] {
            continue;
        }
        // How each object was reached first: from which, by which attribute. So the circle is the shortest.
        let mut reached: Vec<Option<(usize, &Placed)>> = vec![None; objects.len()];
        let mut open = VecDeque::from([start]);
        'search: while let Some(from) = open.pop_front() {
            for (placed, title) in must_hold(&objects[from]) {
                let Some(&to) = index.get(title) else { continue };
                if reached[to].is_none() {
                    reached[to] = Some((from, placed));
                    open.push_back(to);
                }
                if to == start {
                    break 'search;
                }
            }
        }
        let mut circle = Vec::new();
        let mut at = start;
        while let Some((from, placed)) = reached[at] {
            circle.push((from, placed));
            at = from;
            if at == start {
                break;
            }
        }
        if reached[start].is_none() {
            continue;
        }
        circle.reverse();
        for (member, _) in &circle {
            endless[*member] = true;
        }
        let mut places = circle.iter().map(|(_, placed)| placed);
        let Some(first) = places.next() else { continue };
        let title = &objects[start].model.title;
        let mut diagnostic = Diagnostic::error(
            Code::EndlessObject,
            first.name.clone(),
            format!("`{title}` must hold another `{title}`, and that one more, without end"),
        );
        for (placed, (member, _)) in places.zip(circle.iter().skip(1)) {
            diagnostic =
                diagnostic.mark(placed.name.clone(), format!("`{}` must have this", objects[*member].model.title));
        }
        let which = if circle.len() > 1 { " at one of them" } else { "" };
        report.push(diagnostic.help(format!("write `required: false`{which}, or make it an array")));
    }
    for (object, is_endless) in objects.iter_mut().zip(endless) {
        object.is_broken |= is_endless;
    }
}
