//! Texts with placeholders: names looked up, then rendered.

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::fmt;
use std::ops::Range;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Weak};

use backstitch_codegen::name::nearest;
use liquid::model::{Object, Value, ValueView};
use liquid::partials::{EagerCompiler, InMemorySource};
use liquid_core::parser::{FilterArguments, ParameterReflection};
use liquid_core::{Filter, FilterReflection, ParseFilter, Runtime};

use crate::Options;
use crate::data::{DataTree, Found};
use crate::diagnostic::{Code, Diagnostic, Report};
use crate::folder::Folder;
use crate::placeholder::{self, Name, Scan};
use crate::source::{Place, Source};
use crate::yaml::Node;

/// How often a rendered text may be rendered again before it counts as a cycle.
const GREATEST_NESTING: usize = 16;

/// The data, the includes and the engine that render the texts of definitions.
pub(crate) struct Templates<'a> {
    folder: &'a Folder,
    options: Options,
    /// An engine for each product, since a product's own data can be named without its folder.
    engines: RefCell<BTreeMap<Option<String>, Arc<Engine>>>,
}

impl<'a> Templates<'a> {
    pub(crate) fn new(folder: &'a Folder, options: Options) -> Self {
        Templates { folder, options, engines: RefCell::default() }
    }

    /// The text of `node`, rendered. What can't be rendered goes to the report.
    pub(crate) fn render(
        &self,
        source: &Arc<Source>,
        node: &Node,
        product: Option<&str>,
        report: &mut Report,
    ) -> String {
        let text = node.text().unwrap_or_default();
        if !placeholder::is_template(text) {
            return text.to_owned();
        }
        let before = report.errors();
        let mut check = Check { templates: self, product, seen: HashMap::new(), including: Vec::new(), report };
        let unresolved = check.node(source, node);
        let found_errors = check.report.errors() > before;
        if found_errors || (!unresolved.is_empty() && !self.options.lenient) {
            return text.to_owned();
        }
        let text = protect(text, &unresolved);
        let engine = self.engine(product);
        match engine.render(&text) {
            Ok(rendered) => rendered,
            Err(error) => {
                let message = error.to_string();
                let message = message.lines().map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>();
                report.push(
                    Diagnostic::error(
                        Code::Template,
                        Place::new(source, node.span.clone()),
                        format!("this template can't be rendered: {}", message.join(" ")),
                    )
                    .help("check the tags and filters against Liquid's syntax"),
                );
                text
            }
        }
    }

    fn engine(&self, product: Option<&str>) -> Arc<Engine> {
        let mut engines = self.engines.borrow_mut();
        let engine = engines
            .entry(product.map(str::to_owned))
            .or_insert_with(|| Engine::new(&self.folder.data, product, self.folder.includes.iter()));
        Arc::clone(engine)
    }
}

/// Keeps the tags in `unresolved`, by their numbers, from being rendered.
fn protect(text: &str, unresolved: &[usize]) -> String {
    let mut result = String::new();
    let mut at = 0;
    for (index, tag) in placeholder::scan(text).tags.into_iter().enumerate() {
        if unresolved.contains(&index) {
            result.push_str(&text[at..tag.span.start]);
            result.push_str("{% raw %}");
            result.push_str(&text[tag.span.clone()]);
            result.push_str("{% endraw %}");
            at = tag.span.end;
        }
    }
    result.push_str(&text[at..]);
    result
}

/// Looks up every name in a text, and in the texts that it leads to.
struct Check<'a, 'b> {
    templates: &'b Templates<'a>,
    product: Option<&'b str>,
    /// The data that was looked at already, by file and place, and whether nothing is missing for it.
    seen: HashMap<(String, usize), bool>,
    /// The includes that are being looked at, the outermost first.
    including: Vec<String>,
    report: &'b mut Report,
}

