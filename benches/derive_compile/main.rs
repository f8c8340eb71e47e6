//! What the derive costs whoever compiles it, against `serde::Serialize` alone and against `Serialize`,
//! `garde::Validate` and `schemars::JsonSchema` together: user seconds of the processor, and bytes of generated source.
//!
//! The same structs are written as one small crate a variant, in a temporary folder. The dependencies are compiled
//! before the first measurement, and each measurement compiles one of the crates and nothing else.

mod cargo;
mod sources;

use std::io;

use cargo::{Action, Crates};
use sources::{FIELDS, STRUCTS, Variant};

/// How many rounds are measured.
const ROUNDS: usize = 5;

/// The most that `Push` may take, as a multiple of `Serialize`.
const GOAL_OF_ONE: f64 = 2.0;

/// The most that `Push` may take, as a multiple of all three that it replaces.
const GOAL_OF_THREE: f64 = 0.3;

/// The most source that `Push` may generate for a struct.
const GOAL_OF_SOURCE: usize = 6 * 1024;

/// The user seconds of each variant.
struct Seconds {
    none: f64,
    serialize: f64,
    push: f64,
    three: f64,
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or_default()
}

/// Measures all variants in turn, and prints a row for each.
fn measure(crates: &Crates, action: Action) -> io::Result<Seconds> {
    let mut idle = Vec::with_capacity(ROUNDS);
    let mut times = vec![Vec::with_capacity(ROUNDS); Variant::ALL.len()];
    // The first round compiles the dependencies.
    for round in 0..=ROUNDS {
        for (variant, times) in Variant::ALL.into_iter().zip(&mut times) {
            crates.touch(variant)?;
            let seconds = crates.compile(variant, action)?;
            if round > 0 {
                times.push(seconds);
            }
        }
        idle.push(crates.compile(Variant::None, action)?);
    }
    let row = |name: &str, times: Vec<f64>| {
        let seconds = median(times);
        println!("  {name:40} {seconds:>8.3} s");
        seconds
    };
    println!("cargo {}, user seconds, the median of {ROUNDS}", action.name());
    row("cargo alone, when there is nothing to do", idle);
    let [none, serialize, push, three] = Variant::ALL.map(|variant| row(variant.name(), times.remove(0)));
    Ok(Seconds { none, serialize, push, three })
}

/// Prints how `Push` compares with the others, as it is and without what the bare structs take. The goals are about
/// crates that are built.
fn print_ratios(seconds: &Seconds, action: Action) {
    for (name, others, goal) in
        [("Serialize", seconds.serialize, GOAL_OF_ONE), ("all three", seconds.three, GOAL_OF_THREE)]
    {
        let ratio = seconds.push / others;
        let of_derives = (seconds.push - seconds.none) / (others - seconds.none);
        let goal = match action {
            Action::Build => format!(", the goal is at most {goal:.2}: {}", verdict(ratio <= goal)),
            Action::Check => String::new(),
        };
        println!("  {:40} {ratio:>8.2} x{goal}; {of_derives:.2} x without the bare structs", format!("Push to {name}"),);
    }
}

/// Measures the source that each variant generates, and prints a row for each.
fn print_sizes(crates: &Crates) -> io::Result<()> {
    println!("generated source of a struct, without indentation");
    let bare = crates.expand(Variant::None)?;
    for variant in [Variant::Serialize, Variant::Push, Variant::Three] {
        let bytes = crates.expand(variant)?.saturating_sub(bare) / STRUCTS;
        let goal = match variant {
            Variant::Push => {
                format!(", the goal is at most {GOAL_OF_SOURCE}: {}", verdict(bytes <= GOAL_OF_SOURCE))
            }
            _ => String::new(),
        };
        println!("  {:40} {bytes:>8} bytes{goal}", variant.name());
    }
    Ok(())
}

fn verdict(is_met: bool) -> &'static str {
    if is_met { "met" } else { "missed" }
}

fn main() -> io::Result<()> {
    let crates = Crates::write()?;
    println!("a library of {STRUCTS} structs with {} fields each, profile dev, not incremental", FIELDS.len());
    for action in [Action::Build, Action::Check] {
        print_ratios(&measure(&crates, action)?, action);
    }
    // Last: it makes the compiler take options of nightly, for which some dependencies are compiled anew.
    print_sizes(&crates)
}
