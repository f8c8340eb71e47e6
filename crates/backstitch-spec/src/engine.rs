//! Liquid as the site speaks it: the standard tags and filters, Jekyll's, and the site's own.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::{Arc, Weak};

use liquid_core::parser::{self, ParseBlock, ParseFilter, ParseTag};
use liquid_core::partials::{LazyCompiler, PartialCompiler as _, PartialSource};
use liquid_core::runtime::{PartialStore, RuntimeBuilder, Template};
use liquid_core::{Language, Renderable as _};
use liquid_lib::{jekyll, stdlib};

use crate::filters;
use crate::guard::{self, Guarded};
use crate::include::IncludeTag;
use crate::placeholder;
use crate::site::Roots;
use crate::source::Source;

/// Liquid with the files that can be included.
pub(crate) struct Engine {
    language: Arc<Language>,
    partials: Option<Box<dyn PartialStore + Send + Sync>>,
}

impl Engine {
    pub(crate) fn new(includes: &Arc<BTreeMap<String, Arc<Source>>>) -> Self {
        let language = Arc::new_cyclic(language);
        let files = LazyCompiler::new(Includes(Arc::clone(includes)));
        // An included file is read when it is first rendered, so that nothing is refused here.
        let partials = files.compile(Arc::clone(&language)).ok();
        Engine { language, partials }
    }

    /// Renders `text` with the values of `globals`.
    pub(crate) fn render(&self, text: &str, globals: &Roots<'_>) -> liquid_core::Result<String> {
        // A mistake of the engine's own must not end the program: what it was made for is told as it is of others.
        guard::caught(|| self.rendered(text, globals))
            .unwrap_or_else(|| Err(liquid_core::Error::with_msg("the template engine can't read this text")))
    }

    fn rendered(&self, text: &str, globals: &Roots<'_>) -> liquid_core::Result<String> {
        let template = Template::new(parser::parse(&placeholder::quote_includes(text), &self.language)?);
        let builder = RuntimeBuilder::new().set_globals(globals);
        let mut rendered = Limited(Vec::new());
        let too_long = match &self.partials {
            Some(partials) => {
                let runtime = Guarded::new(builder.set_partials(&**partials).build());
                template.render_to(&mut rendered, &runtime)?;
                runtime.was_too_long()
            }
            None => {
                let runtime = Guarded::new(builder.build());
                template.render_to(&mut rendered, &runtime)?;
                runtime.was_too_long()
            }
        };
        if too_long {
            return Err(liquid_core::Error::with_msg("a text that is given a name becomes too long"));
        }
        Ok(filters::to_text(rendered.0))
    }
}

/// The most bytes that one text may become.
const MOST_BYTES: usize = 4 << 20;

/// Takes only so much, so that no loop fills the memory.
struct Limited(Vec<u8>);

impl std::io::Write for Limited {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        if self.0.len() + bytes.len() > MOST_BYTES {
            return Err(std::io::Error::other("the text becomes too long"));
        }
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// The files that can be included.
#[derive(Debug)]
struct Includes(Arc<BTreeMap<String, Arc<Source>>>);

impl PartialSource for Includes {
    fn contains(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    fn names(&self) -> Vec<&str> {
        self.0.keys().map(String::as_str).collect()
    }

    fn try_get<'a>(&'a self, name: &str) -> Option<Cow<'a, str>> {
        self.0.get(name).map(|source| placeholder::quote_includes(&source.text))
    }
}

fn language(this: &Weak<Language>) -> Language {
    let mut language = Language::empty();
    let blocks: [Box<dyn ParseBlock>; 8] = [
        stdlib::CaptureBlock.into(),
        stdlib::CaseBlock.into(),
        stdlib::CommentBlock.into(),
        stdlib::ForBlock.into(),
        stdlib::IfBlock.into(),
        stdlib::IfChangedBlock.into(),
        stdlib::RawBlock.into(),
        stdlib::UnlessBlock.into(),
    ];
    for block in blocks {
        language.blocks.register(block.reflection().start_tag().to_owned(), block);
    }
    let tags: [Box<dyn ParseTag>; 7] = [
        stdlib::AssignTag.into(),
        stdlib::BreakTag.into(),
        stdlib::ContinueTag.into(),
        stdlib::CycleTag.into(),
        stdlib::DecrementTag.into(),
        stdlib::IncrementTag.into(),
        IncludeTag.into(),
    ];
    for tag in tags {
        language.tags.register(tag.reflection().tag().to_owned(), tag);
    }
    for filter in
        standard_filters().into_iter().chain(jekylls_filters()).chain(filters::with_rules()).chain(filters::own(this))
    {
        language.filters.register(filter.reflection().name().to_owned(), filter);
    }
    language
}

fn standard_filters() -> Vec<Box<dyn ParseFilter>> {
    vec![
        stdlib::Append.into(),
        stdlib::AtLeast.into(),
        stdlib::AtMost.into(),
        stdlib::Capitalize.into(),
        stdlib::Ceil.into(),
        stdlib::Compact.into(),
        stdlib::Concat.into(),
        stdlib::Default.into(),
        stdlib::Downcase.into(),
        stdlib::Escape.into(),
        stdlib::EscapeOnce.into(),
        stdlib::First.into(),
        stdlib::Floor.into(),
        stdlib::Join.into(),
        stdlib::Last.into(),
        stdlib::Lstrip.into(),
        stdlib::Map.into(),
        stdlib::NewlineToBr.into(),
        stdlib::Prepend.into(),
        stdlib::Remove.into(),
        stdlib::RemoveFirst.into(),
        stdlib::Replace.into(),
        stdlib::ReplaceFirst.into(),
        stdlib::Reverse.into(),
        stdlib::Round.into(),
        stdlib::Rstrip.into(),
        stdlib::Size.into(),
        stdlib::Sort.into(),
        stdlib::SortNatural.into(),
        stdlib::Split.into(),
        stdlib::Strip.into(),
        stdlib::StripHtml.into(),
        stdlib::StripNewlines.into(),
        stdlib::Truncate.into(),
        stdlib::TruncateWords.into(),
        stdlib::Uniq.into(),
        stdlib::Upcase.into(),
        stdlib::UrlDecode.into(),
        stdlib::UrlEncode.into(),
        stdlib::Where.into(),
    ]
}

