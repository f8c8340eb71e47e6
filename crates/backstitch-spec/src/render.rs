//! A report as text for a person, as JSON, and as annotations of a hosted build.

use std::fmt::Write as _;
use std::sync::Arc;

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};
use serde_json::{Value, json};

use crate::diagnostic::{Diagnostic, Mark, Report, Severity};
use crate::source::{Place, Source};

impl Severity {
    /// The name of the severity, in lower case.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Severity::Error => "error",
            Severity::Warning => "warning",
        }
    }
}

impl Report {
    /// The report as text for a person, with the source lines, in colour if `colour` is set.
    #[must_use]
    pub fn to_text(&self, colour: bool) -> String {
        let renderer = if colour { Renderer::styled() } else { Renderer::plain() };
        let mut text = String::new();
        for diagnostic in self.diagnostics() {
            text.push_str(&render(diagnostic, &renderer));
            text.push_str("\n\n");
        }
        text
    }

    /// The report as a JSON array of objects with `code`, `severity`, `message`, `help` and `marks`, the place to
    /// edit first. A mark has `file`, `line`, `column`, `end_line`, `end_column` (from 1, the end exclusive) and
    /// `label`.
    #[must_use]
    pub fn to_json(&self) -> String {
        let diagnostics: Vec<Value> = self
            .diagnostics()
            .iter()
            .map(|diagnostic| {
                json!({
                    "code": diagnostic.code.as_str(),
                    "severity": diagnostic.severity.as_str(),
                    "message": diagnostic.message,
                    "help": diagnostic.help,
                    "marks": diagnostic.marks.iter().map(mark).collect::<Vec<_>>(),
                })
            })
            .collect();
        format!("{:#}\n", Value::Array(diagnostics))
    }

    /// The report as workflow commands, a line a diagnostic, which GitHub shows at the places.
    #[must_use]
    pub fn to_github(&self) -> String {
        let mut text = String::new();
        for diagnostic in self.diagnostics() {
            let mut properties = Vec::new();
            if let Some(mark) = diagnostic.marks.first() {
                let (line, column) = mark.line_column();
                let (end_line, end_column) = mark.end_line_column();
                properties.push(format!("file={}", property(&mark.source().display_path())));
                properties.push(format!("line={line},endLine={end_line}"));
                // Columns count only where the mark stays on its line.
                if line == end_line {
                    properties.push(format!("col={column},endColumn={end_column}"));
                }
            }
            properties.push(format!("title={}", property(diagnostic.code.as_str())));
            let help = diagnostic.help.as_ref().map_or_else(String::new, |help| format!("\n{help}"));
            // A string takes all that is written to it.
            let _ = writeln!(
                text,
                "::{} {}::{}",
                diagnostic.severity.as_str(),
                properties.join(","),
                message(&format!("{}{help}", diagnostic.message))
            );
        }
        text
    }
}

fn mark(mark: &Mark) -> Value {
    let (line, column) = mark.line_column();
    let (end_line, end_column) = mark.end_line_column();
    json!({
        "file": mark.source().display_path(),
        "line": line,
        "column": column,
        "end_line": end_line,
        "end_column": end_column,
        "label": mark.label,
    })
}

/// Text within a workflow command.
fn message(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// The value of a property of a workflow command.
fn property(text: &str) -> String {
    message(text).replace(':', "%3A").replace(',', "%2C")
}

fn render(diagnostic: &Diagnostic, renderer: &Renderer) -> String {
    let level = match diagnostic.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let mut group = Group::with_title(level.primary_title(&diagnostic.message).id(diagnostic.code.as_str()));
    let mut sources: Vec<&Arc<Source>> = Vec::new();
    for mark in &diagnostic.marks {
        if !sources.iter().any(|source| Arc::ptr_eq(source, &mark.place.source)) {
            sources.push(&mark.place.source);
        }
    }
    let paths: Vec<String> = sources.iter().map(|source| source.display_path()).collect();
    for (source, path) in sources.iter().zip(&paths) {
        let here = |mark: &&Mark| Arc::ptr_eq(source, &mark.place.source);
        // Only the lines with marks are handed over: what comes before and after them costs time.
        let text = &source.text;
        let spans = || diagnostic.marks.iter().filter(here).map(|mark| shown(&mark.place));
        let first = spans().map(|span| span.start).min().unwrap_or_default();
        let last = spans().map(|span| span.end).max().unwrap_or_default();
        let start = text[..first].rfind('\n').map_or(0, |newline| newline + 1);
        let end = text[last..].find('\n').map_or(text.len(), |newline| last + newline);
        let line = source.line_column(start).0;
        let mut snippet = Snippet::source(&text[start..end]).path(path).line_start(line);
        for (index, mark) in diagnostic.marks.iter().enumerate().filter(|(_, mark)| here(mark)) {
            let kind = if index == 0 { AnnotationKind::Primary } else { AnnotationKind::Context };
            let span = shown(&mark.place);
            let annotation = kind.span(span.start - start..span.end - start);
            let label = (!mark.label.is_empty()).then_some(mark.label.as_str());
            snippet = snippet.annotation(annotation.label(label));
        }
        group = group.element(snippet);
    }
    if let Some(help) = &diagnostic.help {
        group = group.element(Level::HELP.message(help));
    }
    renderer.render(&[group])
}

/// The span as it is shown: its first line, and never out of bounds.
fn shown(place: &Place) -> std::ops::Range<usize> {
    let text = &place.source.text;
    let boundary = |mut at: usize| {
        while !text.is_char_boundary(at) {
            at -= 1;
        }
        at
    };
    let start = boundary(place.span.start.min(text.len()));
    let end = boundary(place.span.end.clamp(start, text.len()));
    let line = text.get(start..end).and_then(|piece| piece.find('\n')).map_or(end, |newline| start + newline);
    start..line.max(start)
}