impl Check<'_, '_> {
    /// Looks at a node's text; the numbers of the tags that something is missing for.
    fn node(&mut self, source: &Arc<Source>, node: &Node) -> Vec<usize> {
        let text = node.text().unwrap_or_default();
        let scan = placeholder::scan(text);
        // The text as it stands in the file has the places. Escapes and folded lines may make it another
        // than the one that is rendered: then the whole text is the place.
        let raw = source.text.get(node.span.clone()).map(placeholder::scan).unwrap_or_default();
        let alike = raw.open.len() == scan.open.len()
            && raw.tags.len() == scan.tags.len()
            && raw.tags.iter().zip(&scan.tags).all(|(a, b)| a.is_like(b));
        if alike {
            self.scanned(source, &raw, node.span.start, None)
        } else {
            self.scanned(source, &scan, 0, Some(&node.span))
        }
    }

    /// Looks at tags. Their places start at `base`, unless all of them have the place `whole`.
    fn scanned(&mut self, source: &Arc<Source>, scan: &Scan, base: usize, whole: Option<&Range<usize>>) -> Vec<usize> {
        let place = |span: &Range<usize>| match whole {
            Some(whole) => Place::new(source, whole.clone()),
            None => Place::new(source, base + span.start..base + span.end),
        };
        for open in &scan.open {
            self.report.push(
                Diagnostic::error(Code::Template, place(open), "this tag is never closed")
                    .label("opened here")
                    .help("close it with `}}` or `%}`, or put the text between `{% raw %}` and `{% endraw %}`"),
            );
        }
        let locals: HashSet<&str> = scan.tags.iter().filter_map(|tag| tag.defines.as_deref()).collect();
        let mut unresolved = Vec::new();
        for (index, tag) in scan.tags.iter().enumerate() {
            let mut resolved = true;
            for name in &tag.names {
                let is_local = name.path.first().is_some_and(|root| {
                    locals.contains(root.as_str()) || matches!(root.as_str(), "include" | "forloop" | "tablerowloop")
                });
                resolved &= is_local || self.name(name, &place(&name.span));
            }
            for filter in &tag.filters {
                let name = filter.dotted();
                if !FILTERS.contains(&name.as_str()) {
                    let diagnostic =
                        Diagnostic::error(Code::Template, place(&filter.span), format!("unknown filter `{name}`"));
                    self.report.push(diagnostic.help(match nearest(&name, FILTERS.iter().copied()) {
                        Some(near) => format!("write `{near}`"),
                        None => "use a filter of Liquid's standard library, or `flatify`".to_owned(),
                    }));
                }
            }
            if let Some(name) = &tag.includes {
                resolved &= self.include(name, place(&name.span));
            }
            if !resolved {
                unresolved.push(index);
            }
        }
        unresolved
    }

    /// Looks `name` up; `false` if there is no data for it.
    fn name(&mut self, name: &Name, place: &Place) -> bool {
        let data = &self.templates.folder.data;
        let path: Vec<&str> = name.path.iter().map(String::as_str).collect();
        let (path, skipped) = match (path.as_slice(), self.product) {
            (["site", "baseurl" | "url"], _) | (["site", "data"] | ["site"], _) => return true,
            (["site", "data", rest @ ..], _) => (rest.to_vec(), 2),
            (["site", ..], _) => (path, 0),
            ([root, ..], Some(product)) if data.has(Some(product), root) => {
                ([product].into_iter().chain(path.iter().copied()).collect(), 0)
            }
            _ => (path, 0),
        };
        let added = usize::from(path.len() > name.path.len());
        match data.find(&path) {
            Found::Collection => true,
            Found::Scalar(file, node) => {
                let key = (file.path.clone(), node.span.start);
                if let Some(whole) = self.seen.get(&key) {
                    return *whole;
                }
                // A text that leads to itself is found when it is rendered.
                self.seen.insert(key.clone(), true);
                let whole = self.node(file, node).is_empty();
                self.seen.insert(key, whole);
                whole
            }
            Found::Missing { missing, known, file } => {
                let at = (missing + skipped).saturating_sub(added);
                let word = name.path.get(at).map_or("", String::as_str);
                let place = place.clone();
                let message = format!("no data for the placeholder `{}`", name.dotted());
                let mut diagnostic = if self.templates.options.lenient {
                    Diagnostic::warning(Code::UnknownPlaceholder, place, message)
                } else {
                    Diagnostic::error(Code::UnknownPlaceholder, place, message)
                };
                diagnostic = diagnostic.label(if missing == 0 {
                    format!("no data file is called `{word}`")
                } else {
                    format!("nothing is called `{word}` there")
                });
                if let Some(file) = file {
                    let path = file.source.path.clone();
                    diagnostic = diagnostic.mark(file, format!("looked for `{word}` here"));
                    diagnostic = diagnostic.help(match nearest(word, known.iter().map(String::as_str)) {
                        Some(near) => format!("write `{near}`, or add `{word}` to {path}"),
                        None => format!("add `{word}` to {path}"),
                    });
                } else {
                    let lenient =
                        if self.templates.options.lenient { "" } else { ", or keep the raw text with --lenient" };
                    let wanted = data_file(&path, missing);
                    diagnostic = diagnostic.help(match nearest(word, known.iter().map(String::as_str)) {
                        Some(near) => format!("write `{near}`, or add the data file `{wanted}`"),
                        None => format!("add the data file `{wanted}` to the folder of the definitions{lenient}"),
                    });
                }
                self.report.push(diagnostic);
                false
            }
        }
    }

