//! CSV: the first line names the fields, each other line is a record of strings, or of the types that were said.

use std::io::Read;
use std::path::Path;

use csv::{ByteRecord, Reader, ReaderBuilder};

use super::cells::{Cell, Types};
use super::source::{self, Compression};
use super::watched::{Watched, is_end, is_unclosed};
use super::{At, Bad, CHUNK_BYTES, Chunk, Chunks, Place, Position, Trouble};

/// What a record is not sent for that ends with its file.
const UNCLOSED: &str = "a quote in this record is never closed: the file is cut short, or a cell begins with a quote that is \
                        to be doubled, and the whole cell to be put in quotes";

/// What is between cells.
#[derive(Clone, Copy, Debug)]
pub(super) enum Delimiter {
    Said(u8),
    /// That of the format, where nothing is said.
    Usual(u8),
}

impl Delimiter {
    fn byte(self) -> u8 {
        let (Delimiter::Said(byte) | Delimiter::Usual(byte)) = self;
        byte
    }
}

pub(super) struct Csv {
    reader: Reader<Watched<Box<dyn Read + Send>>>,
    compression: Compression,
    file: String,
    /// The names as they are written before a value, without a comma, and the types.
    columns: Vec<(String, Cell)>,
    nulls: Vec<String>,
    /// Where reading goes on.
    skip: Option<u64>,
    trouble: Option<Trouble>,
}

impl Csv {
    pub(super) fn open(
        path: &Path,
        (reader, compression): (Box<dyn Read + Send>, Compression),
        delimiter: Delimiter,
        types: &Types,
        position: Position,
    ) -> Result<Self, Trouble> {
        let mut reader = ReaderBuilder::new()
            .delimiter(delimiter.byte())
            .flexible(true)
            .buffer_capacity(CHUNK_BYTES)
            .from_reader(Watched::new(reader));
        let file = super::bytes::name(path);
        let fail = |at, reason: String| Trouble { file: file.clone(), at, reason };
        let header = reader.byte_headers().map_err(|error| fail(At::Line(1), told(&error, compression)))?.clone();
        if is_unclosed(&header) {
            return Err(fail(At::Line(1), UNCLOSED.to_owned()));
        }
        if let (Delimiter::Usual(_), 1, Some(other)) = (delimiter, header.len(), header.get(0).and_then(divided_by)) {
            let names = String::from_utf8_lossy(header.get(0).unwrap_or_default()).into_owned();
            let other = if other == '\t' { "tab".to_owned() } else { format!("'{other}'") };
            let usual = if delimiter.byte() == b'\t' { "tab" } else { "," };
            return Err(fail(
                At::Line(1),
                format!(
                    "one field is called `{names}`: say --delimiter {other} if these are several, --delimiter {usual} if not"
                ),
            ));
        }
        // An empty file names no fields.
        let header = if is_end(&header) { ByteRecord::new() } else { header };
        let mut columns: Vec<(String, Cell)> = Vec::new();
        for (index, name) in header.iter().enumerate() {
            let name = std::str::from_utf8(name)
                .map_err(|_| fail(At::Line(1), format!("the name of field {} is not UTF-8", index + 1)))?;
            let name = if index == 0 { name.trim_start_matches('\u{feff}') } else { name };
            if name.is_empty() {
                return Err(fail(
                    At::Line(1),
                    format!("field {} has no name: the first line must name all of them", index + 1),
                ));
            }
            let before = format!("{}:", json_string(name));
            if columns.iter().any(|(known, _)| *known == before) {
                return Err(fail(At::Line(1), format!("two fields are called `{name}`: give each a name of its own")));
            }
            columns.push((before, types.cells.get(name).copied().unwrap_or(Cell::String)));
        }
        if let Some(name) = types
            .cells
            .keys()
            .find(|name| !columns.iter().any(|(known, _)| *known == format!("{}:", json_string(name))))
        {
            let known: Vec<String> = header.iter().map(|name| String::from_utf8_lossy(name).into_owned()).collect();
            return Err(fail(
                At::Line(1),
                format!("no field is called `{name}`, as --types has it: there are {}", known.join(", ")),
            ));
        }
        let skip = (position.offset > 0).then_some(position.offset);
        Ok(Csv { reader, compression, file, columns, nulls: types.nulls.clone(), skip, trouble: None })
    }

