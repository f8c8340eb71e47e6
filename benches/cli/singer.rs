//! A Singer target: `backstitch singer` beside `target-stitch`.

use std::fmt::Write as _;
use std::io::Write;
use std::path::{Path, PathBuf};

use backstitch::Push as _;
use backstitch_benches::page::grouped;
use backstitch_benches::python;
use backstitch_benches::shapes::{Medium, medium};
use serde_json::json;
use tempfile::TempDir;

use crate::alone::{self, Took};
use crate::{ROUNDS, command};

/// How many records: few of them and many, which is to take the same memory.
const FEW: u64 = 100_000;
const MANY: u64 = 1_000_000;

/// After so many records a tap says how far it is.
const RECORDS_A_STATE: u64 = 1_000;

/// How many records there are before they begin anew.
const RECORDS: u64 = 20_000;

/// How many times the records in the same time of a processor, and what part of the memory.
const GOAL_OF_CPU: f64 = 20.0;
const GOAL_OF_MEMORY: f64 = 1.0 / 3.0;

/// The most that the memory for many records may be to that for few.
const FLAT: f64 = 1.1;

/// What a tap writes: a schema, and records with states between them.
struct Tap {
    schema: String,
    /// All between two states.
    pages: Vec<String>,
}

impl Tap {
    fn new() -> anyhow::Result<Tap> {
        let schema = json!({ "type": "SCHEMA", "stream": Medium::TABLE_NAME, "key_properties": Medium::KEY_NAMES, "schema": Medium::schema() });
        let mut pages = Vec::new();
        for first in (0..RECORDS).step_by(usize::try_from(RECORDS_A_STATE)?) {
            let mut page = String::new();
            for id in first..first + RECORDS_A_STATE {
                let record = serde_json::to_string(&medium(i64::try_from(id)?))?;
                page.push_str(&format!(
                    "{{\"type\": \"RECORD\", \"stream\": \"orders\", \"record\": {record}, \
                     \"time_extracted\": \"2026-03-01T08:00:00.000000Z\"}}\n"
                ));
            }
            page.push_str(&format!("{{\"type\": \"STATE\", \"value\": {{\"orders\": {first}}}}}\n"));
            pages.push(page);
        }
        Ok(Tap { schema: schema.to_string(), pages })
    }

    fn write(&self, records: u64, output: &mut dyn Write) -> std::io::Result<()> {
        writeln!(output, "{}", self.schema)?;
        let pages = self.pages.iter().cycle().zip(0..records / RECORDS_A_STATE);
        pages.into_iter().try_for_each(|(page, _)| output.write_all(page.as_bytes()))
    }
}

/// A target, as it is started.
struct Target {
    program: PathBuf,
    arguments: Vec<&'static str>,
    title: &'static str,
    records: u64,
}

impl Target {
    fn run(&self, tap: &Tap, folder: &Path) -> anyhow::Result<Took> {
        let config = folder.join("config.json");
        let arguments = |url: &str| {
            let batch = format!("{url}/v2/import/batch");
            let settings = json!({
                "client_id": 7723, "token": "token", "small_batch_url": batch, "big_batch_url": batch,
                "batch_size_preferences": {}, "disable_collection": true,
            });
            std::fs::write(&config, settings.to_string())?;
            let config = config.to_string_lossy().into_owned();
            let own = self.arguments.iter().map(|argument| (*argument).to_owned());
            Ok(own.chain(["--config".to_owned(), config]).collect())
        };
        alone::measure(&self.program, arguments, self.records, |output| tap.write(self.records, output))
    }
}

/// The program of the peer; where it can't be installed, this says so, and the rest is measured anyway.
fn target_stitch() -> Option<PathBuf> {
    let requirements = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/peers/target-stitch.txt");
    let place = Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("python-target-stitch");
    let programs = python::environment(&place, &requirements, &["--no-deps"]);
    let told = |error| eprintln!("SKIPPED: target-stitch can't be installed, and is not measured: {error:#}");
    programs.map(|programs| programs.join("target-stitch")).map_err(told).ok()
}

/// The medians of a target.
struct Row {
    title: &'static str,
    records: u64,
    rate: f64,
    cpu_micros: f64,
    peak_bytes: f64,
}

impl Row {
    fn new(target: &Target, rounds: &[Took]) -> Row {
        let median = |value: &dyn Fn(&Took) -> f64| {
            let mut values: Vec<f64> = rounds.iter().map(value).collect();
            values.sort_by(f64::total_cmp);
            values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
        };
        let records = target.records as f64;
        Row {
            title: target.title,
            records: target.records,
            rate: median(&|took| records / took.seconds),
            cpu_micros: median(&|took| took.cpu_seconds * 1e6 / records),
            peak_bytes: median(&|took| took.peak_bytes as f64),
        }
    }
}

/// Runs all targets in turn; the table of what was measured, and the goals.
pub(crate) fn measured() -> anyhow::Result<String> {
    let tap = Tap::new()?;
    let folder = TempDir::new()?;
    let ours = |title, records| Target { program: command::program(), arguments: vec!["singer"], title, records };
    let peer = target_stitch();
    let theirs = |program| Target { program, arguments: Vec::new(), title: "target-stitch 4.0.3", records: FEW };
    let mut targets = vec![ours("`backstitch singer`", FEW), ours("`backstitch singer`", MANY)];
    targets.extend(peer.map(theirs));
    let mut rounds: Vec<Vec<Took>> = vec![Vec::new(); targets.len()];
    for round in 1..=ROUNDS {
        eprintln!("singer: round {round} of {ROUNDS}");
        for (target, rounds) in targets.iter().zip(&mut rounds) {
            rounds.push(target.run(&tap, folder.path())?);
        }
    }
    let rows: Vec<Row> = targets.iter().zip(&rounds).map(|(target, rounds)| Row::new(target, rounds)).collect();
    Ok(table(&rows))
}

fn table(rows: &[Row]) -> String {
    let mut text = String::from(
        "| singer | records | records a second | processor, a record | most memory |\n| --- | ---: | ---: | ---: | ---: |\n",
    );
    for Row { title, records, rate, cpu_micros, peak_bytes } in rows {
        let (records, rate, megabytes) = (grouped(*records as f64), grouped(*rate), peak_bytes / 1e6);
        // A string takes all that is written to it.
        let _ = writeln!(text, "| {title} | {records} | {rate} | {cpu_micros:.2} µs | {megabytes:.1} MB |");
    }
    let mut goal = |told: String, is_met: bool| {
        let _ = write!(text, "\n- {told}: {}.", if is_met { "met" } else { "missed" });
    };
    if let [few, many, ..] = rows {
        let flat = many.peak_bytes / few.peak_bytes;
        goal(format!("ten times the records take {flat:.2} × the memory; the goal is at most {FLAT} ×"), flat <= FLAT);
    }
    if let [few, _, peer] = rows {
        let cpu = peer.cpu_micros / few.cpu_micros;
        let told = format!(
            "in the same time of a processor {cpu:.0} × the records of target-stitch; the goal is {GOAL_OF_CPU} ×"
        );
        goal(told, cpu >= GOAL_OF_CPU);
        let memory = few.peak_bytes / peer.peak_bytes;
        let told = format!("{memory:.2} × the memory of target-stitch; the goal is at most {GOAL_OF_MEMORY:.2} ×");
        goal(told, memory <= GOAL_OF_MEMORY);
    }
    text.push('\n');
    text
}
