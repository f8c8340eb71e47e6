//! Definitions of destinations, and of what holds for all of them.

use std::collections::HashMap;

use backstitch_codegen::destination::{Case, Matching, Nested, Split, StitchType};
use backstitch_codegen::model::{ColumnType, Destination, DestinationRules};
use backstitch_codegen::name::{nearest, type_name};

use crate::diagnostic::{Code, Diagnostic, Report};
use crate::document::Document;
use crate::object::Reader;
use crate::source::Place;
use crate::template::Templates;
use crate::yaml::Node;

mod limits;
mod names;
mod types;

/// The keys that say who a destination is.
const IDENTITY: &[&str] = &["content-type", "description", "key", "product-type", "same-as", "title"];

/// The keys that say what a destination does. A destination that is the same as another has none.
const FACTS: &[&str] = &[
    "case",
    "column-name",
    "columns",
    "name-steps",
    "nested",
    "record",
    "reserved-column-prefixes",
    "reserved-column-suffixes",
    "reserved-table-suffixes",
    "split-renames-original",
    "table-name",
    "transforms",
    "types",
];

/// The keys of the definition of what holds for all destinations.
const RULES: &[&str] = &[
    "allowed-columns",
    "content-type",
    "description",
    "product-type",
    "reserved-prefixes",
    "reserved-words-are-case-insensitive",
    "title",
    "type-fallbacks",
];

/// A destination, before it is known what the others say.
struct Lowered {
    key: String,
    place: Place,
    same_as: Option<(String, Place)>,
    /// Nothing if its definition has an error.
    model: Option<Destination>,
}

/// What the definitions of destinations say, document by document.
#[derive(Default)]
pub(crate) struct Destinations {
    rules: DestinationRules,
    /// Where the definition of the rules starts.
    rules_place: Option<Place>,
    lowered: Vec<Lowered>,
}

impl Destinations {
    /// Adds the definition of one destination.
    pub(crate) fn add(&mut self, document: &Document, templates: &Templates<'_>, report: &mut Report) {
        let errors = report.errors();
        let lowered = Reader::new(document, templates, report).destination();
        self.lowered.extend(lowered.map(|lowered| match report.errors() == errors {
            true => lowered,
            false => Lowered { model: None, ..lowered },
        }));
    }

    /// Adds the definition of what holds for all destinations.
    pub(crate) fn add_rules(&mut self, document: &Document, templates: &Templates<'_>, report: &mut Report) {
        let place = document.head();
        if let Some(first) = self.rules_place.replace(place.clone()) {
            report.push(
                Diagnostic::error(Code::DuplicateName, place, "what holds for all destinations is defined twice")
                    .label("the second")
                    .mark(first, "the first")
                    .help("move all of it into one of them"),
            );
        }
        self.rules = Reader::new(document, templates, report).destination_rules();
    }

    /// Those that are sound, in the order of their keys, with what the others and the rules add.
    pub(crate) fn finish(mut self, report: &mut Report) -> (Vec<Destination>, DestinationRules) {
        check_keys(&self.lowered, report);
        let mut models = Vec::new();
        for lowered in &self.lowered {
            let Some(mut model) = lowered.model.clone() else { continue };
            if let Some((key, place)) = &lowered.same_as {
                // An origin that is not sound has been told of.
                let origin = origin(&self.lowered, lowered, key, place, report);
                let Some(origin) = origin.and_then(|origin| origin.model.as_ref()) else { continue };
                model = Destination {
                    key: model.key,
                    title: model.title,
                    source: model.source,
                    description: model.description,
                    same_as: model.same_as,
                    ..origin.clone()
                };
            }
            for &(of, otherwise) in &self.rules.type_fallbacks {
                fall_back(&mut model, of, otherwise);
            }
            models.push(model);
        }
        models.sort_by(|a, b| a.key.cmp(&b.key));
        (models, std::mem::take(&mut self.rules))
    }
}

/// Two destinations must not become one variant.
fn check_keys(lowered: &[Lowered], report: &mut Report) {
    let mut taken: HashMap<String, &Lowered> = HashMap::new();
    for destination in lowered {
        let Some(first) = taken.insert(type_name(&destination.key), destination) else { continue };
        let (code, message) = match first.key == destination.key {
            true => (Code::DuplicateName, format!("the destination `{}` is there twice", first.key)),
            false => (Code::NameCollision, format!("`{}` and `{}` become one variant", first.key, destination.key)),
        };
        report.push(
            Diagnostic::error(code, destination.place.clone(), message)
                .label("the second")
                .mark(first.place.clone(), "the first")
                .help("give one of them another key"),
        );
    }
}

