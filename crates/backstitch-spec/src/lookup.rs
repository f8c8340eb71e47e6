//! Looks up every name in a text, and in the texts that it leads to.
//!
//! The engine that renders stops at its first error and knows no places; so all names are followed first, in the
//! order in which they stand, with the locals that are there by then.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use backstitch_codegen::name::nearest;

use crate::Options;
use crate::data::{self, Found};
use crate::diagnostic::{Code, Diagnostic, Report};
use crate::document::Document;
use crate::engine::FILTERS;
use crate::placeholder::{self, BLOCKS, Name, Scan, TAGS, Tag};
use crate::site::{Lookup, Missing, Site};
use crate::source::{Place, Source};
use crate::yaml::Node;

/// A node of some file.
type At<'a> = (&'a Arc<Source>, &'a Node);

/// What a local name stands for.
#[derive(Clone)]
enum Local<'a> {
    /// Something that is made when the text is rendered.
    Made,
    /// One of these pieces of the data.
    Data(Vec<At<'a>>),
    /// What an included file was given.
    Parameters(HashMap<String, Local<'a>>),
    /// Something that could not be found; that was told already.
    Unresolved,
}

/// Filters that keep elements of a list as they are.
const KEEPING: &[&str] =
    &["compact", "concat", "default", "reverse", "sort", "sort_natural", "uniq", "where", "where_exp"];

/// The most files that one text may include, those within others counted.
pub(crate) const MOST_INCLUDES: usize = 1_000;

/// The names of a definition's own keys.
const OWN: &[&str] = &["endpoint", "form-property", "object", "page"];

/// The most blocks within one another.
const MOST_BLOCKS: usize = 50;

/// The most rounds of loops within one another.
const MOST_ROUNDS: u64 = 100_000;

/// A text being looked at, and what leads to it.
pub(crate) struct Check<'a, 'b> {
    site: &'a Site,
    document: &'a Document,
    options: Options,
    /// The locals: those of the text, then those of each loop and include around the place.
    scopes: Vec<HashMap<String, Local<'a>>>,
    /// The data that was looked at already, by file and place, and whether nothing is missing for it.
    seen: HashMap<(String, usize), bool>,
    /// How many rounds each of the loops around the place has.
    rounds: Vec<u64>,
    /// The names that were asked for in a test, so that they may be absent.
    asked: Vec<String>,
    /// How often what is rendered now is rendered again.
    again: usize,
    /// How many files were looked at for the text.
    included: usize,
    /// The files and the data that are being looked at, the outermost first.
    open: Vec<(String, usize)>,
    report: &'b mut Report,
}

/// Where the tags of a text stand.
struct Text<'a> {
    source: &'a Arc<Source>,
    /// The byte of the file that the text starts at.
    base: usize,
    /// The place of everything in it, where the text is not as it stands in the file.
    whole: Option<Range<usize>>,
}

/// Whether it is a tag of Liquid's.
fn is_known(tag: &Tag) -> bool {
    let word = tag.word.as_str();
    word.is_empty() || TAGS.contains(&word) || BLOCKS.iter().any(|(open, end)| word == *open || word == *end)
}

impl Text<'_> {
    fn place(&self, span: &Range<usize>) -> Place {
        match &self.whole {
            Some(whole) => Place::new(self.source, whole.clone()),
            None => Place::new(self.source, self.base + span.start..self.base + span.end),
        }
    }
}

/// What is to be said of a block that has no end.
fn not_closed(tag: &Tag, text: &Text<'_>) -> Diagnostic {
    Diagnostic::error(Code::OpenTag, text.place(&tag.span), format!("this `{}` is never closed", tag.word))
        .label("opened here")
        .help(format!("close it with `{{% end{} %}}`", tag.word))
}

impl<'a, 'b> Check<'a, 'b> {
    pub(crate) fn new(site: &'a Site, document: &'a Document, options: Options, report: &'b mut Report) -> Self {
        Check {
            site,
            document,
            options,
            scopes: vec![HashMap::new()],
            seen: HashMap::new(),
            rounds: Vec::new(),
            asked: Vec::new(),
            again: 0,
            included: 0,
            open: Vec::new(),
            report,
        }
    }

