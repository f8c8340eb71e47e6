//! As what types columns are read, and written.

use std::sync::Arc;

use arrow_array::{Array as _, RecordBatch};
use arrow_cast::{CastOptions, cast_with_options};
use arrow_schema::{ArrowError, DataType, FieldRef, Fields, Schema, SchemaRef, TimeUnit};
use parquet::arrow::ARROW_SCHEMA_META_KEY;
use parquet::arrow::arrow_reader::ArrowReaderMetadata;
use parquet::basic::Type;

/// The types that a file is read as. Moments are in UTC wherever they were: what is stored is in UTC in any case, and the
/// names of time zones are not known here. No column is read as a dictionary.
pub(super) fn of_file(found: &ArrowReaderMetadata) -> SchemaRef {
    let file = found.metadata().file_metadata();
    let mut columns = file.schema_descr().columns().iter();
    let has_hints = file.key_value_metadata().is_some_and(|all| all.iter().any(|it| it.key == ARROW_SCHEMA_META_KEY));
    let fields = each(found.schema().fields(), &mut |leaf, _| {
        // Spark writes moments that have no nanoseconds as INT96, and most of its years do not fit into a count of those.
        let is_wide = !has_hints && columns.next().is_some_and(|column| column.physical_type() == Type::INT96);
        let leaf = if let DataType::Dictionary(_, value) = leaf { value } else { leaf };
        match leaf {
            DataType::Timestamp(unit, zone) => {
                let unit = if is_wide { TimeUnit::Microsecond } else { *unit };
                DataType::Timestamp(unit, zone.as_ref().map(|_| "+00:00".into()))
            }
            other => other.clone(),
        }
    });
    Arc::new(Schema::new_with_metadata(fields, found.schema().metadata().clone()))
}

/// The same types with texts as keys of maps, as JSON has them; nothing where that is so already.
pub(super) fn with_text_keys(schema: &SchemaRef) -> Option<SchemaRef> {
    let fields = each(schema.fields(), &mut |leaf, is_key| match leaf {
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => leaf.clone(),
        _ if is_key => DataType::Utf8,
        _ => leaf.clone(),
    });
    (fields != *schema.fields()).then(|| Arc::new(Schema::new_with_metadata(fields, schema.metadata().clone())))
}

/// The rows with values of other types.
pub(super) fn cast(batch: &RecordBatch, to: &SchemaRef) -> Result<RecordBatch, ArrowError> {
    let options = CastOptions { safe: false, ..CastOptions::default() };
    let columns = batch.columns().iter().zip(to.fields()).map(|(column, field)| match field.data_type() {
        same if same == column.data_type() => Ok(Arc::clone(column)),
        other => cast_with_options(column, other, &options),
    });
    RecordBatch::try_new(Arc::clone(to), columns.collect::<Result<_, _>>()?)
}

/// The fields with other types in place of those without fields of their own, of which it is said whether they are keys of
/// maps.
fn each(fields: &Fields, leaf: &mut dyn FnMut(&DataType, bool) -> DataType) -> Fields {
    fields.iter().map(|field| in_field(field, false, leaf)).collect()
}

fn in_field(field: &FieldRef, is_key: bool, leaf: &mut dyn FnMut(&DataType, bool) -> DataType) -> FieldRef {
    let mut of = |field: &FieldRef| in_field(field, is_key, leaf);
    let data_type = match field.data_type() {
        DataType::List(element) => DataType::List(of(element)),
        DataType::LargeList(element) => DataType::LargeList(of(element)),
        DataType::ListView(element) => DataType::ListView(of(element)),
        DataType::LargeListView(element) => DataType::LargeListView(of(element)),
        DataType::FixedSizeList(element, size) => DataType::FixedSizeList(of(element), *size),
        DataType::Struct(fields) => DataType::Struct(fields.iter().map(of).collect()),
        DataType::Map(entries, is_sorted) => {
            let mut of_entries = entries.data_type().clone();
            if let DataType::Struct(fields) = &of_entries {
                let fields = fields.iter().enumerate().map(|(index, field)| in_field(field, index == 0, leaf));
                of_entries = DataType::Struct(fields.collect());
            }
            DataType::Map(Arc::new(entries.as_ref().clone().with_data_type(of_entries)), *is_sorted)
        }
        other => leaf(other, is_key),
    };
    Arc::new(field.as_ref().clone().with_data_type(data_type))
}
