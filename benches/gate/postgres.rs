//! Others that write to PostgreSQL.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::ensure;

use crate::bare;
use crate::phase::{BATCH, Measured, Phase, columns};
use crate::program;

/// The database that the benchmark may write to, as a URL; it may drop its schemas `bench_copy` and `bench_singer`, and
/// all tables of the gate.
pub(crate) const VARIABLE: &str = "BACKSTITCH_BENCH_POSTGRES";

fn psql(url: &str) -> Command {
    let mut command = Command::new("psql");
    command.args(["--no-psqlrc", "--quiet", "--set", "ON_ERROR_STOP=1", "--dbname", url]);
    command
}

/// `COPY` and an upsert from there, by `psql`: a transaction for each batch.
pub(crate) fn copy(url: &str, folder: &Path) -> anyhow::Result<Vec<Measured>> {
    let names = columns()?.join(", ");
    let setup = format!(
        "DROP SCHEMA IF EXISTS bench_copy CASCADE; CREATE SCHEMA bench_copy; SET search_path TO bench_copy; {}; \
         CREATE UNLOGGED TABLE stage AS SELECT {names} FROM orders",
        bare::table()?
    );
    program::run(psql(url).args(["--command", &setup]))?;
    let mut measured = Vec::new();
    for phase in Phase::ALL {
        let keys = phase.keys();
        let mut script = "SET search_path TO bench_copy;\n".to_owned();
        for (index, keys) in keys.chunks(BATCH).enumerate() {
            let rows = folder.join(format!("{index}.csv"));
            program::write_csv(&rows, keys)?;
            // A string takes all that is written to it.
            let _ = write!(
                script,
                "BEGIN;\nTRUNCATE stage;\n\\copy stage from '{}' csv\nINSERT INTO orders AS stored SELECT {names}, now(), \
                 now(), {}, 0, NULL FROM stage {};\nCOMMIT;\n",
                rows.display(),
                phase.sequence(),
                bare::on_conflict()?
            );
        }
        let input = folder.join("copy.sql");
        fs::write(&input, script)?;
        let took = program::measure(&mut psql(url), &input, phase, keys.len())?;
        // The server does the work, and nobody asked it.
        measured.push(Measured { cpu_seconds: None, ..took });
    }
    program::run(psql(url).args(["--command", "DROP SCHEMA bench_copy CASCADE"]))?;
    Ok(measured)
}

/// Singer's PostgreSQL target.
pub(crate) fn singer(url: &str, folder: &Path) -> anyhow::Result<Vec<Measured>> {
    let programs = program::python_with("singer-postgres.txt")?;
    let configuration = folder.join("singer-postgres.json");
    let Some((_, rest)) = url.split_once("://") else { anyhow::bail!("{VARIABLE} is no URL") };
    let settings = serde_json::json!({
        "sqlalchemy_url": format!("postgresql://{rest}"), "default_target_schema": "bench_singer",
    });
    fs::write(&configuration, settings.to_string())?;
    let drop = ["--command", "DROP SCHEMA IF EXISTS bench_singer CASCADE"];
    program::run(psql(url).args(drop))?;
    let target = || {
        let mut command = Command::new(programs.join("target-postgres"));
        command.arg("--config").arg(&configuration);
        command
    };
    let measured = program::singer(target, folder);
    program::run(psql(url).args(drop))?;
    measured
}

/// That the server is there.
pub(crate) fn check(url: &str) -> anyhow::Result<()> {
    let said = program::run(psql(url).args(["--tuples-only", "--command", "SELECT 1"]))?;
    ensure!(said.trim() == "1", "the server at {VARIABLE} does not answer");
    Ok(())
}
