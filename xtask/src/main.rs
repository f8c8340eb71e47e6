//! The tasks of the workspace: `cargo xtask regenerate`, `cargo xtask bench`.

mod bench;
mod output;
mod regenerate;

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
    /// Run a benchmark, in the default release build
    Bench(bench::Arguments),
}

fn main() -> ExitCode {
    match Arguments::parse().task {
        Task::Regenerate(arguments) => regenerate::run(&arguments, &workspace()),
        Task::Bench(arguments) => bench::run(&arguments, &workspace()),
    }
}

/// The root of the workspace.
fn workspace() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).parent().map_or_else(PathBuf::new, std::path::Path::to_owned)
}
