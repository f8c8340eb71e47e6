//! What the cells of CSV are: strings, or what is said of their columns, or found.

use std::collections::BTreeMap;

use csv::{ReaderBuilder, Trim};

use super::options::File;
use super::{Position, Trouble};
use crate::exit::usage;

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
    fn named(name: &str) -> Option<Cell> {
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
    pub(super) fn takes(self, text: &str) -> bool {
        match self {
            Cell::String => true,
            Cell::Integer => is_number(text) && text.bytes().all(|byte| byte == b'-' || byte.is_ascii_digit()),
            Cell::Number => is_number(text),
            Cell::Boolean => matches!(text, "true" | "false"),
            Cell::Json => serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok(),
        }
    }

    pub(super) fn told(self) -> &'static str {
        match self {
            Cell::String => "a string",
            Cell::Integer => "an integer",
            Cell::Number => "a number as JSON writes them",
            Cell::Boolean => "`true` or `false`",
            Cell::Json => "JSON",
        }
    }

    /// The narrowest type that takes a cell.
    fn narrowest(text: &str) -> Cell {
        [Cell::Boolean, Cell::Integer, Cell::Number].into_iter().find(|cell| cell.takes(text)).unwrap_or(Cell::String)
    }

    /// A type that takes the cells of both.
    fn or(self, other: Cell) -> Cell {
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

impl Types {
    /// As `said`, with commas between the columns; a column with a comma in its name stands in quotes, as in CSV.
    pub(super) fn said(said: &[String], nulls: &[String]) -> anyhow::Result<Said> {
        let mut items = Vec::new();
        for said in said {
            let mut reader =
                ReaderBuilder::new().has_headers(false).flexible(true).trim(Trim::All).from_reader(said.as_bytes());
            for row in reader.records() {
                items.extend(row?.iter().map(str::to_owned));
            }
        }
        if items == ["infer"] {
            return Ok(Said::Infer);
        }
        let mut types = Types { nulls: nulls.to_vec(), ..Types::default() };
        for item in items {
            let parts = item.rsplit_once('=').and_then(|(name, cell)| Some((name, Cell::named(cell.trim_start())?)));
            let (name, cell) = parts.ok_or_else(|| {
                usage(format!(
                    "`{item}` is no type of a field: write --types NAME=TYPE with `string`, `integer`, `number`, `boolean` or \
                     `json`, or --types infer"
                ))
            })?;
            types.cells.insert(name.to_owned(), cell);
        }
        Ok(Said::Types(types))
    }
}

/// What is said of the types of columns.
pub(super) enum Said {
    Types(Types),
    /// They are those that the files have.
    Infer,
}

/// The narrowest types that take all cells of a column in all files, for each file those of its own columns.
pub(super) fn infer(files: &mut [&mut File]) -> Result<(), Trouble> {
    let mut all: BTreeMap<String, Cell> = BTreeMap::new();
    let mut of_files = Vec::with_capacity(files.len());
    for file in &*files {
        let found = cells(file)?;
        for (name, cell) in &found {
            let Some(cell) = *cell else { continue };
            all.entry(name.clone()).and_modify(|known| *known = known.or(cell)).or_insert(cell);
        }
        of_files.push(found);
    }
    for (file, found) in files.iter_mut().zip(of_files) {
        file.types.cells = found
            .into_keys()
            .filter_map(|name| Some((all.get(&name).copied()?, name)))
            .map(|(cell, name)| (name, cell))
            .collect();
    }
    Ok(())
}

/// The columns of a file that has records, each with the narrowest type that takes its cells, if it has any that are not empty.
fn cells(file: &File) -> Result<BTreeMap<String, Option<Cell>>, Trouble> {
    let mut cells: BTreeMap<String, Option<Cell>> = BTreeMap::new();
    let mut chunks = file.open(Position::default(), &std::sync::Arc::default())?;
    while let Some(chunk) = chunks.next()? {
        for place in &chunk.rows {
            let text = chunk.text.get(place.start..place.end).unwrap_or_default();
            let Ok(row) = backstitch::Row::read(text) else { continue };
            for (name, value) in row.entries() {
                let text = serde_json::from_str::<Option<String>>(value.get()).ok().flatten().unwrap_or_default();
                let found = (!text.is_empty()).then(|| Cell::narrowest(&text));
                match cells.get_mut(name) {
                    None => drop(cells.insert(name.to_owned(), found)),
                    Some(known) => {
                        *known = match (*known, found) {
                            (Some(known), Some(found)) => Some(known.or(found)),
                            (known, found) => known.or(found),
                        };
                    }
                }
            }
        }
    }
    Ok(cells)
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
