//! `cargo xtask new-object NAME`: a definition to start from.

use std::fs::OpenOptions;
use std::io::{self, Write as _};
use std::path::Path;
use std::process::ExitCode;

use backstitch_codegen::name::{snake_case, type_name};

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The title of the object, such as `"Batch Status"`
    name: String,
}

pub(crate) fn run(arguments: &Arguments, workspace: &Path) -> ExitCode {
    let title = arguments.name.trim();
    if !title.contains(|letter: char| letter.is_ascii_alphabetic()) || title.contains(['"', '\\', '\n']) {
        let _ = writeln!(io::stderr(), "error: `{title}` is no title: write letters from a to z, digits and spaces");
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
            let help = if error.kind() == io::ErrorKind::AlreadyExists { "; edit that one" } else { "" };
            let _ = writeln!(io::stderr(), "error: can't write {file}: {error}{help}");
            ExitCode::FAILURE
        }
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
