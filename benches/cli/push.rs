//! `backstitch push`, by what the files are written in.

use std::fmt::Write as _;
use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::ensure;
use arrow_array::{
    ArrayRef, BooleanArray, Float64Array, Int64Array, RecordBatch, StringArray, UInt16Array, UInt64Array,
};
use backstitch_benches::page::grouped;
use backstitch_benches::shapes::medium;
use parquet::arrow::ArrowWriter;
use parquet::basic::Compression;
use parquet::file::properties::WriterProperties;
use serde_json::Value;

use crate::ROUNDS;
use crate::command::{self, Measured};

const RECORDS: u64 = 1_000_000;

/// The most time of a processor that a record is to take, in microseconds.
const GOAL: f64 = 2.0;

/// A file, and how it is sent.
struct Variant {
    title: &'static str,
    path: PathBuf,
    options: &'static [&'static str],
    /// Whether there is a goal for it.
    has_goal: bool,
}

/// The table of what was measured.
pub(crate) fn measured() -> anyhow::Result<String> {
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR"))?;
    eprintln!("writing files");
    let path = |name: &str| folder.path().join(name);
    lines(&path("orders.jsonl"))?;
    csv(&path("orders.csv"))?;
    columns(&path("orders.parquet"))?;
    let zstd = File::create(path("orders.jsonl.zst"))?;
    zstd::stream::copy_encode(File::open(path("orders.jsonl"))?, zstd, 3)?;
    let types =
        "id=integer,customer_id=integer,total_amount=number,discount_rate=number,is_paid=boolean,line_count=integer";
    let variant = |title, name: &str, options, has_goal| Variant { title, path: path(name), options, has_goal };
    let variants = [
        variant("JSON lines", "orders.jsonl", &[], true),
        variant("JSON lines, zstd", "orders.jsonl.zst", &[], false),
        variant("JSON lines, `--resume`", "orders.jsonl", &["--resume", "position"], false),
        variant("JSON lines, `--spool`", "orders.jsonl", &["--spool", "spool.redb"], false),
        variant("CSV with types", "orders.csv", Box::leak(Box::new(["--types", types])), false),
        variant("Parquet, Snappy", "orders.parquet", &[], true),
    ];
    let mut rounds: Vec<Vec<Measured>> = variants.iter().map(|_| Vec::new()).collect();
    for round in 0..=ROUNDS {
        eprintln!("round {round} of {ROUNDS}");
        for (variant, rounds) in variants.iter().zip(&mut rounds) {
            let measured = run(variant, round == 0)?;
            if round > 0 {
                rounds.push(measured);
            }
        }
    }
    let mut text =
        String::from("| push | records a second | processor, a record | the goal |\n| --- | ---: | ---: | --- |\n");
    for (variant, rounds) in variants.iter().zip(&rounds) {
        let each = median(rounds, |measured| measured.cpu_seconds * 1e6 / RECORDS as f64);
        let goal = match (variant.has_goal, each <= GOAL) {
            (false, _) => String::new(),
            (true, true) => format!("at most {GOAL:.0} µs: met"),
            (true, false) => format!("at most {GOAL:.0} µs: missed"),
        };
        let rate = grouped(RECORDS as f64 / median(rounds, |measured| measured.seconds));
        // A string takes all that is written to it.
        let _ = writeln!(text, "| {} | {rate} | {each:.2} µs | {goal} |", variant.title);
    }
    Ok(text)
}

fn median(rounds: &[Measured], value: impl Fn(&Measured) -> f64) -> f64 {
    let mut values: Vec<f64> = rounds.iter().map(value).collect();
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

fn run(variant: &Variant, counts: bool) -> anyhow::Result<Measured> {
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR"))?;
    let measured = command::run(
        |command| {
            command.arg("push").arg(&variant.path).args(["--table", "orders", "--key", "id"]).args(variant.options);
            command.current_dir(folder.path());
        },
        counts,
    )?;
    if counts {
        let received = measured.received.records;
        ensure!(received == RECORDS, "{}: the sink received {received} records of {RECORDS}", variant.title);
    }
    Ok(measured)
}

fn lines(path: &Path) -> anyhow::Result<()> {
    let mut file = BufWriter::new(File::create(path)?);
    for id in 1..=RECORDS {
        serde_json::to_writer(&mut file, &medium(id as i64))?;
        file.write_all(b"\n")?;
    }
    file.flush()?;
    Ok(())
}

fn fields(id: i64) -> anyhow::Result<serde_json::Map<String, Value>> {
    match serde_json::to_value(medium(id))? {
        Value::Object(fields) => Ok(fields),
        _ => anyhow::bail!("the record is no object"),
    }
}

fn csv(path: &Path) -> anyhow::Result<()> {
    let mut file = BufWriter::new(File::create(path)?);
    let names: Vec<String> = fields(1)?.keys().cloned().collect();
    writeln!(file, "{}", names.join(","))?;
    for id in 1..=RECORDS {
        let cell = |value: &Value| match value {
            Value::Null => String::new(),
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        let cells: Vec<String> = fields(id as i64)?.values().map(cell).collect();
        writeln!(file, "{}", cells.join(","))?;
    }
    file.flush()?;
    Ok(())
}

fn columns(path: &Path) -> anyhow::Result<()> {
    let properties = WriterProperties::builder().set_compression(Compression::SNAPPY).build();
    let mut writer: Option<ArrowWriter<File>> = None;
    for first in (1..=RECORDS).step_by(10_000) {
        let rows = (first..first + 10_000).map(|id| fields(id as i64)).collect::<anyhow::Result<Vec<_>>>()?;
        let names: Vec<String> = rows[0].keys().cloned().collect();
        let columns = names.iter().map(|name| {
            let values: Vec<&Value> = rows.iter().map(|row| &row[name]).collect();
            (name, column(name, &values))
        });
        let batch = RecordBatch::try_from_iter_with_nullable(columns.map(|(name, column)| (name, column, true)))?;
        let writer = match &mut writer {
            Some(writer) => writer,
            none => none.insert(ArrowWriter::try_new(File::create(path)?, batch.schema(), Some(properties.clone()))?),
        };
        writer.write(&batch)?;
    }
    if let Some(writer) = writer {
        writer.close()?;
    }
    Ok(())
}

/// A column of the type that the field has.
fn column(name: &str, values: &[&Value]) -> ArrayRef {
    let values = values.iter();
    match name {
        "id" => Arc::new(values.map(|value| value.as_i64()).collect::<Int64Array>()),
        "customer_id" => Arc::new(values.map(|value| value.as_u64()).collect::<UInt64Array>()),
        "line_count" => Arc::new(
            values.map(|value| value.as_u64().and_then(|count| u16::try_from(count).ok())).collect::<UInt16Array>(),
        ),
        "total_amount" | "discount_rate" => Arc::new(values.map(|value| value.as_f64()).collect::<Float64Array>()),
        "is_paid" => Arc::new(values.map(|value| value.as_bool()).collect::<BooleanArray>()),
        _ => Arc::new(values.map(|value| value.as_str()).collect::<StringArray>()),
    }
}
