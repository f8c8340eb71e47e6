//! Finds Liquid's tags in raw text, with the place of every name in them.
//!
//! The template engine stops at its first error and does not say where it is; so all tags are found
//! first, and every name in them is looked up before anything is rendered.

use std::borrow::Cow;
use std::ops::Range;

/// A tag: `{{ … }}` or `{% … %}`.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Tag {
    /// Its bytes, delimiters included.
    pub(crate) span: Range<usize>,
    /// The word that a `{% … %}` starts with; empty for `{{ … }}`.
    pub(crate) word: String,
    /// The bytes of the word.
    pub(crate) word_span: Range<usize>,
    /// The names of data that it uses.
    pub(crate) names: Vec<Name>,
    /// The filters that it applies.
    pub(crate) filters: Vec<Name>,
    /// The name that it gives to something: of `assign`, `capture`, `for`.
    pub(crate) defines: Option<String>,
    /// The file that it includes.
    pub(crate) includes: Option<Name>,
    /// How many numbers a range in it has, of `(1..9)`.
    pub(crate) longest_range: u64,
    /// What it gives to the file that it includes: the name of each, and the data that it is, if it is data.
    pub(crate) parameters: Vec<(String, Option<Name>)>,
}

impl Tag {
    /// Whether it says the same as `other`, wherever it stands.
    pub(crate) fn is_like(&self, other: &Tag) -> bool {
        let same = |a: &[Name], b: &[Name]| a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a.path == b.path);
        self.word == other.word && self.defines == other.defines && same(&self.names, &other.names)
    }
}

/// A dotted name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Name {
    pub(crate) span: Range<usize>,
    pub(crate) path: Vec<String>,
    /// Whether the path is all that the name says: an index that is data itself is not in it.
    pub(crate) whole: bool,
}

impl Name {
    pub(crate) fn dotted(&self) -> String {
        self.path.join(".")
    }
}

/// What a text holds.
#[derive(Debug, Default)]
pub(crate) struct Scan {
    pub(crate) tags: Vec<Tag>,
    /// Delimiters that nothing closes.
    pub(crate) open: Vec<Range<usize>>,
}

/// Whether `text` may hold a tag.
pub(crate) fn is_template(text: &str) -> bool {
    text.contains("{{") || text.contains("{%")
}

/// The tags that open a block, with the tag that closes it.
pub(crate) const BLOCKS: &[(&str, &str)] = &[
    ("capture", "endcapture"),
    ("case", "endcase"),
    ("for", "endfor"),
    ("if", "endif"),
    ("ifchanged", "endifchanged"),
    ("unless", "endunless"),
];

/// The tags that stand alone, and those within a block.
pub(crate) const TAGS: &[&str] =
    &["assign", "break", "continue", "cycle", "decrement", "else", "elsif", "include", "increment", "when"];

/// Finds all tags of `text`. What stands between `raw` and `endraw`, or in a comment, is text.
pub(crate) fn scan(text: &str) -> Scan {
    let mut scan = Scan::default();
    let mut at = 0;
    let mut verbatim: Option<&str> = None;
    let mut opened = 0..0;
    while let Some(start) = text[at..].find('{').map(|found| at + found) {
        let close = match text.as_bytes().get(start + 1) {
            Some(b'{') => "}}",
            Some(b'%') => "%}",
            _ => {
                at = start + 1;
                continue;
            }
        };
        let Some(length) = text[start + 2..].find(close) else {
            if verbatim.is_none() {
                scan.open.push(start..start + 2);
            }
            at = start + 2;
            continue;
        };
        let end = start + 2 + length + 2;
        let tag = read_tag(text, start..end, close == "%}");
        match verbatim {
            Some(closing) if tag.word == closing => verbatim = None,
            Some(_) => {
                at = start + 2;
                continue;
            }
            None => match tag.word.as_str() {
                "raw" => (verbatim, opened) = (Some("endraw"), tag.span),
                "comment" => (verbatim, opened) = (Some("endcomment"), tag.span),
                _ => scan.tags.push(tag),
            },
        }
        at = end;
    }
    if verbatim.is_some() {
        scan.open.push(opened);
    }
    scan
}

