//! What a call can answer: data files in `response-codes`, which several calls may share. A call has those that its
//! `response-codes` names, one or a list; without that key the one that is called as its `endpoint` is. Those that the
//! document of the API as a whole names belong to no call.
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
use crate::example::Parsed;
use crate::json::{self, Json};
use crate::keys;
use crate::object::Reader;
use crate::source::{Place, Source};
use crate::yaml::Node;

/// The folder of a product's data that the tables are in.
const FOLDER: &str = "response-codes";

/// The keys of the answers of one status.
const STATUS_KEYS: &[&str] = &["code", "condition", "responses"];

/// The keys of an answer, beside those that everything may have.
const KEYS: &[&str] = &["condition", "key", "response-body"];

/// Constants that the output has beside the answers.
const TAKEN: &[&str] = &["ALL", "OF_NO_CALL"];

/// The answers so far, by the names of their constants.
type Names = HashMap<String, Place>;

impl Reader<'_, '_> {
    /// The answers of a call: those of the files that it names, or of the file that is called as its endpoint is.
    pub(crate) fn responses(&mut self) -> Vec<Response> {
        let document = self.document;
        let named = document.get("response-codes").cloned().or_else(|| {
            let examples = document.get("examples")?.sequence()?;
            examples.iter().find_map(|example| example.get("error-file")).cloned()
        });
        let nodes = match &named {
            Some(node) => node.sequence().map_or_else(|| vec![node.clone()], <[Node]>::to_vec),
            None => Vec::new(),
        };
        let mut taken = Names::new();
        match document.key_text("endpoint") {
            Some(endpoint) if named.is_none() => self.file(endpoint, None, &mut taken),
            _ => nodes
                .iter()
                .flat_map(|node| {
                    let name = self.text(Some(node));
                    self.file(&name, Some(node), &mut taken)
                })
                .collect(),
        }
    }

