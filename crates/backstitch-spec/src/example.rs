//! Examples of a definition, held against its attributes.

use backstitch_codegen::model::Example;
use backstitch_codegen::name::nearest;
use backstitch_codegen::rules::JsonType;
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
pub(crate) fn read(document: &Document, attributes: &mut [Placed], report: &mut Report) -> Examples {
    let mut examples = Vec::new();
    let mut first: Option<Vec<String>> = None;
    let nodes = document.get("examples").and_then(Node::sequence).unwrap_or_default();
    for node in nodes {
        let Some(code) = node.get("code") else { continue };
        let Some(text) = code.text() else { continue };
        // Only what starts like an object is taken for one; a shell command or a template is text.
        if !text.trim_start().starts_with('{')
            || text.trim_start().starts_with("{{")
            || text.trim_start().starts_with("{%")
        {
            examples.push(Example { code: text.to_owned(), checked: false });
            continue;
        }
        match serde_json::from_str::<Entries>(text) {
            Ok(entries) => {
                let checked = check(document, code, &entries, attributes, report);
                if first.is_none() {
                    first = Some(entries.0.iter().map(|(name, _)| name.clone()).collect());
                }
                examples.push(Example { code: text.to_owned(), checked });
            }
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
    for name in first.unwrap_or_default() {
        if let Some(index) = attributes.iter().position(|attribute| attribute.model.name.as_str() == name)
            && !wire_order.contains(&index)
        {
            attributes[index].model.in_example = true;
            wire_order.push(index);
        }
    }
    for index in 0..attributes.len() {
        if !wire_order.contains(&index) {
            wire_order.push(index);
        }
    }
    Examples { examples, wire_order }
}

/// Whether an example agrees with the attributes; where it does not, both places are reported.
fn check(document: &Document, code: &Node, entries: &Entries, attributes: &[Placed], report: &mut Report) -> bool {
    let before = report.diagnostics().len();
    for (name, value) in &entries.0 {
        let place = key_place(document, code, name);
        let Some(attribute) = attributes.iter().find(|attribute| attribute.model.name.as_str() == name) else {
            let known = attributes.iter().map(|attribute| attribute.model.name.as_str());
            let mut diagnostic = Diagnostic::warning(
                Code::ExampleMismatch,
                place,
                format!("the example has `{name}`, which is no attribute"),
            )
            .help("add the attribute, or take it out of the example; the example is not a test until then");
            if let Some(near) = nearest(name, known) {
                diagnostic = diagnostic.help(format!(
                    "write `{near}` in the example, or add the attribute; the example is not a test until then"
                ));
            }
            report.push(diagnostic);
            continue;
        };
        let found = json_type(value);
        let model = &attribute.model;
        let accepted = model.types.is_empty() || model.types.iter().any(|expected| expected.accepts(found));
        let constant = model.constant.as_deref().is_none_or(|constant| value.as_str() == Some(constant));
        if !accepted || !constant {
            let expected = match &model.constant {
                Some(constant) if accepted => format!("always `{constant}`"),
                _ => model.types.iter().map(|json_type| json_type.name()).collect::<Vec<_>>().join(" or "),
            };
            report.push(
                Diagnostic::warning(
                    Code::ExampleMismatch,
                    place,
                    format!("the example's `{name}` does not fit its attribute"),
                )
                .label(format!("this is {}", found.name()))
                .mark(attribute.name.clone(), format!("declared as {expected}"))
                .help("change the example or the attribute; the example is not a test until then"),
            );
        }
    }
    for attribute in attributes {
        let model = &attribute.model;
        let required = model.presence == backstitch_codegen::rules::Presence::Required
            || (model.presence != backstitch_codegen::rules::Presence::Optional && model.role.is_some());
        if required && !entries.0.iter().any(|(name, _)| *name == model.name.as_str()) {
            report.push(
                Diagnostic::warning(
                    Code::ExampleMismatch,
                    line_of(document, code, 1),
                    format!("the example lacks `{}`", model.name),
                )
                .mark(attribute.name.clone(), "which a record must have")
                .help("add it to the example, or make the attribute `required: false`; the example is not a test until then"),
            );
        }
    }
    report.diagnostics().len() == before
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