/// The text with the names of included files in quotes: Jekyll's have paths, and the engine reads none but in
/// quotes.
pub(crate) fn quote_includes(text: &str) -> Cow<'_, str> {
    if !text.contains("include") {
        return Cow::Borrowed(text);
    }
    let mut result = String::new();
    let mut at = 0;
    for name in scan(text).tags.iter().filter_map(|tag| tag.includes.as_ref()) {
        result.push_str(&text[at..name.span.start]);
        result.push('"');
        result.push_str(&text[name.span.clone()]);
        result.push('"');
        at = name.span.end;
    }
    if at == 0 {
        return Cow::Borrowed(text);
    }
    result.push_str(&text[at..]);
    Cow::Owned(result)
}

#[derive(Debug, PartialEq)]
enum Token {
    Word(Name),
    Text,
    Symbol(char),
}

fn read_tag(text: &str, span: Range<usize>, is_block: bool) -> Tag {
    let tokens = tokens(text, span.start + 2..span.end - 2);
    let mut tag = Tag {
        span,
        word: String::new(),
        word_span: 0..0,
        names: Vec::new(),
        filters: Vec::new(),
        defines: None,
        includes: None,
        longest_range: 0,
        parameters: Vec::new(),
    };
    let mut rest = tokens.as_slice();
    if is_block {
        let Some((Token::Word(word), after)) = rest.split_first() else {
            return tag;
        };
        tag.word = word.dotted();
        tag.word_span = word.span.clone();
        rest = after;
        match tag.word.as_str() {
            "assign" | "capture" | "for" | "increment" | "decrement" => {
                if let Some((Token::Word(name), after)) = rest.split_first() {
                    tag.defines = name.path.first().cloned();
                    rest = after;
                }
            }
            "include" => {
                if let Some((Token::Word(name), after)) = rest.split_first() {
                    tag.includes = Some(name.clone());
                    rest = after;
                }
            }
            _ => {}
        }
    }
    for window in rest.windows(4) {
        if let [Token::Word(from), Token::Symbol('.'), Token::Symbol('.'), Token::Word(to)] = window
            && let (Ok(from), Ok(to)) = (from.dotted().parse::<i64>(), to.dotted().parse::<i64>())
        {
            tag.longest_range = tag.longest_range.max(to.abs_diff(from));
        }
    }
    let mut previous = None;
    for (index, token) in rest.iter().enumerate() {
        let next = rest.get(index + 1);
        if let (Some(_), Token::Word(name), Some(Token::Symbol('='))) = (&tag.includes, token, next) {
            let value = match rest.get(index + 2) {
                Some(Token::Word(value)) if !is_word_of_liquid(value) => Some(value.clone()),
                _ => None,
            };
            tag.parameters.push((name.dotted(), value));
        }
        if let Token::Word(name) = token {
            let argument = tag.includes.is_some() && next == Some(&Token::Symbol('='));
            if previous == Some(&Token::Symbol('|')) {
                tag.filters.push(name.clone());
            } else if !argument && next != Some(&Token::Symbol(':')) && !is_word_of_liquid(name) {
                tag.names.push(name.clone());
            }
        }
        previous = Some(token);
    }
    tag
}

/// Words that name no data.
fn is_word_of_liquid(name: &Name) -> bool {
    let is_number = name.path.first().is_some_and(|word| word.starts_with(|first: char| first.is_ascii_digit()));
    let [word] = name.path.as_slice() else { return is_number };
    is_number
        || matches!(
            word.as_str(),
            "and" | "or" | "contains" | "in" | "reversed" | "true" | "false" | "nil" | "null" | "empty" | "blank"
        )
}

