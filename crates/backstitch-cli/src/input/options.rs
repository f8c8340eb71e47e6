//! How a file is read: as its name says, or as the command line does.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use super::array::Array;
use super::bytes::{BYTE_ORDER_MARK, Bytes, name};
use super::csv::{Cell, Csv, Types};
use super::lines::Lines;
use super::parquet::Parquet;
use super::source::{self, Compression};
use super::{At, Chunks, Position, Trouble};
use crate::exit::usage;

/// What the records of a file are written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Format {
    /// JSON objects, one a line
    Jsonl,
    /// An array of JSON objects, or one object a line
    Json,
    /// Comma-separated values; the first line names the fields
    Csv,
    /// Tab-separated values
    Tsv,
    /// Parquet
    Parquet,
}

#[derive(Clone, Debug, clap::Args)]
#[command(next_help_heading = "Reading")]
pub(crate) struct Options {
    /// What the files are written in; without it their names say so, and the standard input is JSON
    #[arg(long, value_enum, value_name = "FORMAT")]
    pub(crate) format: Option<Format>,
    /// How the files are compressed; without it their names say so
    #[arg(long, value_enum, value_name = "COMPRESSION")]
    pub(crate) compression: Option<Compression>,
    /// What is between the cells of CSV, where it is no comma: an ASCII character, or `tab`
    #[arg(long, value_name = "CHARACTER", value_parser = delimiter)]
    pub(crate) delimiter: Option<u8>,
    /// Types of fields in CSV that are no strings, as in id=integer,total=number: `integer`, `number`, `boolean`, `json`; or
    /// `infer`, which reads the file once before
    #[arg(long, value_name = "NAME=TYPE", value_delimiter = ',')]
    pub(crate) types: Vec<String>,
    /// A text that stands for null in CSV; can be given again for more
    #[arg(long = "null", value_name = "TEXT")]
    pub(crate) nulls: Vec<String>,
}

/// A file that is to be read.
#[derive(Clone, Debug)]
pub(crate) struct File {
    pub(crate) path: PathBuf,
    pub(crate) format: Format,
    pub(crate) compression: Compression,
    /// What is between the cells of CSV.
    pub(crate) delimiter: u8,
    pub(crate) types: Types,
}

fn delimiter(text: &str) -> Result<u8, String> {
    match text.as_bytes() {
        _ if text == "tab" => Ok(b'\t'),
        [byte] if byte.is_ascii() && !matches!(byte, b'"' | b'\n' | b'\r' | 0) => Ok(*byte),
        _ => Err("write one ASCII character that is neither a quote nor the end of a line, or `tab`".to_owned()),
    }
}

impl Options {
    /// The types of columns that were said; nothing where they are to be found.
    fn types(&self) -> anyhow::Result<Option<Types>> {
        let mut types = Types { nulls: self.nulls.clone(), ..Types::default() };
        if self.types == ["infer"] {
            return Ok(None);
        }
        for said in &self.types {
            let parts = said.rsplit_once('=').and_then(|(name, cell)| Some((name, Cell::named(cell)?)));
            let (name, cell) = parts.ok_or_else(|| {
                usage(format!(
                    "`{said}` is no type of a field: write --types NAME=TYPE with `string`, `integer`, `number`, `boolean` or \
                     `json`, or --types infer"
                ))
            })?;
            types.cells.insert(name.to_owned(), cell);
        }
        Ok(Some(types))
    }

    /// How a file is read. Where types are to be found, it is read once here.
    pub(crate) fn file(&self, path: &Path) -> anyhow::Result<File> {
        let (named, compressed) = said_by(path);
        let compression = self.compression.or(compressed).unwrap_or(Compression::None);
        let format = self.format.or(named).ok_or_else(|| {
            usage(format!(
                "what {} is written in its name does not say: name it .jsonl, .json, .csv, .tsv or .parquet, or give --format",
                path.display()
            ))
        })?;
        if format == Format::Parquet && (path == Path::new("-") || compression != Compression::None) {
            return Err(usage(format!(
                "{} can't be read as Parquet, which is read from its end: write it to a file, decompressed",
                name(path)
            )));
        }
        let delimiter = self.delimiter.unwrap_or(if format == Format::Tsv { b'\t' } else { b',' });
        let mut file = File { path: path.to_owned(), format, compression, delimiter, types: Types::default() };
        match self.types()? {
            Some(types) => file.types = types,
            None if !matches!(format, Format::Csv | Format::Tsv) => {}
            None if path == Path::new("-") => {
                return Err(usage("the standard input can't be read twice, as --types infer needs it: name the types"));
            }
            None => {
                file.types.nulls.clone_from(&self.nulls);
                file.types = infer(&file)?;
            }
        }
        Ok(file)
    }
}

