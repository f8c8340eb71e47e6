//! Examples of a definition, held against its attributes.

use backstitch_codegen::model::Example;
use backstitch_codegen::name::nearest;
use backstitch_codegen::rules::{Attribute, Constraints, JsonType, Presence};
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};

use crate::attribute::Placed;
use crate::diagnostic::{Code, Diagnostic, Report};
use crate::document::Document;
use crate::source::Place;
use crate::yaml::Node;

/// What the examples say.
pub(crate) struct Examples {
    pub(crate) examples: Vec<Example>,
    /// Indices of the attributes in the order of the first JSON example, then the others.
    pub(crate) wire_order: Vec<usize>,
}

/// A JSON object whose keys keep their order.
struct Entries(Vec<(String, serde_json::Value)>);

impl<'de> Deserialize<'de> for Entries {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct InOrder;
        impl<'de> Visitor<'de> for InOrder {
            type Value = Entries;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Entries, A::Error> {
                let mut entries = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    entries.push(entry);
                }
                Ok(Entries(entries))
            }
        }
        deserializer.deserialize_map(InOrder)
    }
}

/// Reads the examples and marks the attributes that the first of them has.
pub(crate) fn read(document: &Document, codes: &[Node], attributes: &mut [Placed], report: &mut Report) -> Examples {
    // What a text is, is seen first; it is checked once it is known what the first example has.
    let mut parsed = Vec::new();
    for code in codes {
        let text = code.text().unwrap_or_default();
        let start = text.trim_start();
        // Only what starts like an object is taken for one; a shell command or a template is text.
        if !start.starts_with('{') || start.starts_with("{{") || start.starts_with("{%") {
            parsed.push((code, None));
            continue;
        }
        match serde_json::from_str::<Entries>(text) {
            Ok(entries) => parsed.push((code, Some(entries))),
            Err(error) => {
                let place = line_of(document, code, error.line());
                let message = error.to_string();
                let message = message.split(" at line ").next().unwrap_or(&message).to_owned();
                report.push(
                    Diagnostic::error(Code::ExampleSyntax, place, format!("this example is not JSON: {message}"))
                        .help("mend the example; it becomes a test"),
                );
            }
        }
    }
    let mut wire_order = Vec::new();
    if let Some(first) = parsed.iter().find_map(|(_, entries)| entries.as_ref()) {
        for (name, _) in &first.0 {
            if let Some(index) = attributes.iter().position(|attribute| attribute.model.name.as_str() == name)
                && !wire_order.contains(&index)
            {
                attributes[index].model.in_example = true;
                wire_order.push(index);
            }
        }
    }
    for index in 0..attributes.len() {
        if !wire_order.contains(&index) {
            wire_order.push(index);
        }
    }
    let examples = parsed
        .into_iter()
        .map(|(code, entries)| {
            let text = code.text().unwrap_or_default().to_owned();
            match entries {
                None => Example { code: text, checked: false, exact: false },
                Some(entries) => {
                    let check = Check { document, code, attributes, report };
                    let exact = entries.0.iter().all(|(name, value)| is_written_alike(attributes, name, value));
                    Example { code: text, checked: check.run(&entries), exact }
                }
            }
        })
        .collect();
    Examples { examples, wire_order }
}

/// Whether a value is written as it was read: a whole number that is held as any number gets a fraction.
fn is_written_alike(attributes: &[Placed], name: &str, value: &serde_json::Value) -> bool {
    let attribute = attributes.iter().find(|attribute| attribute.model.name.as_str() == name);
    !attribute.is_some_and(|attribute| {
        attribute.model.types.contains(&JsonType::Number) && json_type(value) == JsonType::Integer
    })
}

/// An example held against the attributes.
struct Check<'a> {
    document: &'a Document,
    code: &'a Node,
    attributes: &'a [Placed],
    report: &'a mut Report,
}

