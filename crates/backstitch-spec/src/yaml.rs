//! YAML as a tree in which every node knows its place.
//!
//! `serde_yaml` decides what is valid YAML; the tree is built from the events of a second parser
//! that tells where each of them stands.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use backstitch_codegen::name::nearest;
use saphyr_parser::{Event, Parser, ScalarStyle, Span};

use crate::diagnostic::{Code, Diagnostic, Report};
use crate::source::{Place, Source};

/// The most nodes that one file may have once its aliases are followed.
const MOST_NODES: usize = 1_000_000;

/// What is said where there are more.
const TOO_MANY: &str = "too many nodes, or too deep ones, aliases followed";

/// The greatest depth of nodes within one another.
const GREATEST_DEPTH: usize = 100;

/// A node of a YAML document.
#[derive(Clone, Debug)]
pub struct Node {
    /// Its bytes in the file.
    pub span: Range<usize>,
    /// What it is.
    pub kind: Kind,
}

/// What a node is.
#[derive(Clone, Debug)]
pub enum Kind {
    /// A scalar: its text, and whether it was written plain, so that `true` and `1` have a type.
    Scalar {
        /// The text, unquoted and unfolded.
        text: String,
        /// Whether it was written without quotes and not as a block.
        plain: bool,
    },
    /// A sequence.
    Sequence(Vec<Node>),
    /// A mapping: its entries in order.
    Mapping(Vec<(Node, Node)>),
}

impl Node {
    /// What kind of node it is, in words.
    #[must_use]
    pub fn kind_name(&self) -> &'static str {
        match &self.kind {
            Kind::Scalar { .. } if self.is_null() => "nothing",
            Kind::Scalar { .. } => "a scalar",
            Kind::Sequence(_) => "a list",
            Kind::Mapping(_) => "a mapping",
        }
    }

    /// The text of a scalar.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        match &self.kind {
            Kind::Scalar { text, .. } => Some(text),
            _ => None,
        }
    }

    /// Where bytes of a scalar's text stand in the file, if the text is as it stands there line by line.
    pub(crate) fn place_of(&self, source: &Arc<Source>, span: Range<usize>) -> Option<Place> {
        let text = self.text()?;
        let raw = source.text.get(self.span.clone())?;
        let before = text.get(..span.start)?;
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        let line = text[line_start..].lines().next().unwrap_or_default();
        let number = before.bytes().filter(|byte| *byte == b'\n').count();
        let (raw_start, found) = content_lines(raw).nth(number)?;
        let indent = found.find(line.trim())?;
        let leading = line.len() - line.trim_start().len();
        let start = self.span.start + raw_start + indent + (span.start - line_start).saturating_sub(leading);
        Some(Place::new(source, start..(start + span.len()).min(self.span.end.max(start))))
    }

    /// The first line of a scalar's text in the file.
    pub(crate) fn first_line(&self, source: &Arc<Source>) -> Place {
        let raw = source.text.get(self.span.clone()).unwrap_or_default();
        let (start, line) = content_lines(raw).find(|(_, line)| !line.trim().is_empty()).unwrap_or_default();
        let start = self.span.start + start + line.len() - line.trim_start().len();
        Place::new(source, start..start + line.trim().len())
    }

    /// Whether it is an empty or explicit null.
    #[must_use]
    pub fn is_null(&self) -> bool {
        matches!(&self.kind, Kind::Scalar { text, plain: true }
            if matches!(text.as_str(), "" | "~" | "null" | "Null" | "NULL"))
    }

    /// A plain `true` or `false`.
    #[must_use]
    pub fn boolean(&self) -> Option<bool> {
        match &self.kind {
            Kind::Scalar { text, plain: true } => match text.as_str() {
                "true" | "True" | "TRUE" => Some(true),
                "false" | "False" | "FALSE" => Some(false),
                _ => None,
            },
            _ => None,
        }
    }

    /// The elements of a sequence.
    #[must_use]
    pub fn sequence(&self) -> Option<&[Node]> {
        match &self.kind {
            Kind::Sequence(nodes) => Some(nodes),
            _ => None,
        }
    }

    /// The entries of a mapping.
    #[must_use]
    pub fn mapping(&self) -> Option<&[(Node, Node)]> {
        match &self.kind {
            Kind::Mapping(entries) => Some(entries),
            _ => None,
        }
    }

    /// The value of `key` in a mapping.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.mapping()?.iter().find(|(name, _)| name.text() == Some(key)).map(|(_, value)| value)
    }
}