    /// Looks at an include; `false` if it, or something within it, is missing.
    fn include(&mut self, name: &Name, place: Place) -> bool {
        let file = name.dotted();
        if self.including.contains(&file) {
            let chain = self.including.join("`, `");
            self.report.push(
                Diagnostic::error(Code::Template, place, format!("the file `{file}` includes itself"))
                    .label(format!("included from `{chain}`"))
                    .help("take the include out"),
            );
            return false;
        }
        if let Some(included) = self.templates.folder.includes.get(&file) {
            let key = (included.path.clone(), 0);
            if let Some(whole) = self.seen.get(&key) {
                return *whole;
            }
            let included = Arc::clone(included);
            self.including.push(file);
            let whole = self.scanned(&included, &placeholder::scan(&included.text), 0, None).is_empty();
            self.including.pop();
            self.seen.insert(key, whole);
            return whole;
        }
        let message = format!("the included file `{file}` is not there");
        let diagnostic = if self.templates.options.lenient {
            Diagnostic::warning(Code::UnknownInclude, place, message)
        } else {
            Diagnostic::error(Code::UnknownInclude, place, message)
        };
        let known = self.templates.folder.includes.keys().map(String::as_str);
        self.report.push(diagnostic.help(match nearest(&file, known) {
            Some(near) => format!("write `{near}`, or put `{file}` into the folder `_includes`"),
            None => format!(
                "put `{file}` into a folder `_includes` beside the definitions, or keep the raw text with --lenient"
            ),
        }));
        false
    }
}

/// The data file that a path most likely means, where its name at `missing` is not there: the last
/// two names are a key and its attribute, what stands before them is the file.
fn data_file(path: &[&str], missing: usize) -> String {
    let file = path.len().saturating_sub(2).max(missing + 1).min(path.len());
    format!("_data/{}.yml", path[..file].join("/"))
}

/// Liquid with the data of one product.
struct Engine {
    parser: liquid::Parser,
    globals: Object,
    nesting: AtomicUsize,
}

impl Engine {
    fn new<'a>(
        data: &DataTree,
        product: Option<&str>,
        includes: impl Iterator<Item = (&'a String, &'a Arc<Source>)>,
    ) -> Arc<Self> {
        let mut globals = data.to_liquid(None);
        if let Some(product) = product {
            globals.extend(data.to_liquid(Some(product)));
        }
        let mut site = Object::new();
        site.insert("data".into(), Value::Object(data.to_liquid(None)));
        site.insert("baseurl".into(), Value::scalar(""));
        site.insert("url".into(), Value::scalar(""));
        globals.insert("site".into(), Value::Object(site));
        let mut partials = InMemorySource::new();
        for (name, source) in includes {
            partials.add(name.clone(), source.text.clone());
        }
        Arc::new_cyclic(|engine: &Weak<Engine>| Engine {
            parser: parser(engine, partials),
            globals,
            nesting: AtomicUsize::new(0),
        })
    }

    fn render(&self, text: &str) -> liquid_core::Result<String> {
        self.parser.parse(text)?.render(&self.globals)
    }
}

