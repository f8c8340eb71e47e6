//! Delivering records to a server on loopback: the sender, against `reqwest` alone with bodies that are already there,
//! and against the Python client. What is measured goes into `docs/benchmarks.md`.
//!
//! A round of a variant is a pair of processes: a client, and a sink that reads what it is sent and nothing else. Each
//! is this executable with an argument, but for the Python client. The sink counts what it is sent, so that a
//! client which loses a record, or sends one twice, ends the benchmark instead of winning it.

mod bare;
mod clock;
mod ours;
mod pair;
mod python;
mod records;
mod report;
mod variant;

use anyhow::{Context as _, bail};
use backstitch_benches::{process, sink};

use pair::Measurement;
use python::Python;
use variant::Variant;

/// How many rounds are measured, after one in which the sink counts records.
const ROUNDS: usize = 5;

/// Runs all variants in turn; what was measured of each that could be run.
fn measure(python: Option<&Python>) -> anyhow::Result<Vec<(Variant, Vec<Measurement>)>> {
    let mut measured: Vec<_> = Variant::ALL
        .iter()
        .filter(|variant| **variant != Variant::Python || python.is_some())
        .map(|variant| (*variant, Vec::with_capacity(ROUNDS)))
        .collect();
    let mut counted = Vec::with_capacity(measured.len());
    for (variant, _) in &measured {
        eprintln!("counting: {}", variant.title());
        counted.push(pair::run(*variant, python, None).with_context(|| variant.title())?);
    }
    for round in 1..=ROUNDS {
        eprintln!("round {round} of {ROUNDS}");
        for ((variant, measured), counted) in measured.iter_mut().zip(&counted) {
            measured.push(pair::run(*variant, python, Some(counted)).with_context(|| variant.title())?);
        }
    }
    Ok(measured)
}

fn main() -> anyhow::Result<()> {
    // Cargo's own argument says that this is a benchmark.
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments[..] {
        [] => {
            let python = Python::install();
            let text = report::text(&measure(python.as_ref())?);
            println!("{text}");
            println!("written to {}", backstitch_benches::page::write_section("delivery", &text)?.display());
            Ok(())
        }
        [pair::SINK] => sink::run(false),
        [pair::COUNTING_SINK] => sink::run(true),
        [name, url] => match Variant::named(name) {
            Some(variant) => process::print(&variant.run(url)?),
            None => bail!("no variant is called `{name}`"),
        },
        _ => bail!("start this without arguments: those that it knows are for the processes that it starts"),
    }
}
