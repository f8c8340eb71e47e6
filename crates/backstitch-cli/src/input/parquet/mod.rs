//! Parquet: a record a row. Decimals and 64-bit integers keep their digits, moments are RFC 3339 in UTC.
//!
//! 1. `types`: as what its columns are read.
//! 2. `values`: which of its values can't be written.

mod types;
mod values;

use std::collections::HashSet;
use std::fs::File;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use arrow_array::RecordBatch;
use arrow_json::writer::{LineDelimited, WriterBuilder};
use arrow_schema::{ArrowError, SchemaRef};
use parquet::arrow::arrow_reader::{
    ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder,
};
use parquet::basic::Compression;
use parquet::errors::ParquetError;
use parquet::file::metadata::{ColumnChunkMetaData, ParquetMetaData, RowGroupMetaData};

use super::caught::caught;
use super::{At, Bad, Chunk, Chunks, Place, Position, Trouble};

/// How many rows are read at once, where they are not long.
const ROWS: usize = 1024;

/// About how many bytes of rows are read at once at the most.
const BYTES: u64 = 4 << 20;

/// As RFC 3339, with as many decimals as there are.
const MOMENT: &str = "%Y-%m-%dT%H:%M:%S%.fZ";

pub(super) struct Parquet {
    reader: ParquetRecordBatchReader,
    /// The types that rows are written as, where these are others than those that are read.
    cast: Option<SchemaRef>,
    file: String,
    row: u64,
    far: Far,
}

impl Parquet {
    /// Reads rows from a position on; `read` counts the bytes of the file.
    pub(super) fn open(path: &Path, position: Position, read: Arc<AtomicU64>) -> Result<Self, Trouble> {
        let file = super::bytes::name(path);
        let fail = |reason: String| Trouble { file: file.clone(), at: At::File, reason };
        let opened = File::open(path).map_err(|error| fail(format!("can't be opened: {error}")))?;
        let bytes = opened.metadata().map_err(|error| fail(format!("can't be read: {error}")))?.len();
        let damaged = |error: String| {
            fail(format!("this is no Parquet file, or it is cut short or damaged ({error}): get the file once more"))
        };
        let (reader, rows) = caught(|| opened_at(opened, position)).map_err(damaged)?.map_err(|error| match error {
            ParquetError::NYI(what) => fail(unsupported(&what)),
            error => damaged(error.to_string()),
        })?;
        let schema = arrow_array::RecordBatchReader::schema(&reader);
        let mut names = HashSet::new();
        if let Some(field) = schema.fields().iter().find(|field| !names.insert(field.name())) {
            return Err(fail(format!("two fields are called `{}`: give each a name of its own", field.name())));
        }
        let cast = types::with_text_keys(&schema);
        let mut far = Far { bytes, rows, read, told: 0 };
        far.tell(position.offset);
        Ok(Parquet { reader, cast, file, row: position.offset, far })
    }

    fn fail(&self, reason: String) -> Trouble {
        Trouble { file: self.file.clone(), at: At::Row(self.row + 1), reason }
    }

    fn read(&mut self) -> Result<Option<RecordBatch>, Trouble> {
        let read = caught(|| self.reader.next().transpose().map_err(|error| error.to_string()));
        read.and_then(|read| read).map_err(|error| {
            self.fail(if error.contains("NYI") {
                unsupported(&error)
            } else {
                format!(
                    "the rows from here on can't be read ({error}): the file is cut short or damaged, get it once more"
                )
            })
        })
    }
}

/// A reader of the rows from a position on, and how many rows there are in all.
fn opened_at(file: File, position: Position) -> Result<(ParquetRecordBatchReader, u64), ParquetError> {
    let found = ArrowReaderMetadata::load(&file, ArrowReaderOptions::new())?;
    let columns = found.metadata().row_groups().iter().flat_map(RowGroupMetaData::columns);
    for compression in columns.map(ColumnChunkMetaData::compression) {
        if matches!(compression, Compression::BROTLI(_) | Compression::LZO) {
            return Err(ParquetError::NYI(format!("the compression {compression}")));
        }
    }
    let rows = u64::try_from(found.metadata().file_metadata().num_rows()).unwrap_or_default();
    let options = ArrowReaderOptions::new().with_schema(types::of_file(&found));
    let metadata = ArrowReaderMetadata::try_new(Arc::clone(found.metadata()), options)?;
    let at_once = rows_at_once(metadata.metadata());
    let builder = ParquetRecordBatchReaderBuilder::new_with_metadata(file, metadata).with_batch_size(at_once);
    Ok((builder.with_offset(usize::try_from(position.offset).unwrap_or(usize::MAX)).build()?, rows))
}

/// As many rows as are not too long together, on an average of the row group whose rows are the longest.
fn rows_at_once(metadata: &ParquetMetaData) -> usize {
    let longest = metadata.row_groups().iter().map(|group| {
        let of_columns = group.columns().iter().map(|column| {
            // Texts that were written once for many rows are as many when they are read.
            let bytes = column.uncompressed_size().max(column.unencoded_byte_array_data_bytes().unwrap_or_default());
            u64::try_from(bytes).unwrap_or_default()
        });
        of_columns.fold(0, u64::saturating_add) / u64::try_from(group.num_rows()).unwrap_or_default().max(1)
    });
    let rows = BYTES / longest.max().unwrap_or_default().max(1);
    usize::try_from(rows).unwrap_or(ROWS).clamp(1, ROWS)
}