/// The lines of a scalar as it is written, with the bytes that they start at, but for the mark that a block starts
/// with.
fn content_lines(raw: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut at = 0;
    raw.split_inclusive('\n').filter_map(move |line| {
        let start = at;
        at += line.len();
        (start > 0 || !line.starts_with(['|', '>'])).then_some((start, line))
    })
}

/// Reads the YAML at `span` of `source`; an error goes to the report.
pub(crate) fn parse(source: &Arc<Source>, span: Range<usize>, report: &mut Report) -> Option<Node> {
    let text = &source.text[span.clone()];
    // The validity is the library's to tell; the nodes are the tree's, so that none is made twice.
    if let Err(error) = serde_yaml::from_str::<serde::de::IgnoredAny>(text) {
        // Lines and columns count from 1, within the text that was parsed.
        let at = error.location().map_or(span.start, |location| span.start + location.index().min(text.len()));
        let message = error.to_string();
        let message = message.split(" at line ").next().unwrap_or(&message);
        report.push(invalid(source, span, at, message));
        return None;
    }
    match build(text, span.start) {
        Ok((node, twins)) => {
            for (second, first) in &twins {
                report.push(
                    Diagnostic::error(
                        Code::DuplicateKey,
                        Place::new(source, second.clone()),
                        format!("the key `{}` is there twice", &source.text[second.clone()]),
                    )
                    .label("the second")
                    .mark(Place::new(source, first.clone()), "the first")
                    .help("take one of them out; the rest of this file was not checked"),
                );
            }
            twins.is_empty().then_some(node)
        }
        Err((at, message)) => {
            let at = span.start + at;
            report.push(invalid(source, span, at, &message));
            None
        }
    }
}

/// What is to be said of YAML that is not valid at the byte `at` of `source`.
fn invalid(source: &Arc<Source>, within: Range<usize>, at: usize, message: &str) -> Diagnostic {
    let text = &source.text;
    let rest = text.get(at..within.end).unwrap_or_default();
    let tab = if rest.starts_with('\t') {
        Some(at)
    } else {
        // The place is that of the token that the tab keeps from starting.
        text.get(within.start..at).and_then(|before| {
            let indent = before.trim_end_matches([' ', '\t']);
            before[indent.len()..].find('\t').map(|tab| within.start + indent.len() + tab)
        })
    };
    if let Some(tab) = tab {
        return Diagnostic::error(Code::Tab, Place::new(source, tab..tab + 1), "a tab where YAML takes none")
            .label("this is a tab")
            .help("indent with spaces; the rest of this file was not checked");
    }
    if message == TOO_MANY {
        let place = Place::new(source, at..at);
        return Diagnostic::error(Code::Yaml, place, format!("invalid YAML: {message}"))
            .label("here")
            .help("use fewer aliases of aliases; the rest of this file was not checked");
    }
    if let Some(name) = rest.strip_prefix('*') {
        let length = name.find(|end: char| end.is_whitespace() || ",]}:".contains(end)).unwrap_or(name.len());
        let name = &name[..length];
        let known = text[within.start..at].split('&').skip(1).filter_map(|anchor| {
            anchor
                .split(|end: char| end.is_whitespace() || ",[]{}".contains(end))
                .next()
                .filter(|name| !name.is_empty())
        });
        let help = match nearest(name, known) {
            Some(near) => format!("write `*{near}`"),
            None => format!("put `&{name}` before the value that is meant, further up"),
        };
        return Diagnostic::error(
            Code::UnknownAlias,
            Place::new(source, at..at + 1 + length),
            format!("no anchor is called `{name}`"),
        )
        .label("alias of nothing")
        .help(format!("{help}; the rest of this file was not checked"));
    }
    Diagnostic::error(Code::Yaml, Place::new(source, at..at), format!("invalid YAML: {message}")).label("here").help(
        "mend the YAML, here or before, such as a quote that is not closed; the rest of this file was not checked",
    )
}

/// A collection under construction.
enum Open {
    Sequence(Vec<Node>),
    Mapping(Vec<(Node, Node)>, Option<Node>),
}

struct Frame {
    start: usize,
    anchor: usize,
    open: Open,
}

/// A key that is there twice in its mapping: where, and where first.
type Twin = (Range<usize>, Range<usize>);