    /// The answers of one file. Where `named` is not the node that names it, it need not be there.
    fn file(&mut self, name: &str, named: Option<&Node>, taken: &mut Names) -> Vec<Response> {
        let document = self.document;
        let site = self.templates.site;
        let path: Vec<&str> = document.product().into_iter().chain([FOLDER, name]).collect();
        match site.folder.data.find(&path) {
            Found::Collection(source, node) => self.table(source, node, taken),
            Found::Missing { .. } | Found::Folder if named.is_none() => Vec::new(),
            Found::Scalar(source, node) => {
                self.wrong_kind_at(source, node, "a mapping with the list `all`");
                Vec::new()
            }
            Found::Missing { .. } | Found::Folder => {
                let file = format!("_data/{}.yml", path.join("/"));
                if let Some(node) = named {
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

    /// The names of the answers' files, if there is none that is called `name`.
    pub(crate) fn other_tables(&self, name: &str) -> Option<Vec<String>> {
        let path: Vec<&str> = self.document.product().into_iter().chain([FOLDER, name]).collect();
        match self.templates.site.folder.data.find(&path) {
            Found::Missing { missing, known, .. } if missing + 1 == path.len() => Some(known),
            Found::Missing { .. } => Some(Vec::new()),
            _ => None,
        }
    }

    fn table(&mut self, source: &Arc<Source>, table: &Node, taken: &mut Names) -> Vec<Response> {
        let mut responses = Vec::new();
        let Some(codes) = table.get("all").and_then(Node::sequence) else {
            self.wrong_kind_at(source, table, "a mapping with the list `all`");
            return responses;
        };
        for code in codes {
            self.known_keys_of(source, code, "the answers of a status", &keys::with_common(STATUS_KEYS));
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
                let constant = constant_name(&response.name);
                if TAKEN.contains(&constant.as_str()) {
                    self.report.push(
                        Diagnostic::error(
                            Code::NameCollision,
                            place,
                            format!(
                                "`{}` becomes the constant `{constant}`, which the output has already",
                                response.name
                            ),
                        )
                        .help("give the answer another `key`"),
                    );
                    continue;
                }
                if let Some(first) = taken.insert(constant, place.clone()) {
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
        let known = keys::with_common(KEYS);
        let mut text =
            |key: &str| node.get(key).filter(|part| part.text().is_some()).map(|part| self.data_text(source, part));
        let condition = text("condition").unwrap_or_default();
        let key = text("key");
        let body = text("response-body").unwrap_or_default();
        let name = key.unwrap_or_else(|| condition.clone());
        if !name.contains(|letter: char| letter.is_ascii_alphabetic()) {
            let slip = |wanted| keys::slip_of(node, wanted, &known).map(|key| (key, wanted));
            if let Some((key, wanted)) = slip("condition").or_else(|| slip("key")) {
                self.report.push(
                    Diagnostic::error(
                        Code::MissingKey,
                        Place::new(source, key.span.clone()),
                        "this answer has neither a `key` nor a `condition`",
                    )
                    .label("not read")
                    .help(format!("write `{wanted}`")),
                );
                return None;
            }
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
        self.known_keys_of(source, node, "an answer", &known);
        let has_body = node.get("response-body").is_some_and(|body| !body.is_null());
        if !has_body && keys::slip_of(node, "response-body", &known).is_none() {
            self.report.push(
                Diagnostic::warning(
                    Code::MissingKey,
                    Place::new(source, node.span.start..node.span.start),
                    format!("the answer `{name}` has no `response-body`"),
                )
                .help("add `response-body: \"…\"`; `\"\"` if nothing is sent"),
            );
        }
        let (body, is_json) = match fenced(&body) {
            None => (body.trim_matches('`').to_owned(), false),
            Some(text) => match json::parse(text) {
                Ok(json) => {
                    let compact = compact(text, &json);
                    if let Some(node) =
                        node.get("response-body").filter(|_| (200..300).contains(&status) && !text.contains("{{"))
                    {
                        self.bodies.push(Parsed::answer(source, node, text, offset(node, text), json));
                    }
                    (compact, true)
                }
                Err(fault) => {
                    let node = node.get("response-body").unwrap_or(node);
                    let length = text[fault.at..].chars().next().map_or(0, char::len_utf8);
                    let place = offset(node, text)
                        .and_then(|start| node.place_of(source, start + fault.at..start + fault.at + length))
                        .unwrap_or_else(|| node.first_line(source));
                    self.report.push(
                        Diagnostic::error(
                            Code::ExampleSyntax,
                            place,
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

/// The byte of a node's text that its JSON starts at, if the JSON is the file's own text.
fn offset(node: &Node, json: &str) -> Option<usize> {
    node.text()?.find(json)
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

#[cfg(test)]
mod tests {
    use crate::{Code, Loaded, Options, load};

    const CALL: &str = "---\ncontent-type: api-endpoint\nproduct-type: shop\nendpoint: carts\ntitle: Fill\nmethod: post\n\
                        short-url: /carts\n";
    const CART: &str = "---\ncontent-type: api-object\nproduct-type: shop\nendpoint: carts\ntitle: Cart\nkey: cart\n\
                        object-attributes:\n  - {name: wheels, type: integer, required: true}\n---\n";

    fn read(call: &str, answers: &[(&str, &str)]) -> Loaded {
        let folder = tempfile::tempdir().unwrap();
        let table = |key: &str, body: &str| {
            format!("all:\n  - code: \"400\"\n    responses:\n      - key: {key}\n        response-body: '{body}'\n")
        };
        std::fs::create_dir_all(folder.path().join("_data/shop/response-codes")).unwrap();
        std::fs::write(folder.path().join("call.md"), format!("{CALL}{call}---\n")).unwrap();
        std::fs::write(folder.path().join("cart.md"), CART).unwrap();
        for (index, (key, body)) in answers.iter().enumerate() {
            let path = format!("_data/shop/response-codes/{}.yml", ["carts", "more"][index]);
            std::fs::write(folder.path().join(path), table(key, body)).unwrap();
        }
        load(folder.path(), Options::default())
    }

    fn codes(loaded: &Loaded) -> Vec<Code> {
        loaded.report.diagnostics().iter().map(|diagnostic| diagnostic.code).collect()
    }

    #[test]
    fn a_call_has_the_answers_of_all_files_that_it_names() {
        let answers = [("full", r#"{"left": "<N>"}"#), ("gone", "`Gone.`")];
        let names = |call: &str| -> Vec<String> {
            let loaded = read(call, &answers);
            assert_eq!(loaded.report.to_text(false), "");
            loaded.api.endpoints[0].responses.iter().map(|response| response.name.clone()).collect()
        };
        assert_eq!(names(""), ["full"]);
        assert_eq!(names("response-codes: more\n"), ["gone"]);
        assert_eq!(names("response-codes: [more, carts]\n"), ["gone", "full"]);
        assert_eq!(names("response-codes: []\n"), [""; 0]);
    }

    #[test]
    fn answers_that_cannot_be_told_apart_are_errors() {
        let twins = [("full", "`Full.`"), ("Full", "`full`")];
        assert_eq!(codes(&read("response-codes: [carts, more]\n", &twins)), [Code::DuplicateName]);
        assert_eq!(codes(&read("", &[("all", "`Full.`")])), [Code::NameCollision]);
        assert_eq!(codes(&read("response-codes: [carts, mor]\n", &twins)), [Code::MissingDataFile]);
    }

    #[test]
    fn a_call_takes_an_object_by_its_key() {
        let loaded = read("arguments-object: cart\n", &[]);
        assert_eq!(loaded.report.to_text(false), "");
        let call = &loaded.api.endpoints[0];
        assert_eq!(call.request.as_deref(), Some("Cart"));
        assert_eq!(call.arguments[0].name.as_str(), "wheels");
        assert_eq!(call.content_types, ["application/json"]);
        assert_eq!(loaded.api.objects.len(), 1);
        assert_eq!(codes(&read("arguments-object: crate\n", &[])), [Code::UnknownSubType]);
        let both = "arguments-object: cart\narguments:\n  - {name: a, type: string}\n";
        assert_eq!(codes(&read(both, &[])), [Code::DuplicateName]);
    }
}
