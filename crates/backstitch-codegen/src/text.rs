//! Text of definitions made safe for documentation comments.

/// Markdown that rustdoc takes as it is meant, whatever the text holds: angle brackets and lone
/// square brackets are escaped outside code, bare web addresses are put in angle brackets, fences without a language become `text`, and no line
/// is indented so far that it would turn into code.
#[must_use]
pub fn for_rustdoc(markdown: &str) -> String {
    let markdown: String = markdown.trim().chars().map(shown).collect();
    let mut lines = Vec::new();
    let mut fence: Option<&str> = None;
    for line in markdown.lines() {
        let trimmed = line.trim_start();
        // A list's mark may stand before a fence.
        let within = trimmed.trim_start_matches(['-', '*', '+', ' ']);
        let marker = fence_of(trimmed).or_else(|| fence_of(within));
        match (fence, marker) {
            (None, Some(marker)) => {
                fence = Some(marker);
                lines.push(format!("{marker}text"));
            }
            (Some(open), Some(marker)) if marker.starts_with(open) && trimmed.trim_end() == marker => {
                fence = None;
                lines.push(open.to_owned());
            }
            (Some(_), _) => lines.push(line.to_owned()),
            (None, None) => {
                let indent = (line.len() - trimmed.len()).min(3);
                let text = escape_line(&near_its_mark(trimmed.trim_end()));
                lines.push(if text.is_empty() { text } else { format!("{}{text}", " ".repeat(indent)) });
            }
        }
    }
    if let Some(marker) = fence {
        lines.push(marker.to_owned());
    }
    lines.join("\n")
}

/// A character that may stand in a comment of Rust's: in place of those that steer, such as those that turn the
/// direction of writing around, the one that stands for what can't be shown.
fn shown(letter: char) -> char {
    match letter {
        '\n' | '\t' => letter,
        '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => '\u{fffd}',
        '\r' => ' ',
        _ if letter.is_control() => '\u{fffd}',
        _ => letter,
    }
}

/// The marks that open or close a block of code, if the line does. After backticks there are none on the line, or they
/// are a piece of code within a sentence.
fn fence_of(line: &str) -> Option<&str> {
    let first = line.chars().next().filter(|first| matches!(first, '`' | '~'))?;
    let length = line.len() - line.trim_start_matches(first).len();
    (length >= 3 && !(first == '`' && line[length..].contains('`'))).then_some(&line[..length])
}

/// A line of a list with one space after its mark: more would make code of it.
fn near_its_mark(line: &str) -> String {
    let digits = line.len() - line.trim_start_matches(|letter: char| letter.is_ascii_digit()).len();
    let mark = match line[digits..].chars().next() {
        Some('-' | '*' | '+') if digits == 0 => 1,
        Some('.' | ')') if (1..10).contains(&digits) => digits + 1,
        _ => return line.to_owned(),
    };
    let rest = &line[mark..];
    let text = rest.trim_start();
    if text.len() == rest.len() || text.is_empty() {
        return line.to_owned();
    }
    format!("{} {}", &line[..mark], near_its_mark(text))
}

/// Escapes what rustdoc would read as HTML or as a link to an item, outside code spans.
fn escape_line(line: &str) -> String {
    let mut result = String::with_capacity(line.len());
    let mut rest = line;
    while let Some(first) = rest.chars().next() {
        if first == '`' {
            let ticks = rest.len() - rest.trim_start_matches('`').len();
            let (open, after) = rest.split_at(ticks);
            if let Some(end) = after.find(open) {
                result.push_str(&rest[..ticks + end + ticks]);
                rest = &after[end + ticks..];
            } else {
                result.extend(std::iter::repeat_n("\\`", ticks));
                rest = after;
            }
            continue;
        }
        if first == '[' {
            if let Some(length) = link_length(rest) {
                result.push_str(&rest[..length]);
                rest = &rest[length..];
                continue;
            }
        } else if first == '\\' {
            let length = 1 + rest[1..].chars().next().map_or(0, char::len_utf8);
            result.push_str(&rest[..length]);
            rest = &rest[length..];
            continue;
        }
        if let Some(length) = autolink_length(rest) {
            result.push_str(&rest[..length]);
            rest = &rest[length..];
            continue;
        }
        if let Some(length) = address_length(rest) {
            result.push_str(&format!("<{}>", &rest[..length]));
            rest = &rest[length..];
            continue;
        }
        if matches!(first, '<' | '>' | '[' | ']') {
            result.push('\\');
        }
        result.push(first);
        rest = &rest[first.len_utf8()..];
    }
    result
}

/// The length of the inline link, `[text](address)`, that `text` starts with, if the address is a
/// web address: rustdoc would look for an item under any other.
fn link_length(text: &str) -> Option<usize> {
    let middle = text.find("](")?;
    let inner = &text[1..middle];
    let end = middle + text[middle..].find(')')?;
    let address = &text[middle + 2..end];
    let is_web = address.starts_with("https://") || address.starts_with("http://");
    (is_web && !inner.contains(['[', ']', '<', '>']) && !address.contains(['<', '>', ' '])).then_some(end + 1)
}