    /// Adds the object of a row; otherwise what is wrong with it.
    fn add(&self, row: &ByteRecord, text: &mut String) -> Result<(), String> {
        if row.len() != self.columns.len() {
            let more = if row.len() > self.columns.len() { "many" } else { "few" };
            return Err(format!(
                "too {more} fields: {}, and the first line has {}; put fields with the delimiter in them in quotes",
                row.len(),
                self.columns.len()
            ));
        }
        for (index, (cell, (before, kind))) in row.iter().zip(&self.columns).enumerate() {
            let cell = std::str::from_utf8(cell)
                .map_err(|_| format!("{} is not UTF-8: write the file in UTF-8, as with `iconv`", name_of(before)))?;
            text.push(if index == 0 { '{' } else { ',' });
            text.push_str(before);
            if (cell.is_empty() && *kind != Cell::String) || self.nulls.iter().any(|null| null == cell) {
                text.push_str("null");
            } else if *kind == Cell::String {
                text.push_str(&json_string(cell));
            } else if kind.takes(cell) {
                text.push_str(cell);
            } else {
                return Err(format!("{} is `{cell}`, not {}", name_of(before), kind.told()));
            }
        }
        text.push('}');
        Ok(())
    }
}

/// What a line is divided by that has no other delimiter.
fn divided_by(line: &[u8]) -> Option<char> {
    [';', '\t', '|', ','].into_iter().find(|delimiter| line.contains(&(*delimiter as u8)))
}

fn name_of(before: &str) -> &str {
    before.trim_end_matches(':')
}

fn json_string(text: &str) -> String {
    // A text is always written.
    serde_json::to_string(text).unwrap_or_default()
}

fn told(error: &csv::Error, compression: Compression) -> String {
    match error.kind() {
        csv::ErrorKind::Io(error) => source::told(error, compression),
        _ => error.to_string(),
    }
}

impl Chunks for Csv {
    fn next(&mut self) -> Result<Option<Chunk>, Trouble> {
        if let Some(trouble) = self.trouble.take() {
            return Err(trouble);
        }
        let (mut chunk, mut row) = (Chunk::default(), ByteRecord::new());
        while chunk.text.len() < CHUNK_BYTES {
            match self.reader.read_byte_record(&mut row) {
                Ok(true) if is_end(&row) => break,
                Ok(true) if is_unclosed(&row) => {
                    let at = At::Line(row.position().map_or(0, csv::Position::line));
                    self.trouble = Some(Trouble { file: self.file.clone(), at, reason: UNCLOSED.to_owned() });
                    break;
                }
                Ok(true) => {}
                Ok(false) => break,
                Err(error) => {
                    let at = At::Line(self.reader.position().line());
                    self.trouble =
                        Some(Trouble { file: self.file.clone(), at, reason: told(&error, self.compression) });
                    break;
                }
            }
            let end = self.reader.position().byte();
            let place = row.position().map_or((0, 0), |place| (place.byte(), place.line()));
            if self.skip.is_some_and(|skip| place.0 < skip) {
                self.reader.get_mut().pass(end);
                continue;
            }
            self.skip = None;
            let start = chunk.text.len();
            match self.add(&row, &mut chunk.text) {
                Ok(()) => chunk.rows.push(Place { start, end: chunk.text.len(), line: place.1, column: 1 }),
                Err(reason) => {
                    chunk.text.truncate(start);
                    let text = self.reader.get_ref().text(place.0..end);
                    chunk.bad.push(Bad { at: At::Line(place.1), reason, text });
                }
            }
            self.reader.get_mut().pass(end);
            // The next one may be long in coming.
            if self.reader.get_ref().has_no_line_after(end) {
                break;
            }
        }
        if chunk.rows.is_empty() && chunk.bad.is_empty() {
            return self.trouble.take().map_or(Ok(None), Err);
        }
        let position = self.reader.position();
        chunk.next = Position { offset: position.byte(), line: position.line() };
        Ok(Some(chunk))
    }
}
