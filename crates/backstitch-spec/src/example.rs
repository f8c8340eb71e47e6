//! Examples: what each is by its text, and whether it agrees with the attributes.

use std::collections::{HashMap, HashSet};
use std::ops::Range;
use std::sync::Arc;

use backstitch_codegen::model::{Additional, Example, ExampleKind};
use backstitch_codegen::name::nearest;
use backstitch_codegen::rules::{Attribute, Constraints, JsonType, Presence};

use crate::attribute::Placed;
use crate::diagnostic::{Code, Diagnostic, Report};
use crate::json::{self, Entry, Json, Kind};
use crate::keys;
use crate::object::{Lowered, Reader};
use crate::source::{Place, Source};
use crate::yaml::Node;

/// The keys of an example, beside those that everything may have.
const KEYS: &[&str] = &["code", "error-file", "subexamples", "type"];

/// An example as it stands in a definition.
pub(crate) struct Found {
    title: String,
    /// Its `type`, in lower case.
    pub(crate) of: String,
    code: Node,
}

/// An example whose text was looked at.
pub(crate) struct Parsed {
    title: String,
    source: Arc<Source>,
    node: Node,
    code: String,
    kind: ExampleKind,
    /// The JSON, as a text and as a value.
    text: String,
    json: Option<Json>,
    /// The byte of the code that the JSON text starts at, if that is the file's own text.
    offset: Option<usize>,
    wrapper: Option<String>,
    /// Whether what stands in angle brackets is put in later, and fits any type.
    takes_stand_ins: bool,
}

/// Where the JSON in a code is.
struct Body {
    kind: ExampleKind,
    text: String,
    offset: Option<usize>,
}

impl Reader<'_, '_> {
    /// The examples that have a code, those within others too.
    pub(crate) fn examples(&mut self) -> Vec<Found> {
        let mut found = Vec::new();
        let known = keys::with_common(KEYS);
        for node in self.list("examples") {
            if node.mapping().is_none() {
                self.wrong_kind(&node, "an example with a `code`");
                continue;
            }
            if self.has_slip_of_code(&node, &known) {
                continue;
            }
            self.known_keys_of(&self.document.source, &node, "an example", &known);
            let of = self.plain(&node, "type").to_lowercase();
            let title = self.plain(&node, "title");
            match (node.get("code"), node.get("subexamples").map(Node::sequence)) {
                (Some(code), _) if code.text().is_some() => {
                    let title = if title.is_empty() { self.plain(&node, "type") } else { title };
                    found.push(Found { title, of, code: code.clone() });
                }
                (Some(code), _) if !code.is_null() => self.wrong_kind(code, "the text of an example"),
                (_, Some(Some(nodes))) => {
                    for node in nodes {
                        if self.has_slip_of_code(node, &known) {
                            continue;
                        }
                        self.known_keys_of(&self.document.source, node, "an example", &known);
                        let own = [self.plain(node, "title"), self.plain(node, "type")];
                        let title = own.into_iter().find(|title| !title.is_empty()).unwrap_or_default();
                        match node.get("code").filter(|code| code.text().is_some()) {
                            Some(code) => found.push(Found { title, of: of.clone(), code: code.clone() }),
                            None => self.wrong_kind(node, "an example with a `code`"),
                        }
                    }
                }
                // Some only say of which kind the examples are, which are elsewhere.
                _ if node.get("type").is_some() => {}
                _ => self.wrong_kind(&node, "an example with a `code`"),
            }
        }
        found
    }

    /// Tells of an example whose `code` is there but for a slip of the pen.
    fn has_slip_of_code(&mut self, node: &Node, known: &[&str]) -> bool {
        let slip = keys::slip_of(node, "code", known).filter(|_| node.get("code").is_none());
        if let Some(slip) = slip {
            let place = self.document.place(slip);
            self.report.push(
                Diagnostic::error(Code::MissingKey, place, "this example has no `code`")
                    .label("not read")
                    .help("write `code`"),
            );
        }
        slip.is_some()
    }

    fn plain(&mut self, node: &Node, key: &str) -> String {
        self.text(node.get(key).filter(|node| !node.is_null()))
    }
}

