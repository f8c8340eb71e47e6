//! `backstitch validate`: whether files can be sent, without sending them.

use std::path::PathBuf;

use backstitch::{Client, ClientError, PushBody, RawValue, Row, Sequences, Table};

use crate::account::Account;
use crate::exit::{Exit, usage};
use crate::input::{self, At, Chunk, File, Place, Position};
use crate::push::shape::{self, Shape};
use crate::push::{Endpoint, Target};
use crate::spool::count;
use crate::terminal::{note, say};

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The files; `-` is the standard input
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    #[command(flatten)]
    target: Target,
    /// Have the API check the records too, which stores nothing
    #[arg(long)]
    remote: bool,
    #[command(flatten)]
    reading: input::Options,
    #[command(flatten)]
    account: Account,
}

pub(crate) async fn run(arguments: &Arguments) -> anyhow::Result<Exit> {
    let target = &arguments.target;
    let shape = target.shape()?;
    if arguments.remote && target.endpoint == Endpoint::Batch {
        return Err(usage("the API checks push records only: leave out --remote or --endpoint batch"));
    }
    let client = if arguments.remote { Some(arguments.account.settings()?.client(Sequences::new())?) } else { None };
    let files = arguments.reading.files(&arguments.files)?;
    let schema = target.schema()?.map(|(_, validator)| validator);
    let table = Table::new(&target.table).keys(&target.key);
    let mut checking = Checking { table, schema, client, sequences: Sequences::new(), valid: 0, wrong: 0 };
    for file in &files {
        let mut chunks = file.open(Position::default(), &std::sync::Arc::default())?;
        while let Some(chunk) = chunks.next()? {
            checking.chunk(&shape.renamed(chunk, file), file, &shape).await?;
        }
    }
    shape.unmet().for_each(|told| note(&told));
    let Checking { valid, wrong, .. } = checking;
    say!("{} valid, {wrong} not", count(valid, "record"));
    Ok(if wrong == 0 { Exit::Done } else { Exit::SomeRejected })
}

struct Checking {
    table: Table,
    schema: Option<jsonschema::Validator>,
    client: Option<Client>,
    sequences: Sequences,
    valid: u64,
    wrong: u64,
}

impl Checking {
    async fn chunk(&mut self, chunk: &Chunk, file: &File, shape: &Shape) -> anyhow::Result<()> {
        let mut wrong: Vec<(At, String)> = chunk.bad.iter().map(|bad| (bad.at, bad.reason.clone())).collect();
        let mut rows = Vec::with_capacity(chunk.rows.len());
        for place in &chunk.rows {
            match shape::read(&chunk.text, *place, file) {
                Err(bad) => wrong.push((bad.at, bad.reason)),
                Ok(row) => match self.check(&row, shape) {
                    Ok(()) => rows.push((*place, row.text())),
                    Err(reason) => wrong.push((file.at(place.line, None), reason)),
                },
            }
        }
        if let Some(client) = &self.client {
            let refused = refused(client, &self.table, &self.sequences, &rows).await?;
            rows.retain(|(place, _)| !refused.iter().any(|(known, _)| known == place));
            wrong.extend(refused.into_iter().map(|(place, reason)| (file.at(place.line, None), reason)));
        }
        self.valid += rows.len() as u64;
        self.wrong += wrong.len() as u64;
        wrong.sort_by_key(|(at, _)| at.line());
        for (at, reason) in &wrong {
            note(&format!("{}: {reason}", at.of(&file.name())));
        }
        Ok(())
    }

    /// Checks a record here.
    fn check(&self, row: &Row<'_>, shape: &Shape) -> Result<(), String> {
        row.validate(&self.table).map_err(|violations| violations.to_string())?;
        shape.sequence(row)?;
        let Some(schema) = &self.schema else { return Ok(()) };
        let value: serde_json::Value = serde_json::from_str(row.text()).map_err(|error| error.to_string())?;
        schema.validate(&value).map_err(|error| format!("/data{}: {error}, as the schema says", error.instance_path()))
    }
}

/// The records that the API refuses, each alone, and why. A request that it refuses is sent again in halves.
async fn refused(
    client: &Client,
    table: &Table,
    sequences: &Sequences,
    rows: &[(Place, &str)],
) -> anyhow::Result<Vec<(Place, String)>> {
    let mut refused = Vec::new();
    let mut left = vec![rows];
    while let Some(rows) = left.pop() {
        let Some((first, _)) = rows.first() else { continue };
        let halves = rows.split_at(rows.len() / 2);
        let mut body = PushBody::json(client.client_id());
        let added = rows.iter().try_for_each(|(_, text)| {
            let (data, sequence) = (serde_json::from_str::<&RawValue>(text), sequences.take(1));
            match (data, sequence) {
                (Ok(data), Some(sequence)) => {
                    body.push_json(table, sequence.first(), data).map_err(|error| error.to_string())
                }
                _ => Err("it can't be written".to_owned()),
            }
        });
        let reason = match added {
            Err(reason) => reason,
            Ok(()) => match client.validate_body(body).await {
                Ok(_) => continue,
                Err(ClientError::Refused(refusal)) if matches!(refusal.status, 400 | 413 | 422) => refusal.to_string(),
                Err(error) => return Err(error.into()),
            },
        };
        if rows.len() == 1 {
            refused.push((*first, reason));
        } else {
            left.extend([halves.1, halves.0]);
        }
    }
    Ok(refused)
}
