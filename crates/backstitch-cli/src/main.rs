//! The `backstitch` command.

mod account;
mod address;
mod allocator;
mod completions;
mod demo;
mod doctor;
mod environment;
mod exit;
mod gate;
mod grid;
mod input;
mod interrupt;
mod push;
mod request;
mod schema;
mod singer;
mod spool;
mod status;
mod terminal;
mod validate;

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
    /// Print what a shell completes the arguments of this command with
    Completions(completions::Arguments),
    /// Push some thousand records into a local Import API and show the rows, all in one
    Demo(demo::Arguments),
    /// Find out whether records would get through, and if not, what to do
    Doctor(doctor::Arguments),
    /// Run a local Import API with a real database behind it
    Gate(gate::Arguments),
    /// Send files of records to a table: JSON, CSV or Parquet
    Push(Box<push::Arguments>),
    /// Print the JSON Schema of the records of files
    Schema(schema::Arguments),
    /// Send what a Singer tap writes: a target in place of target-stitch
    // As Python takes them.
    #[command(infer_long_args = true)]
    Singer(singer::Arguments),
    /// Look into the spool of a sender, check it, write its records to a file, or send them
    Spool(spool::Arguments),
    /// Ask an Import API how it is doing
    Status(status::Arguments),
    /// Check files of records against the rules of the API, without sending them
    Validate(Box<validate::Arguments>),
}

fn main() -> ExitCode {
    allocator::give_back();
    run()
}

#[tokio::main]
async fn run() -> ExitCode {
    let outcome = match Arguments::parse().command {
        Command::Completions(arguments) => completions::run(&arguments).map(done),
        Command::Doctor(arguments) => doctor::run(&arguments).await.map(done),
        Command::Demo(arguments) => demo::run(&arguments).await.map(done),
        Command::Gate(arguments) => gate::run(arguments).await.map(done),
        Command::Push(arguments) => push::run(*arguments).await,
        Command::Schema(arguments) => schema::run(&arguments),
        Command::Singer(arguments) => singer::run(&arguments).await.map(done),
        Command::Spool(arguments) => spool::run(&arguments).await.map(done),
        Command::Status(arguments) => status::run(&arguments).await.map(done),
        Command::Validate(arguments) => validate::run(&arguments).await,
    };
    match outcome {
        Ok(exit) => exit.into(),
        Err(error) => {
            if !error.is::<exit::Told>() {
                terminal::tell_error(&error);
            }
            exit::code_of(&error)
        }
    }
}

fn done((): ()) -> exit::Exit {
    exit::Exit::Done
}
