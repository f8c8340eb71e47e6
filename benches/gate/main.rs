//! What a gate loads in a second, beside others that write to the same kind of database. What is measured goes into
//! `docs/benchmarks.md`.
//!
//! A round of a variant is a process of its own with an empty database: rows are inserted, updated in the order of their
//! keys, and updated in any order. Bodies and rows are made before the clock starts.

mod bare;
mod gate;
mod phase;
mod postgres;
mod program;
mod report;
mod sqlite;
mod variant;

use std::path::Path;

use anyhow::{Context as _, bail};

use phase::Measured;
use variant::Variant;

const ROUNDS: usize = 3;

/// What was measured of a variant, round by round.
pub(crate) type Rounds = (Variant, Vec<Vec<Measured>>);

/// Runs all variants in turn. Others that can't be run are left out, and it is said why; the gate must run.
fn measure(postgres: Option<&str>) -> anyhow::Result<Vec<Rounds>> {
    let gate = gate::build()?;
    let variants = Variant::ALL.iter().filter(|variant| !variant.is_postgres() || postgres.is_some());
    let mut measured: Vec<Rounds> = variants.map(|variant| (*variant, Vec::new())).collect();
    for round in 1..=ROUNDS {
        for (variant, rounds) in &mut measured {
            if rounds.len() + 1 < round {
                continue;
            }
            eprintln!("round {round} of {ROUNDS}: {}", variant.title());
            let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR"))?;
            match variant.run(&gate, folder.path(), postgres.unwrap_or_default()) {
                Ok(round) => rounds.push(round),
                Err(error) if !variant.is_gate() => eprintln!("SKIPPED: {}: {error:#}", variant.title()),
                Err(error) => return Err(error).with_context(|| variant.title()),
            }
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
            let postgres = std::env::var(postgres::VARIABLE).ok();
            if let Some(url) = &postgres {
                postgres::check(url)?;
            }
            let text = report::text(&measure(postgres.as_deref())?);
            println!("{text}");
            println!("written to {}", backstitch_benches::page::write_section("gate", &text)?.display());
            Ok(())
        }
        [bare::ARGUMENT, database] => bare::run(Path::new(database)),
        _ => bail!("start this without arguments: those that it knows are for the processes that it starts"),
    }
}
