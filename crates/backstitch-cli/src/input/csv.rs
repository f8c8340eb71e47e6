//! CSV: the first line names the fields, each other line is a record of strings, or of the types that were said.

use std::collections::BTreeMap;
use std::io::Read;
use std::path::Path;

use csv::{ByteRecord, Reader, ReaderBuilder};

use super::source::{self, Compression};
use super::unclosed::{Since, Watched, is_end, is_unclosed};
use super::{At, Bad, CHUNK_BYTES, Chunk, Chunks, Place, Position, Trouble};

/// What the cells of a column are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cell {
    String,
    Integer,
    Number,
    Boolean,
    Json,
}

impl Cell {
    pub(crate) fn named(name: &str) -> Option<Cell> {
        Some(match name {
            "string" => Cell::String,
            "integer" => Cell::Integer,
            "number" => Cell::Number,
            "boolean" => Cell::Boolean,
            "json" => Cell::Json,
            _ => return None,
        })
    }

    /// Whether a cell can be a value of this type as it is written; numbers keep their digits.
    fn takes(self, text: &str) -> bool {
        match self {
            Cell::String => true,
            Cell::Integer => is_number(text) && text.bytes().all(|byte| byte == b'-' || byte.is_ascii_digit()),
            Cell::Number => is_number(text),
            Cell::Boolean => matches!(text, "true" | "false"),
            Cell::Json => serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok(),
        }
    }

    fn told(self) -> &'static str {
        match self {
            Cell::String => "a string",
            Cell::Integer => "an integer",
            Cell::Number => "a number as JSON writes them",
            Cell::Boolean => "`true` or `false`",
            Cell::Json => "JSON",
        }
    }

    /// The narrowest type that takes a cell.
    pub(crate) fn narrowest(text: &str) -> Cell {
        [Cell::Boolean, Cell::Integer, Cell::Number].into_iter().find(|cell| cell.takes(text)).unwrap_or(Cell::String)
    }

    /// A type that takes the cells of both.
    pub(crate) fn or(self, other: Cell) -> Cell {
        match (self, other) {
            (same, other) if same == other => same,
            (Cell::Integer, Cell::Number) | (Cell::Number, Cell::Integer) => Cell::Number,
            _ => Cell::String,
        }
    }
}

fn is_number(text: &str) -> bool {
    // What else JSON has begins with none of these.
    text.starts_with(|first: char| first == '-' || first.is_ascii_digit())
        && !text.ends_with(|last: char| last.is_ascii_whitespace())
        && serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok()
}

/// The types of the columns, by their names, where they are no strings; and the cells that are null.
#[derive(Clone, Debug, Default)]
pub(crate) struct Types {
    pub(crate) cells: BTreeMap<String, Cell>,
    pub(crate) nulls: Vec<String>,
}

/// What a record is not sent for that ends with its file.
const UNCLOSED: &str = "a quote in this record is never closed: the file is cut short, or a cell begins with a quote that is \
                        to be doubled, and the whole cell to be put in quotes";

pub(super) struct Csv {
    reader: Reader<Watched<Box<dyn Read + Send>>>,
    since: Since,
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
        reader: Box<dyn Read + Send>,
        compression: Compression,
        delimiter: u8,
        types: &Types,
        position: Position,
    ) -> Result<Self, Trouble> {
        let (reader, since) = Watched::new(reader);
        let mut reader =
            ReaderBuilder::new().delimiter(delimiter).flexible(true).buffer_capacity(64 << 10).from_reader(reader);
        let file = super::bytes::name(path);
        let fail = |at, reason: String| Trouble { file: file.clone(), at, reason };
        let header = reader.byte_headers().map_err(|error| fail(At::Line(1), told(&error, compression)))?.clone();
        if is_unclosed(&header) {
            return Err(fail(At::Line(1), UNCLOSED.to_owned()));
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
        Ok(Csv { reader, since, compression, file, columns, nulls: types.nulls.clone(), skip, trouble: None })
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
                Ok(true) => self.since.is_record(),
                Ok(false) => break,
                Err(error) => {
                    let at = At::Line(self.reader.position().line());
                    self.trouble =
                        Some(Trouble { file: self.file.clone(), at, reason: told(&error, self.compression) });
                    break;
                }
            }
            let place = row.position().map_or((0, 0), |place| (place.byte(), place.line()));
            if self.skip.is_some_and(|skip| place.0 < skip) {
                continue;
            }
            self.skip = None;
            let start = chunk.text.len();
            match self.add(&row, &mut chunk.text) {
                Ok(()) => chunk.rows.push(Place { start, end: chunk.text.len(), line: place.1, column: 1 }),
                Err(reason) => {
                    chunk.text.truncate(start);
                    let cells: Vec<String> =
                        row.iter().map(|cell| String::from_utf8_lossy(cell).into_owned()).collect();
                    chunk.bad.push(Bad { at: At::Line(place.1), reason, text: cells.join(",") });
                }
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

#[cfg(test)]
mod tests {
    use super::Cell;

    #[test]
    fn cells_are_what_json_writes_alike() {
        for (text, cell) in [
            ("7", Cell::Integer),
            ("-12345678901234567890123", Cell::Integer),
            ("007", Cell::String),
            ("1.50", Cell::Number),
            ("1e400", Cell::Number),
            ("+1", Cell::String),
            ("1 ", Cell::String),
            ("NaN", Cell::String),
            ("true", Cell::Boolean),
            ("True", Cell::String),
        ] {
            assert_eq!(Cell::narrowest(text), cell, "{text}");
        }
        assert_eq!(Cell::Integer.or(Cell::Number), Cell::Number);
        assert_eq!(Cell::Integer.or(Cell::Boolean), Cell::String);
    }
}
