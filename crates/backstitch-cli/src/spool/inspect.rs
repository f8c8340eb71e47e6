//! `backstitch spool inspect`.

use std::path::PathBuf;

use backstitch::spool::{self, Inspection};
use serde_json::json;

use super::count;
use crate::terminal::{plain, say};

#[derive(clap::Args)]
pub(super) struct Arguments {
    /// The spool
    file: PathBuf,
    /// Say it as JSON
    #[arg(long)]
    json: bool,
}

pub(super) fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let found = spool::inspect(&arguments.file)?;
    if arguments.json {
        say!("{}", json(&found));
        return Ok(());
    }
    say!("{} is the spool of {}", arguments.file.display(), found.identity);
    let blocks = count(found.blocks as u64, "block");
    say!(
        "{} in {blocks}: {} of records, {} in the file",
        count(found.records, "record"),
        bytes(found.live_bytes),
        bytes(found.file_bytes)
    );
    for table in &found.tables {
        say!("{:>12}  {}", table.records, plain(&table.table));
    }
    Ok(())
}

fn bytes(number: u64) -> String {
    count(number, "byte")
}

fn json(found: &Inspection) -> serde_json::Value {
    let tables: Vec<_> =
        found.tables.iter().map(|table| json!({ "table": table.table, "records": table.records })).collect();
    json!({
        "client_id": found.identity.client_id,
        "base_url": found.identity.base_url,
        "records": found.records,
        "blocks": found.blocks,
        "live_bytes": found.live_bytes,
        "file_bytes": found.file_bytes,
        "tables": tables,
        "sequences_until": found.sequences_until,
    })
}
