//! `cargo xtask new-object NAME`: a definition to start from.

use std::fs::OpenOptions;
use std::io::{self, Write as _};
use std::path::Path;
use std::process::ExitCode;

use backstitch_codegen::name::{TAKEN_MODULES, snake_case, type_name};

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The title of the object, such as `"Batch Status"`
    name: String,
}

pub(crate) fn run(arguments: &Arguments, workspace: &Path) -> ExitCode {
    let title = arguments.name.trim();
    if let Some(fault) = fault(title) {
        let _ = writeln!(io::stderr(), "error: `{title}` can't be the title of an object: {fault}");
        return ExitCode::FAILURE;
    }
    let file = format!("spec/import-api/{}-object.md", snake_case(title).replace('_', "-"));
    match write(&workspace.join(&file), &template(title)) {
        Ok(()) => {
            let _ = writeln!(
                io::stdout(),
                "wrote {file}: describe `{}` there, then run `{}`",
                type_name(title),
                backstitch_codegen::emit::COMMAND
            );
            ExitCode::SUCCESS
        }
        Err(error) => {
            let _ = if error.kind() == io::ErrorKind::AlreadyExists {
                writeln!(io::stderr(), "error: {file} is there already: edit it, or choose another title")
            } else {
                writeln!(io::stderr(), "error: can't write {file}: {error}")
            };
            ExitCode::FAILURE
        }
    }
}

/// Why an object can't be called so, if it can't: the title names a file, a type and a module.
fn fault(title: &str) -> Option<String> {
    let is_known = |letter: char| letter.is_ascii_alphanumeric() || " -_".contains(letter);
    let module = snake_case(title);
    if !title.starts_with(|first: char| first.is_ascii_alphabetic()) {
        Some("start it with a letter from a to z".to_owned())
    } else if let Some(letter) = title.chars().find(|letter| !is_known(*letter)) {
        Some(format!("write letters from a to z, digits, spaces, `-` and `_`, not {letter:?}"))
    } else if TAKEN_MODULES.contains(&module.as_str()) {
        Some(format!("the output has a module `{module}` already"))
    } else {
        None
    }
}

/// Writes a file that is not there yet.
fn write(path: &Path, text: &str) -> io::Result<()> {
    OpenOptions::new().write(true).create_new(true).open(path)?.write_all(text.as_bytes())
}

fn template(title: &str) -> String {
    format!(
        r#"---
product-type: "import-api"
content-type: "api-object"
version: "2"

title: "{title}"
description: "What it is, in a sentence."

latest-version: "2"
versions:
  - number: "2"
    deprecated: false

object-attributes:
  - name: "id"
    type: "integer"
    description: "What it is, in a sentence."
    value: "1"
    required: true

examples:
  - code: |
      {{
        "id":1
      }}
---
"#
    )
}

#[cfg(test)]
mod tests {
    use super::{fault, template};

    #[test]
    fn a_title_names_a_file_a_type_and_a_module() {
        for title in ["Batch Status", "Thing2", "table-version", "Move", "self"] {
            assert_eq!(fault(title), None, "{title}");
        }
        for title in
            ["", "2nd", "_x", "-", "Café", "Größe", "a/b", "../a", "a\\b", "a\"b", "a\nb", "a.b", "Objects", "Mod"]
        {
            assert!(fault(title).is_some(), "{title}");
        }
    }

    #[test]
    fn nothing_is_told_of_what_is_written() {
        let text = template("Thing");
        let loaded = backstitch_spec::load_files([("thing.md", text.as_bytes())], backstitch_spec::Options::default());
        assert_eq!(loaded.report.to_text(false), "");
    }
}
