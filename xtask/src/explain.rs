//! `cargo xtask explain NAME`: an object, a call or a destination of the API, or a code of diagnostics with its examples.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use backstitch_codegen::emit::rules_of;
use backstitch_codegen::model::{Api, Attribute, Destination, Endpoint, Object};
use backstitch_codegen::name::{nearest, snake_case, type_name};
use backstitch_codegen::rules::{JsonType, Role};
use backstitch_spec::{Code, Loaded, Options, catalogue};

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The title or the key of an object, a call or a destination, such as `Push`, `"Batch Status"` or `postgres`, or
    /// a code of `lint-spec`, such as `unknown-key`; without it, all names
    name: Option<String>,
    /// Read the definitions of this folder instead of the project's own
    #[arg(long, value_name = "DIR")]
    spec: Option<PathBuf>,
}

pub(crate) fn run(arguments: &Arguments, workspace: &Path) -> ExitCode {
    // A code needs no definition to be sound.
    if let Some(code) = arguments.name.as_deref().and_then(Code::called) {
        let _ = std::io::stdout().write_all(catalogue::entry(code).to_text().as_bytes());
        return ExitCode::SUCCESS;
    }
    let folder = arguments.spec.clone().unwrap_or_else(|| workspace.join("spec"));
    let mut loaded = backstitch_spec::load(&folder, Options { lenient: true });
    if arguments.spec.is_none() {
        loaded.api.folder = "spec/".to_owned();
    }
    let text = match &arguments.name {
        None => names(&loaded.api),
        Some(name) => about(&loaded, name),
    };
    if text.is_empty() {
        let errors = loaded.report.errors();
        let broken = if errors > 0 { "; some definitions can't be read: see `cargo xtask lint-spec`" } else { "" };
        let error = match &arguments.name {
            Some(name) => format!("nothing is called `{name}`: {}", help(&loaded, name)),
            None => format!("no definition in {}", folder.display()),
        };
        let _ = writeln!(std::io::stderr(), "error: {error}{broken}");
        return ExitCode::FAILURE;
    }
    // A reader that went away has seen enough.
    let _ = std::io::stdout().write_all(text.as_bytes());
    ExitCode::SUCCESS
}

/// All that has a name, a line each.
fn names(api: &Api) -> String {
    let mut text: String = api.objects.iter().map(|object| format!("{}\n", object.title)).collect();
    text.extend(api.endpoints.iter().map(|call| format!("{}  ({} {})\n", call.title, call.method, call.path)));
    text.extend(api.destinations.iter().map(|destination| format!("{}  (destination)\n", destination.key)));
    text
}

/// What should have been written for a name that nothing has.
fn help(loaded: &Loaded, name: &str) -> String {
    let api = &loaded.api;
    let titles = api.objects.iter().map(|object| object.title.as_str());
    let calls = api.endpoints.iter().map(|call| call.title.as_str());
    let destinations = api.destinations.iter().map(|destination| destination.key.as_str());
    let codes = Code::ALL.iter().map(|code| code.as_str());
    match nearest(name, titles.chain(calls).chain(destinations).chain(codes)) {
        Some(near) => format!("did you mean `{near}`?"),
        None => "`cargo xtask explain` lists all names, and docs/diagnostics.md the codes".to_owned(),
    }
}

/// The objects, calls and destinations that are called so: an object and a call can have one name.
fn about(loaded: &Loaded, name: &str) -> String {
    let api = &loaded.api;
    let same = |title: &str| {
        title.eq_ignore_ascii_case(name) || snake_case(title) == snake_case(name) || type_name(title) == name
    };
    let has_key = |title: &str| loaded.keys.iter().any(|(key, of)| of == title && same(key));
    let mut parts: Vec<String> = Vec::new();
    let objects = |is: &dyn Fn(&str) -> bool| -> Vec<String> {
        api.objects.iter().filter(|object| is(&object.title)).map(|object| explain(&api.folder, object)).collect()
    };
    parts.extend(objects(&same));
    if parts.is_empty() {
        parts.extend(objects(&has_key));
    }
    parts.extend(api.endpoints.iter().filter(|endpoint| same(&endpoint.title)).map(|endpoint| call(api, endpoint)));
    let destinations = api.destinations.iter().filter(|found| same(&found.key) || same(&found.title));
    parts.extend(destinations.map(|found| destination(&api.folder, found)));
    parts.join("\n")
}