fn jekylls_filters() -> Vec<Box<dyn ParseFilter>> {
    vec![
        jekyll::ArrayToSentenceString.into(),
        jekyll::Pop.into(),
        jekyll::Push.into(),
        jekyll::Shift.into(),
        jekyll::Slugify.into(),
        jekyll::Unshift.into(),
    ]
}

/// The filters that the engine knows.
pub(crate) const FILTERS: &[&str] = &[
    "abs",
    "absolute_url",
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
    "jsonify",
    "last",
    "lstrip",
    "map",
    "markdownify",
    "minus",
    "modulo",
    "newline_to_br",
    "normalize_whitespace",
    "number_of_words",
    "plus",
    "pop",
    "prepend",
    "push",
    "relative_url",
    "remove",
    "remove_first",
    "replace",
    "replace_first",
    "replace_regex",
    "reverse",
    "round",
    "rstrip",
    "shift",
    "size",
    "slice",
    "slugify",
    "smartify",
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
    "where_exp",
    "xml_escape",
];

#[cfg(test)]
mod tests {
    use super::{Engine, FILTERS};
    use crate::placeholder;
    use crate::site::Roots;

    fn render(text: &str) -> Result<String, String> {
        Engine::new(&std::sync::Arc::default()).render(text, &Roots::new()).map_err(|error| error.to_string())
    }

    #[test]
    fn the_known_filters_are_those_of_the_engine() {
        let error = render("{{ 'x' | no_such_filter }}").expect_err("an unknown filter");
        let known = error.lines().find_map(|line| line.trim().strip_prefix("available filters=")).expect("a list");
        let mut known: Vec<&str> = known.split(", ").collect();
        known.sort_unstable();
        assert_eq!(known, FILTERS);
    }

    #[test]
    fn what_would_end_the_program_is_an_error() {
        for text in [
            "{{ -9223372036854775808 | divided_by: -1 }}",
            "{{ -9223372036854775808 | modulo: -1 }}",
            "{{ 9223372036854775807 | plus: 1 }}",
            "{{ 9223372036854775807 | times: 2 }}",
            "{{ -9223372036854775808 | abs }}",
            "{{ 1 | divided_by: 0 }}",
            "{{ 'now' | date: '%s' }}",
            "{% raw %}{{ x }}",
        ] {
            assert!(render(text).is_err(), "{text}");
        }
        let doubled = format!("{{% assign a = 'xxxxxxxxxx' %}}{}", "{% assign a = a | append: a %}".repeat(60));
        assert!(render(&doubled).is_err());
    }

    #[test]
    fn the_known_blocks_are_those_of_the_engine() {
        for (open, close) in placeholder::BLOCKS {
            let head = match *open {
                "for" => format!("{open} x in (1..2)"),
                "ifchanged" => (*open).to_owned(),
                _ => format!("{open} x"),
            };
            let inner = if *open == "case" { "{% when 1 %}" } else { "" };
            let text = format!("{{% assign x = 1 %}}{{% {head} %}}{inner}{{% {close} %}}");
            assert!(render(&text).is_ok(), "{text}");
        }
    }

    #[test]
    fn filters_do_what_the_site_does() {
        let cases = [
            ("{{ ' a\n b ' | normalize_whitespace }}", "a b"),
            ("{{ 'a <b>' | xml_escape }}", "a &lt;b&gt;"),
            ("{{ '**a** b' | markdownify }}", "**a** b"),
            ("{{ 'a \"b\"' | jsonify }}", r#""a \"b\"""#),
            ("{{ 'a-b-c' | replace_regex: '[-]', '_' }}", "a_b_c"),
            ("{{ 'North (cold)' | replace_regex: '^[^(]*', '' | remove: '(' }}", "cold)"),
            ("{{ 'one two' | number_of_words }}", "2"),
            (
                "{{ 7 | divided_by: 2 }} {{ 7 | modulo: 4 }} {{ -7 | abs }} {{ 1.5 | plus: 1 }} {{ 2 | times: 3 | minus: 1 }}",
                "3 3 7 2.5 5",
            ),
            ("{{ 'abcdef' | slice: 1, 3 }} {{ 'abcdef' | slice: -2, 2 }} {{ 'abc' | slice: 1 }}", "bcd ef b"),
            ("{{ '13 Jun 2016 02:30:00 +0300' | date: '%d.%m.%Y' }}", "13.06.2016"),
            ("{% assign xs = '1,2,3' | split: ',' %}{{ xs | where_exp: 'x', \"x != '2'\" | join: '-' }}", "1-3"),
            ("{% assign x = 'b' %}{{ 'a {{ x }}' | flatify }}", "a b"),
            ("{% assign x = '{{ y }}' %}{% assign y = 'z' %}{{ 'a {{ x | flatify }}' | flatify }}", "a z"),
        ];
        for (text, expected) in cases {
            assert_eq!(render(text).as_deref(), Ok(expected), "{text}");
        }
    }
}
