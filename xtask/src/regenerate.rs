//! `cargo xtask regenerate`: definitions in, generated files out.

use std::io::{IsTerminal as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use backstitch_codegen::emit::{COMMAND, GENERATORS};
use backstitch_spec::Options;

use crate::count;
use crate::output::{Folder, State};

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Write nothing; fail if a file is not what the definitions would make it
    #[arg(long)]
    check: bool,
    /// Keep the raw text of placeholders that have no data, with a warning
    #[arg(long)]
    lenient: bool,
    /// Read the definitions of this folder instead of the project's own
    #[arg(long, value_name = "DIR", requires = "out")]
    spec: Option<PathBuf>,
    /// Write a module tree (`mod.rs` and its modules) into this folder, which holds nothing else; it
    /// needs serde and `serde_json`
    #[arg(long, value_name = "DIR", requires = "spec")]
    out: Option<PathBuf>,
}

pub(crate) fn run(arguments: &Arguments, workspace: &Path) -> ExitCode {
    let spec = arguments.spec.clone().unwrap_or_else(|| workspace.join("spec"));
    let loaded = backstitch_spec::load(&spec, Options { lenient: arguments.lenient });
    let _ = write!(std::io::stderr(), "{}", loaded.report.to_text(std::io::stderr().is_terminal()));
    let (errors, warnings) = (loaded.report.errors(), loaded.report.warnings());
    if errors > 0 {
        let _ = writeln!(
            std::io::stderr(),
            "{}, {}: nothing was generated",
            count(errors, "error"),
            count(warnings, "warning")
        );
        return ExitCode::FAILURE;
    }
    if arguments.out.is_none() && loaded.api.push_object().is_none() {
        let _ = writeln!(
            std::io::stderr(),
            "error: no definition in {} is a Push record; one must have all six roles",
            spec.display()
        );
        return ExitCode::FAILURE;
    }
    let mut folders = Vec::new();
    for generator in GENERATORS {
        let path = match &arguments.out {
            Some(out) if generator.standalone => out.clone(),
            Some(_) => continue,
            None => workspace.join(generator.folder),
        };
        folders.push(Folder { path, files: (generator.emit)(&loaded.api), owned: generator.owns_folder });
    }
    let outcome = if arguments.check { check(&folders, arguments, workspace) } else { write(&folders, workspace) };
    match outcome {
        Ok(code) => {
            let _ = writeln!(
                std::io::stderr(),
                "{} read from {}, {}",
                count(loaded.definitions, "definition"),
                spec.display(),
                count(warnings, "warning")
            );
            code
        }
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn write(folders: &[Folder], workspace: &Path) -> std::io::Result<ExitCode> {
    let mut unchanged = 0;
    for folder in folders {
        let states = folder.compare()?;
        folder.write()?;
        for (path, state) in states {
            let what = match state {
                State::Same | State::Foreign => {
                    unchanged += 1;
                    continue;
                }
                State::Missing | State::Differs => "wrote",
                State::Leftover => "removed",
            };
            let _ = writeln!(std::io::stdout(), "{what} {}", shown(&path, workspace));
        }
    }
    let _ = writeln!(std::io::stdout(), "{} unchanged", count(unchanged, "file"));
    Ok(ExitCode::SUCCESS)
}

fn check(folders: &[Folder], arguments: &Arguments, workspace: &Path) -> std::io::Result<ExitCode> {
    let mut stale = Vec::new();
    let mut files = 0;
    for folder in folders {
        for (path, state) in folder.compare()? {
            files += 1;
            let what = match state {
                State::Same => continue,
                State::Missing => "is missing",
                State::Differs | State::Foreign => "is not what the definitions say",
                State::Leftover => "belongs to no definition",
            };
            stale.push(format!("{} {what}", shown(&path, workspace)));
        }
    }
    if stale.is_empty() {
        let _ = writeln!(std::io::stdout(), "{} up to date", count(files, "file"));
        return Ok(ExitCode::SUCCESS);
    }
    for line in &stale {
        let _ = writeln!(std::io::stderr(), "error: {line}");
    }
    let mut command = COMMAND.to_owned();
    if let (Some(spec), Some(out)) = (&arguments.spec, &arguments.out) {
        command.push_str(&format!(" --spec {} --out {}", spec.display(), out.display()));
    }
    let _ = writeln!(std::io::stderr(), "run `{command}` and commit what it writes");
    Ok(ExitCode::FAILURE)
}

fn shown(path: &Path, workspace: &Path) -> String {
    path.strip_prefix(workspace).unwrap_or(path).display().to_string()
}