/// Looks at the text of an example.
pub(crate) fn parse(reader: &mut Reader<'_, '_>, found: Found) -> Parsed {
    let raw = found.code.text().unwrap_or_default().to_owned();
    let errors = reader.report.errors();
    let rendered = reader.rendered(&found.code);
    let is_rendered = reader.report.errors() == errors;
    let code = rendered.text;
    let mut parsed = Parsed {
        title: found.title,
        source: Arc::clone(&reader.document.source),
        node: found.code,
        kind: ExampleKind::Text,
        text: String::new(),
        json: None,
        offset: None,
        wrapper: None,
        takes_stand_ins: false,
        code,
    };
    let Some(body) = body(&parsed.code).filter(|_| is_rendered) else { return parsed };
    parsed.offset = body.offset.filter(|_| raw == parsed.code);
    parsed.kind = body.kind;
    let first = match json::parse(&body.text) {
        Ok(json) => {
            parsed.json = Some(json);
            parsed.text = body.text;
            return parsed;
        }
        Err(fault) => fault,
    };
    let text = json::without_comments(&body.text);
    let fault = match json::parse(&text) {
        Ok(json) => {
            if parsed.kind == ExampleKind::Json {
                parsed.kind = ExampleKind::Commented;
            }
            parsed.json = Some(json);
            parsed.text = text;
            return parsed;
        }
        Err(fault) if text != body.text => fault,
        Err(_) => first,
    };
    if rendered.is_raw || json::has_stand_in(&text) {
        parsed.kind = ExampleKind::Template;
        return parsed;
    }
    let length = body.text[fault.at..].chars().next().map_or(0, char::len_utf8);
    let place = parsed.place(fault.at..fault.at + length);
    let mut diagnostic =
        Diagnostic::error(Code::ExampleSyntax, place, format!("this example is not JSON: {}", fault.message));
    diagnostic = diagnostic.help("mend the example; it becomes a test");
    reader.report.push(diagnostic);
    parsed
}

/// The JSON that a code is, or that a shell is given in it.
fn body(code: &str) -> Option<Body> {
    let start = code.len() - code.trim_start().len();
    let rest = code.trim();
    if rest.starts_with(['{', '[']) {
        return Some(Body { kind: ExampleKind::Json, text: rest.to_owned(), offset: Some(start) });
    }
    // The whole is quoted, or the last argument of a command is.
    if let Some(found) = quoted(code, start) {
        return Some(found);
    }
    let options = ["--data-raw", "--data-binary", "--data-ascii", "--data", "--json", "-d"];
    options.iter().find_map(|option| {
        let is_option = |at: &usize| code[..*at].ends_with([' ', '\t', '\n']);
        let at = code.match_indices(option).map(|(at, _)| at).find(is_option)? + option.len();
        let after = code[at..].trim_start_matches(['=', '$', ' ', '\t', '\n', '\r', '\\']);
        quoted(code, code.len() - after.len())
    })
}

/// The JSON in the quotes that stand at the byte `at`.
fn quoted(code: &str, at: usize) -> Option<Body> {
    let rest = &code[at..];
    let quote = rest.chars().next().filter(|quote| matches!(quote, '\'' | '"'))?;
    let end = rest.rfind(quote).filter(|end| *end > 0)?;
    let inner = &rest[1..end];
    if !inner.trim_start().starts_with(['{', '[']) {
        return None;
    }
    let text = match quote {
        '\'' => inner.replace("'\\''", "'"),
        _ if inner.contains("\\\"") => inner.replace("\\\"", "\"").replace("\\\\", "\\"),
        _ => inner.to_owned(),
    };
    let offset = (text.len() == inner.len()).then_some(at + 1);
    Some(Body { kind: ExampleKind::Shell, text, offset })
}

impl Parsed {
    /// Takes a key off that stands around the object and is no attribute of it.
    pub(crate) fn unwrap(&mut self, names: &[String]) {
        if let Some([entry]) = self.json.as_ref().and_then(Json::object)
            && !names.contains(&entry.name)
            && !names.is_empty()
            && (entry.value.object().is_some() || entry.value.array().is_some_and(|elements| !elements.is_empty()))
        {
            self.wrapper = Some(entry.name.clone());
            self.json = Some(entry.value.clone());
        }
    }