/// The destination that `lowered` is the same as.
fn origin<'a>(
    all: &'a [Lowered],
    lowered: &Lowered,
    key: &str,
    place: &Place,
    report: &mut Report,
) -> Option<&'a Lowered> {
    let found = all.iter().find(|other| other.key == key);
    let (message, help) = match found {
        Some(_) if key == lowered.key => {
            (format!("`{key}` is the same as itself"), "name another destination, or say what this one does".to_owned())
        }
        Some(Lowered { same_as: Some((origin, _)), .. }) => {
            (format!("`{key}` is itself the same as `{origin}`"), format!("write `{origin}`"))
        }
        Some(found) => return Some(found),
        None => {
            let others = all.iter().map(|other| other.key.as_str()).filter(|other| *other != lowered.key);
            let help = match nearest(key, others) {
                Some(near) => format!("write `{near}`"),
                None => "name a destination that has a definition".to_owned(),
            };
            (format!("no destination is called `{key}`"), help)
        }
    };
    report.push(Diagnostic::error(Code::SameAs, place.clone(), message).help(help));
    None
}

/// Stores a type of which the destination says nothing as another one.
fn fall_back(model: &mut Destination, of: StitchType, otherwise: StitchType) {
    if model.unsupported.contains(&of) || model.types.iter().any(|column| column.of == of) {
        return;
    }
    if model.unsupported.contains(&otherwise) {
        model.unsupported.push(of);
    } else if let Some(column) = model.types.iter().find(|column| column.of == otherwise) {
        let column = ColumnType { of, ..column.clone() };
        model.types.push(column);
    }
}

impl Reader<'_, '_> {
    fn destination(&mut self) -> Option<Lowered> {
        let document = self.document;
        self.known_keys(&[IDENTITY, FACTS].concat());
        let title = self.stated("title", "title: \"PostgreSQL\"");
        let key = self.destination_key();
        let same_as = document.get("same-as").cloned();
        let mut model = Destination {
            key: key.as_ref().and_then(Node::text).unwrap_or_default().to_owned(),
            title: self.text(title.as_ref()),
            source: document.source.path.clone(),
            description: self.text(document.get("description")),
            same_as: same_as.as_ref().and_then(Node::text).map(str::to_owned),
            table_name: self.length_unless("table-name", same_as.is_some()),
            column_name: self.length_unless("column-name", same_as.is_some()),
            columns: self.most_columns_unless(same_as.is_some()),
            record_bytes: self.record_bytes(),
            case: Case::default(),
            split: Split::default(),
            nested: Nested::default(),
            reserved_column_prefixes: self.words("reserved-column-prefixes"),
            reserved_column_suffixes: self.words("reserved-column-suffixes"),
            reserved_table_suffixes: self.words("reserved-table-suffixes"),
            types: Vec::new(),
            unsupported: Vec::new(),
            steps: Vec::new(),
            transforms: Vec::new(),
        };
        if let Some(node) = document.get("case") {
            model.case = self.one_of(node, "case", Case::ALL).unwrap_or_default();
        }
        if let Some(node) = document.get("nested") {
            model.nested = self.one_of(node, "answer", Nested::ALL).unwrap_or_default();
        }
        model.split = match self.yes_or_no("split-renames-original") {
            Some(true) => Split::RenamesOriginal,
            Some(false) => Split::KeepsOriginal,
            None => Split::Unstated,
        };
        (model.types, model.unsupported) = self.column_types();
        (model.steps, model.transforms) = self.transforms(model.case);
        let mut origin = None;
        if let Some(node) = &same_as {
            match node.text() {
                Some(text) => origin = Some((text.to_owned(), document.place(node))),
                None => self.wrong_kind(node, "the key of a destination"),
            }
            self.nothing_beside(node);
        }
        let key = key?;
        Some(Lowered { key: model.key.clone(), place: document.place(&key), same_as: origin, model: Some(model) })
    }