    /// Looks at a node's text; the numbers of the tags that something is missing for.
    pub(crate) fn node(&mut self, source: &'a Arc<Source>, node: &'a Node) -> Vec<usize> {
        let text = node.text().unwrap_or_default();
        let scan = placeholder::scan(text);
        // The text as it stands in the file has the places. Escapes and folded lines may make it another
        // than the one that is rendered: then the whole text is the place.
        let raw = source.text.get(node.span.clone()).map(placeholder::scan).unwrap_or_default();
        let alike = raw.open.len() == scan.open.len()
            && raw.tags.len() == scan.tags.len()
            && raw.tags.iter().zip(&scan.tags).all(|(a, b)| a.is_like(b));
        if alike {
            self.scanned(&raw, &Text { source, base: node.span.start, whole: None })
        } else {
            self.scanned(&scan, &Text { source, base: 0, whole: Some(node.span.clone()) })
        }
    }

    fn scanned(&mut self, scan: &Scan, text: &Text<'a>) -> Vec<usize> {
        for open in &scan.open {
            self.report.push(
                Diagnostic::error(Code::OpenTag, text.place(open), "this tag is never closed")
                    .label("opened here")
                    .help("close it with `}}` or `%}`, or put the text between `{% raw %}` and `{% endraw %}`"),
            );
        }
        let (depth, rounds, asked) = (self.scopes.len(), self.rounds.len(), self.asked.len());
        let mut blocks: Vec<&Tag> = Vec::new();
        let mut unresolved = Vec::new();
        for (index, tag) in scan.tags.iter().enumerate() {
            let mut resolved = true;
            let mut found = Vec::new();
            if !is_known(tag) {
                self.block(tag, text, &mut blocks);
                // What it would have done with its names can't be known, so nothing is told of them.
                for name in tag.names.iter().filter_map(|name| name.path.first()) {
                    self.scopes[0].entry(name.clone()).or_insert(Local::Unresolved);
                }
                continue;
            }
            for name in &tag.names {
                let (is_there, data) = self.name(name, tag, text);
                resolved &= is_there;
                found.push(data);
            }
            self.filters(tag, text);
            self.block(tag, text, &mut blocks);
            if let Some(name) = &tag.includes {
                resolved &= self.include(tag, name, text);
            }
            if tag.word == "endfor" {
                if self.scopes.len() > depth {
                    self.scopes.pop();
                }
                if self.rounds.len() > rounds {
                    self.rounds.pop();
                }
            } else {
                self.define(tag, resolved, found, text);
            }
            // What a text asks for may be absent, from there on.
            if matches!(tag.word.as_str(), "if" | "unless" | "elsif" | "case") {
                self.asked.extend(tag.names.iter().map(Name::dotted));
            }
            if !resolved {
                unresolved.push(index);
            }
        }
        for tag in blocks {
            self.report.push(not_closed(tag, text));
        }
        self.scopes.truncate(depth);
        self.rounds.truncate(rounds);
        self.asked.truncate(asked);
        unresolved
    }

    /// What a tag gives a name to, from here on.
    fn define(&mut self, tag: &Tag, resolved: bool, found: Vec<Option<Vec<At<'a>>>>, text: &Text<'a>) {
        // A capture has its name once it is closed.
        let Some(name) = tag.defines.clone().filter(|_| tag.word != "capture") else { return };
        let data = |elements: bool| {
            let nodes: Option<Vec<Vec<At<'a>>>> = found.into_iter().collect();
            let nodes: Vec<At<'a>> = nodes?.into_iter().flatten().collect();
            if !elements {
                return Some(nodes);
            }
            let mut inner = Vec::new();
            for (source, node) in nodes {
                inner.extend(node.sequence()?.iter().map(|element| (source, element)));
            }
            Some(inner)
        };
        let is_kept = |tag: &Tag| tag.filters.iter().all(|filter| KEEPING.contains(&filter.dotted().as_str()));
        let picks =
            |tag: &Tag| tag.filters.last().is_some_and(|last| matches!(last.dotted().as_str(), "first" | "last"));
        let local = match tag.word.as_str() {
            _ if !resolved => Local::Unresolved,
            "for" => match data(true) {
                Some(nodes) if is_kept(tag) && !nodes.is_empty() => Local::Data(nodes),
                _ => Local::Made,
            },
            "assign" if is_kept(tag) && !tag.names.is_empty() => data(false).map_or(Local::Made, Local::Data),
            "assign" if picks(tag) => data(true).map_or(Local::Made, Local::Data),
            _ => Local::Made,
        };
        if tag.word == "for" {
            let elements = match &local {
                Local::Data(nodes) => u64::try_from(nodes.len()).unwrap_or(u64::MAX),
                _ => 0,
            };
            self.rounds(tag, tag.longest_range.max(elements), text);
            let mut scope = HashMap::from([(name, local)]);
            scope.insert("forloop".to_owned(), Local::Made);
            self.scopes.push(scope);
        } else {
            self.scopes[0].insert(name, local);
        }
    }