fn build(text: &str, base: usize) -> Result<(Node, Vec<Twin>), (usize, String)> {
    // The parser counts characters; the tree counts bytes.
    let bytes: Option<Vec<usize>> =
        (!text.is_ascii()).then(|| text.char_indices().map(|(index, _)| index).chain([text.len()]).collect());
    let byte = |index: usize| match &bytes {
        Some(bytes) => bytes.get(index).copied().unwrap_or(text.len()),
        None => index.min(text.len()),
    };
    let mut twins = Vec::new();
    let place = |span: &Span| base + byte(span.start.index())..base + byte(span.end.index());
    let mut frames: Vec<Frame> = Vec::new();
    let mut anchors: HashMap<usize, (Node, usize)> = HashMap::new();
    let mut nodes = 0_usize;
    for event in Parser::new_from_str(text) {
        let (event, span) = event.map_err(|error| (byte(error.marker().index()), error.info().to_owned()))?;
        let (node, anchor) = match event {
            Event::Scalar(value, style, anchor, _) => {
                let kind = Kind::Scalar { text: value.into_owned(), plain: style == ScalarStyle::Plain };
                (Node { span: place(&span), kind }, anchor)
            }
            Event::SequenceStart(anchor, _) => {
                frames.push(Frame { start: place(&span).start, anchor, open: Open::Sequence(Vec::new()) });
                continue;
            }
            Event::MappingStart(anchor, _) => {
                frames.push(Frame { start: place(&span).start, anchor, open: Open::Mapping(Vec::new(), None) });
                continue;
            }
            Event::SequenceEnd | Event::MappingEnd => {
                let Some(frame) = frames.pop() else { continue };
                let kind = match frame.open {
                    Open::Sequence(elements) => Kind::Sequence(elements),
                    Open::Mapping(entries, _) => {
                        find_twins(&entries, &mut twins);
                        Kind::Mapping(merged(entries))
                    }
                };
                (Node { span: frame.start..place(&span).start.max(frame.start), kind }, frame.anchor)
            }
            Event::Alias(anchor) => {
                let Some((node, count)) = anchors.get(&anchor) else {
                    return Err((byte(span.start.index()), "alias of something that is not complete".to_owned()));
                };
                nodes += count;
                (node.clone(), 0)
            }
            _ => continue,
        };
        nodes += 1;
        if nodes > MOST_NODES || frames.len() > GREATEST_DEPTH {
            return Err((byte(span.start.index()), TOO_MANY.to_owned()));
        }
        if anchor != 0 {
            anchors.insert(anchor, (node.clone(), count(&node)));
        }
        match frames.last_mut().map(|frame| &mut frame.open) {
            None => return Ok((node, twins)),
            Some(Open::Sequence(elements)) => elements.push(node),
            Some(Open::Mapping(entries, key)) => match key.take() {
                None => *key = Some(node),
                Some(name) => entries.push((name, node)),
            },
        }
    }
    // An empty document.
    Ok((Node { span: base..base, kind: Kind::Scalar { text: String::new(), plain: true } }, twins))
}

/// Finds the keys that a mapping has twice.
fn find_twins(entries: &[(Node, Node)], twins: &mut Vec<Twin>) {
    let mut seen: HashMap<&str, &Node> = HashMap::with_capacity(entries.len());
    for (key, _) in entries {
        if let Some(first) = key.text().and_then(|text| seen.insert(text, key)) {
            twins.push((key.span.clone(), first.span.clone()));
        }
    }
}

/// The entries with those of their merge keys (`<<`), which a mapping's own entries come before.
fn merged(entries: Vec<(Node, Node)>) -> Vec<(Node, Node)> {
    let is_merge = |key: &Node| matches!(&key.kind, Kind::Scalar { text, plain: true } if text == "<<");
    if !entries.iter().any(|(key, _)| is_merge(key)) {
        return entries;
    }
    let (merges, mut result): (Vec<_>, Vec<_>) = entries.into_iter().partition(|(key, _)| is_merge(key));
    for (key, value) in merges {
        let sources = match value.kind {
            Kind::Mapping(_) => vec![value],
            Kind::Sequence(sources) if sources.iter().all(|source| source.mapping().is_some()) => sources,
            // Not a merge after all: whoever reads the mapping tells of the key.
            _ => {
                result.push((key, value));
                continue;
            }
        };
        for source in sources {
            let Kind::Mapping(entries) = source.kind else { continue };
            for (key, value) in entries {
                if !result.iter().any(|(known, _)| known.text().is_some() && known.text() == key.text()) {
                    result.push((key, value));
                }
            }
        }
    }
    result
}

/// How many nodes the tree under `node` has.
fn count(node: &Node) -> usize {
    match &node.kind {
        Kind::Scalar { .. } => 1,
        Kind::Sequence(elements) => 1 + elements.iter().map(count).sum::<usize>(),
        Kind::Mapping(entries) => 1 + entries.iter().map(|(key, value)| count(key) + count(value)).sum::<usize>(),
    }
}
