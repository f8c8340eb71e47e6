//! The catalogue as a page of the documentation, and an entry as text for a terminal.

use super::{Entry, Example, File, entry};
use crate::diagnostic::{Code, Severity};

/// What stands above the sections of the page.
const HEAD: &str = "\
# Diagnostics

What can be told of [definitions](definitions.md). Every diagnostic has a code; each of them has a section here with files \
that are given it, what is told of them, and the files mended. `cargo xtask lint-spec` tells all of it in one run, and \
`cargo xtask explain CODE` shows a section in a terminal.

An error keeps everything from being generated; a warning does not, and fails `lint-spec` only with `--deny-warnings`.

";

/// The page of all codes, in Markdown.
#[must_use]
pub fn page() -> String {
    let mut page = HEAD.to_owned();
    page.push_str("| code | what is wrong | how grave |\n| --- | --- | --- |\n");
    for entry in Code::ALL.iter().map(|code| entry(*code)) {
        let code = entry.code;
        page.push_str(&format!("| [`{code}`](#{code}) | {} | {} |\n", entry.headline, entry.gravity()));
    }
    for entry in Code::ALL.iter().map(|code| entry(*code)) {
        page.push('\n');
        page.push_str(&entry.to_markdown());
    }
    page
}

impl Entry {
    /// The entry as a section of a page in Markdown.
    #[must_use]
    pub fn to_markdown(&self) -> String {
        let mut text = format!(
            "## {}\n\n{} ({}). {}\n\n",
            self.code,
            capitalized(self.headline),
            self.gravity(),
            self.explanation
        );
        for file in self.bad.files() {
            text.push_str(&fenced_file(file));
        }
        text.push_str(&format!("What is told:\n\n{}Mended:\n\n", fenced("text", &self.told())));
        for file in self.mended() {
            text.push_str(&fenced_file(file));
        }
        text.trim_end().to_owned() + "\n"
    }

    /// The entry as text for a terminal.
    #[must_use]
    pub fn to_text(&self) -> String {
        let mut text = format!("{} ({}): {}\n\n{}\n\n", self.code, self.gravity(), self.headline, self.explanation);
        for file in self.bad.files() {
            text.push_str(&indented_file(file));
        }
        text.push_str(&format!("What is told:\n\n{}\nMended:\n\n", indented(&self.told())));
        for file in self.mended() {
            text.push_str(&indented_file(file));
        }
        text.trim_end().to_owned() + "\n"
    }

    /// How grave it can be, in words.
    fn gravity(&self) -> String {
        self.severities.iter().map(|severity| Severity::as_str(*severity)).collect::<Vec<_>>().join(" or ")
    }

    /// What is told of the bad example.
    fn told(&self) -> String {
        self.bad.load().report.to_text(false).trim_end().to_owned() + "\n"
    }

    /// The files of the good example that are others than those of the bad one.
    fn mended(&self) -> impl Iterator<Item = &'static File> {
        let Example(bad) = self.bad;
        self.good.files().iter().filter(|file| !bad.contains(file))
    }
}

fn capitalized(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().collect::<String>() + letters.as_str())
}

/// A file's name, and what is to be known of it that its text does not show.
fn named(file: &File) -> String {
    match file.bytes {
        None => format!("{}, which may not be read", file.path),
        Some(bytes) if std::str::from_utf8(bytes).is_err() => {
            format!("{}, with bytes that are not UTF-8 shown as \\xNN", file.path)
        }
        Some(_) => file.path.to_owned(),
    }
}

fn fenced_file(file: &File) -> String {
    let name = named(file);
    let name = name.replacen(file.path, &format!("`{}`", file.path), 1);
    if file.bytes.is_none() {
        return format!("{name}.\n\n");
    }
    let text = shown(file);
    let language = match file.path.rsplit_once('.').map(|(_, extension)| extension) {
        Some("yml") => "yaml",
        Some("html") => "html",
        // All of it is front matter.
        _ if text.starts_with("---") => "yaml",
        _ => "markdown",
    };
    format!("{name}:\n\n{}", fenced(language, &text))
}

fn fenced(language: &str, text: &str) -> String {
    format!("```{language}\n{text}```\n\n")
}

fn indented_file(file: &File) -> String {
    let name = named(file);
    if file.bytes.is_none() { format!("{name}\n\n") } else { format!("{name}\n\n{}\n", indented(&shown(file))) }
}

fn indented(text: &str) -> String {
    text.lines().map(|line| format!("    {line}").trim_end().to_owned() + "\n").collect()
}

/// What a file holds, with a last newline.
fn shown(file: &File) -> String {
    let mut text = String::new();
    for chunk in file.bytes.unwrap_or_default().utf8_chunks() {
        text.push_str(chunk.valid());
        text.extend(chunk.invalid().iter().map(|byte| format!("\\x{byte:02X}")));
    }
    if !text.ends_with('\n') {
        text.push('\n');
    }
    text
}