impl Check<'_> {
    /// Whether the example agrees with the attributes; where it does not, both places are reported.
    fn run(mut self, entries: &Entries) -> bool {
        let before = self.report.diagnostics().len();
        for (index, (name, value)) in entries.0.iter().enumerate() {
            let place = key_place(self.document, self.code, name);
            match self.attributes.iter().find(|attribute| attribute.model.name.as_str() == name) {
                None => self.unknown(name, place),
                Some(attribute) => {
                    if entries.0[..index].iter().any(|(other, _)| other == name) {
                        self.mismatch(
                            attribute,
                            place.clone(),
                            "this is the second".to_owned(),
                            "one attribute".to_owned(),
                        );
                    }
                    self.value(attribute, place, value);
                }
            }
        }
        for attribute in self.attributes {
            let model = &attribute.model;
            if !model.may_be_absent() && !entries.0.iter().any(|(name, _)| *name == model.name.as_str()) {
                self.report.push(
                    Diagnostic::warning(
                        Code::ExampleMismatch,
                        line_of(self.document, self.code, 1),
                        format!("the example lacks `{}`", model.name),
                    )
                    .mark(attribute.name.clone(), "which every object must have")
                    .help(
                        "add it to the example, or make the attribute `required: false`; the example is not a test \
                         until then",
                    ),
                );
            }
        }
        self.report.diagnostics().len() == before
    }

    fn unknown(&mut self, name: &str, place: Place) {
        let known = self.attributes.iter().map(|attribute| attribute.model.name.as_str());
        let help = match nearest(name, known) {
            Some(near) => format!("write `{near}` in the example, or add the attribute"),
            None => "add the attribute, or take it out of the example".to_owned(),
        };
        self.report.push(
            Diagnostic::warning(
                Code::ExampleMismatch,
                place,
                format!("the example has `{name}`, which is no attribute"),
            )
            .help(format!("{help}; the example is not a test until then")),
        );
    }

    fn value(&mut self, attribute: &Placed, place: Place, value: &serde_json::Value) {
        let model = &attribute.model;
        let found = json_type(value);
        if !model.types.is_empty() && !model.types.iter().any(|expected| expected.accepts(found)) {
            let declared = format!("declared as {}", JsonType::names(&model.types));
            return self.mismatch(attribute, place, format!("this is {}", found.name()), declared);
        }
        if let Some(constant) = model.constant.as_deref()
            && value.as_str() != Some(constant)
        {
            return self.mismatch(attribute, place, "this is another value".to_owned(), format!("always `{constant}`"));
        }
        for broken in broken_limits(&model.limits, value) {
            self.mismatch(attribute, place.clone(), "this value".to_owned(), broken);
        }
        if let Some(elements) = value.as_array().filter(|_| !model.items.is_empty()) {
            let is_wrong = |element: &serde_json::Value| {
                let found = json_type(element);
                !model.items.iter().any(|expected| expected.accepts(found))
            };
            if let Some(element) = elements.iter().find(|element| is_wrong(element)) {
                let found = format!("one of these is {}", json_type(element).name());
                self.mismatch(
                    attribute,
                    place,
                    found,
                    format!("elements declared as {}", JsonType::names(&model.items)),
                );
            }
        }
    }

    fn mismatch(&mut self, attribute: &Placed, place: Place, found: String, declared: String) {
        self.report.push(
            Diagnostic::warning(
                Code::ExampleMismatch,
                place,
                format!("the example's `{}` does not fit its attribute", attribute.model.name),
            )
            .label(found)
            .mark(attribute.name.clone(), declared)
            .help("change the example or the attribute; the example is not a test until then"),
        );
    }
}

/// What a value breaks, in the words of the rules themselves.
fn broken_limits(limits: &Constraints, value: &serde_json::Value) -> Vec<String> {
    let rules =
        Attribute { name: "", types: &[], items: &[], presence: Presence::Unstated, role: None, constraints: *limits };
    let mut found = Vec::new();
    match value {
        serde_json::Value::Number(number) => match (number.as_i64(), number.as_f64()) {
            (Some(integer), _) => rules.check_integer(integer, &mut found),
            // An integer beyond 64 bits is held by nothing that is generated.
            (None, _) if number.is_u64() => return vec!["an integer of at most 64 bits".to_owned()],
            (None, Some(number)) => rules.check_number(number, &mut found),
            (None, None) => {}
        },
        serde_json::Value::String(text) => rules.check_string(text, &mut found),
        serde_json::Value::Array(elements) => rules.check_array(elements.len(), &mut found),
        _ => {}
    }
    found.into_iter().map(|violation| format!("which {}", violation.message)).collect()
}

fn json_type(value: &serde_json::Value) -> JsonType {
    match value {
        serde_json::Value::Null => JsonType::Null,
        serde_json::Value::Bool(_) => JsonType::Boolean,
        serde_json::Value::Number(number) if number.is_f64() => JsonType::Number,
        serde_json::Value::Number(_) => JsonType::Integer,
        serde_json::Value::String(_) => JsonType::String,
        serde_json::Value::Array(_) => JsonType::Array,
        serde_json::Value::Object(_) => JsonType::Object,
    }
}

/// The place of the first `"name"` in an example, which is the key itself unless a text holds it.
fn key_place(document: &Document, code: &Node, name: &str) -> Place {
    let text = document.source.text.get(code.span.clone()).unwrap_or_default();
    let quoted = format!("\"{name}\"");
    match text.find(&quoted) {
        Some(at) => {
            let start = code.span.start + at;
            Place::new(&document.source, start..start + quoted.len())
        }
        None => line_of(document, code, 1),
    }
}

/// The place of line `number`, from 1, of an example written as a block.
fn line_of(document: &Document, code: &Node, number: usize) -> Place {
    let text = document.source.text.get(code.span.clone()).unwrap_or_default();
    // A block starts after its `|`, with the first line that is not blank.
    let mut at = code.span.start;
    let mut seen = 0;
    for line in text.split_inclusive('\n') {
        let content = line.trim();
        if seen > 0 || (!content.is_empty() && !content.starts_with(['|', '>'])) {
            seen += 1;
        }
        if seen == number.max(1) {
            let indent = line.len() - line.trim_start().len();
            return Place::new(&document.source, at + indent..at + indent + content.len());
        }
        at += line.len();
    }
    Place::new(&document.source, code.span.start..code.span.start)
}
