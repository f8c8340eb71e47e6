//! The `backstitch` command.

mod address;
mod allocator;
mod demo;
mod gate;
mod grid;
mod request;
mod spool;
mod status;
mod terminal;

use std::io::Write as _;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Records into a data warehouse through the Stitch Import API.
#[derive(Parser)]
#[command(name = "backstitch", version, arg_required_else_help = true)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Push some thousand records into a local Import API and show the rows, all in one
    Demo(demo::Arguments),
    /// Run a local Import API with a real database behind it
    Gate(gate::Arguments),
    /// Look into the spool of a sender, check it, write its records to a file, or send them
    Spool(spool::Arguments),
    /// Ask an Import API how it is doing
    Status(status::Arguments),
}

fn main() -> ExitCode {
    allocator::give_back();
    run()
}

#[tokio::main]
async fn run() -> ExitCode {
    let outcome = match Arguments::parse().command {
        Command::Demo(arguments) => demo::run(&arguments).await,
        Command::Gate(arguments) => gate::run(arguments).await,
        Command::Spool(arguments) => spool::run(&arguments).await,
        Command::Status(arguments) => status::run(&arguments).await,
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // The alternate form shows the causes too, on one line.
            let _ = writeln!(std::io::stderr(), "error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
