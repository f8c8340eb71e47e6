//! What the command takes to send files, or what a tap writes: a module for each way. What is measured goes into
//! `docs/benchmarks.md`.
//!
//! The command and the sink that takes what it sends are processes of their own.

mod alone;
mod command;
mod push;
mod singer;

use std::fmt::Write as _;

use anyhow::bail;
use backstitch_benches::{page, sink};

/// How many rounds are measured, after one in which the sink counts records.
const ROUNDS: usize = 5;

fn main() -> anyhow::Result<()> {
    // Cargo's own argument says that this is a benchmark.
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments[..] {
        [] => {
            command::build()?;
            let mut text = format!("\nOn {}; the median of {ROUNDS} rounds.\n", page::machine());
            // A string takes all that is written to it.
            let _ = write!(text, "\n{}\n{}\n", push::measured()?, singer::measured()?);
            println!("{text}");
            println!("written to {}", page::write_section("cli", &text)?.display());
            Ok(())
        }
        [command::SINK] => sink::run(false),
        [command::COUNTING_SINK] => sink::run(true),
        [alone::ALONE, program, ref arguments @ ..] => alone::run(program, arguments),
        _ => bail!("start this without arguments: those that it knows are for the processes that it starts"),
    }
}
