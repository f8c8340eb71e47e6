//! What would be sent.

use std::io::{self, BufWriter, Write};

use backstitch::{BatchBody, PushBody, RawValue, Sequence, Sequences, Table};

use super::shape::{self, Shape};
use super::target::Endpoint;
use crate::exit::Exit;
use crate::input::{Bad, Chunk, File, Position};
use crate::spool::count;
use crate::terminal::note;

/// Prints push records, one a line; or the bodies of batches, each of them a line.
pub(super) fn run(
    client_id: i64,
    table: &Table,
    endpoint: Endpoint,
    files: &[File],
    shape: &Shape,
) -> anyhow::Result<Exit> {
    let mut printed = Printed {
        to: BufWriter::new(io::stdout().lock()),
        client_id,
        table,
        sequences: Sequences::new(),
        records: 0,
        rejected: 0,
    };
    for file in files {
        let mut chunks = file.open(Position::default(), &std::sync::Arc::default())?;
        while let Some(chunk) = chunks.next()? {
            let chunk = shape.renamed(chunk, file);
            let done = match endpoint {
                Endpoint::Push => printed.records(&chunk, file, shape),
                Endpoint::Batch => printed.batch(&chunk, file, shape),
            };
            match done {
                Ok(()) => {}
                // A reader that has enough, as `head` has, is no error.
                Err(error) if error.kind() == io::ErrorKind::BrokenPipe => return Ok(Exit::Done),
                Err(error) => return Err(error.into()),
            }
        }
    }
    printed.to.flush()?;
    let rejected = printed.rejected;
    let tail = if rejected > 0 { format!(", {rejected} would be rejected") } else { String::new() };
    note(&format!("{} would be sent to {}{tail}", count(printed.records, "record"), table.name()));
    Ok(if rejected > 0 { Exit::SomeRejected } else { Exit::Done })
}

struct Printed<'a, W: Write> {
    to: W,
    client_id: i64,
    table: &'a Table,
    sequences: Sequences,
    records: u64,
    rejected: u64,
}

impl<W: Write> Printed<'_, W> {
    fn records(&mut self, chunk: &Chunk, file: &File, shape: &Shape) -> io::Result<()> {
        self.each(chunk, file, shape, |printed, sequence, data| {
            let mut body = PushBody::json(printed.client_id);
            if let Err(error) = body.push_json(printed.table, sequence, data) {
                return Ok(Err(error.to_string()));
            }
            let body = body.finish();
            // Without the brackets of the array.
            printed.to.write_all(body.get(1..body.len() - 1).unwrap_or_default())?;
            printed.to.write_all(b"\n")?;
            Ok(Ok(()))
        })
    }

    fn batch(&mut self, chunk: &Chunk, file: &File, shape: &Shape) -> io::Result<()> {
        let none = serde_json::Value::Null;
        let mut body = BatchBody::new(self.table, self.table.json_schema().unwrap_or(&none));
        self.each(chunk, file, shape, |_, sequence, data| {
            Ok(body.push_json(sequence, data).map_err(|error| error.to_string()))
        })?;
        if !body.is_empty() {
            self.to.write_all(&body.finish())?;
            self.to.write_all(b"\n")?;
        }
        Ok(())
    }

    fn each(
        &mut self,
        chunk: &Chunk,
        file: &File,
        shape: &Shape,
        mut print: impl FnMut(&mut Self, Sequence, &RawValue) -> io::Result<Result<(), String>>,
    ) -> io::Result<()> {
        let mut bad = chunk.bad.clone();
        for place in &chunk.rows {
            let row = match shape::read(&chunk.text, *place, file) {
                Ok(row) => row,
                Err(found) => {
                    bad.push(found);
                    continue;
                }
            };
            let line = |reason| Bad { at: shape::line_of(file, *place), reason, text: String::new() };
            let taken = |own: Option<Sequence>| {
                let sequence = own.or_else(|| self.sequences.take(1).map(|taken| taken.first()));
                sequence.ok_or_else(|| "no sequences are left".to_owned())
            };
            let sequence = match shape.sequence(&row).and_then(taken) {
                Ok(sequence) => sequence,
                Err(reason) => {
                    bad.push(line(reason));
                    continue;
                }
            };
            let Ok(data) = serde_json::from_str::<&RawValue>(row.text()) else { continue };
            match print(self, sequence, data)? {
                Ok(()) => self.records += 1,
                Err(reason) => bad.push(line(reason)),
            }
        }
        self.rejected += bad.len() as u64;
        for bad in bad {
            note(&format!("{}: {}", bad.at.of(&file.name()), bad.reason));
        }
        Ok(())
    }
}