/// The length of the web address that `text` starts with, without the punctuation of the sentence around it.
fn address_length(text: &str) -> Option<usize> {
    let scheme = ["https://", "http://"].into_iter().find(|scheme| text.starts_with(scheme))?;
    let ends = |letter: char| letter.is_whitespace() || letter.is_control() || "<>[]`\"\\|{}^".contains(letter);
    let mut address = &text[..text.find(ends).unwrap_or(text.len())];
    while let Some(last) = address.chars().next_back() {
        let is_around = match last {
            ')' => address.matches(')').count() > address.matches('(').count(),
            last => ".,;:!?'*_~…’”".contains(last),
        };
        if !is_around {
            break;
        }
        address = &address[..address.len() - last.len_utf8()];
    }
    (address.len() > scheme.len()).then_some(address.len())
}

/// The length of the web address in angle brackets that `text` starts with.
fn autolink_length(text: &str) -> Option<usize> {
    let inner = text.strip_prefix('<')?;
    let length = address_length(inner)?;
    inner[length..].starts_with('>').then_some(length + 2)
}

/// The text with its first line at the margin, and the others as far from it as before.
#[must_use]
pub fn dedented(text: &str) -> String {
    let text = text.trim_end().trim_start_matches(['\n', '\r']);
    let depth = |line: &str| line.len() - line.trim_start_matches(' ').len();
    // The first line may have been taken out of another, and then says nothing of the others' margin.
    let others = text.lines().skip(1).filter(|line| !line.trim().is_empty()).map(depth).min().unwrap_or_default();
    let lines = text.lines().enumerate().map(|(number, line)| {
        let indent = if number == 0 { depth(line) } else { others };
        line.get(indent..).unwrap_or_default().trim_end()
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// A raw string literal that holds `text`, with as many `#` as it needs.
#[must_use]
pub fn raw_string(text: &str) -> String {
    let mut hashes = String::from("#");
    while text.contains(&format!("\"{hashes}")) {
        hashes.push('#');
    }
    format!("r{hashes}\"{text}\"{hashes}")
}

#[cfg(test)]
mod tests {
    use super::{dedented, for_rustdoc, raw_string};

    #[test]
    fn markup_of_other_kinds_is_shown_as_text() {
        assert_eq!(for_rustdoc("a <b> of Vec<T>"), "a \\<b\\> of Vec\\<T\\>");
        assert_eq!(for_rustdoc("see [Push] and `[x<y]`"), "see \\[Push\\] and `[x<y]`");
        assert_eq!(for_rustdoc("[site](https://a.b/c)"), "[site](https://a.b/c)");
        assert_eq!(for_rustdoc("[site](#here)"), "\\[site\\](#here)");
        assert_eq!(for_rustdoc("one ` tick"), "one \\` tick");
    }

    #[test]
    fn bare_addresses_become_links() {
        assert_eq!(for_rustdoc("see https://a.b/c."), "see <https://a.b/c>.");
        assert_eq!(for_rustdoc("(see http://a.b/c_(d)), or"), "(see <http://a.b/c_(d)>), or");
        assert_eq!(for_rustdoc("**https://a.b/?x=1&y=2**"), "**<https://a.b/?x=1&y=2>**");
        assert_eq!(for_rustdoc("<https://a.b/c>"), "<https://a.b/c>");
        assert_eq!(for_rustdoc("[https://a.b](https://a.b)"), "[https://a.b](https://a.b)");
        assert_eq!(for_rustdoc("[it]: https://a.b"), "\\[it\\]: <https://a.b>");
        assert_eq!(for_rustdoc("[![a](https://a.b)](https://c.d)"), "\\[![a](https://a.b)\\](<https://c.d>)");
        assert_eq!(for_rustdoc("`https://a.b` and https:// alone"), "`https://a.b` and https:// alone");
        assert_eq!(for_rustdoc("```\nhttps://a.b\n```"), "```text\nhttps://a.b\n```");
    }

    #[test]
    fn no_line_becomes_a_test_by_accident() {
        assert_eq!(for_rustdoc("a\n\n        let x = 1;"), "a\n\n   let x = 1;");
        assert_eq!(for_rustdoc("-     let x = 1;\n\n1.      fn f("), "- let x = 1;\n\n1. fn f(");
        assert_eq!(for_rustdoc("- -     let x = 1;"), "- - let x = 1;");
        assert_eq!(for_rustdoc("````\n```\nx\n```\n````"), "````text\n```\nx\n```\n````");
        assert_eq!(for_rustdoc("```foo``` is a value\nthat matters"), "```foo``` is a value\nthat matters");
        assert_eq!(for_rustdoc("a\rb\u{202e}c"), "a b\u{fffd}c");
        assert_eq!(for_rustdoc("```\nlet x;\n```"), "```text\nlet x;\n```");
        assert_eq!(for_rustdoc("```rust\nlet x;"), "```text\nlet x;\n```");
    }

    #[test]
    fn a_text_out_of_another_is_put_at_the_margin() {
        assert_eq!(dedented("{\n      \"a\": 1\n    }\n"), "{\n  \"a\": 1\n}");
        assert_eq!(dedented("\n    {\n      1\n    }"), "{\n  1\n}");
    }

    #[test]
    fn raw_strings_hold_quotes_and_hashes() {
        assert_eq!(raw_string("a\"#b"), "r##\"a\"#b\"##");
    }
}
