//! From definitions in YAML to the engine's model.
//!
//! A definition is a Markdown file whose front matter describes an object of the API. Reading a
//! folder of them goes through these phases, and every phase reports all that it finds, with its
//! place, instead of stopping at the first mistake:
//!
//! 1. `folder`: the files, the data tree for placeholders, the includes.
//! 2. `front_matter` and [`yaml`]: the YAML between the `---` lines, as a tree with places.
//! 3. `placeholder` and `template`: every Liquid tag found and its names looked up, then the text
//!    rendered.
//! 4. `document`, `object`, `attribute`, `inference`, `endpoint`, `destination`: keys, types and constraints read and checked, and what is
//!    unsaid filled in.
//! 5. `example`: examples held against the attributes.
//!
//! What comes out is [`Loaded`]: the [model](backstitch_codegen::model::Api) of all definitions that
//! are sound, and a [`Report`].

mod attribute;
pub mod catalogue;
mod configuration;
mod data;
mod destination;
mod diagnostic;
mod document;
mod endpoint;
mod engine;
mod example;
mod filters;
mod folder;
mod front_matter;
mod guard;
mod include;
mod inference;
mod json;
mod keys;
mod lookup;
mod object;
mod placeholder;
mod render;
mod response;
mod site;
mod source;
mod template;
pub mod yaml;

use std::collections::HashSet;
use std::path::Path;

use backstitch_codegen::model::Api;

use crate::document::Subject;
use crate::folder::Folder;

pub use diagnostic::{Code, Diagnostic, Mark, Report, Severity};
pub use source::Source;

/// How definitions are read.
#[derive(Clone, Copy, Debug, Default)]
pub struct Options {
    /// Keep the raw text of a placeholder that has no data, with a warning, instead of an error.
    pub lenient: bool,
}

/// What was read.
#[derive(Debug)]
pub struct Loaded {
    /// The definitions that are sound, in the order of their paths.
    pub api: Api,
    /// The `key` of each object that has one, with the object's title.
    pub keys: Vec<(String, String)>,
    /// How many definitions were read, sound or not.
    pub definitions: usize,
    /// Whether values of examples were not held against their attributes, since these have errors.
    pub is_partly_checked: bool,
    /// All that was noticed.
    pub report: Report,
}

/// Reads every definition under `folder`, and the data for their placeholders.
#[must_use]
pub fn load(folder: &Path, options: Options) -> Loaded {
    let mut report = Report::default();
    let folder = folder::read(folder, &mut report);
    lower(folder, options, report)
}

/// Reads files as [`load`] reads those of a folder: each a path within it, with forward slashes, and what it holds.
/// Nothing is read from a disk, so there is nothing above or beside the folder.
///
/// ```
/// let thing = "---\ncontent-type: api-object\ntitle: Thing\nobject-attributes: []\n---\n";
/// let loaded = backstitch_spec::load_files([("thing.md", thing.as_bytes())], backstitch_spec::Options::default());
/// assert_eq!(loaded.api.objects[0].title, "Thing");
/// ```
#[must_use]
pub fn load_files<'a>(files: impl IntoIterator<Item = (&'a str, &'a [u8])>, options: Options) -> Loaded {
    let mut report = Report::default();
    let folder = folder::given(files.into_iter().map(|(path, bytes)| (path, Ok(bytes))), &mut report);
    lower(folder, options, report)
}

/// Everything but the reading of files.
fn lower(folder: Folder, options: Options, mut report: Report) -> Loaded {
    let configuration = configuration::read(&folder, &mut report);
    let mut documents = Vec::new();
    let mut unread = Vec::new();
    for source in &folder.documents {
        match document::read(source, &mut report) {
            Some(document) => documents.push(document),
            None => unread.extend(document::names(source)),
        }
    }
    let site = site::Site::new(folder, configuration, documents);
    let templates = template::Templates::new(&site, options);
    let mut objects = Vec::new();
    let mut calls = Vec::new();
    let mut general = endpoint::General::default();
    let mut destinations = destination::Destinations::default();
    for document in &site.documents {
        match document.subject {
            Subject::Object => objects.extend(object::lower(document, &templates, &mut report)),
            Subject::Endpoint => {
                let (call, nested) = endpoint::lower(document, &templates, &mut report);
                calls.push(call);
                objects.extend(nested);
            }
            Subject::Destination => destinations.add(document, &templates, &mut report),
            Subject::DestinationRules => destinations.add_rules(document, &templates, &mut report),
            Subject::Api => {
                let more = endpoint::general(document, &templates, &mut report);
                general.limits.extend(more.limits);
                general.regions.extend(more.regions);
                general.responses.extend(more.responses);
            }
        }
    }
    let definitions = site.documents.len();
    if definitions == 0 && report.errors() == 0 {
        let folder = site.folder.path.to_string_lossy().replace('\\', "/");
        let folder = if folder.is_empty() { "the folder" } else { &folder };
        report.push(Diagnostic::without_place(
            Code::NoDefinition,
            format!("no definition in {folder}"),
            "put a Markdown file there whose front matter has a `content-type`",
        ));
    }
    let of_objects = site.documents.iter().filter(|document| document.subject == Subject::Object);
    let keys = of_objects
        .filter_map(|document| Some((document.key_text("key")?.to_owned(), document.key_text("title")?.to_owned())))
        .collect();
    let names = object::Names::new(&site.documents, &objects, &unread);
    endpoint::connect(&mut calls, &mut objects, &site, &names, &mut report);
    object::connect(&mut objects, &names, &mut report);
    endpoint::check_names(&calls, &mut report);
    object::check_names(&mut objects, &mut report);
    object::check_ends(&mut objects, &mut report);
    let is_partly_checked =
        objects.iter().any(|object| object.is_incomplete || object.attributes.iter().any(|placed| placed.is_broken));
    let (examples, mut endpoints) = {
        let lookup = example::Objects::new(&objects);
        let examples: Vec<_> =
            objects.iter().map(|object| lookup.check(object, &object.examples, &mut report)).collect();
        let endpoints: Vec<_> =
            calls.into_iter().map(|call| (call.is_broken, call.finish(&lookup, &mut report))).collect();
        (examples, endpoints)
    };
    // All has been checked: what has an error is no part of the model.
    let sound: HashSet<&str> =
        objects.iter().filter(|object| !object.is_broken).map(|object| object.model.title.as_str()).collect();
    let broken: HashSet<String> = objects
        .iter()
        .map(|object| object.model.title.clone())
        .filter(|title| !sound.contains(title.as_str()))
        .collect();
    let objects = objects
        .into_iter()
        .zip(examples)
        .filter(|(object, _)| !object.is_broken)
        .map(|(mut object, examples)| {
            object.forget(&broken);
            object.finish(examples)
        })
        .collect();
    endpoints.retain(|(is_broken, _)| !is_broken);
    let endpoints = endpoints.into_iter().map(|(_, call)| endpoint::forget(call, &broken)).collect();
    let (destinations, destination_rules) = destinations.finish(&mut report);
    report.sort();
    let endpoint::General { limits, regions, responses } = general;
    let api =
        Api { folder: String::new(), objects, endpoints, responses, limits, regions, destinations, destination_rules };
    Loaded { api, keys, definitions, is_partly_checked, report }
}