    fn block<'t>(&mut self, tag: &'t Tag, text: &Text<'a>, blocks: &mut Vec<&'t Tag>) {
        let word = tag.word.as_str();
        if word.is_empty() || TAGS.contains(&word) {
            return;
        }
        if BLOCKS.iter().any(|(open, _)| *open == word) {
            blocks.push(tag);
            if blocks.len() == MOST_BLOCKS + 1 {
                let message = format!("more than {MOST_BLOCKS} blocks within one another");
                let place = text.place(&tag.word_span);
                self.report.push(Diagnostic::error(Code::Template, place, message).help("take some of them apart"));
            }
            return;
        }
        let opened = BLOCKS.iter().find(|(_, end)| *end == word).map(|(open, _)| *open);
        let place = text.place(&tag.word_span);
        let at = opened.and_then(|open| blocks.iter().rposition(|tag| tag.word == open));
        match (opened, at) {
            (Some(_), Some(at)) => {
                for within in blocks.drain(at + 1..) {
                    self.report.push(not_closed(within, text).mark(place.clone(), "the block around it ends here"));
                }
                if let Some(Tag { word, defines: Some(name), .. }) = blocks.pop()
                    && word == "capture"
                {
                    self.scopes[0].insert(name.clone(), Local::Made);
                }
            }
            (Some(open), None) => {
                self.report.push(
                    Diagnostic::error(Code::OpenTag, place, format!("this `{word}` closes nothing"))
                        .help(format!("open the block with `{{% {open} … %}}`, or take this out")),
                );
            }
            (None, _) => {
                let known = TAGS.iter().copied().chain(BLOCKS.iter().flat_map(|(open, end)| [*open, *end]));
                self.report.push(Diagnostic::error(Code::UnknownTag, place, format!("unknown tag `{word}`")).help(
                    match nearest(word, known) {
                        Some(near) => format!("write `{near}`"),
                        None => {
                            "use a tag of Liquid's, or put the text between `{% raw %}` and `{% endraw %}`".to_owned()
                        }
                    },
                ));
            }
        }
    }

    fn filters(&mut self, tag: &Tag, text: &Text<'a>) {
        for filter in &tag.filters {
            let name = filter.dotted();
            if !FILTERS.contains(&name.as_str()) {
                let diagnostic = Diagnostic::error(
                    Code::UnknownFilter,
                    text.place(&filter.span),
                    format!("unknown filter `{name}`"),
                );
                self.report.push(diagnostic.help(match nearest(&name, FILTERS.iter().copied()) {
                    Some(near) => format!("write `{near}`"),
                    None => "use a filter of Liquid's or Jekyll's, or `flatify`".to_owned(),
                }));
            }
        }
    }

    /// Refuses loops with more rounds than anybody writes out, those within one another multiplied.
    fn rounds(&mut self, tag: &Tag, rounds: u64, text: &Text<'a>) {
        self.rounds.push(rounds.max(1));
        if self.rounds.iter().copied().fold(1, u64::saturating_mul) > MOST_ROUNDS {
            let message = format!("more than {MOST_ROUNDS} rounds of loops");
            let place = text.place(&tag.span);
            self.report.push(
                Diagnostic::error(Code::Template, place, message)
                    .help("make the range smaller, or loop less within loops"),
            );
        }
    }

    fn local(&self, name: &str) -> Option<&Local<'a>> {
        self.scopes.iter().rev().find_map(|scope| scope.get(name))
    }

    /// Looks `name` up: whether it is there, and the data that it is, if it is data.
    fn name(&mut self, name: &Name, tag: &Tag, text: &Text<'a>) -> (bool, Option<Vec<At<'a>>>) {
        let path: Vec<&str> = name.path.iter().map(String::as_str).collect();
        let Some((root, rest)) = path.split_first() else { return (true, None) };
        let (local, rest, skipped) = match (self.local(root).cloned(), rest.split_first()) {
            (Some(Local::Parameters(given)), Some((parameter, rest))) => {
                // A parameter that was not given is empty.
                (Some(given.get(*parameter).cloned().unwrap_or(Local::Made)), rest, 2)
            }
            (local, _) => (local, rest, 1),
        };
        match local {
            Some(Local::Made | Local::Parameters(_)) => (true, None),
            Some(Local::Unresolved) => (false, None),
            Some(Local::Data(nodes)) => {
                let mut found = Vec::new();
                let mut missing = None;
                for (source, node) in nodes {
                    match data::find_in(source, node, rest, 0) {
                        Found::Scalar(source, node) | Found::Collection(source, node) => found.push((source, node)),
                        Found::Folder => return (true, None),
                        Found::Missing { missing: at, known, file } => {
                            let first = missing.get_or_insert(Missing {
                                at: at + skipped,
                                known: Vec::new(),
                                place: file,
                                file: None,
                            });
                            first.known.extend(known);
                        }
                    }
                }
                match missing {
                    Some(missing) if found.is_empty() && name.whole => {
                        self.missing(name, missing, text.place(&name.span));
                        (false, None)
                    }
                    _ => self.texts(name, found, tag, text),
                }
            }
            None => match self.site.find(self.document, &path) {
                Lookup::Known => (true, None),
                Lookup::Collection(source, node) => (true, name.whole.then(|| vec![(source, node)])),
                Lookup::Scalar(source, node) => self.texts(name, vec![(source, node)], tag, text),
                // A key of the definition's own may be absent; data that are named are meant to be there.
                Lookup::Missing(_) if OWN.contains(root) && self.may_be_absent(name, tag) => (true, None),
                Lookup::Missing(missing) => {
                    self.missing(name, missing, text.place(&name.span));
                    (false, None)
                }
            },
        }
    }

    /// Whether a text says itself that it does not count on a name: it asks for it, or says what stands for it.
    fn may_be_absent(&self, name: &Name, tag: &Tag) -> bool {
        let is_test = matches!(tag.word.as_str(), "if" | "unless" | "elsif" | "case");
        let has_default = tag.filters.iter().any(|filter| filter.dotted() == "default");
        is_test || has_default || self.asked.contains(&name.dotted())
    }

    /// Looks at the texts that a name leads to, where they are rendered.
    fn texts(&mut self, name: &Name, nodes: Vec<At<'a>>, tag: &Tag, text: &Text<'a>) -> (bool, Option<Vec<At<'a>>>) {
        let mut whole = true;
        let renders = tag.filters.iter().filter(|filter| filter.dotted() == "flatify").count();
        for (source, node) in &nodes {
            if !node.text().is_some_and(placeholder::is_template) {
                continue;
            }
            if renders + self.again > 0 {
                let before = self.again;
                self.again = renders + before - 1;
                whole &= self.data_text(name, source, node, text);
                self.again = before;
            } else if tag.word.is_empty() {
                let place = text.place(&name.span);
                self.report.push(
                    Diagnostic::warning(
                        Code::UnrenderedPlaceholder,
                        place,
                        format!("the text of `{}` has placeholders, which nothing renders", name.dotted()),
                    )
                    .mark(Place::new(source, node.span.clone()), "the text")
                    .help(format!("write `{} | flatify`", name.dotted())),
                );
            }
        }
        (whole, name.whole.then_some(nodes))
    }

    /// Looks at a text of the data; whether nothing is missing for it.
    fn data_text(&mut self, name: &Name, source: &'a Arc<Source>, node: &'a Node, text: &Text<'a>) -> bool {
        let key = (source.path.clone(), node.span.start);
        if self.open.contains(&key) {
            self.report.push(
                Diagnostic::error(
                    Code::PlaceholderCycle,
                    text.place(&name.span),
                    format!("the text of `{}` leads to itself", name.dotted()),
                )
                .label("rendered again here")
                .mark(Place::new(source, node.span.clone()), "the text")
                .help("take the placeholder out of one of the texts"),
            );
            return false;
        }
        if let Some(whole) = self.seen.get(&key) {
            return *whole;
        }
        self.open.push(key.clone());
        let whole = self.node(source, node).is_empty();
        self.open.pop();
        self.seen.insert(key, whole);
        whole
    }

    fn missing(&mut self, name: &Name, missing: Missing, place: Place) {
        let word = name.path.get(missing.at).map_or("", String::as_str);
        let is_lenient = self.options.lenient;
        // A name of one word alone is a local, if it is anything.
        let is_file = missing.file.is_some() && name.path.len() > 1;
        let code = if is_file { Code::MissingDataFile } else { Code::UnknownPlaceholder };
        let message = format!("no data for the placeholder `{}`", name.dotted());
        let mut diagnostic = if is_lenient {
            Diagnostic::warning(code, place, message)
        } else {
            Diagnostic::error(code, place, message)
        };
        diagnostic = diagnostic.label(match (&missing.file, missing.at) {
            (Some(_), 0) => format!("no data file is called `{word}`"),
            _ => format!("nothing is called `{word}` there"),
        });
        let near = nearest(word, missing.known.iter().map(String::as_str));
        if let Some(looked_at) = missing.place {
            let path = looked_at.source.path.clone();
            diagnostic = diagnostic.mark(looked_at, format!("looked for `{word}` here"));
            diagnostic = diagnostic.help(match near {
                Some(near) => format!("write `{near}`, or add `{word}` to {path}"),
                None => format!("add `{word}` to {path}"),
            });
        } else {
            let lenient = if is_lenient { "" } else { ", or keep the raw text with --lenient" };
            diagnostic = diagnostic.help(match (near, &missing.file) {
                (Some(near), Some(wanted)) => format!("write `{near}`, or add the data file `{wanted}`"),
                (Some(near), None) => format!("write `{near}`"),
                (None, Some(wanted)) if missing.at == 0 => format!(
                    "add the data file `{wanted}` to the folder of the definitions, say in `backstitch.yml` where \
                     `{word}` leads{lenient}"
                ),
                (None, Some(wanted)) => {
                    format!("add the data file `{wanted}` to the folder of the definitions{lenient}")
                }
                (None, None) => format!("add `{word}` to `_config.yml`{lenient}"),
            });
        }
        self.report.push(diagnostic);
    }

    /// Looks at an include; `false` if it, or something within it, is missing.
    fn include(&mut self, tag: &Tag, name: &Name, text: &Text<'a>) -> bool {
        let file = name.dotted();
        let place = text.place(&name.span);
        let key = (format!("_includes/{file}"), usize::MAX);
        if self.open.contains(&key) {
            let chain: Vec<&str> = self.open.iter().map(|(path, _)| path.as_str()).collect();
            self.report.push(
                Diagnostic::error(Code::IncludeCycle, place, format!("the file `{file}` includes itself"))
                    .label(format!("included from `{}`", chain.join("`, `")))
                    .help("take the include out"),
            );
            return false;
        }
        if let Some(included) = self.site.folder.includes.get(&file) {
            self.included += 1;
            if self.included > MOST_INCLUDES {
                let message = format!("this text includes more than {MOST_INCLUDES} files");
                self.report.push(
                    Diagnostic::error(Code::Template, place, message).help("include fewer files within one another"),
                );
                return false;
            }
            let mut given = HashMap::new();
            for (parameter, value) in &tag.parameters {
                let local = match value {
                    Some(value) => match self.name(value, tag, text) {
                        (true, Some(nodes)) => Local::Data(nodes),
                        (true, None) => Local::Made,
                        (false, _) => Local::Unresolved,
                    },
                    None => Local::Made,
                };
                given.insert(parameter.clone(), local);
            }
            self.open.push(key);
            let depth = self.scopes.len();
            self.scopes.push(HashMap::from([("include".to_owned(), Local::Parameters(given))]));
            let scan = placeholder::scan(&included.text);
            let whole = self.scanned(&scan, &Text { source: included, base: 0, whole: None }).is_empty();
            self.scopes.truncate(depth);
            self.open.pop();
            return whole;
        }
        let message = format!("the included file `{file}` is not there");
        let diagnostic = if self.options.lenient {
            Diagnostic::warning(Code::UnknownInclude, place, message)
        } else {
            Diagnostic::error(Code::UnknownInclude, place, message)
        };
        let known = self.site.folder.includes.keys().map(String::as_str);
        self.report.push(diagnostic.help(match nearest(&file, known) {
            Some(near) => format!("write `{near}`, or put `{file}` into the folder `_includes`"),
            None => format!(
                "put `{file}` into a folder `_includes` beside the definitions, or keep the raw text with --lenient"
            ),
        }));
        false
    }
}
