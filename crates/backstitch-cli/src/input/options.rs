//! How a file is read: as its name says, or as the command line does.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use super::bytes::{Bytes, name};
use super::cells::{self, Said, Types};
use super::csv::{Csv, Delimiter};
use super::json;
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
    /// An array of JSON objects, one object a line, or objects over several lines
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
    /// How the files are compressed; without it their names say so, or their first bytes
    #[arg(long, value_enum, value_name = "COMPRESSION")]
    pub(crate) compression: Option<Compression>,
    /// What is between the cells of CSV, where it is no comma: an ASCII character, or `tab`
    #[arg(long, value_name = "CHARACTER", value_parser = delimiter)]
    pub(crate) delimiter: Option<u8>,
    /// Types of fields in CSV that are no strings, as in id=integer,total=number: `integer`, `number`, `boolean`, `json`; or
    /// `infer`, which reads the files once before
    #[arg(long, value_name = "NAME=TYPE")]
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
    delimiter: Delimiter,
    pub(super) types: Types,
}

fn delimiter(text: &str) -> Result<u8, String> {
    match text.as_bytes() {
        _ if text == "tab" => Ok(b'\t'),
        [byte] if byte.is_ascii() && !matches!(byte, b'"' | b'\n' | b'\r' | 0) => Ok(*byte),
        _ => Err("write one ASCII character that is neither a quote nor the end of a line, or `tab`".to_owned()),
    }
}

impl Options {
    /// How files are read. Where types are to be found, they are read once here.
    pub(crate) fn files(&self, paths: &[PathBuf]) -> anyhow::Result<Vec<File>> {
        let said = Types::said(&self.types, &self.nulls)?;
        let types = match &said {
            Said::Types(types) => types.clone(),
            Said::Infer => Types { nulls: self.nulls.clone(), ..Types::default() },
        };
        let mut files = paths.iter().map(|path| self.file(path, &types)).collect::<anyhow::Result<Vec<_>>>()?;
        if matches!(said, Said::Infer) {
            let is_csv = |file: &&mut File| matches!(file.format, Format::Csv | Format::Tsv);
            let mut all: Vec<&mut File> = files.iter_mut().filter(is_csv).collect();
            for file in &all {
                read_twice(&file.path, "--types infer needs it: name the types")?;
            }
            cells::infer(&mut all)?;
        }
        Ok(files)
    }

    fn file(&self, path: &Path, types: &Types) -> anyhow::Result<File> {
        let (named, compressed) = said_by(path);
        let compression = self.compression.or(compressed).unwrap_or(Compression::Unsaid);
        let format = self.format.or(named).ok_or_else(|| {
            usage(format!(
                "what {} is written in its name does not say: name it .jsonl, .json, .csv, .tsv or .parquet, or give --format",
                path.display()
            ))
        })?;
        let is_compressed = matches!(compression, Compression::Gzip | Compression::Zstd);
        if format == Format::Parquet && (is_once(path) || is_compressed) {
            return Err(usage(format!(
                "{} can't be read as Parquet, which is read from its end: write it to a file, decompressed",
                name(path)
            )));
        }
        let usual = if format == Format::Tsv { b'\t' } else { b',' };
        let delimiter = self.delimiter.map_or(Delimiter::Usual(usual), Delimiter::Said);
        Ok(File { path: path.to_owned(), format, compression, delimiter, types: types.clone() })
    }
}

/// Whether a file can be read once only, from its begin to its end, as the standard input, a pipe and a terminal can.
fn is_once(path: &Path) -> bool {
    path == Path::new("-") || std::fs::metadata(path).is_ok_and(|found| !found.is_file() && !found.is_dir())
}

/// Refuses a file that can't be read more than once; `why` says what that is needed for, and what else to do.
pub(crate) fn read_twice(path: &Path, why: &str) -> anyhow::Result<()> {
    if is_once(path) {
        return Err(usage(format!("{} can't be read twice, as {why}, or write it to a file", name(path))));
    }
    Ok(())
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
                if self.format == Format::Json {
                    return json::open(bytes, position);
                }
                bytes.skip(position.offset)?;
                return Ok(Box::new(Lines::new(bytes, position)));
            }
        }
        let opened = source::open(&self.path, self.compression, Arc::clone(read)).map_err(|error| Trouble {
            file: self.name(),
            at: At::File,
            reason: format!("can't be opened: {error}"),
        })?;
        Ok(Box::new(Csv::open(&self.path, opened, self.delimiter, &self.types, position)?))
    }
}
