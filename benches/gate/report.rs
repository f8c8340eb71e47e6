//! What was measured, as a section of `docs/benchmarks.md`.

use std::fmt::Write as _;

use backstitch_benches::page::{self, grouped};

use crate::phase::{Measured, Phase};
use crate::variant::Variant;
use crate::{ROUNDS, Rounds};

/// How many records a second the gate is to load.
const GOALS: [(Variant, Phase, &str, f64); 6] = [
    (Variant::Gate, Phase::Insert, "SQLite, inserted", 150_000.0),
    (Variant::Gate, Phase::InOrder, "SQLite, updated in order", 100_000.0),
    (Variant::Gate, Phase::Random, "SQLite, updated anywhere", 25_000.0),
    (Variant::GateOnPostgres, Phase::Insert, "PostgreSQL, inserted", 60_000.0),
    (Variant::GateOnPostgres, Phase::InOrder, "PostgreSQL, updated in order", 30_000.0),
    (Variant::GateOnPostgres, Phase::Random, "PostgreSQL, updated anywhere", 30_000.0),
];

/// The median of what the rounds say of a phase, where they say something.
fn median(rounds: &[Vec<Measured>], phase: Phase, value: impl Fn(&Measured) -> Option<f64>) -> Option<f64> {
    let of_phase = rounds.iter().filter_map(|round| round.iter().find(|measured| measured.phase == phase));
    let mut values: Vec<f64> = of_phase.filter_map(value).collect();
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied()
}

#[expect(clippy::unnecessary_wraps, reason = "it stands where a value may be missing")]
fn rate(measured: &Measured) -> Option<f64> {
    Some(measured.records as f64 / measured.seconds)
}

fn shown(value: Option<f64>, show: impl Fn(f64) -> String) -> String {
    value.map_or_else(|| "–".to_owned(), show)
}

/// The section.
pub(crate) fn text(measured: &[Rounds]) -> String {
    let mut text = format!(
        "\nOn {}; the median of {ROUNDS} rounds. Records a second, and microseconds of a processor for each.\n\n\
         | | inserted | | | updated in order | | updated anywhere | | memory |\n\
         | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |\n",
        page::machine()
    );
    for (variant, rounds) in measured.iter().filter(|(_, rounds)| !rounds.is_empty()) {
        let rate = |phase| shown(median(rounds, phase, rate), grouped);
        let cpu = |phase| {
            let each = |measured: &Measured| Some(measured.cpu_seconds? / measured.records as f64 * 1e6);
            shown(median(rounds, phase, each), |value| format!("{value:.2} µs"))
        };
        let bytes = |measured: &Measured| (measured.bytes > 0).then(|| measured.bytes as f64 / measured.seconds / 1e6);
        let bytes = shown(median(rounds, Phase::Insert, bytes), |value| format!("{value:.0} MB/s"));
        let last = Phase::ALL.into_iter().rev();
        let peak = last.filter_map(|phase| median(rounds, phase, |of| of.peak_bytes.map(|bytes| bytes as f64))).next();
        // A string takes all that is written to it.
        let _ = writeln!(
            text,
            "| {} | {} | {bytes} | {} | {} | {} | {} | {} | {} |",
            variant.title(),
            rate(Phase::Insert),
            cpu(Phase::Insert),
            rate(Phase::InOrder),
            cpu(Phase::InOrder),
            rate(Phase::Random),
            cpu(Phase::Random),
            shown(peak, |value| format!("{:.0} MB", value / 1e6)),
        );
    }
    text.push('\n');
    let missing: Vec<&str> =
        Variant::ALL.iter().filter(|variant| !is_there(measured, **variant)).map(|variant| variant.title()).collect();
    if !missing.is_empty() {
        let _ = writeln!(text, "Not measured, since it was not there: {}.\n", missing.join("; "));
    }
    for (variant, phase, what, goal) in GOALS {
        let rounds = measured.iter().find(|(known, _)| *known == variant).map_or(&[][..], |(_, rounds)| rounds);
        let Some(value) = median(rounds, phase, rate) else { continue };
        let verdict = if value >= goal { "met" } else { "missed" };
        let _ = writeln!(text, "- {what}: {}; the goal is at least {}: {verdict}.", grouped(value), grouped(goal));
    }
    text.push('\n');
    text
}

fn is_there(measured: &[Rounds], variant: Variant) -> bool {
    measured.iter().any(|(known, rounds)| *known == variant && !rounds.is_empty())
}