fn parser(engine: &Weak<Engine>, partials: InMemorySource) -> liquid::Parser {
    let builder = || {
        liquid::ParserBuilder::with_stdlib()
            .tag(liquid_lib::jekyll::IncludeTag)
            .filter(liquid_lib::jekyll::Slugify)
            .filter(liquid_lib::jekyll::Push)
            .filter(liquid_lib::jekyll::Pop)
            .filter(liquid_lib::jekyll::Unshift)
            .filter(liquid_lib::jekyll::Shift)
            .filter(liquid_lib::jekyll::ArrayToSentenceString)
            .filter(Flatify { engine: Weak::clone(engine) })
    };
    builder().partials(EagerCompiler::new(partials)).build().or_else(|_| builder().build()).unwrap_or_default()
}

/// The filters that the engine knows.
const FILTERS: &[&str] = &[
    "abs",
    "append",
    "array_to_sentence_string",
    "at_least",
    "at_most",
    "capitalize",
    "ceil",
    "compact",
    "concat",
    "date",
    "default",
    "divided_by",
    "downcase",
    "escape",
    "escape_once",
    "first",
    "flatify",
    "floor",
    "join",
    "last",
    "lstrip",
    "map",
    "minus",
    "modulo",
    "newline_to_br",
    "plus",
    "pop",
    "prepend",
    "push",
    "remove",
    "remove_first",
    "replace",
    "replace_first",
    "reverse",
    "round",
    "rstrip",
    "shift",
    "size",
    "slice",
    "slugify",
    "sort",
    "sort_natural",
    "split",
    "strip",
    "strip_html",
    "strip_newlines",
    "times",
    "truncate",
    "truncatewords",
    "uniq",
    "unshift",
    "upcase",
    "url_decode",
    "url_encode",
    "where",
];

/// `flatify`: renders its input again, since data may hold placeholders too.
#[derive(Clone)]
struct Flatify {
    engine: Weak<Engine>,
}

impl FilterReflection for Flatify {
    fn name(&self) -> &str {
        "flatify"
    }

    fn description(&self) -> &str {
        "Renders the text again."
    }

    fn positional_parameters(&self) -> &'static [ParameterReflection] {
        &[]
    }

    fn keyword_parameters(&self) -> &'static [ParameterReflection] {
        &[]
    }
}

impl ParseFilter for Flatify {
    fn parse(&self, mut arguments: FilterArguments<'_>) -> liquid_core::Result<Box<dyn Filter>> {
        if arguments.positional.next().is_some() || arguments.keyword.next().is_some() {
            return Err(liquid_core::Error::with_msg("flatify takes no argument"));
        }
        Ok(Box::new(self.clone()))
    }

    fn reflection(&self) -> &dyn FilterReflection {
        self
    }
}

impl Filter for Flatify {
    fn evaluate(&self, input: &dyn ValueView, _runtime: &dyn Runtime) -> liquid_core::Result<Value> {
        let text = input.to_kstr();
        if !placeholder::is_template(&text) {
            return Ok(Value::scalar(text.into_owned()));
        }
        let Some(engine) = self.engine.upgrade() else {
            return Err(liquid_core::Error::with_msg("the template engine is gone"));
        };
        if engine.nesting.fetch_add(1, Ordering::Relaxed) >= GREATEST_NESTING {
            engine.nesting.fetch_sub(1, Ordering::Relaxed);
            return Err(liquid_core::Error::with_msg("the text includes itself"));
        }
        let rendered = engine.render(&text);
        engine.nesting.fetch_sub(1, Ordering::Relaxed);
        Ok(Value::scalar(rendered?))
    }
}

impl fmt::Debug for Flatify {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Flatify")
    }
}

impl fmt::Display for Flatify {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("flatify")
    }
}

#[cfg(test)]
mod tests {
    use super::{Engine, FILTERS};
    use crate::data::DataTree;

    #[test]
    fn the_known_filters_are_those_of_the_engine() {
        let engine = Engine::new(&DataTree::default(), None, std::iter::empty());
        let error = engine.render("{{ 'x' | no_such_filter }}").expect_err("an unknown filter").to_string();
        let known = error.lines().find_map(|line| line.trim().strip_prefix("available filters=")).expect("a list");
        let mut known: Vec<&str> = known.split(", ").collect();
        known.sort_unstable();
        assert_eq!(known, FILTERS);
    }
}
