//! Timing of variants side by side.

pub mod page;
pub mod process;
pub mod python;
pub mod shapes;
pub mod sink;

use std::time::{Duration, Instant};

/// One way to do the work.
pub struct Variant<'a> {
    /// Its name in the table.
    pub name: &'static str,
    /// Does the work once; returns the bytes that it made, so that none of it can be left out.
    pub run: Box<dyn FnMut() -> usize + 'a>,
}

impl<'a> Variant<'a> {
    /// The variant called `name`.
    pub fn new(name: &'static str, run: impl FnMut() -> usize + 'a) -> Self {
        Variant { name, run: Box::new(run) }
    }
}

/// What was measured of a variant.
pub struct Measured {
    /// The variant's name.
    pub name: &'static str,
    /// The median time of a run.
    pub median: Duration,
    /// The bytes of a run.
    pub bytes: usize,
}

/// Runs all variants in turn, `rounds` times after a warm-up, so that a machine that grows slower or
/// faster does so for all of them alike.
pub fn interleaved(variants: &mut [Variant<'_>], rounds: usize) -> Vec<Measured> {
    let mut times = vec![Vec::with_capacity(rounds); variants.len()];
    let mut bytes = vec![0; variants.len()];
    for round in 0..=rounds {
        for (index, variant) in variants.iter_mut().enumerate() {
            let started = Instant::now();
            bytes[index] = std::hint::black_box((variant.run)());
            if round > 0 {
                times[index].push(started.elapsed());
            }
        }
    }
    let mut measured = Vec::new();
    for ((variant, mut times), bytes) in variants.iter().zip(times).zip(bytes) {
        times.sort();
        let median = times.get(times.len() / 2).copied().unwrap_or_default();
        measured.push(Measured { name: variant.name, median, bytes });
    }
    measured
}

/// Prints a row a variant: its median, its rate, and how often faster it is than the first.
pub fn print(title: &str, measured: &[Measured]) {
    println!("{title}");
    let Some(first) = measured.first() else { return };
    for row in measured {
        let seconds = row.median.as_secs_f64();
        println!(
            "  {:32} {:>9.3} ms {:>9.1} MB/s {:>6.2} x",
            row.name,
            seconds * 1e3,
            row.bytes as f64 / seconds / 1e6,
            first.median.as_secs_f64() / seconds
        );
    }
}
