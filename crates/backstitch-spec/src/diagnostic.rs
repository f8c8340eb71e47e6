//! What is wrong with a definition, where, and what to do.

use std::fmt;

use crate::source::{Place, Source};

/// How grave a diagnostic is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Nothing is generated.
    Error,
    /// The output is sound; the definition is likely not what its author meant.
    Warning,
}

/// The kinds of diagnostics. Their names are stable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Code {
    /// A file or a folder can't be read.
    Unreadable,
    /// A file is not UTF-8.
    NotUtf8,
    /// There is no definition in the folder.
    NoDefinition,
    /// Front matter that is opened is never closed.
    OpenFrontMatter,
    /// The YAML is not valid.
    Yaml,
    /// A tab where YAML takes none.
    Tab,
    /// A mapping that has a key twice.
    DuplicateKey,
    /// An alias of an anchor that is not there.
    UnknownAlias,
    /// A configuration that can't be followed.
    Configuration,
    /// A key that must be there is missing.
    MissingKey,
    /// A key that nothing knows.
    UnknownKey,
    /// A value of another kind than its key asks for.
    WrongKind,
    /// A content type that nothing knows.
    UnknownContentType,
    /// An attribute type that nothing knows.
    UnknownType,
    /// A role that nothing knows.
    UnknownRole,
    /// An attribute of the kind of an object that no definition describes.
    UnknownSubType,
    /// Two attributes or two objects of one name.
    DuplicateName,
    /// Two names that become one in Rust.
    NameCollision,
    /// A constraint that its attribute's type does not have.
    MisplacedConstraint,
    /// A constraint that no value can meet.
    EmptyRange,
    /// A placeholder without data.
    UnknownPlaceholder,
    /// A placeholder of a data file that is not there.
    MissingDataFile,
    /// A placeholder in data that nothing renders.
    UnrenderedPlaceholder,
    /// Texts that lead to each other without end.
    PlaceholderCycle,
    /// An include that is not there.
    UnknownInclude,
    /// Files that include each other without end.
    IncludeCycle,
    /// A filter that nothing knows.
    UnknownFilter,
    /// A tag that nothing knows.
    UnknownTag,
    /// A tag that nothing closes.
    OpenTag,
    /// A template that can't be read or rendered.
    Template,
    /// A value that does not fit its attribute's type.
    ValueMismatch,
    /// An example that looks like JSON and is not.
    ExampleSyntax,
    /// An example that contradicts the attributes.
    ExampleMismatch,
    /// A step of a destination's names, or characters of one, that nothing knows.
    UnknownStep,
    /// A destination whose steps contradict its examples, its case or one another.
    TransformMismatch,
    /// A destination that is the same as none, as itself, or as one that it differs from.
    SameAs,
}

impl Code {
    /// The stable name of the code.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Code::Unreadable => "unreadable",
            Code::NotUtf8 => "not-utf-8",
            Code::NoDefinition => "no-definition",
            Code::OpenFrontMatter => "open-front-matter",
            Code::Yaml => "yaml",
            Code::Tab => "tab",
            Code::DuplicateKey => "duplicate-key",
            Code::UnknownAlias => "unknown-alias",
            Code::Configuration => "configuration",
            Code::MissingKey => "missing-key",
            Code::UnknownKey => "unknown-key",
            Code::WrongKind => "wrong-kind",
            Code::UnknownContentType => "unknown-content-type",
            Code::UnknownType => "unknown-type",
            Code::UnknownRole => "unknown-role",
            Code::UnknownSubType => "unknown-sub-type",
            Code::DuplicateName => "duplicate-name",
            Code::NameCollision => "name-collision",
            Code::MisplacedConstraint => "misplaced-constraint",
            Code::EmptyRange => "empty-range",
            Code::UnknownPlaceholder => "unknown-placeholder",
            Code::MissingDataFile => "missing-data-file",
            Code::UnrenderedPlaceholder => "unrendered-placeholder",
            Code::PlaceholderCycle => "placeholder-cycle",
            Code::UnknownInclude => "unknown-include",
            Code::IncludeCycle => "include-cycle",
            Code::UnknownFilter => "unknown-filter",
            Code::UnknownTag => "unknown-tag",
            Code::OpenTag => "open-tag",
            Code::Template => "template",
            Code::ValueMismatch => "value-mismatch",
            Code::ExampleSyntax => "example-syntax",
            Code::ExampleMismatch => "example-mismatch",
            Code::UnknownStep => "unknown-step",
            Code::TransformMismatch => "transform-mismatch",
            Code::SameAs => "same-as",
        }
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A place with what is to be said of it.
#[derive(Clone, Debug)]
pub struct Mark {
    pub(crate) place: Place,
    /// What is said of the place.
    pub label: String,
}

