//! Texts with placeholders: names looked up, then rendered.

use std::ops::Range;
use std::sync::Arc;

use crate::Options;
use crate::diagnostic::{Code, Diagnostic, Report};
use crate::document::Document;
use crate::engine::Engine;
use crate::lookup::Check;
use crate::placeholder::{self, BLOCKS, Tag};
use crate::site::Site;
use crate::source::{Place, Source};
use crate::yaml::Node;

/// Characters for private use: what stands between them was kept from being rendered.
const KEPT: [char; 2] = ['\u{e000}', '\u{e001}'];

/// Renders the texts of definitions.
pub(crate) struct Templates<'a> {
    pub(crate) site: &'a Site,
    pub(crate) options: Options,
    engine: Engine,
}

/// A text, rendered.
pub(crate) struct Rendered {
    pub(crate) text: String,
    /// Whether the text holds placeholders that were left as they are.
    pub(crate) is_raw: bool,
}

impl<'a> Templates<'a> {
    pub(crate) fn new(site: &'a Site, options: Options) -> Self {
        Templates { site, options, engine: Engine::new(&site.folder.includes) }
    }

    /// The text of `node`, which stands in `source`, rendered as a text of `document`. What can't be rendered goes to
    /// the report.
    pub(crate) fn render(
        &self,
        document: &Document,
        source: &Arc<Source>,
        node: &Node,
        report: &mut Report,
    ) -> Rendered {
        let text = node.text().unwrap_or_default();
        if !placeholder::is_template(text) {
            return Rendered { text: text.to_owned(), is_raw: false };
        }
        let before = report.errors();
        let mut check = Check::new(self.site, document, self.options, report);
        let unresolved = check.node(source, node);
        let found_errors = report.errors() > before;
        if found_errors || (!unresolved.is_empty() && !self.options.lenient) {
            return Rendered { text: text.to_owned(), is_raw: true };
        }
        let (text, kept) = keep(text, &unresolved);
        let site = self.site.site();
        match self.engine.render(&text, &self.site.globals(document, &site)) {
            Ok(rendered) => Rendered { text: put_back(rendered, &kept), is_raw: !kept.is_empty() },
            Err(error) => {
                report.push(not_rendered(source, node, &error));
                Rendered { text: put_back(text, &kept), is_raw: true }
            }
        }
    }
}

fn not_rendered(source: &Arc<Source>, node: &Node, error: &liquid_core::Error) -> Diagnostic {
    let message = error.to_string();
    let lines: Vec<&str> = message.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    // A text that can't be read has a line and a column, and the reason last.
    let read = lines.iter().find_map(|line| line.strip_prefix("--> ").or(line.strip_prefix("liquid:  --> ")));
    let reason = lines.iter().find_map(|line| line.strip_prefix("= "));
    let at = read.and_then(|place| {
        let (line, column) = place.split_once(':')?;
        let (line, column): (usize, usize) = (line.parse().ok()?, column.parse().ok()?);
        let text = node.text()?;
        let start: usize = text.split_inclusive('\n').take(line.checked_sub(1)?).map(str::len).sum();
        let byte = text.get(start..)?.char_indices().nth(column.checked_sub(1)?).map(|(byte, _)| start + byte)?;
        node.place_of(source, byte..byte + 1)
    });
    // Where the engine says which name it could not follow, the name is the place.
    let name = |line: &&str| line.split_once("variable=").map(|(_, name)| name.to_owned());
    let names: Vec<String> = lines.iter().filter_map(name).collect();
    let raw = source.text.get(node.span.clone()).unwrap_or_default();
    let named = || {
        let tags = placeholder::scan(raw).tags;
        let span = tags.iter().flat_map(|tag| &tag.names).find(|name| names.contains(&name.dotted()))?.span.clone();
        Some(Place::new(source, node.span.start + span.start..node.span.start + span.end))
    };
    // So is the filter, where it can't be applied; else a tag that is the only one.
    let filter = || {
        let filter = lines.iter().find_map(|line| line.strip_prefix("filter="))?;
        let start = node.span.start + raw.find(filter)?;
        Some(Place::new(source, start..start + filter.len()))
    };
    let only = || match placeholder::scan(raw).tags.as_slice() {
        [tag] => Some(Place::new(source, node.span.start + tag.span.start..node.span.start + tag.span.end)),
        _ => None,
    };
    let place = at.or_else(named).or_else(filter).or_else(only);
    let place = place.unwrap_or_else(|| Place::new(source, node.span.clone()));
    let cause = lines.iter().find_map(|line| line.strip_prefix("cause="));
    let message = match reason.or(cause) {
        Some(reason) => reason.to_owned(),
        None => lines.join(" ").trim_start_matches("liquid: ").to_owned(),
    };
    let message = uncapitalized(message.trim_end_matches('.'));
    Diagnostic::error(Code::Template, place, format!("this template can't be rendered: {message}"))
        .help("check the tags and filters against Liquid's syntax")
}

/// The engine's own words as part of a sentence.
fn uncapitalized(message: &str) -> String {
    let mut letters = message.chars();
    letters.next().map_or_else(String::new, |first| first.to_lowercase().collect::<String>() + letters.as_str())
}

/// Takes the tags in `unresolved`, by their numbers, out of a text, so that they are not rendered. A tag of a
/// block takes the whole block with it.
fn keep(text: &str, unresolved: &[usize]) -> (String, Vec<String>) {
    let mut result = String::new();
    let mut kept = Vec::new();
    let mut at = 0;
    if !unresolved.is_empty() {
        let tags = placeholder::scan(text).tags;
        let blocks = blocks(&tags);
        for index in unresolved {
            let Some(tag) = tags.get(*index) else { continue };
            let within = matches!(tag.word.as_str(), "elsif" | "else" | "when");
            // Of the blocks that the tag opens or belongs to, the smallest.
            let block = blocks
                .iter()
                .filter(|block| block.start == tag.span.start || (within && block.contains(&tag.span.start)))
                .min_by_key(|block| block.len());
            let span = block.unwrap_or(&tag.span);
            if span.start < at {
                continue;
            }
            result.push_str(&text[at..span.start]);
            result.push_str(&format!("{}{}{}", KEPT[0], kept.len(), KEPT[1]));
            kept.push(text[span.clone()].to_owned());
            at = span.end;
        }
    }
    result.push_str(&text[at..]);
    (result, kept)
}

/// The spans of the blocks, from the tag that opens each to the one that closes it.
fn blocks(tags: &[Tag]) -> Vec<Range<usize>> {
    let mut open: Vec<&Tag> = Vec::new();
    let mut blocks = Vec::new();
    for tag in tags {
        if BLOCKS.iter().any(|(word, _)| *word == tag.word) {
            open.push(tag);
        } else if let Some(word) = BLOCKS.iter().find(|(_, end)| *end == tag.word).map(|(word, _)| *word)
            && let Some(at) = open.iter().rposition(|tag| tag.word == word)
        {
            blocks.push(open[at].span.start..tag.span.end);
            open.truncate(at);
        }
    }
    blocks
}

fn put_back(mut text: String, kept: &[String]) -> String {
    for (index, raw) in kept.iter().enumerate() {
        text = text.replace(&format!("{}{index}{}", KEPT[0], KEPT[1]), raw);
    }
    text
}