    fn destination_rules(&mut self) -> DestinationRules {
        self.known_keys(RULES);
        DestinationRules {
            source: self.document.source.path.clone(),
            description: self.text(self.document.get("description")),
            reserved_prefixes: self.words("reserved-prefixes"),
            allowed_columns: self.words("allowed-columns"),
            matching: match self.yes_or_no("reserved-words-are-case-insensitive") {
                Some(false) => Matching::ExactCase,
                Some(true) | None => Matching::AnyCase,
            },
            type_fallbacks: self.type_fallbacks(),
        }
    }

    /// All keys of these definitions are ours, so that one that is not known is a mistake.
    fn known_keys(&mut self, known: &[&str]) {
        let document = self.document;
        for (key, _) in document.root.mapping().unwrap_or_default() {
            let name = key.text().unwrap_or_default();
            if !known.contains(&name) {
                let help = match nearest(name, known.iter().copied()) {
                    Some(near) => format!("write `{near}`"),
                    None => format!("remove it, or use one of `{}`", known.join("`, `")),
                };
                self.report.push(
                    Diagnostic::warning(Code::UnknownKey, document.place(key), format!("unknown key `{name}`"))
                        .label("not read")
                        .help(help),
                );
            }
        }
    }

    /// A destination that is the same as another says nothing else of what it does.
    fn nothing_beside(&mut self, same_as: &Node) {
        let document = self.document;
        for (key, _) in document.root.mapping().unwrap_or_default() {
            if let Some(name) = key.text().filter(|name| FACTS.contains(name)) {
                self.report.push(
                    Diagnostic::error(
                        Code::SameAs,
                        document.place(key),
                        format!(
                            "`{name}` beside `same-as` says another thing than the destination that is named there"
                        ),
                    )
                    .mark(document.place(same_as), "all of it is from there")
                    .help("remove one of the two"),
                );
            }
        }
    }

    fn destination_key(&mut self) -> Option<Node> {
        let node = self.stated("key", "key: \"postgres\"")?;
        let text = node.text().unwrap_or_default();
        let is_plain = text.starts_with(|first: char| first.is_ascii_lowercase())
            && text.chars().all(|letter| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '-');
        if !is_plain {
            self.report.push(
                Diagnostic::error(
                    Code::WrongKind,
                    self.document.place(&node),
                    format!("`{text}` is no key of a destination"),
                )
                .help("write small letters from a to z, digits and hyphens, a letter first: it names the Rust variant"),
            );
            return None;
        }
        Some(node)
    }

    /// A text that must be there.
    fn stated(&mut self, key: &str, example: &str) -> Option<Node> {
        match self.document.get(key) {
            Some(node) if node.text().is_some_and(|text| !text.trim().is_empty()) => Some(node.clone()),
            Some(node) => {
                self.wrong_kind(node, "text");
                None
            }
            None => {
                self.report.push(self.document.lacks("destination", key, format!("add `{example}`")));
                None
            }
        }
    }

    fn yes_or_no(&mut self, key: &str) -> Option<bool> {
        let node = self.document.get(key)?;
        let answer = node.boolean();
        if answer.is_none() {
            self.wrong_kind(node, "true or false");
        }
        answer
    }

    /// One of the known answers.
    fn one_of<T: Copy>(&mut self, node: &Node, what: &str, known: &[(&str, T)]) -> Option<T> {
        let Some(name) = node.text() else {
            self.wrong_kind(node, "one word");
            return None;
        };
        let found = known.iter().find(|(known, _)| *known == name).map(|(_, answer)| *answer);
        if found.is_none() {
            let names: Vec<&str> = known.iter().map(|(name, _)| *name).collect();
            self.report.push(
                Diagnostic::error(Code::WrongKind, self.document.place(node), format!("unknown {what} `{name}`")).help(
                    match nearest(name, names.iter().copied()) {
                        Some(near) => format!("write `{near}`"),
                        None => format!("use one of `{}`", names.join("`, `")),
                    },
                ),
            );
        }
        found
    }

    /// A list of words, each of them once.
    fn words(&mut self, key: &str) -> Vec<String> {
        let mut words: Vec<String> = Vec::new();
        for node in self.list(key) {
            match node.text().filter(|text| !text.is_empty()) {
                Some(text) if words.iter().any(|word| word == text) => self.report.push(
                    Diagnostic::warning(
                        Code::DuplicateName,
                        self.document.place(&node),
                        format!("`{text}` is there twice"),
                    )
                    .help("remove one of them"),
                ),
                Some(text) => words.push(text.to_owned()),
                None => self.wrong_kind(&node, "a word"),
            }
        }
        words
    }
}
