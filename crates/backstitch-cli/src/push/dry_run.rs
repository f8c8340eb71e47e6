//! What would be sent.

use std::io::{self, BufWriter, Write};

use anyhow::bail;
use backstitch::{BatchBody, BodyError, PushBody, RawValue, Sequence, Sequences, Table};

use super::report::Report;
use super::shape::{self, Shape};
use super::target::Endpoint;
use crate::exit::Exit;
use crate::input::{Bad, Chunk, File, Position};
use crate::spool::count;
use crate::terminal::passed;

/// Prints push records, one a line; or the bodies of batches, each of them a line.
/// Where records would be sent, and how.
#[derive(Clone, Copy)]
pub(super) struct Recipient<'a> {
    pub(super) client_id: i64,
    pub(super) table: &'a Table,
    pub(super) endpoint: Endpoint,
    /// How many bytes a request has at most.
    pub(super) request_bytes: usize,
}

pub(super) fn run(recipient: Recipient<'_>, files: &[File], shape: &Shape, report: &Report) -> anyhow::Result<Exit> {
    let mut printed = Printed {
        to: BufWriter::new(io::stdout().lock()),
        recipient,
        body: recipient.body(),
        sequences: Sequences::new(),
        records: 0,
        rejected: 0,
        report,
    };
    for file in files {
        let mut chunks = file.open(Position::default(), &std::sync::Arc::default())?;
        while let Some(chunk) = chunks.next()? {
            let chunk = shape.renamed(chunk, file);
            let done = match recipient.endpoint {
                Endpoint::Push => printed.records(&chunk, file, shape),
                Endpoint::Batch => printed.messages(&chunk, file, shape),
            };
            if done.is_err() {
                return passed(done).map(|()| Exit::Done);
            }
        }
    }
    passed(printed.batch().and_then(|()| printed.to.flush()))?;
    let (records, rejected) = (printed.records, printed.rejected);
    let tail = if rejected > 0 { format!(", {rejected} would be rejected") } else { String::new() };
    shape.unmet().for_each(|told| report.note(&told));
    report.note(&format!("{} would be sent to {}{tail}", count(records, "record"), recipient.table.name()));
    match (records, rejected) {
        (_, 0) => Ok(Exit::Done),
        (0, _) => bail!("nothing would be sent: mend the records"),
        _ => Ok(Exit::SomeRejected),
    }
}

impl Recipient<'_> {
    /// The body of a batch.
    fn body(&self) -> BatchBody {
        let schema = self.table.json_schema().unwrap_or(&serde_json::Value::Null);
        BatchBody::new(self.table, schema).limit_bytes(self.request_bytes)
    }
}

struct Printed<'a, W: Write> {
    to: W,
    recipient: Recipient<'a>,
    /// Of the batch that records are added to.
    body: BatchBody,
    sequences: Sequences,
    records: u64,
    rejected: u64,
    report: &'a Report,
}

impl<W: Write> Printed<'_, W> {
    fn records(&mut self, chunk: &Chunk, file: &File, shape: &Shape) -> io::Result<()> {
        self.each(chunk, file, shape, |printed, sequence, data| {
            let mut body = PushBody::json(printed.recipient.client_id).limit_bytes(printed.recipient.request_bytes);
            if let Err(error) = body.push_json(printed.recipient.table, sequence, data) {
                return Ok(Err(error.to_string()));
            }
            let body = body.finish();
            // Without the brackets of the array.
            printed.line(body.get(1..body.len() - 1).unwrap_or_default())?;
            Ok(Ok(()))
        })
    }

    fn messages(&mut self, chunk: &Chunk, file: &File, shape: &Shape) -> io::Result<()> {
        self.each(chunk, file, shape, |printed, sequence, data| {
            let mut added = printed.body.push_json(sequence, data);
            if matches!(added, Err(BodyError::Full { .. })) {
                printed.batch()?;
                added = printed.body.push_json(sequence, data);
            }
            Ok(added.map_err(|error| error.to_string()))
        })
    }

    /// Prints the batch, and begins another one.
    fn batch(&mut self) -> io::Result<()> {
        if self.body.is_empty() {
            return Ok(());
        }
        let body = std::mem::replace(&mut self.body, self.recipient.body());
        self.line(&body.finish())
    }

    /// Prints JSON on one line, however many it is written on: in a text there is no end of a line.
    fn line(&mut self, json: &[u8]) -> io::Result<()> {
        for part in json.split(|byte| matches!(byte, b'\n' | b'\r')) {
            self.to.write_all(part.trim_ascii())?;
        }
        self.to.write_all(b"\n")
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
            self.report.rejected(&bad.at.of(&file.name()), &bad.reason);
        }
        Ok(())
    }
}
