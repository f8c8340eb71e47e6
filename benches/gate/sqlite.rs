//! Others that write to SQLite.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::Context as _;

use crate::bare;
use crate::phase::{BATCH, Measured, Phase, SYSTEM, columns};
use crate::program::{self, sources};

fn lines(printed: &str) -> anyhow::Result<Vec<Measured>> {
    printed.lines().map(|line| serde_json::from_str(line).with_context(|| line.to_owned())).collect()
}

/// `rusqlite` alone, in a process of its own.
pub(crate) fn rusqlite(folder: &Path) -> anyhow::Result<Vec<Measured>> {
    let mut command = Command::new(std::env::current_exe()?);
    lines(&program::run(command.arg(bare::ARGUMENT).arg(folder.join("bare.db")))?)
}

/// Python's `sqlite3` with `executemany`.
pub(crate) fn python(folder: &Path) -> anyhow::Result<Vec<Measured>> {
    let input = folder.join("phases.jsonl");
    let mut phases = String::new();
    for phase in Phase::ALL {
        // A string takes all that is written to it.
        let _ = writeln!(phases, "{}", serde_json::to_string(&(phase, phase.sequence(), phase.keys()))?);
    }
    fs::write(&input, phases)?;
    let marks = vec!["?"; columns()?.len() + SYSTEM.len()].join(", ");
    let mut command = Command::new("python3");
    command.arg(sources().join("upsert.py")).arg(folder.join("python.db")).arg(bare::table()?);
    command.arg(format!("INSERT INTO orders AS stored VALUES ({marks}) {}", bare::on_conflict()?));
    lines(&program::run(command.arg(BATCH.to_string()).stdin(fs::File::open(&input)?))?)
}

/// The `sqlite3` shell, which reads CSV into a table of the data alone: one transaction, nothing is replaced.
pub(crate) fn shell(folder: &Path) -> anyhow::Result<Vec<Measured>> {
    let (rows, script) = (folder.join("orders.csv"), folder.join("import.sql"));
    let keys = Phase::Insert.keys();
    program::write_csv(&rows, &keys)?;
    let table = bare::table()?;
    let table = table.split(", _sdc_").next().unwrap_or_default();
    fs::write(
        &script,
        format!(
            "PRAGMA journal_mode = WAL;\nPRAGMA synchronous = FULL;\n{table});\n.import --csv \"{}\" orders\n",
            rows.display()
        ),
    )?;
    let mut command = Command::new("sqlite3");
    Ok(vec![program::measure(command.arg(folder.join("shell.db")), &script, Phase::Insert, keys.len())?])
}

/// Singer's SQLite target.
pub(crate) fn singer(folder: &Path) -> anyhow::Result<Vec<Measured>> {
    let programs = program::python_with("singer-sqlite.txt")?;
    let configuration = folder.join("singer.json");
    fs::write(&configuration, r#"{"database": "singer"}"#)?;
    let target = || {
        let mut command = Command::new(programs.join("python"));
        command.arg(sources().join("singer_sqlite.py")).arg("--config").arg(&configuration).current_dir(folder);
        command
    };
    program::singer(target, folder)
}
