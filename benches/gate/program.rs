//! Programs that write to a database: they are started, given their input, and waited for.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::{Context as _, ensure};
use backstitch_benches::process::cpu_seconds_of_children;
use backstitch_benches::python;

use crate::phase::{FEW, Measured, Phase, csv, record};

/// The folder of this benchmark.
pub(crate) fn sources() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("gate")
}

/// Runs a program to its end; what it prints.
pub(crate) fn run(command: &mut Command) -> anyhow::Result<String> {
    let output = command.output().with_context(|| format!("can't start {:?}", command.get_program()))?;
    let said = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "{:?}: {}", command.get_program(), said.trim());
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// The same with a file as its input; what it took.
pub(crate) fn measure(command: &mut Command, input: &Path, phase: Phase, records: usize) -> anyhow::Result<Measured> {
    command.stdin(Stdio::from(File::open(input)?));
    let (before, started) = (cpu_seconds_of_children()?, Instant::now());
    run(command)?;
    let seconds = started.elapsed().as_secs_f64();
    let cpu_seconds = Some(cpu_seconds_of_children()? - before);
    Ok(Measured { phase, records, bytes: 0, seconds, cpu_seconds, peak_bytes: None })
}

/// Whether a program can be started, and says what it is.
pub(crate) fn is_there(program: &str) -> bool {
    run(Command::new(program).arg("--version")).is_ok()
}

/// Writes records as CSV.
pub(crate) fn write_csv(path: &Path, keys: &[i64]) -> anyhow::Result<()> {
    let lines: Vec<String> = keys.iter().map(|key| csv(*key)).collect::<anyhow::Result<_>>()?;
    Ok(fs::write(path, lines.join("\n") + "\n")?)
}

/// An environment of Python with what a file of this benchmark names. What was installed once is kept.
pub(crate) fn python_with(requirements: &str) -> anyhow::Result<PathBuf> {
    let environment = Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name(requirements.trim_end_matches(".txt"));
    python::environment(&environment, &sources().join(requirements), &[])
}

/// Writes some of the records of a phase as Singer's messages.
fn write_messages(path: &Path, keys: &[i64]) -> anyhow::Result<()> {
    let text = serde_json::json!({ "type": ["null", "string"] });
    let number = serde_json::json!({ "type": ["null", "number"] });
    let mut properties = serde_json::Map::new();
    for (name, value) in record(1)? {
        let property = match value {
            serde_json::Value::Number(number) if number.is_i64() => serde_json::json!({ "type": "integer" }),
            serde_json::Value::Number(_) => number.clone(),
            serde_json::Value::Bool(_) => serde_json::json!({ "type": "boolean" }),
            _ => text.clone(),
        };
        properties.insert(name, property);
    }
    let schema = serde_json::json!({ "type": "object", "properties": properties });
    let schema =
        serde_json::json!({ "type": "SCHEMA", "stream": "orders", "schema": schema, "key_properties": ["id"] });
    let mut lines = vec![schema.to_string()];
    for key in keys {
        let message = serde_json::json!({ "type": "RECORD", "stream": "orders", "record": record(*key)? });
        lines.push(message.to_string());
    }
    Ok(fs::write(path, lines.join("\n") + "\n")?)
}

/// Has a Singer target write few records, and again in their order.
pub(crate) fn singer(target: impl Fn() -> Command, folder: &Path) -> anyhow::Result<Vec<Measured>> {
    let input = folder.join("messages.jsonl");
    let keys: Vec<i64> = Phase::Insert.keys().into_iter().take(FEW).collect();
    write_messages(&input, &keys)?;
    [Phase::Insert, Phase::InOrder].into_iter().map(|phase| measure(&mut target(), &input, phase, FEW)).collect()
}
