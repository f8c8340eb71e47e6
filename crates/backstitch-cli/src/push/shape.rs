//! What of a file is sent: its records under other names, with their sequences.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use backstitch::{Row, Sequence};

use crate::exit::usage;
use crate::input::{At, Bad, Chunk, File, Place};

/// A field that is sent under another name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Rename {
    pub(crate) from: String,
    pub(crate) to: String,
}

/// `OLD=NEW`.
pub(crate) fn rename(text: &str) -> Result<Rename, String> {
    match text.split_once('=') {
        Some((from, to)) if !from.is_empty() && !to.is_empty() => {
            Ok(Rename { from: from.to_owned(), to: to.to_owned() })
        }
        _ => Err("write OLD=NEW, as in `order id=order_id`".to_owned()),
    }
}

/// What is made of the objects of a file.
#[derive(Clone, Debug, Default)]
pub(crate) struct Shape {
    pub(crate) renames: Vec<Rename>,
    pub(crate) sequence_field: Option<String>,
    /// Whether a record had the field of each of the renames.
    met: Arc<[AtomicBool]>,
}

impl Shape {
    pub(crate) fn new(renames: &[Rename], sequence_field: Option<&str>) -> anyhow::Result<Self> {
        for (index, rename) in renames.iter().enumerate() {
            if renames.iter().take(index).any(|other| other.from == rename.from || other.to == rename.to) {
                return Err(usage(format!(
                    "--rename {}={} repeats a name of another --rename",
                    rename.from, rename.to
                )));
            }
        }
        let met = renames.iter().map(|_| AtomicBool::new(false)).collect();
        Ok(Shape { renames: renames.to_vec(), sequence_field: sequence_field.map(str::to_owned), met })
    }

    /// Says which fields that are to be renamed no record had: a name was mistaken, most likely.
    pub(crate) fn unmet(&self) -> impl Iterator<Item = String> {
        let pairs = self.renames.iter().zip(self.met.iter()).filter(|(_, is_met)| !is_met.load(Ordering::Relaxed));
        pairs
            .map(|(Rename { from, to }, _)| format!("no record has a field `{from}`, which --rename {from}={to} names"))
    }

    /// The chunk with fields under their new names; otherwise byte for byte as it was.
    pub(crate) fn renamed(&self, chunk: Chunk, file: &File) -> Chunk {
        if self.renames.is_empty() {
            return chunk;
        }
        let mut text = String::with_capacity(chunk.text.len());
        let mut shaped = Chunk { bad: chunk.bad, next: chunk.next, ..Chunk::default() };
        for place in chunk.rows {
            let start = text.len();
            match read(&chunk.text, place, file).and_then(|row| {
                self.write(&row, &mut text).map_err(|reason| {
                    let of = chunk.text.get(place.start..place.end).unwrap_or_default();
                    Bad { at: file.at(place.line, None), reason, text: of.trim().to_owned() }
                })
            }) {
                Ok(()) => shaped.rows.push(Place { start, end: text.len(), ..place }),
                Err(bad) => {
                    text.truncate(start);
                    shaped.bad.push(bad);
                }
            }
        }
        shaped.text = text;
        shaped
    }

    fn write(&self, row: &Row<'_>, text: &mut String) -> Result<(), String> {
        text.push('{');
        for (index, (name, value)) in row.entries().enumerate() {
            let at = self.renames.iter().position(|rename| rename.from == name);
            let rename = at.and_then(|at| self.renames.get(at));
            if let Some(is_met) = at.and_then(|at| self.met.get(at)) {
                is_met.store(true, Ordering::Relaxed);
            }
            if rename.is_none() && self.renames.iter().any(|rename| rename.to == name) {
                return Err(format!("has a field `{name}` already, which another one is to be renamed to"));
            }
            let name = rename.map_or(name, |rename| rename.to.as_str());
            if index > 0 {
                text.push(',');
            }
            // A text is always written.
            text.push_str(&serde_json::to_string(name).unwrap_or_default());
            text.push(':');
            text.push_str(value.get());
        }
        text.push('}');
        Ok(())
    }

    /// The sequence that a record brings, where it is to bring one.
    pub(crate) fn sequence(&self, row: &Row<'_>) -> Result<Option<Sequence>, String> {
        let Some(name) = &self.sequence_field else { return Ok(None) };
        let value = row.get(name).ok_or_else(|| format!("has no field `{name}`, which is to be its sequence"))?;
        let sequence = value.get().trim().parse::<i64>();
        let sequence = sequence.map_err(|_| {
            let found: String = value.get().chars().take(40).collect();
            let is_text = serde_json::from_str::<String>(value.get()).is_ok_and(|text| text.parse::<i64>().is_ok());
            let what_to_do = if is_text {
                format!(", not a text: leave its quotes out, or of CSV say --types {name}=integer")
            } else {
                String::new()
            };
            format!("`{name}` is {found}, and the sequence is an integer of at most {}{what_to_do}", i64::MAX)
        })?;
        Ok(Some(Sequence::from(sequence)))
    }
}

/// Reads the record at a place; otherwise says what is wrong with it.
pub(crate) fn read<'a>(text: &'a str, place: Place, file: &File) -> Result<Row<'a>, Bad> {
    let text = text.get(place.start..place.end).unwrap_or_default();
    Row::read(text).map_err(|error| {
        let (line, column) = (error.line().max(1) as u64, error.column().max(1) as u64);
        let at = match line {
            1 => file.at(place.line, Some(place.column + column - 1)),
            _ => file.at(place.line + line - 1, Some(column)),
        };
        Bad { at, reason: told(text, &error), text: text.trim().to_owned() }
    })
}

/// What is wrong with a text that is no JSON object, and what to do.
fn told(text: &str, error: &serde_json::Error) -> String {
    let said = error.to_string();
    let said = said.rsplit_once(" at line ").map_or(said.as_str(), |(said, _)| said);
    if error.is_data() {
        return format!("not a JSON object: {said}");
    }
    let rest =
        text.lines().nth(error.line().saturating_sub(1)).and_then(|line| line.get(error.column().saturating_sub(1)..));
    let is_number =
        |rest: &str| ["NaN", "Infinity", "-Infinity", "nan", "inf"].iter().any(|name| rest.starts_with(name));
    match rest {
        // After a minus the place is that of the letter.
        Some(rest) if is_number(rest) => "JSON has no NaN and no infinity: write null in its place".to_owned(),
        _ if error.is_eof() => format!("the JSON is cut short: {said}"),
        _ => format!("not JSON: {said}"),
    }
}

/// A place that is told without a column.
pub(crate) fn line_of(file: &File, place: Place) -> At {
    file.at(place.line, None)
}