fn unsupported(what: &str) -> String {
    format!(
        "this Parquet file has what is not read here ({what}): write it with other types, or with Snappy, zstd, gzip or LZ4"
    )
}

impl Chunks for Parquet {
    fn next(&mut self) -> Result<Option<Chunk>, Trouble> {
        let Some(batch) = self.read()? else { return Ok(None) };
        let wrong: Vec<values::Found> = batch.columns().iter().map(|column| values::wrong(column)).collect();
        let unwritable = |error: ArrowError| {
            self.fail(format!("the rows from here on can't be written as JSON ({error}): write them with other types"))
        };
        let batch = match &self.cast {
            Some(to) => types::cast(&batch, to).map_err(unwritable)?,
            None => batch,
        };
        let mut chunk = Chunk::default();
        let mut text = Vec::new();
        if wrong.iter().all(Option::is_none) {
            text = lines(&batch).map_err(unwritable)?;
            let mut start = 0;
            for (index, end) in memchr::memchr_iter(b'\n', &text).enumerate() {
                chunk.rows.push(Place { start, end, line: self.row + index as u64 + 1, column: 1 });
                start = end + 1;
            }
        } else {
            for index in 0..batch.num_rows() {
                let of = |column: &values::Found| column.as_ref().and_then(|rows| rows.get(index).copied().flatten());
                let (row, line) = (batch.slice(index, 1), self.row + index as u64 + 1);
                let Some((name, what)) = batch
                    .schema_ref()
                    .fields()
                    .iter()
                    .zip(&wrong)
                    .find_map(|(field, column)| Some((field.name(), of(column)?)))
                else {
                    let start = text.len();
                    text.extend_from_slice(&lines(&row).map_err(unwritable)?);
                    chunk.rows.push(Place { start, end: text.len(), line, column: 1 });
                    continue;
                };
                let right: Vec<usize> =
                    wrong.iter().enumerate().filter(|(_, column)| of(column).is_none()).map(|(at, _)| at).collect();
                let rest = row.project(&right).and_then(|rest| lines(&rest)).map_err(unwritable)?;
                chunk.bad.push(Bad {
                    at: At::Row(line),
                    reason: format!("`{name}` has {}", what.told()),
                    text: String::from_utf8_lossy(&rest).trim_end().to_owned(),
                });
            }
        }
        chunk.text = String::from_utf8(text).map_err(|error| self.fail(error.to_string()))?;
        self.row += batch.num_rows() as u64;
        self.far.tell(self.row);
        chunk.next = Position { offset: self.row, line: self.row };
        Ok(Some(chunk))
    }
}

/// How much of a file is read, which is told in bytes, and known in rows.
struct Far {
    bytes: u64,
    rows: u64,
    read: Arc<AtomicU64>,
    told: u64,
}

impl Far {
    fn tell(&mut self, row: u64) {
        let now = u128::from(self.bytes) * u128::from(row.min(self.rows)) / u128::from(self.rows.max(1));
        let now = u64::try_from(now).unwrap_or(self.bytes);
        self.read.fetch_add(now.saturating_sub(self.told), Ordering::Relaxed);
        self.told = now;
    }
}

/// The rows as lines of JSON.
fn lines(batch: &RecordBatch) -> Result<Vec<u8>, ArrowError> {
    let builder = WriterBuilder::new()
        .with_explicit_nulls(true)
        .with_timestamp_format(MOMENT.to_owned())
        .with_timestamp_tz_format(MOMENT.to_owned());
    let mut writer: arrow_json::Writer<_, LineDelimited> = builder.build(Vec::with_capacity(512 << 10));
    writer.write(batch)?;
    writer.finish()?;
    Ok(writer.into_inner())
}

#[cfg(test)]
mod tests {
    use arrow_array::{ArrayRef, Int64Array, StringArray};
    use parquet::arrow::ArrowWriter;

    use super::*;

    fn chunks(path: &Path, position: Position) -> Vec<Chunk> {
        let mut parquet = Parquet::open(path, position, Arc::default()).unwrap();
        std::iter::from_fn(|| parquet.next().unwrap()).collect()
    }

    #[test]
    fn long_rows_are_read_in_smaller_numbers_and_their_positions_are_those_of_rows() {
        let folder = tempfile::TempDir::new().unwrap();
        let path = folder.path().join("long.parquet");
        let ids: ArrayRef = Arc::new(Int64Array::from_iter_values(0..100));
        // Of which the file has one, and a reader all of them.
        let texts: ArrayRef = Arc::new(StringArray::from_iter_values((0..100).map(|_| "x".repeat(400_000))));
        let batch = RecordBatch::try_from_iter([("id", ids), ("text", texts)]).unwrap();
        let mut writer = ArrowWriter::try_new(File::create(&path).unwrap(), batch.schema(), None).unwrap();
        writer.write(&batch).unwrap();
        writer.close().unwrap();

        let chunks = chunks(&path, Position::default());
        assert!(chunks.iter().all(|chunk| chunk.text.len() < 8 << 20), "{}", chunks.len());
        assert_eq!(chunks.iter().map(|chunk| chunk.rows.len()).sum::<usize>(), 100);
        let (first, rest) = chunks.split_first().unwrap();
        let again = self::chunks(&path, first.next);
        assert_eq!(again.len(), rest.len());
        assert!(again.iter().zip(rest).all(|(one, other)| one.text == other.text && one.rows == other.rows));
    }
}