    fn elements(&self) -> Vec<&Json> {
        match &self.json {
            Some(json) => json.array().map_or_else(|| vec![json], |elements| elements.iter().collect()),
            None => Vec::new(),
        }
    }

    /// The body of an answer: `text` is JSON that stands in a node of a data file, from its byte `offset` on, if that
    /// is known.
    pub(crate) fn answer(source: &Arc<Source>, node: &Node, text: &str, offset: Option<usize>, json: Json) -> Self {
        Parsed {
            title: String::new(),
            source: Arc::clone(source),
            node: node.clone(),
            code: text.to_owned(),
            kind: ExampleKind::Json,
            text: text.to_owned(),
            json: Some(json),
            offset,
            wrapper: None,
            takes_stand_ins: true,
        }
    }

    /// The objects that it is an example of.
    pub(crate) fn objects(&self) -> impl Iterator<Item = &[Entry]> {
        self.elements().into_iter().filter_map(Json::object)
    }

    /// The place of bytes of its JSON text.
    fn place(&self, span: Range<usize>) -> Place {
        self.offset
            .and_then(|offset| self.node.place_of(&self.source, offset + span.start..offset + span.end))
            .unwrap_or_else(|| self.node.first_line(&self.source))
    }

    /// The example without its places.
    fn finish(&self, checked: bool, exact: bool) -> Example {
        Example {
            title: self.title.clone(),
            code: self.code.clone(),
            kind: self.kind,
            json: self.text.clone(),
            wrapper: self.wrapper.clone(),
            is_array: self.json.as_ref().is_some_and(|json| json.array().is_some()),
            of: None,
            checked,
            exact,
        }
    }
}

/// The attributes by their names.
fn by_name(attributes: &[Placed]) -> HashMap<&str, &Placed> {
    attributes.iter().map(|placed| (placed.model.name.as_str(), placed)).collect()
}

/// The objects by their titles.
pub(crate) struct Objects<'a, 'o>(HashMap<&'o str, &'o Lowered<'a>>);

impl<'a, 'o> Objects<'a, 'o> {
    pub(crate) fn new(objects: &'o [Lowered<'a>]) -> Self {
        // Of two with one title the second has been told of.
        Objects(objects.iter().rev().map(|object| (object.model.title.as_str(), object)).collect())
    }

    pub(crate) fn get(&self, title: &str) -> Option<&'o Lowered<'a>> {
        self.0.get(title).copied()
    }

    /// Holds examples of `object`, against its attributes.
    pub(crate) fn check(&self, object: &Lowered<'_>, examples: &[Parsed], report: &mut Report) -> Vec<Example> {
        examples
            .iter()
            .map(|example| {
                if example.json.is_none() {
                    return example.finish(false, false);
                }
                let before = report.diagnostics().len();
                let mut check = Check { objects: self, example, read_as: None, report };
                let mut exact = true;
                for element in example.elements() {
                    match element.object() {
                        Some(entries) => {
                            check.object(object, element, entries);
                            exact &= self.is_written_alike(&object.attributes, entries);
                        }
                        None => check.no_object(element, &object.title),
                    }
                }
                let checked = report.diagnostics().len() == before;
                example.finish(checked, exact)
            })
            .collect()
    }

    /// Whether an object is written as it was read: a whole number that is held as any number gets a fraction.
    fn is_written_alike(&self, attributes: &[Placed], entries: &[Entry]) -> bool {
        let known = by_name(attributes);
        entries.iter().all(|entry| {
            let Some(attribute) = known.get(entry.name.as_str()) else { return true };
            let inner = attribute.model.object.as_deref().and_then(|title| self.get(title));
            let elements = entry.value.array().unwrap_or(std::slice::from_ref(&entry.value));
            let within = inner.is_none_or(|inner| {
                let mut objects = elements.iter().filter_map(Json::object);
                objects.all(|entries| self.is_written_alike(&inner.attributes, entries))
            });
            let is_integer = |value: &Json| json_type(value) == JsonType::Integer;
            let widened = (attribute.model.types.contains(&JsonType::Number) && is_integer(&entry.value))
                || (attribute.model.items == [JsonType::Number] && elements.iter().any(is_integer));
            within && !widened
        })
    }
}