fn explain(folder: &str, object: &Object) -> String {
    let mut text = format!("{}  ({folder}{})\n{}\n", object.title, object.source, one_line(&object.description));
    for method in &object.methods {
        let path = object.path();
        text.push_str(&format!("{} {path}  {}\n", method.method, one_line(&method.description)));
    }
    text.push('\n');
    table(&mut text, object.on_the_wire());
    text
}

fn call(api: &Api, endpoint: &Endpoint) -> String {
    let mut text = format!("call {}  ({}{})\n", endpoint.title, api.folder, endpoint.source);
    text.push_str(&format!("{}\n", one_line(&endpoint.description)));
    let token = if endpoint.authorization { "bearer token" } else { "no token" };
    text.push_str(&format!("{} {}  {token}  {}\n", endpoint.method, endpoint.path, endpoint.content_types.join(", ")));
    if let Some(request) = &endpoint.request {
        text.push_str(&format!("takes {request}\n"));
    }
    let response = endpoint.response.as_deref().unwrap_or("no object that is described");
    text.push_str(&format!("answers {}: {response}\n", endpoint.success));
    for (heading, attributes) in [("in the path", &endpoint.path_parameters), ("arguments", &endpoint.arguments)] {
        if !attributes.is_empty() {
            text.push_str(&format!("\n{heading}\n"));
            table(&mut text, attributes.iter());
        }
    }
    if !endpoint.responses.is_empty() {
        text.push_str("\nanswers\n");
    }
    for response in &endpoint.responses {
        text.push_str(&format!("{} {}  {}\n", response.status, response.name, one_line(&response.condition)));
    }
    text
}

fn destination(folder: &str, destination: &Destination) -> String {
    let number = |number: Option<usize>| number.map_or_else(|| "no limit".to_owned(), |number| number.to_string());
    let mut text = format!("destination {}  ({folder}{})\n", destination.key, destination.source);
    text.push_str(&format!("{}\n", destination.title));
    if let Some(origin) = &destination.same_as {
        text.push_str(&format!("the same as {origin}\n"));
    }
    text.push_str(&format!(
        "\ntable name: {}\ncolumn name: {}\ncolumns: {}\nbytes of a record: {}\ncase: {}\n",
        destination.table_name,
        destination.column_name,
        number(destination.columns),
        number(destination.record_bytes),
        destination.case.name()
    ));
    for step in &destination.steps {
        text.push_str(&format!("names: {step}\n"));
    }
    for column in &destination.types {
        text.push_str(&format!("{}: {}, __{} where a column is split\n", column.of, column.name, column.suffix));
    }
    for of in &destination.unsupported {
        text.push_str(&format!("{of}: rejected\n"));
    }
    text
}

fn table<'a>(text: &mut String, attributes: impl Iterator<Item = &'a Attribute>) {
    let mut rows = vec![["ATTRIBUTE", "TYPE", "ROLE", "RULES", "WHAT IT IS"].map(str::to_owned)];
    rows.extend(attributes.map(row));
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or_default();
    let widths = [width(0), width(1), width(2), width(3)];
    for row in &rows {
        for (cell, width) in row.iter().zip(widths) {
            text.push_str(&format!("{cell:width$}  "));
        }
        text.push_str(&row[4]);
        text.push('\n');
    }
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

#[cfg(test)]
mod tests {
    use super::{about, help};
    use backstitch_spec::Options;

    #[test]
    fn objects_calls_and_destinations_are_found_by_their_names_and_keys() {
        let loaded = backstitch_spec::load(&crate::workspace().join("spec"), Options::default());
        let push = about(&loaded, "push");
        assert!(push.starts_with("Push  (") && push.contains("\ncall Push  ("), "{push}");
        assert!(push.contains("POST /v2/import/push") && push.contains("201 accepted"), "{push}");
        assert_eq!(about(&loaded, "BatchStatus"), about(&loaded, "batch-status"));
        assert!(about(&loaded, "postgres").starts_with("destination postgres  ("));
        assert_eq!(about(&loaded, "PostgreSQL"), about(&loaded, "postgres"));
        let (key, title) = loaded.keys.iter().find(|(key, title)| !key.eq_ignore_ascii_case(title)).unwrap();
        assert!(about(&loaded, key).starts_with(&format!("{title}  (")), "{key}");
        assert_eq!(about(&loaded, "Pusk"), "");
        assert_eq!(help(&loaded, "Pusk"), "did you mean `Push`?");
    }
}
