//! Parquet: a record a row. Decimals and 64-bit integers keep their digits, moments are RFC 3339 in UTC.

use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use arrow_array::cast::AsArray as _;
use arrow_array::types::{Float16Type, Float32Type, Float64Type};
use arrow_array::{Array, RecordBatch};
use arrow_json::writer::{LineDelimited, WriterBuilder};
use arrow_schema::{DataType, Field, FieldRef, Schema};
use parquet::arrow::arrow_reader::{
    ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder,
};

use super::{At, Bad, Chunk, Chunks, Place, Position, Trouble};

/// How many rows are read at once.
const ROWS: usize = 1024;

/// As RFC 3339, with as many decimals as there are.
const MOMENT: &str = "%Y-%m-%dT%H:%M:%S%.fZ";

pub(super) struct Parquet {
    reader: ParquetRecordBatchReader,
    file: String,
    row: u64,
}

impl Parquet {
    pub(super) fn open(path: &Path, position: Position) -> Result<Self, Trouble> {
        let file = super::bytes::name(path);
        let fail = |reason: String| Trouble { file: file.clone(), at: At::File, reason };
        let opened = File::open(path).map_err(|error| fail(format!("can't be opened: {error}")))?;
        let told = |error: parquet::errors::ParquetError| {
            fail(format!("this is no Parquet file, or it is cut short or damaged ({error}): get the file once more"))
        };
        let found = ArrowReaderMetadata::load(&opened, ArrowReaderOptions::new()).map_err(told)?;
        let fields: Vec<Field> = found.schema().fields().iter().map(|field| in_utc(field)).collect();
        let schema = Schema::new_with_metadata(fields, found.schema().metadata().clone());
        let options = ArrowReaderOptions::new().with_schema(Arc::new(schema));
        let builder = ParquetRecordBatchReaderBuilder::try_new_with_options(opened, options).map_err(told)?;
        let skipped = usize::try_from(position.offset).unwrap_or(usize::MAX);
        let reader = builder.with_batch_size(ROWS).with_offset(skipped).build().map_err(told)?;
        Ok(Parquet { reader, file, row: position.offset })
    }
}

impl Chunks for Parquet {
    fn next(&mut self) -> Result<Option<Chunk>, Trouble> {
        let Some(read) = self.reader.next() else { return Ok(None) };
        let fail = |row: u64, error: String| Trouble {
            file: self.file.clone(),
            at: At::Row(row + 1),
            reason: format!(
                "the rows from here on can't be read ({error}): the file is cut short or damaged, get it once more"
            ),
        };
        let batch = read.map_err(|error| fail(self.row, error.to_string()))?;
        let mut chunk = Chunk::default();
        let mut text = Vec::new();
        if batch.columns().iter().all(is_finite) {
            text = lines(&batch).map_err(|error| fail(self.row, error.to_string()))?;
            let mut start = 0;
            for (index, end) in memchr::memchr_iter(b'\n', &text).enumerate() {
                chunk.rows.push(Place { start, end, line: self.row + index as u64 + 1, column: 1 });
                start = end + 1;
            }
        } else {
            for index in 0..batch.num_rows() {
                let (row, line) = (batch.slice(index, 1), self.row + index as u64 + 1);
                let written = lines(&row).map_err(|error| fail(line, error.to_string()))?;
                match row.columns().iter().zip(row.schema().fields()).find(|(column, _)| !is_finite(column)) {
                    None => {
                        let start = text.len();
                        text.extend_from_slice(&written);
                        chunk.rows.push(Place { start, end: text.len(), line, column: 1 });
                    }
                    Some((_, field)) => chunk.bad.push(Bad {
                        at: At::Row(line),
                        reason: format!(
                            "`{}` has a number that is not finite, which JSON can't write: write null in its place",
                            field.name()
                        ),
                        text: String::from_utf8_lossy(&written).trim_end().to_owned(),
                    }),
                }
            }
        }
        self.row += batch.num_rows() as u64;
        chunk.next = Position { offset: self.row, line: self.row };
        chunk.text = String::from_utf8(text).map_err(|error| fail(self.row, error.to_string()))?;
        Ok(Some(chunk))
    }
}

/// The field, with its moments in UTC wherever they were: what is stored is in UTC in any case, and the names of time zones
/// are not known here.
fn in_utc(field: &Field) -> Field {
    let of = |field: &FieldRef| Arc::new(in_utc(field));
    let data_type = match field.data_type() {
        DataType::Timestamp(unit, Some(_)) => DataType::Timestamp(*unit, Some("+00:00".into())),
        DataType::List(element) => DataType::List(of(element)),
        DataType::LargeList(element) => DataType::LargeList(of(element)),
        DataType::FixedSizeList(element, size) => DataType::FixedSizeList(of(element), *size),
        DataType::Map(entries, is_sorted) => DataType::Map(of(entries), *is_sorted),
        DataType::Struct(fields) => DataType::Struct(fields.iter().map(of).collect()),
        other => other.clone(),
    };
    field.clone().with_data_type(data_type)
}

/// The rows as lines of JSON.
fn lines(batch: &RecordBatch) -> Result<Vec<u8>, arrow_schema::ArrowError> {
    let builder = WriterBuilder::new()
        .with_explicit_nulls(true)
        .with_timestamp_format(MOMENT.to_owned())
        .with_timestamp_tz_format(MOMENT.to_owned());
    let mut writer: arrow_json::Writer<_, LineDelimited> = builder.build(Vec::with_capacity(512 << 10));
    writer.write(batch)?;
    writer.finish()?;
    Ok(writer.into_inner())
}

/// Whether all numbers of a column can be written in JSON.
fn is_finite(column: &Arc<dyn Array>) -> bool {
    match column.data_type() {
        DataType::Float16 => {
            column.as_primitive::<Float16Type>().iter().flatten().all(|number| f32::from(number).is_finite())
        }
        DataType::Float32 => column.as_primitive::<Float32Type>().iter().flatten().all(f32::is_finite),
        DataType::Float64 => column.as_primitive::<Float64Type>().iter().flatten().all(f64::is_finite),
        DataType::Struct(_) => column.as_struct().columns().iter().all(is_finite),
        DataType::List(_) => {
            let list = column.as_list::<i32>();
            let [first, last] =
                [list.value_offsets().first(), list.value_offsets().last()].map(|at| at.copied().unwrap_or(0));
            is_finite(&list.values().slice(first as usize, (last - first) as usize))
        }
        DataType::LargeList(_) => {
            let list = column.as_list::<i64>();
            let [first, last] =
                [list.value_offsets().first(), list.value_offsets().last()].map(|at| at.copied().unwrap_or(0));
            is_finite(&list.values().slice(first as usize, (last - first) as usize))
        }
        DataType::Map(..) => {
            let map = column.as_map();
            let [first, last] =
                [map.value_offsets().first(), map.value_offsets().last()].map(|at| at.copied().unwrap_or(0));
            is_finite(&map.values().slice(first as usize, (last - first) as usize))
        }
        _ => true,
    }
}
