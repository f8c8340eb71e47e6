//! What a call can answer: a data file in `response-codes`, which several calls may share.
//!
//! ```yaml
//! all:
//!   - code: "400"
//!     responses:
//!       - key: "not-an-array"
//!         condition: "The body is not an array"
//!         response-body: |
//!           ```json
//!           {"status": "ERROR", "message": "An array of records is expected"}
//!           ```
//! ```

use std::collections::HashMap;
use std::sync::Arc;

use backstitch_codegen::model::Response;
use backstitch_codegen::name::{constant_name, snake_case};

use crate::data::Found;
use crate::diagnostic::{Code, Diagnostic};
use crate::json::{self, Json};
use crate::object::Reader;
use crate::source::{Place, Source};
use crate::yaml::Node;

/// The folder of a product's data that the tables are in.
const FOLDER: &str = "response-codes";

impl Reader<'_, '_> {
    /// The answers of a call: those of the file that it names, or of the file that is called as its endpoint is.
    pub(crate) fn responses(&mut self) -> Vec<Response> {
        let document = self.document;
        let named = document.get("response-codes").cloned().or_else(|| {
            let examples = document.get("examples")?.sequence()?;
            examples.iter().find_map(|example| example.get("error-file")).cloned()
        });
        let name = match &named {
            Some(node) => self.text(Some(node)),
            None => document.key_text("endpoint").unwrap_or_default().to_owned(),
        };
        let site = self.templates.site;
        let path: Vec<&str> = document.product().into_iter().chain([FOLDER, &name]).collect();
        match site.folder.data.find(&path) {
            Found::Collection(source, node) => self.table(source, node),
            Found::Missing { .. } | Found::Folder if named.is_none() => Vec::new(),
            Found::Scalar(source, node) => {
                self.wrong_kind_at(source, node, "a mapping with the list `all`");
                Vec::new()
            }
            Found::Missing { .. } | Found::Folder => {
                let file = format!("_data/{}.yml", path.join("/"));
                if let Some(node) = &named {
                    self.report.push(
                        Diagnostic::error(
                            Code::MissingDataFile,
                            document.place(node),
                            format!("no data file has the answers `{name}`"),
                        )
                        .help(format!("add the data file `{file}`")),
                    );
                }
                Vec::new()
            }
        }
    }

    fn table(&mut self, source: &Arc<Source>, table: &Node) -> Vec<Response> {
        let mut responses = Vec::new();
        let mut taken: HashMap<String, Place> = HashMap::new();
        let Some(codes) = table.get("all").and_then(Node::sequence) else {
            self.wrong_kind_at(source, table, "a mapping with the list `all`");
            return responses;
        };
        for code in codes {
            let status = code.get("code").and_then(Node::text).map(str::parse::<u16>);
            let Some(Ok(status @ 100..=599)) = status else {
                let node = code.get("code").unwrap_or(code);
                self.wrong_kind_at(source, node, "a `code` that is an HTTP status");
                continue;
            };
            for node in code.get("responses").and_then(Node::sequence).unwrap_or_default() {
                let Some(mut response) = self.response(source, node, status) else { continue };
                // Sentences may repeat themselves, and are no names that someone chose.
                let sentence = response.name.clone();
                let mut number = 1;
                while node.get("key").is_none() && taken.contains_key(&constant_name(&response.name)) {
                    number += 1;
                    response.name = format!("{sentence}-{number}");
                }
                let place = Place::new(source, node.span.start..node.span.start);
                if let Some(first) = taken.insert(constant_name(&response.name), place.clone()) {
                    self.report.push(
                        Diagnostic::error(
                            Code::DuplicateName,
                            place,
                            format!("two answers are called `{}`", response.name),
                        )
                        .label("the second")
                        .mark(first, "the first")
                        .help("give one of them another `key`"),
                    );
                    continue;
                }
                responses.push(response);
            }
        }
        responses
    }

    fn response(&mut self, source: &Arc<Source>, node: &Node, status: u16) -> Option<Response> {
        let mut text =
            |key: &str| node.get(key).filter(|part| part.text().is_some()).map(|part| self.data_text(source, part));
        let condition = text("condition").unwrap_or_default();
        let key = text("key");
        let body = text("response-body").unwrap_or_default();
        let name = key.unwrap_or_else(|| condition.clone());
        if !name.contains(|letter: char| letter.is_ascii_alphabetic()) {
            self.report.push(
                Diagnostic::error(
                    Code::MissingKey,
                    Place::new(source, node.span.start..node.span.start),
                    "this answer has neither a `key` nor a `condition`",
                )
                .help("add `key: \"not-an-array\"`; it names the constant"),
            );
            return None;
        }
        let (body, is_json) = match fenced(&body) {
            None => (body.trim_matches('`').to_owned(), false),
            Some(text) => match json::parse(text) {
                Ok(json) => (compact(text, &json), true),
                Err(fault) => {
                    let place = node.get("response-body").map_or(node, |body| body);
                    self.report.push(
                        Diagnostic::error(
                            Code::ExampleSyntax,
                            Place::new(source, place.span.clone()),
                            format!("this body is not JSON: {}", fault.message),
                        )
                        .help("mend the body, or write it as text in backticks"),
                    );
                    return None;
                }
            },
        };
        Some(Response { name: snake_case(&name).replace('_', "-"), status, condition, body, is_json })
    }
}

/// The text between the fences of a block of code, or a text that starts as JSON does.
fn fenced(body: &str) -> Option<&str> {
    let body = body.trim();
    match body.strip_prefix("```") {
        Some(rest) => {
            let (_, rest) = rest.split_once('\n')?;
            Some(rest.strip_suffix("```").unwrap_or(rest).trim())
        }
        None => body.starts_with(['{', '[']).then_some(body),
    }
}

/// JSON without white space between its values, as it is on the wire.
fn compact(text: &str, json: &Json) -> String {
    let mut result = String::with_capacity(text.len());
    write(text, json, &mut result);
    result
}

fn write(text: &str, json: &Json, result: &mut String) {
    let separate = |index: usize, result: &mut String| {
        if index > 0 {
            result.push(',');
        }
    };
    match &json.kind {
        json::Kind::Object(entries) => {
            result.push('{');
            for (index, entry) in entries.iter().enumerate() {
                separate(index, result);
                result.push_str(&text[entry.span.clone()]);
                result.push(':');
                write(text, &entry.value, result);
            }
            result.push('}');
        }
        json::Kind::Array(elements) => {
            result.push('[');
            for (index, element) in elements.iter().enumerate() {
                separate(index, result);
                write(text, element, result);
            }
            result.push(']');
        }
        _ => result.push_str(&text[json.span.clone()]),
    }
}
