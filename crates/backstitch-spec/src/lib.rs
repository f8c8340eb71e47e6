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
mod data;
mod destination;
mod diagnostic;
mod document;
mod endpoint;
mod example;
mod folder;
mod front_matter;
mod inference;
mod object;
mod placeholder;
mod render;
mod source;
mod template;
pub mod yaml;

use std::path::Path;

use backstitch_codegen::model::Api;

use crate::document::Subject;

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
    /// How many definitions were read, sound or not.
    pub definitions: usize,
    /// All that was noticed.
    pub report: Report,
}

/// Reads every definition under `folder`, and the data for their placeholders.
#[must_use]
pub fn load(folder: &Path, options: Options) -> Loaded {
    let mut report = Report::default();
    let folder = folder::read(folder, &mut report);
    let templates = template::Templates::new(&folder, options);
    let mut objects = Vec::new();
    let mut endpoints = Vec::new();
    let mut general = endpoint::General::default();
    let mut destinations = destination::Destinations::default();
    let mut definitions = 0;
    for source in &folder.documents {
        if let Some(document) = document::read(source, &mut report) {
            definitions += 1;
            match document.subject {
                Subject::Object => objects.extend(object::lower(&document, &templates, &mut report)),
                Subject::Endpoint => {
                    let place = document.get("title").map(|title| document.place(title));
                    endpoints.extend(endpoint::lower(&document, &templates, &mut report).zip(place));
                }
                Subject::Api => {
                    let more = endpoint::general(&document, &templates, &mut report);
                    general.limits.extend(more.limits);
                    general.regions.extend(more.regions);
                }
                Subject::Destination => destinations.add(&document, &templates, &mut report),
                Subject::DestinationRules => destinations.add_rules(&document, &templates, &mut report),
            }
        }
    }
    if definitions == 0 && report.errors() == 0 {
        report.push(Diagnostic::without_place(
            Code::NoDefinition,
            format!("no definition in {}", folder.path.display()),
            "put a Markdown file there whose front matter has a `content-type`",
        ));
    }
    endpoint::check_names(&endpoints, &mut report);
    object::check_names(&mut objects, &mut report);
    let (destinations, destination_rules) = destinations.finish(&mut report);
    report.sort();
    let name = folder.path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let objects = objects.into_iter().map(|object| object.model).collect();
    let endpoints = endpoints.into_iter().map(|(endpoint, _)| endpoint).collect();
    let (limits, regions) = (general.limits, general.regions);
    let api = Api { folder: name, objects, endpoints, limits, regions, destinations, destination_rules };
    Loaded { api, definitions, report }
}