/// What the name of a file says.
fn said_by(path: &Path) -> (Option<Format>, Option<Compression>) {
    if path == Path::new("-") {
        return (Some(Format::Json), None);
    }
    let name = path.file_name().map(|name| name.to_string_lossy().to_ascii_lowercase()).unwrap_or_default();
    let endings = [(".gz", Compression::Gzip), (".zst", Compression::Zstd)];
    let found = endings.iter().find_map(|(ending, compression)| Some((name.strip_suffix(ending)?, *compression)));
    let (name, compression) = found.map_or((name.as_str(), None), |(name, compression)| (name, Some(compression)));
    let format = match name.rsplit_once('.').map(|(_, ending)| ending) {
        Some("jsonl" | "ndjson") => Some(Format::Jsonl),
        Some("json") => Some(Format::Json),
        Some("csv") => Some(Format::Csv),
        Some("tsv" | "tab") => Some(Format::Tsv),
        Some("parquet") => Some(Format::Parquet),
        _ => None,
    };
    (format, compression)
}

impl File {
    /// The name as it is told.
    pub(crate) fn name(&self) -> String {
        name(&self.path)
    }

    /// A place that reading came to.
    pub(crate) fn at(&self, line: u64, column: Option<u64>) -> At {
        match (self.format, column) {
            (Format::Parquet, _) => At::Row(line),
            (_, Some(column)) => At::Column(line, column),
            (_, None) => At::Line(line),
        }
    }

    /// Reads from a position on; `read` counts the bytes that were read of the file.
    pub(crate) fn open(&self, position: Position, read: &Arc<AtomicU64>) -> Result<Box<dyn Chunks>, Trouble> {
        match self.format {
            Format::Parquet => return Ok(Box::new(Parquet::open(&self.path, position, Arc::clone(read))?)),
            Format::Csv | Format::Tsv => {}
            Format::Json | Format::Jsonl => {
                let mut bytes = Bytes::open(&self.path, self.compression, Arc::clone(read))?;
                // The first bytes say which of both it is.
                bytes.more();
                let start = bytes.buffer.strip_prefix(BYTE_ORDER_MARK).unwrap_or(&bytes.buffer);
                let is_array = self.format == Format::Json && start.trim_ascii_start().first() == Some(&b'[');
                bytes.skip(position.offset)?;
                return Ok(if is_array {
                    Box::new(Array::new(bytes, position))
                } else {
                    Box::new(Lines::new(bytes, position))
                });
            }
        }
        let reader = source::open(&self.path, self.compression, Arc::clone(read)).map_err(|error| Trouble {
            file: self.name(),
            at: At::File,
            reason: format!("can't be opened: {error}"),
        })?;
        Ok(Box::new(Csv::open(&self.path, reader, self.compression, self.delimiter, &self.types, position)?))
    }
}

/// The narrowest types that take all cells of a file.
fn infer(file: &File) -> Result<Types, Trouble> {
    let mut types = Types { nulls: file.types.nulls.clone(), ..Types::default() };
    let mut chunks = file.open(Position::default(), &Arc::default())?;
    while let Some(chunk) = chunks.next()? {
        for place in &chunk.rows {
            let text = chunk.text.get(place.start..place.end).unwrap_or_default();
            let Ok(row) = backstitch::Row::read(text) else { continue };
            for (name, value) in row.entries() {
                let Ok(Some(cell)) = serde_json::from_str::<Option<String>>(value.get()) else { continue };
                if cell.is_empty() {
                    continue;
                }
                let found = Cell::narrowest(&cell);
                let known = types.cells.entry(name.to_owned()).or_insert(found);
                *known = known.or(found);
            }
        }
    }
    Ok(types)
}
