//! `cargo xtask explain NAME`: an object of the API as a table, or a code of diagnostics with its examples.

use std::io::Write as _;
use std::path::Path;
use std::process::ExitCode;

use backstitch_codegen::emit::rules_of;
use backstitch_codegen::model::{Attribute, Object};
use backstitch_codegen::name::nearest;
use backstitch_codegen::rules::{JsonType, Role};
use backstitch_spec::{Code, Options, catalogue};

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The title of an object, such as `Push` or `"Batch Status"`, or a code of `lint-spec`, such as `unknown-key`;
    /// without it, all objects by name
    name: Option<String>,
}

pub(crate) fn run(arguments: &Arguments, workspace: &Path) -> ExitCode {
    // A code is told from an object's title by its small letters, and needs no definition to be sound.
    if let Some(code) = arguments.name.as_deref().and_then(Code::called) {
        let _ = std::io::stdout().write_all(catalogue::entry(code).to_text().as_bytes());
        return ExitCode::SUCCESS;
    }
    let loaded = backstitch_spec::load(&workspace.join("spec"), Options::default());
    let objects = &loaded.api.objects;
    let mut text = String::new();
    match &arguments.name {
        None => text.extend(objects.iter().map(|object| format!("{}\n", object.title))),
        Some(name) => {
            let same = |object: &&Object| {
                object.title.eq_ignore_ascii_case(name) || object.module_name() == *name || object.type_name() == *name
            };
            let Some(object) = objects.iter().find(same) else {
                let titles = objects.iter().map(|object| object.title.as_str());
                let codes = Code::ALL.iter().map(|code| code.as_str());
                let help = match nearest(name, titles.clone().chain(codes)) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => format!(
                        "there are {}, and the codes in docs/diagnostics.md",
                        titles.collect::<Vec<_>>().join(", ")
                    ),
                };
                let errors = loaded.report.errors();
                let broken =
                    if errors > 0 { "; some definitions can't be read: see `cargo xtask lint-spec`" } else { "" };
                let _ = writeln!(std::io::stderr(), "error: no object and no code is called `{name}`: {help}{broken}");
                return ExitCode::FAILURE;
            };
            text = explain(object);
        }
    }
    // A reader that went away has seen enough.
    let _ = std::io::stdout().write_all(text.as_bytes());
    ExitCode::SUCCESS
}

fn explain(object: &Object) -> String {
    let mut text = format!("{}  (spec/{})\n{}\n", object.title, object.source, one_line(&object.description));
    for method in &object.methods {
        let path = object.path();
        text.push_str(&format!("{} {path}  {}\n", method.method, one_line(&method.description)));
    }
    let mut rows = vec![["ATTRIBUTE", "TYPE", "ROLE", "RULES", "WHAT IT IS"].map(str::to_owned)];
    rows.extend(object.on_the_wire().map(row));
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or_default();
    let widths = [width(0), width(1), width(2), width(3)];
    text.push('\n');
    for row in &rows {
        for (cell, width) in row.iter().zip(widths) {
            text.push_str(&format!("{cell:width$}  "));
        }
        text.push_str(&row[4]);
        text.push('\n');
    }
    text
}

fn row(attribute: &Attribute) -> [String; 5] {
    let mut types = JsonType::names(&attribute.types);
    if let Some(object) = &attribute.object {
        let of = if attribute.types.contains(&JsonType::Array) { " of" } else { ":" };
        types.push_str(&format!("{of} {object}"));
    } else if !attribute.items.is_empty() {
        types.push_str(&format!(" of {}", JsonType::names(&attribute.items)));
    }
    let role = Role::ALL.iter().find(|(_, role)| Some(*role) == attribute.role).map_or("", |(name, _)| name);
    [
        attribute.name.to_string(),
        types,
        role.to_owned(),
        rules_of(attribute).join(" "),
        one_line(&attribute.description),
    ]
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
