//! Every code that a diagnostic can have: what it says, why it matters, an example that is given it and the same
//! example mended.
//!
//! The examples are run: the tests hold what is told of each against a file, and `docs/diagnostics.md` shows it.

mod definitions;
mod destinations;
mod examples;
mod files;
mod names;
mod page;
mod templates;
mod yaml;

use std::io::ErrorKind;

use crate::diagnostic::{Code, Report, Severity};
use crate::{Loaded, Options, folder, lower};

pub use page::page;

/// What is to be known of a code.
#[derive(Debug)]
#[non_exhaustive]
pub struct Entry {
    /// The code.
    pub code: Code,
    /// How grave it can be, the usual first.
    pub severities: &'static [Severity],
    /// What is wrong, in a line.
    pub headline: &'static str,
    /// Why it matters, and what to do, in Markdown without headings.
    pub explanation: &'static str,
    /// Files of which this code is told, and no other.
    pub bad: Example,
    /// The same files mended: nothing is told of them.
    pub good: Example,
}

/// A folder of definitions.
#[derive(Clone, Copy, Debug)]
pub struct Example(&'static [File]);

/// A file of an example.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct File {
    /// Its path in the folder, with forward slashes.
    pub path: &'static str,
    /// What it holds; nothing where it may not be read.
    pub bytes: Option<&'static [u8]>,
}

/// A file of text.
const fn text(path: &'static str, text: &'static str) -> File {
    File { path, bytes: Some(text.as_bytes()) }
}

/// An error, whatever the options.
const ERROR: &[Severity] = &[Severity::Error];

/// A warning.
const WARNING: &[Severity] = &[Severity::Warning];

/// An error, and a warning in some cases or with `--lenient`.
const EITHER: &[Severity] = &[Severity::Error, Severity::Warning];

impl Example {
    /// Its files.
    #[must_use]
    pub fn files(self) -> &'static [File] {
        self.0
    }

    /// Reads it as a folder that holds these files and nothing else.
    #[must_use]
    pub fn load(self) -> Loaded {
        let mut report = Report::default();
        let files = self.0.iter().map(|file| (file.path, file.bytes.ok_or(ErrorKind::PermissionDenied)));
        let folder = folder::given(files, &mut report);
        lower(folder, Options::default(), report)
    }
}

/// What is to be known of `code`.
#[must_use]
pub fn entry(code: Code) -> &'static Entry {
    match code {
        Code::Unreadable => &files::UNREADABLE,
        Code::NotUtf8 => &files::NOT_UTF_8,
        Code::NoDefinition => &files::NO_DEFINITION,
        Code::OpenFrontMatter => &files::OPEN_FRONT_MATTER,
        Code::Configuration => &files::CONFIGURATION,
        Code::Yaml => &yaml::YAML,
        Code::Tab => &yaml::TAB,
        Code::DuplicateKey => &yaml::DUPLICATE_KEY,
        Code::UnknownAlias => &yaml::UNKNOWN_ALIAS,
        Code::MissingKey => &definitions::MISSING_KEY,
        Code::UnknownKey => &definitions::UNKNOWN_KEY,
        Code::WrongKind => &definitions::WRONG_KIND,
        Code::UnknownContentType => &definitions::UNKNOWN_CONTENT_TYPE,
        Code::UnknownType => &definitions::UNKNOWN_TYPE,
        Code::UnknownRole => &definitions::UNKNOWN_ROLE,
        Code::UnknownSubType => &names::UNKNOWN_SUB_TYPE,
        Code::UnknownEndpoint => &names::UNKNOWN_ENDPOINT,
        Code::PathMismatch => &names::PATH_MISMATCH,
        Code::EndlessObject => &names::ENDLESS_OBJECT,
        Code::DuplicateName => &names::DUPLICATE_NAME,
        Code::NameCollision => &names::NAME_COLLISION,
        Code::MisplacedConstraint => &definitions::MISPLACED_CONSTRAINT,
        Code::EmptyRange => &definitions::EMPTY_RANGE,
        Code::UnknownPlaceholder => &templates::UNKNOWN_PLACEHOLDER,
        Code::MissingDataFile => &templates::MISSING_DATA_FILE,
        Code::UnrenderedPlaceholder => &templates::UNRENDERED_PLACEHOLDER,
        Code::PlaceholderCycle => &templates::PLACEHOLDER_CYCLE,
        Code::UnknownInclude => &templates::UNKNOWN_INCLUDE,
        Code::IncludeCycle => &templates::INCLUDE_CYCLE,
        Code::UnknownFilter => &templates::UNKNOWN_FILTER,
        Code::UnknownTag => &templates::UNKNOWN_TAG,
        Code::OpenTag => &templates::OPEN_TAG,
        Code::Template => &templates::TEMPLATE,
        Code::ValueMismatch => &examples::VALUE_MISMATCH,
        Code::ExampleSyntax => &examples::EXAMPLE_SYNTAX,
        Code::ExampleMismatch => &examples::EXAMPLE_MISMATCH,
        Code::UnknownStep => &destinations::UNKNOWN_STEP,
        Code::TransformMismatch => &destinations::TRANSFORM_MISMATCH,
        Code::SameAs => &destinations::SAME_AS,
    }
}
