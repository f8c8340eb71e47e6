//! `cargo xtask lint-spec`: what is wrong with definitions, and nothing written.

use std::io::{IsTerminal as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use backstitch_spec::{Options, Report, Severity};

use crate::{PARTLY_CHECKED, count, counts};

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The folder of definitions; without it, the project's own
    #[arg(value_name = "DIR")]
    folder: Option<PathBuf>,
    /// How to tell it
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
    /// Fail for warnings too
    #[arg(long)]
    deny_warnings: bool,
    /// Take placeholders without data for warnings
    #[arg(long)]
    lenient: bool,
}

#[derive(Clone, Copy, clap::ValueEnum)]
enum Format {
    /// For a person, with the source lines
    Text,
    /// For a program
    Json,
    /// For annotations on GitHub
    Github,
}

pub(crate) fn run(arguments: &Arguments, workspace: &Path) -> ExitCode {
    let folder = arguments.folder.clone().unwrap_or_else(|| workspace.join("spec"));
    let loaded = backstitch_spec::load(&folder, Options { lenient: arguments.lenient });
    let report = &loaded.report;
    let text = match arguments.format {
        Format::Text => report.to_text(std::io::stdout().is_terminal()) + &how_to_read_more(report),
        Format::Json => report.to_json(),
        Format::Github => report.to_github(),
    };
    // A reader that went away has seen enough.
    let _ = std::io::stdout().write_all(text.as_bytes());
    let (errors, warnings) = (report.errors(), report.warnings());
    let _ = writeln!(
        std::io::stderr(),
        "{} in {}: {}, {}",
        counts(&loaded),
        folder.display(),
        count(errors, "error"),
        count(warnings, "warning")
    );
    if loaded.is_partly_checked {
        let _ = writeln!(std::io::stderr(), "{PARTLY_CHECKED}");
    }
    if errors > 0 || (arguments.deny_warnings && warnings > 0) { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

/// The last line of a report that has something to tell.
fn how_to_read_more(report: &Report) -> String {
    let told = report.diagnostics();
    let gravest = told.iter().find(|diagnostic| diagnostic.severity == Severity::Error).or(told.first());
    gravest.map_or_else(String::new, |told| format!("for more about a code: cargo xtask explain {}\n", told.code))
}

#[cfg(test)]
mod tests {
    use super::how_to_read_more;
    use backstitch_spec::{Options, load_files};

    #[test]
    fn the_gravest_code_is_the_one_to_read_more_about() {
        let thing = |title: &str, attribute: &str| {
            format!("---\ncontent-type: api-object\ntitle: {title}\nobject-attributes:\n  - {attribute}\n---\n")
        };
        let slip = thing("A", "{name: a, type: string, maxlength: 1}");
        let mistake = thing("B", "{name: b, type: strng}");
        let last_line = |files: &[(&str, &str)]| {
            let files = files.iter().map(|(path, text)| (*path, text.as_bytes()));
            how_to_read_more(&load_files(files, Options::default()).report)
        };
        assert!(last_line(&[("a.md", &slip), ("b.md", &mistake)]).ends_with(" unknown-type\n"));
        assert!(last_line(&[("a.md", &slip)]).ends_with(" unknown-key\n"));
        assert_eq!(last_line(&[("c.md", &thing("C", "{name: c, type: string}"))]), "");
    }
}