/// An example held against the attributes; what it contradicts is reported with both places.
struct Check<'a, 'o, 'c> {
    objects: &'c Objects<'a, 'o>,
    example: &'c Parsed,
    /// The title of the object within another that a value is read as.
    read_as: Option<&'c str>,
    report: &'c mut Report,
}

impl<'o, 'c> Check<'_, 'o, 'c>
where
    'o: 'c,
{
    /// What follows the name of an attribute's rule, where it is the rule of an object within another.
    fn of_object(&self) -> String {
        self.read_as.map_or_else(String::new, |title| format!(" of `{title}`"))
    }

    fn place(&self, span: &Range<usize>) -> Place {
        self.example.place(span.clone())
    }

    fn object(&mut self, object: &Lowered<'_>, whole: &Json, entries: &[Entry]) {
        let attributes = &object.attributes;
        let takes_more = object.model.additional == Additional::Allowed || object.is_incomplete;
        let known = by_name(attributes);
        let mut seen: HashSet<&str> = HashSet::new();
        for entry in entries {
            let is_second = !seen.insert(&entry.name);
            match known.get(entry.name.as_str()).copied() {
                None if takes_more => {}
                Some(attribute) if attribute.is_broken => {}
                None => self.unknown(&entry.name, attributes, self.place(&entry.span)),
                Some(attribute) => {
                    if is_second {
                        let declared = "one attribute";
                        self.mismatch(attribute, &entry.span, "this is the second".to_owned(), declared);
                    }
                    self.value(attribute, &entry.value);
                }
            }
        }
        for attribute in attributes {
            let model = &attribute.model;
            let must_be_there = !model.may_be_absent() && !attribute.is_broken;
            if must_be_there && !seen.contains(model.name.as_str()) {
                let place = self.place(&(whole.span.start..whole.span.start + 1));
                self.report.push(
                    Diagnostic::warning(Code::ExampleMismatch, place, format!("the example lacks `{}`", model.name))
                        .mark(attribute.name.clone(), format!("which every {} must have", self.an_object()))
                        .help(
                            "add it to the example, or make the attribute `required: false`; the example is not a test \
                         until then",
                        ),
                );
            }
        }
    }

    /// What a value is read as, in words.
    fn an_object(&self) -> String {
        self.read_as.map_or_else(|| "object".to_owned(), |title| format!("`{title}`"))
    }

    fn no_object(&mut self, value: &Json, title: &Place) {
        let place = self.place(&value.span);
        self.report.push(
            Diagnostic::warning(
                Code::ExampleMismatch,
                place,
                format!("this example is {}, not an object", in_words(json_type(value))),
            )
            .mark(title.clone(), "which this describes")
            .help("write an object, or an array of them; the example is not a test until then"),
        );
    }

    fn unknown(&mut self, name: &str, attributes: &[Placed], place: Place) {
        let known = attributes.iter().map(|attribute| attribute.model.name.as_str());
        let help = match nearest(name, known) {
            Some(near) => format!("write `{near}` in the example, or add the attribute"),
            None => "add the attribute, or take it out of the example".to_owned(),
        };
        self.report.push(
            Diagnostic::warning(
                Code::ExampleMismatch,
                place,
                format!("the example has `{name}`, which is no attribute{}", self.of_object()),
            )
            .help(format!("{help}; the example is not a test until then")),
        );
    }

    fn value(&mut self, attribute: &Placed, value: &Json) {
        let model = &attribute.model;
        let found = json_type(value);
        let is_stand_in = matches!(&value.kind, Kind::String(text) if text.starts_with('<') && text.ends_with('>'));
        if self.example.takes_stand_ins && is_stand_in {
            return;
        }
        if !model.types.is_empty() && !model.types.iter().any(|expected| expected.accepts(found)) {
            let declared = format!("declared as {}", JsonType::names(&model.types));
            return self.mismatch(attribute, &value.span, format!("this is {}", in_words(found)), &declared);
        }
        if let Some(constant) = model.constant.as_deref()
            && !matches!(&value.kind, Kind::String(text) if text == constant)
        {
            return self.mismatch(
                attribute,
                &value.span,
                "this is another value".to_owned(),
                &format!("always `{constant}`"),
            );
        }
        for broken in broken_limits(&model.limits, value) {
            self.mismatch(attribute, &value.span, "this value".to_owned(), &broken);
        }
        if let Some(elements) = value.array().filter(|_| !model.items.is_empty()) {
            let is_wrong = |element: &&Json| {
                let found = json_type(element);
                !model.items.iter().any(|expected| expected.accepts(found))
            };
            if let Some(element) = elements.iter().find(is_wrong) {
                let found = format!("this element is {}", in_words(json_type(element)));
                let declared = format!("elements declared as {}", JsonType::names(&model.items));
                self.mismatch(attribute, &element.span, found, &declared);
            }
        }
        // An integer beyond 64 bits is held by nothing that is generated.
        let is_beyond = |element: &&Json| matches!(&element.kind, Kind::Number(text) if text.parse::<i64>().is_err() || text == "-0");
        if model.items == [JsonType::Integer]
            && let Some(element) = value
                .array()
                .into_iter()
                .flatten()
                .filter(|element| json_type(element) == JsonType::Integer)
                .find(is_beyond)
        {
            let declared = "elements of at most 64 bits";
            self.mismatch(attribute, &element.span, "this element is another number".to_owned(), declared);
        }
        // A value of several types is held as whatever JSON it is.
        let inner = model.object.as_deref().filter(|_| model.only_type().is_some());
        let Some(inner) = inner.and_then(|title| self.objects.get(title)) else { return };
        let outer = self.read_as.replace(&inner.model.title);
        for element in value.array().unwrap_or(std::slice::from_ref(value)) {
            match (element.object(), value.array()) {
                (Some(entries), _) => self.object(inner, element, entries),
                (None, Some(_)) => self.no_object(element, &inner.title),
                (None, None) => {}
            }
        }
        self.read_as = outer;
    }

    /// Where an attribute is declared, if that is in an object within another.
    fn within(&self) -> String {
        self.read_as.map_or_else(String::new, |title| format!(", in `{title}`"))
    }

    fn mismatch(&mut self, attribute: &Placed, span: &Range<usize>, found: String, declared: &str) {
        let place = self.place(span);
        self.report.push(
            Diagnostic::warning(
                Code::ExampleMismatch,
                place,
                format!("the example's `{}` does not fit its attribute", attribute.model.name),
            )
            .label(found)
            .mark(attribute.name.clone(), format!("{declared}{}", self.within()))
            .help("change the example or the attribute; the example is not a test until then"),
        );
    }
}

