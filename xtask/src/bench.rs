//! `cargo xtask bench NAME`: starts a benchmark of the member `benches`.

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, ExitCode};

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Which benchmark
    name: Name,
}

#[derive(Clone, Copy, clap::ValueEnum)]
enum Name {
    /// Reading a tree of definitions as large as the vendor's
    Definitions,
    /// Encoding a body of records
    Encode,
    /// What the derive costs: validating records, and compiling them
    Derive,
    /// Delivering records to a server on loopback, beside other clients
    Delivery,
    /// What a gate loads in a second, beside others that write to the same kind of database
    Gate,
    /// What the command takes to send files, to a server on loopback
    Cli,
}

impl Name {
    /// The benchmarks of the member that are run.
    const fn targets(self) -> &'static [&'static str] {
        match self {
            Name::Definitions => &["definitions"],
            Name::Encode => &["encode"],
            Name::Derive => &["derive", "derive-compile"],
            Name::Delivery => &["delivery"],
            Name::Gate => &["gate"],
            Name::Cli => &["cli"],
        }
    }
}

pub(crate) fn run(arguments: &Arguments, workspace: &Path) -> ExitCode {
    let targets = arguments.name.targets().iter().flat_map(|target| ["--bench", target]);
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let status = Command::new(cargo)
        .current_dir(workspace)
        .args(["bench", "--package", "backstitch-benches"])
        .args(targets)
        .status();
    match status {
        Ok(status) if status.success() => ExitCode::SUCCESS,
        Ok(_) => ExitCode::FAILURE,
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "error: can't start cargo: {error}");
            ExitCode::FAILURE
        }
    }
}