fn tokens(text: &str, span: Range<usize>) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut at = span.start;
    while let Some(first) = text[at..span.end].chars().next() {
        let rest = &text[at..span.end];
        if first == '"' || first == '\'' {
            let length = rest[1..].find(first).map_or(rest.len(), |end| end + 2);
            tokens.push(Token::Text);
            at += length;
        } else if is_name_start(first) {
            let length = rest.find(|next: char| !is_name_part(next)).unwrap_or(rest.len());
            // A range, `a..b`, has a name at either end.
            let length = rest[..length].find("..").unwrap_or(length);
            let word = rest[..length].trim_end_matches(['-', '.']);
            let mut path: Vec<String> = word.split('.').map(str::to_owned).collect();
            let mut length = word.len().max(1);
            let mut whole = true;
            // `list[0].name`, `map["key"]`; what an index that is data leads to can't be told.
            while rest[length..].starts_with('[') {
                let Some(end) = rest[length..].find(']') else { break };
                let index = rest[length + 1..length + end].trim();
                let literal = index.trim_matches(['"', '\'']);
                let is_literal = literal.len() + 2 == index.len() || index.bytes().all(|byte| byte.is_ascii_digit());
                whole &= is_literal && !literal.is_empty();
                if whole {
                    path.push(literal.to_owned());
                }
                length += end + 1;
                if let Some(after) = rest[length..].strip_prefix('.') {
                    let more = after.find(|next: char| !is_name_part(next)).unwrap_or(after.len());
                    if whole {
                        path.extend(after[..more].split('.').map(str::to_owned));
                    }
                    length += 1 + more;
                }
            }
            tokens.push(Token::Word(Name { span: at..at + length, path, whole }));
            at += length;
        } else {
            if !first.is_whitespace() && first != '-' {
                tokens.push(Token::Symbol(first));
            }
            at += first.len_utf8();
        }
    }
    tokens
}

fn is_name_start(character: char) -> bool {
    character.is_alphanumeric() || character == '_'
}

fn is_name_part(character: char) -> bool {
    is_name_start(character) || matches!(character, '-' | '.' | '/')
}

#[cfg(test)]
mod tests {
    use super::scan;

    fn names(text: &str) -> Vec<String> {
        scan(text).tags.iter().flat_map(|tag| tag.names.iter().map(super::Name::dotted)).collect()
    }

    #[test]
    fn names_are_told_from_filters_arguments_and_words() {
        assert_eq!(names("{{ a.b-c | flatify }}"), ["a.b-c"]);
        assert_eq!(names("{{ link.x | prepend: site.baseurl | append: \"#a.b\" }}"), ["link.x", "site.baseurl"]);
        assert_eq!(names("{% if a contains 'x' and b == true %}"), ["a", "b"]);
        assert_eq!(names("{% include note.html type=\"x\" content=c-d %}"), ["c-d"]);
        assert_eq!(names("{% for x in list limit: 3 %}"), ["list"]);
    }

    #[test]
    fn an_index_is_a_part_of_the_name() {
        assert_eq!(names("{{ a[0].b }} {{ a['x y'].c }}"), ["a.0.b", "a.x y.c"]);
        let scan = scan("{{ a[b].c }}");
        let found = &scan.tags[0].names;
        assert_eq!((found.len(), found[0].dotted().as_str(), found[0].whole), (1, "a", false));
    }

    #[test]
    fn parameters_of_an_include_are_told() {
        let scan = scan("{% include note.html type=\"x\" content=a.b %}");
        let found: Vec<_> = scan.tags[0]
            .parameters
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_ref().map(super::Name::dotted)))
            .collect();
        assert_eq!(found, [("type", None), ("content", Some("a.b".to_owned()))]);
    }

    #[test]
    fn spans_are_those_of_the_text() {
        let text = "é {{ a.b | x }}";
        let scan = scan(text);
        assert_eq!(&text[scan.tags[0].names[0].span.clone()], "a.b");
        assert_eq!(&text[scan.tags[0].span.clone()], "{{ a.b | x }}");
    }

    #[test]
    fn raw_text_holds_no_tags_and_an_open_tag_is_told() {
        assert_eq!(names("{% raw %}{{ a }}{% endraw %}{{ b }}"), ["b"]);
        assert_eq!(scan("text {{ a").open.first(), Some(&(5..7)));
    }
}