/// What a value breaks, in the words of the rules themselves.
fn broken_limits(limits: &Constraints, value: &Json) -> Vec<String> {
    let rules =
        Attribute { name: "", types: &[], items: &[], presence: Presence::Unstated, role: None, constraints: *limits };
    let mut found = Vec::new();
    match &value.kind {
        Kind::Number(text) if json_type(value) == JsonType::Integer => match text.parse() {
            // A reader of JSON takes `-0` for a number with a fraction.
            Ok(_) if text == "-0" => return vec!["an integer, which `-0` is not".to_owned()],
            Ok(integer) => rules.check_integer(integer, &mut found),
            // An integer beyond 64 bits is held by nothing that is generated.
            Err(_) => return vec!["an integer of at most 64 bits".to_owned()],
        },
        Kind::Number(text) => rules.check_number(text.parse().unwrap_or(f64::INFINITY), &mut found),
        Kind::String(text) => rules.check_string(text, &mut found),
        Kind::Array(elements) => rules.check_array(elements.len(), &mut found),
        _ => {}
    }
    found.into_iter().map(|violation| format!("which {}", violation.message)).collect()
}

/// A type with its article.
pub(crate) fn in_words(json_type: JsonType) -> String {
    match json_type {
        JsonType::Null => "null".to_owned(),
        JsonType::Array | JsonType::Integer | JsonType::Object => format!("an {}", json_type.name()),
        JsonType::Boolean | JsonType::Number | JsonType::String => format!("a {}", json_type.name()),
    }
}

pub(crate) fn json_type(value: &Json) -> JsonType {
    match &value.kind {
        Kind::Null => JsonType::Null,
        Kind::Boolean => JsonType::Boolean,
        Kind::Number(text) => JsonType::of(text),
        Kind::String(_) => JsonType::String,
        Kind::Array(_) => JsonType::Array,
        Kind::Object(_) => JsonType::Object,
    }
}
