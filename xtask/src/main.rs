//! The tasks of the workspace: `cargo xtask regenerate`, `lint-spec`, `diff`, `new-object`, `explain`, `bench`, `soak`.

mod bench;
mod diff;
mod explain;
mod lint;
mod new_object;
mod output;
mod regenerate;
mod soak;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// The tasks of the Backstitch workspace.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Read the definitions and write what is generated from them
    Regenerate(regenerate::Arguments),
    /// Tell what is wrong with definitions, and write nothing
    LintSpec(lint::Arguments),
    /// Tell what changed between two folders of definitions, and whether it breaks anything
    Diff(diff::Arguments),
    /// Write a definition to start from
    NewObject(new_object::Arguments),
    /// Show an object, a call or a destination of the API, or a code of `lint-spec` with its examples
    Explain(explain::Arguments),
    /// Run a benchmark, in the default release build
    Bench(bench::Arguments),
    /// Run in full what CI runs in small numbers
    Soak(soak::Arguments),
}

/// What is said where errors kept something from being checked.
const PARTLY_CHECKED: &str = "examples of attributes with errors are checked once these are mended";

fn main() -> ExitCode {
    match Arguments::parse().task {
        Task::Regenerate(arguments) => regenerate::run(&arguments, &workspace()),
        Task::LintSpec(arguments) => lint::run(&arguments, &workspace()),
        Task::Diff(arguments) => diff::run(&arguments),
        Task::NewObject(arguments) => new_object::run(&arguments, &workspace()),
        Task::Explain(arguments) => explain::run(&arguments, &workspace()),
        Task::Bench(arguments) => bench::run(&arguments, &workspace()),
        Task::Soak(arguments) => soak::run(&arguments, &workspace()),
    }
}

/// The root of the workspace.
fn workspace() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).parent().map_or_else(PathBuf::new, std::path::Path::to_owned)
}

/// `1 error`, `2 errors`.
fn count(number: usize, noun: &str) -> String {
    format!("{number} {noun}{}", if number == 1 { "" } else { "s" })
}

/// What was read: `26 definitions, 40 examples, 36 of them tests`.
fn counts(loaded: &backstitch_spec::Loaded) -> String {
    let of_calls = loaded.api.endpoints.iter().flat_map(|endpoint| &endpoint.examples);
    let examples: Vec<_> = loaded.api.objects.iter().flat_map(|object| &object.examples).chain(of_calls).collect();
    let tests = examples.iter().filter(|example| example.checked).count();
    format!("{}, {}, {tests} of them tests", count(loaded.definitions, "definition"), count(examples.len(), "example"))
}
