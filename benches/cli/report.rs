//! What was measured, as a section of `docs/benchmarks.md`.

use std::fmt::Write as _;

use backstitch_benches::page::{self, grouped};

/// What one command was measured for.
pub(crate) struct Part {
    pub(crate) title: &'static str,
    pub(crate) rounds: usize,
    pub(crate) rows: Vec<Row>,
    /// What was asked for, and whether it holds.
    pub(crate) goals: Vec<(String, bool)>,
}

/// The medians of a program.
pub(crate) struct Row {
    pub(crate) title: &'static str,
    pub(crate) records: u64,
    pub(crate) rate: f64,
    pub(crate) cpu_micros: f64,
    pub(crate) peak_bytes: f64,
}

/// The median of a value in all rounds.
pub(crate) fn median<T>(rounds: &[T], value: impl Fn(&T) -> f64) -> f64 {
    let mut values: Vec<f64> = rounds.iter().map(value).collect();
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

/// The section of the page.
pub(crate) fn section(parts: &[Part]) -> String {
    // A string takes all that is written to it.
    let mut text = format!("\nOn {}.\n", page::machine());
    for part in parts {
        let _ = write!(text, "\n### {}\n\nThe medians of {} rounds.\n\n", part.title, part.rounds);
        text.push_str("| | records | records a second | CPU a record | most memory |\n");
        text.push_str("| --- | ---: | ---: | ---: | ---: |\n");
        for row in &part.rows {
            let _ = writeln!(
                text,
                "| {} | {} | {} | {:.2} µs | {:.1} MB |",
                row.title,
                grouped(row.records as f64),
                grouped(row.rate),
                row.cpu_micros,
                row.peak_bytes / 1e6
            );
        }
        text.push('\n');
        for (goal, holds) in &part.goals {
            let _ = writeln!(text, "- {goal}: {}.", if *holds { "reached" } else { "NOT reached" });
        }
    }
    text.push('\n');
    text
}
