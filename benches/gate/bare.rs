//! `rusqlite` alone: rows that are already there, no HTTP, no JSON.

use std::path::Path;
use std::time::Instant;

use backstitch_benches::process::{self, usage};
use rusqlite::types::Value as Cell;
use rusqlite::{Connection, params_from_iter};
use serde_json::Value;

use crate::phase::{BATCH, Measured, Phase, SYSTEM, columns, record};

/// The argument that starts it.
pub(crate) const ARGUMENT: &str = "bare";

/// The statement that makes the table, and the one that writes a row of it. They are standard enough for PostgreSQL too.
pub(crate) fn table() -> anyhow::Result<String> {
    let data = columns()?.into_iter().map(|name| match name.as_str() {
        "id" => "id BIGINT NOT NULL PRIMARY KEY".to_owned(),
        "customer_id" | "line_count" => format!("{name} BIGINT"),
        "total_amount" | "discount_rate" => format!("{name} DOUBLE PRECISION"),
        "is_paid" => format!("{name} BOOLEAN"),
        _ => format!("{name} TEXT"),
    });
    let all: Vec<String> = data.chain(SYSTEM.iter().map(|(name, kind)| format!("{name} {kind}"))).collect();
    Ok(format!("CREATE TABLE orders ({})", all.join(", ")))
}

/// What follows an `INSERT` of a row: the one that is there is replaced where its sequence is less.
pub(crate) fn on_conflict() -> anyhow::Result<String> {
    let names = columns()?.into_iter().filter(|name| name != "id");
    let names = names.chain(SYSTEM.iter().map(|(name, _)| (*name).to_owned()));
    let updates: Vec<String> = names.map(|name| format!("{name} = excluded.{name}")).collect();
    Ok(format!(
        "ON CONFLICT (id) DO UPDATE SET {} WHERE excluded._sdc_sequence > stored._sdc_sequence",
        updates.join(", ")
    ))
}

fn cell(value: Value) -> Cell {
    match value {
        Value::Bool(value) => Cell::Integer(value.into()),
        Value::Number(number) => {
            number.as_i64().map_or_else(|| Cell::Real(number.as_f64().unwrap_or_default()), Cell::Integer)
        }
        Value::String(text) => Cell::Text(text),
        _ => Cell::Null,
    }
}

fn row(key: i64, sequence: i64) -> anyhow::Result<Vec<Cell>> {
    let time = || Cell::Text("2026-02-28T12:34:56.789000Z".to_owned());
    let system = [time(), time(), Cell::Integer(sequence), Cell::Integer(0), Cell::Null];
    Ok(record(key)?.into_values().map(cell).chain(system).collect())
}

/// Writes all phases into a new database, each batch in the order of its keys, and prints what they took.
pub(crate) fn run(database: &Path) -> anyhow::Result<()> {
    let connection = Connection::open(database)?;
    connection.pragma_update_and_check(None, "journal_mode", "WAL", |_| Ok(()))?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "fullfsync", true)?;
    connection.execute_batch(&table()?)?;
    let marks = vec!["?"; columns()?.len() + SYSTEM.len()].join(", ");
    let upsert = format!("INSERT INTO orders AS stored VALUES ({marks}) {}", on_conflict()?);
    let mut statement = connection.prepare(&upsert)?;
    for phase in Phase::ALL {
        let keys = phase.keys();
        let (mut seconds, mut cpu_seconds) = (0.0, 0.0);
        for keys in keys.chunks(BATCH) {
            let mut keys = keys.to_vec();
            keys.sort_unstable();
            let rows: Vec<_> = keys.iter().map(|key| row(*key, phase.sequence())).collect::<anyhow::Result<_>>()?;
            let (before, started) = (usage()?, Instant::now());
            let transaction = connection.unchecked_transaction()?;
            for row in &rows {
                statement.execute(params_from_iter(row))?;
            }
            transaction.commit()?;
            seconds += started.elapsed().as_secs_f64();
            cpu_seconds += usage()?.cpu_seconds - before.cpu_seconds;
        }
        process::print(&Measured {
            phase,
            records: keys.len(),
            bytes: 0,
            seconds,
            cpu_seconds: Some(cpu_seconds),
            peak_bytes: Some(usage()?.peak_bytes),
        })?;
    }
    Ok(())
}
