//! What is wrong with a definition, where, and what to do.

use std::collections::HashSet;
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

/// Makes the enum of codes, the list of them and their names of one list, so that none is forgotten.
macro_rules! codes {
    ($($(#[$attribute:meta])* $code:ident => $name:literal,)*) => {
        /// The kinds of diagnostics. Their names are stable.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum Code {
            $($(#[$attribute])* $code,)*
        }

        impl Code {
            /// All codes, in the order of the phases that give them.
            pub const ALL: &[Code] = &[$(Code::$code),*];

            /// The stable name of the code.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Code::$code => $name,)*
                }
            }
        }
    };
}

codes! {
    /// A file or a folder can't be read.
    Unreadable => "unreadable",
    /// A file is not UTF-8.
    NotUtf8 => "not-utf-8",
    /// There is no definition in the folder.
    NoDefinition => "no-definition",
    /// Front matter that is opened is never closed.
    OpenFrontMatter => "open-front-matter",
    /// The YAML is not valid.
    Yaml => "yaml",
    /// A tab where YAML takes none.
    Tab => "tab",
    /// A mapping that has a key twice.
    DuplicateKey => "duplicate-key",
    /// An alias of an anchor that is not there.
    UnknownAlias => "unknown-alias",
    /// A configuration that can't be followed.
    Configuration => "configuration",
    /// A key that must be there is missing.
    MissingKey => "missing-key",
    /// A key that nothing knows.
    UnknownKey => "unknown-key",
    /// A value of another kind than its key asks for.
    WrongKind => "wrong-kind",
    /// A content type that nothing knows.
    UnknownContentType => "unknown-content-type",
    /// An attribute type that nothing knows.
    UnknownType => "unknown-type",
    /// A role that nothing knows.
    UnknownRole => "unknown-role",
    /// An attribute of the kind of an object that no definition describes.
    UnknownSubType => "unknown-sub-type",
    /// A call of an endpoint that nothing belongs to.
    UnknownEndpoint => "unknown-endpoint",
    /// A path whose parameters are not those of its call.
    PathMismatch => "path-mismatch",
    /// An object that must hold itself.
    EndlessObject => "endless-object",
    /// Two attributes or two objects of one name.
    DuplicateName => "duplicate-name",
    /// Two names that become one in Rust.
    NameCollision => "name-collision",
    /// A constraint that its attribute's type does not have.
    MisplacedConstraint => "misplaced-constraint",
    /// A constraint that no value can meet.
    EmptyRange => "empty-range",
    /// A placeholder without data.
    UnknownPlaceholder => "unknown-placeholder",
    /// A placeholder of a data file that is not there.
    MissingDataFile => "missing-data-file",
    /// A placeholder in data that nothing renders.
    UnrenderedPlaceholder => "unrendered-placeholder",
    /// Texts that lead to each other without end.
    PlaceholderCycle => "placeholder-cycle",
    /// An include that is not there.
    UnknownInclude => "unknown-include",
    /// Files that include each other without end.
    IncludeCycle => "include-cycle",
    /// A filter that nothing knows.
    UnknownFilter => "unknown-filter",
    /// A tag that nothing knows.
    UnknownTag => "unknown-tag",
    /// A tag that nothing closes.
    OpenTag => "open-tag",
    /// A template that can't be read or rendered.
    Template => "template",
    /// A value that does not fit its attribute's type.
    ValueMismatch => "value-mismatch",
    /// An example that looks like JSON and is not.
    ExampleSyntax => "example-syntax",
    /// An example that contradicts the attributes.
    ExampleMismatch => "example-mismatch",
    /// A step of a destination's names, or characters of one, that nothing knows.
    UnknownStep => "unknown-step",
    /// A destination whose steps contradict its examples, its case or one another.
    TransformMismatch => "transform-mismatch",
    /// A destination that is the same as none, as itself, or as one that it differs from.
    SameAs => "same-as",
}

impl Code {
    /// The code with this name.
    #[must_use]
    pub fn called(name: &str) -> Option<Code> {
        Code::ALL.iter().copied().find(|code| code.as_str() == name)
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
    fn order(&self) -> (String, usize, Code) {
        let (path, start) = self
            .marks
            .first()
            .map_or((String::new(), 0), |mark| (mark.place.source.path.clone(), mark.place.span.start));
        (path, start, self.code)
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
        // What is told of one place stays in the order of the definition.
        let mut told = HashSet::new();
        self.diagnostics.retain(|diagnostic| told.insert((diagnostic.order(), diagnostic.message.clone())));
        self.diagnostics.sort_by_cached_key(Diagnostic::order);
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