impl Mark {
    /// The file that the mark is in.
    #[must_use]
    pub fn source(&self) -> &Source {
        &self.place.source
    }

    /// The line and the column where the mark starts, both from 1.
    #[must_use]
    pub fn line_column(&self) -> (usize, usize) {
        self.place.source.line_column(self.place.span.start)
    }

    /// The line and the column where the mark ends, both from 1, the column just after it.
    #[must_use]
    pub fn end_line_column(&self) -> (usize, usize) {
        self.place.source.line_column(self.place.span.end)
    }

    /// The text that is marked.
    #[must_use]
    pub fn text(&self) -> &str {
        self.place.source.text.get(self.place.span.clone()).unwrap_or_default()
    }
}

/// One thing that was noticed.
#[derive(Clone, Debug)]
pub struct Diagnostic {
    /// Its kind.
    pub code: Code,
    /// How grave it is.
    pub severity: Severity,
    /// What is wrong.
    pub message: String,
    /// The piece of the file to edit first, then those that say why.
    pub marks: Vec<Mark>,
    /// What to do, starting with a verb.
    pub help: Option<String>,
}

impl Diagnostic {
    pub(crate) fn error(code: Code, place: Place, message: impl Into<String>) -> Self {
        let mark = Mark { place, label: String::new() };
        Diagnostic { code, severity: Severity::Error, message: message.into(), marks: vec![mark], help: None }
    }

    pub(crate) fn warning(code: Code, place: Place, message: impl Into<String>) -> Self {
        Diagnostic { severity: Severity::Warning, ..Diagnostic::error(code, place, message) }
    }

    pub(crate) fn without_place(code: Code, message: impl Into<String>, help: impl Into<String>) -> Self {
        let help = Some(help.into());
        Diagnostic { code, severity: Severity::Error, message: message.into(), marks: Vec::new(), help }
    }

    pub(crate) fn label(mut self, label: impl Into<String>) -> Self {
        if let Some(mark) = self.marks.last_mut() {
            mark.label = label.into();
        }
        self
    }

    pub(crate) fn mark(mut self, place: Place, label: impl Into<String>) -> Self {
        self.marks.push(Mark { place, label: label.into() });
        self
    }

    pub(crate) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Where the diagnostic sorts: by file, then by place.
    fn order(&self) -> (String, usize, Code, String) {
        let (path, start) = self
            .marks
            .first()
            .map_or((String::new(), 0), |mark| (mark.place.source.path.clone(), mark.place.span.start));
        (path, start, self.code, self.message.clone())
    }
}

/// All that was noticed, in a stable order: by file, then by place.
#[derive(Debug, Default)]
pub struct Report {
    diagnostics: Vec<Diagnostic>,
}

impl Report {
    pub(crate) fn push(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }

    pub(crate) fn sort(&mut self) {
        self.diagnostics.sort_by_cached_key(Diagnostic::order);
        self.diagnostics.dedup_by_key(|diagnostic| diagnostic.order());
    }

    /// The diagnostics in order.
    #[must_use]
    pub fn diagnostics(&self) -> &[Diagnostic] {
        &self.diagnostics
    }

    /// How many errors there are.
    #[must_use]
    pub fn errors(&self) -> usize {
        self.diagnostics.iter().filter(|diagnostic| diagnostic.severity == Severity::Error).count()
    }

    /// How many warnings there are.
    #[must_use]
    pub fn warnings(&self) -> usize {
        self.diagnostics.len() - self.errors()
    }
}
