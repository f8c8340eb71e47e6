//! What was measured, as a section of `docs/benchmarks.md`.

use std::fmt::Write as _;

use backstitch_benches::page::{self, grouped};

use crate::ROUNDS;
use crate::pair::Measurement;
use crate::variant::Variant;

/// The least part of the bare client's rate that the sender is to reach.
const GOAL_OF_BARE: f64 = 0.25;

/// How many records a second are to go through a spool that is synced now and then.
const GOAL_OF_SPOOL: f64 = 400_000.0;

/// How many records the sender is to deliver while the Python client delivers one, in the same time of a processor.
const GOAL_OF_PYTHON: f64 = 50.0;

/// The medians of a variant.
struct Row {
    variant: Variant,
    rate: f64,
    bytes_rate: f64,
    cpu_seconds_each: f64,
    sink_cpu_seconds_each: f64,
    peak_bytes: f64,
    written_bytes: f64,
}

impl Row {
    fn new(variant: Variant, measured: &[Measurement]) -> Row {
        let median = |value: fn(&Measurement) -> f64| {
            let mut values: Vec<f64> = measured.iter().map(value).collect();
            values.sort_by(f64::total_cmp);
            values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
        };
        Row {
            variant,
            rate: median(|of| of.sent.records as f64 / of.sent.seconds),
            bytes_rate: median(|of| of.received.bytes as f64 / of.sent.seconds),
            cpu_seconds_each: median(|of| of.sent.cpu_seconds / of.sent.records as f64),
            sink_cpu_seconds_each: median(|of| of.received.cpu_seconds / of.sent.records as f64),
            peak_bytes: median(|of| of.sent.peak_bytes as f64),
            written_bytes: median(|of| of.sent.written_bytes as f64),
        }
    }
}

/// The ratio to another row, if that was measured.
fn ratio(value: f64, other: Option<f64>) -> String {
    match other.map(|other| value / other) {
        Some(ratio) if ratio < 0.1 => format!("{ratio:.4} ×"),
        Some(ratio) if ratio < 10.0 => format!("{ratio:.2} ×"),
        Some(ratio) => format!("{ratio:.0} ×"),
        None => "–".to_owned(),
    }
}

/// The section.
pub(crate) fn text(measured: &[(Variant, Vec<Measurement>)]) -> String {
    let rows: Vec<Row> = measured.iter().map(|(variant, measured)| Row::new(*variant, measured)).collect();
    let find = |variant| rows.iter().find(|row| row.variant == variant);
    let bare = find(Variant::Bare).map(|row| row.rate);
    let python = find(Variant::Python).map(|row| 1.0 / row.cpu_seconds_each);
    let mut text = format!(
        "\nOn {}; the median of {ROUNDS} rounds.\n\n\
         | | records a second | rate | processor, a record | the sink's | memory | on disk | to reqwest | to Python, a processor's second |\n\
         | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |\n",
        page::machine()
    );
    for row in &rows {
        // A string takes all that is written to it.
        let _ = writeln!(
            text,
            "| {} | {} | {:.1} MB/s | {:.2} µs | {:.2} µs | {:.0} MB | {:.0} MB | {} | {} |",
            row.variant.title(),
            grouped(row.rate),
            row.bytes_rate / 1e6,
            row.cpu_seconds_each * 1e6,
            row.sink_cpu_seconds_each * 1e6,
            row.peak_bytes / 1e6,
            row.written_bytes / 1e6,
            ratio(row.rate, bare),
            ratio(1.0 / row.cpu_seconds_each, python),
        );
    }
    text.push('\n');
    if python.is_none() {
        text.push_str("The Python client was not measured, since it could not be installed.\n\n");
    }
    text.push_str(&goals(find(Variant::Memory), find(Variant::Interval), bare, python));
    text
}

/// How the sender does beside what it is to do.
fn goals(memory: Option<&Row>, interval: Option<&Row>, bare: Option<f64>, python: Option<f64>) -> String {
    let mut text = String::new();
    let mut tell = |what: &str, value: Option<f64>, goal: f64, show: fn(f64) -> String| {
        let Some(value) = value else { return };
        let verdict = if value >= goal { "met" } else { "missed" };
        let _ = writeln!(text, "- {what}: {}; the goal is at least {}: {verdict}.", show(value), show(goal));
    };
    let times = |value: f64| format!("{value:.2} ×");
    tell("`send_all` in memory to reqwest", memory.zip(bare).map(|(row, bare)| row.rate / bare), GOAL_OF_BARE, times);
    tell(
        "Records a second through a spool that is synced each 100 ms",
        interval.map(|row| row.rate),
        GOAL_OF_SPOOL,
        grouped,
    );
    tell(
        "`send_all` in memory to Python, in the same time of a processor",
        memory.zip(python).map(|(row, python)| 1.0 / row.cpu_seconds_each / python),
        GOAL_OF_PYTHON,
        times,
    );
    text.push('\n');
    text
}
