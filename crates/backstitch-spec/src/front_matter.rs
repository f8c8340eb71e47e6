//! The YAML between the two `---` lines at the head of a Markdown file.

use std::ops::Range;

/// What the head of a file holds.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum FrontMatter {
    /// The file does not start with `---`: it is no definition.
    None,
    /// The span of the YAML in the file.
    Closed(Range<usize>),
    /// The span of the `---` that nothing closes.
    Open(Range<usize>),
}

/// Finds the front matter of `text`.
pub(crate) fn find(text: &str) -> FrontMatter {
    let start = text.len() - text.strip_prefix('\u{feff}').unwrap_or(text).len();
    let mut lines = text[start..].split_inclusive('\n');
    let Some(first) = lines.next().filter(|line| line.trim_end() == "---") else {
        return FrontMatter::None;
    };
    let yaml = start + first.len();
    let mut end = yaml;
    for line in lines {
        if line.trim_end() == "---" {
            return FrontMatter::Closed(yaml..end);
        }
        end += line.len();
    }
    FrontMatter::Open(start..start + 3)
}

#[cfg(test)]
mod tests {
    use super::{FrontMatter, find};

    #[test]
    fn the_yaml_lies_between_the_lines() {
        assert_eq!(find("---\na: 1\n---\ntext"), FrontMatter::Closed(4..9));
        assert_eq!(find("---\na: 1\n---"), FrontMatter::Closed(4..9));
        assert_eq!(find("---\r\na: 1\r\n---\r\n"), FrontMatter::Closed(5..11));
        assert_eq!(find("\u{feff}---\na: 1\n---"), FrontMatter::Closed(7..12));
    }

    #[test]
    fn a_file_without_it_is_no_definition() {
        assert_eq!(find("# Title\n---\n"), FrontMatter::None);
        assert_eq!(find(""), FrontMatter::None);
    }

    #[test]
    fn an_open_one_is_an_error_at_its_line() {
        assert_eq!(find("---\na: 1\n"), FrontMatter::Open(0..3));
    }
}
