//! Parquet.

use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use arrow_array::builder::{FixedSizeListBuilder, Float64Builder, Int32Builder, Int64Builder, ListBuilder, MapBuilder};
use arrow_array::types::{Int32Type, TimestampMicrosecondType};
use arrow_array::{
    ArrayRef, Date32Array, Decimal128Array, DictionaryArray, Float64Array, Int32Array, Int64Array, PrimitiveArray,
    RecordBatch, StringArray, StructArray, TimestampMicrosecondArray, UInt64Array,
};
use arrow_schema::{DataType, Field};
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::properties::WriterProperties;

use crate::Place;

fn write(path: &Path, columns: Vec<(&str, ArrayRef)>, compression: Compression) {
    let batch = RecordBatch::try_from_iter(columns).unwrap();
    let properties = WriterProperties::builder().set_compression(compression).build();
    let mut writer = ArrowWriter::try_new(File::create(path).unwrap(), batch.schema(), Some(properties)).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
}

fn numbers(count: i64) -> ArrayRef {
    Arc::new(Int64Array::from_iter_values(1..=count))
}

#[tokio::test(flavor = "multi_thread")]
async fn values_are_exact() {
    let place = Place::new().await;
    let decimals = Decimal128Array::from(vec![Some(-12_345_678_901_234_567_890_123_450_i128), None]);
    let mut lists = ListBuilder::new(Int64Builder::new());
    lists.append_value([Some(i64::MAX), None]);
    lists.append_value([]);
    let city: ArrayRef = Arc::new(StringArray::from(vec!["Köln \"am\" Rhein", "b\nc"]));
    let address = StructArray::from(vec![(Arc::new(Field::new("city", DataType::Utf8, true)), city)]);
    write(
        &place.path("all.parquet"),
        vec![
            ("id", Arc::new(Int64Array::from(vec![i64::MIN, i64::MAX]))),
            ("total", Arc::new(decimals.with_precision_and_scale(38, 5).unwrap())),
            ("huge", Arc::new(UInt64Array::from(vec![u64::MAX, 0]))),
            ("naive", Arc::new(TimestampMicrosecondArray::from(vec![1_700_000_000_123_456, 0]))),
            ("moment", Arc::new(TimestampMicrosecondArray::from(vec![1_700_000_000_000_000, 1]).with_timezone("UTC"))),
            ("list", Arc::new(lists.finish())),
            ("address", Arc::new(address)),
        ],
        Compression::SNAPPY,
    );
    let said = place.run("push all.parquet -t rows -k id --dry-run");
    assert_eq!(said.code, Some(0), "{said:?}");
    for part in [
        r#""id":-9223372036854775808,"total":-123456789012345678901.23450,"huge":18446744073709551615,"#,
        r#""naive":"2023-11-14T22:13:20.123456Z","moment":"2023-11-14T22:13:20Z","#,
        r#""list":[9223372036854775807,null],"address":{"city":"Köln \"am\" Rhein"}"#,
        r#""id":9223372036854775807,"total":null,"huge":0,"naive":"1970-01-01T00:00:00Z","moment":"1970-01-01T00:00:00.000001Z","list":[],"address":{"city":"b\nc"}"#,
    ] {
        assert!(said.stdout.contains(part), "{part} is not in {}", said.stdout);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_become_rows_in_every_compression() {
    let place = Place::new().await;
    let zstd = Compression::ZSTD(ZstdLevel::default());
    let gzip = Compression::GZIP(parquet::basic::GzipLevel::default());
    for (name, compression) in
        [("none", Compression::UNCOMPRESSED), ("zstd", zstd), ("gzip", gzip), ("lz4", Compression::LZ4_RAW)]
    {
        write(&place.path("a.parquet"), vec![("id", numbers(5_000))], compression);
        let said = place.run(&format!("push a.parquet -t {name} -k id"));
        assert_eq!((said.code, said.stdout.as_str()), (Some(0), "5000 records accepted\n"), "{said:?}");
        assert_eq!(place.count(name).await, 5_000);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_number_that_is_not_finite_is_told_with_its_row_and_the_others_are_sent() {
    let place = Place::new().await;
    let totals = Float64Array::from(vec![Some(1.5), Some(f64::NAN), None, Some(f64::NEG_INFINITY)]);
    write(&place.path("a.parquet"), vec![("id", numbers(4)), ("total", Arc::new(totals))], Compression::SNAPPY);
    let said = place.run("push a.parquet -t rows -k id --dead-letter rejected.jsonl");
    assert_eq!(said.code, Some(3), "{said:?}");
    for row in [2, 4] {
        assert!(
            said.stderr.contains(&format!("a.parquet, row {row}: `total` has a number that is not finite")),
            "{said:?}"
        );
    }
    assert_eq!(place.rows("rows", &["id", "total"]).await, ["1 1.5", "3 NULL"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_is_cut_short_is_told() {
    let place = Place::new().await;
    write(&place.path("a.parquet"), vec![("id", numbers(5_000))], Compression::SNAPPY);
    let bytes = std::fs::read(place.path("a.parquet")).unwrap();
    for cut in [0, 3, 100, bytes.len() / 2, bytes.len() - 1] {
        place.write("a.parquet", &bytes[..cut]);
        let said = place.run("push a.parquet -t rows -k id");
        assert_eq!(said.code, Some(1), "{said:?}");
        assert!(said.stderr.contains("a.parquet: this is no Parquet file, or it is cut short"), "{said:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_is_damaged_ends_with_an_error() {
    let place = Place::new().await;
    let names: ArrayRef = Arc::new(StringArray::from_iter_values((0..1_000).map(|id| format!("name {id}"))));
    write(&place.path("a.parquet"), vec![("id", numbers(1_000)), ("name", names)], Compression::SNAPPY);
    let bytes = std::fs::read(place.path("a.parquet")).unwrap();
    for at in (4..bytes.len() - 8).step_by(997) {
        let mut damaged = bytes.clone();
        damaged[at] ^= 0x55;
        damaged[at + 1] ^= 0xff;
        place.write("a.parquet", &damaged);
        // What was not read may not have been needed; what was read is told, and never a panic.
        let said = place.run("push a.parquet -t rows -k id");
        assert!(matches!(said.code, Some(0 | 1)), "{at}: {said:?}");
        assert!(said.code == Some(0) || said.stderr.contains("a.parquet"), "{at}: {said:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_standard_input_is_no_parquet() {
    let place = Place::new().await;
    let said = place.run("push - -t rows -k id --format parquet");
    assert_eq!(said.code, Some(2), "{said:?}");
    assert!(said.stderr.contains("write it to a file"), "{said:?}");
}

/// A file that was written by others, or damaged since.
fn copy(place: &Place, name: &str) {
    let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/push/files").join(name);
    std::fs::copy(from, place.path(name)).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn damage_that_the_reader_panics_of_is_told_by_every_command() {
    let place = Place::new().await;
    for name in ["damaged-footer.parquet", "damaged-rows.parquet"] {
        copy(&place, name);
        for command in [
            "push NAME -t rows -k id",
            "push NAME -t rows -k id --dry-run",
            "validate NAME -t rows -k id",
            "schema NAME",
        ] {
            let said = place.run(&command.replace("NAME", name));
            assert_eq!(said.code, Some(1), "{command}: {said:?}");
            assert!(said.stderr.contains(name) && said.stderr.contains("damaged"), "{command}: {said:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn moments_of_other_writers_have_their_years() {
    let place = Place::new().await;
    // As Spark writes them, as INT96 and without the schema of Arrow.
    copy(&place, "int96.parquet");
    let said = place.run("push int96.parquet -t rows -k id --dry-run");
    for moment in ["2020-01-01T01:02:03.000004Z", "9999-12-31T00:00:00Z", "1600-01-01T00:00:00Z"] {
        assert!(said.stdout.contains(&format!("\"t\":\"{moment}\"")), "{moment} is not in {said:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_date_that_can_not_be_written_is_told_with_its_row_and_the_others_are_sent() {
    let place = Place::new().await;
    let last = 2_932_896;
    let dates = Date32Array::from(vec![Some(last), Some(last + 1), None, Some(2_000_000_000), Some(0)]);
    let micros = i64::from(last + 1) * 86_400_000_000;
    let moments = TimestampMicrosecondArray::from(vec![micros - 1, 0, 0, 0, i64::MAX]);
    write(
        &place.path("a.parquet"),
        vec![("id", numbers(5)), ("date", Arc::new(dates)), ("moment", Arc::new(moments))],
        Compression::SNAPPY,
    );
    let said = place.run("push a.parquet -t rows -k id --dead-letter rejected.jsonl");
    assert_eq!(said.code, Some(3), "{said:?}");
    for told in ["row 2: `date` has a date that is not of the years", "row 4: `date`", "row 5: `moment`"] {
        assert!(said.stderr.contains(&format!("a.parquet, {told}")), "{told}: {said:?}");
    }
    assert_eq!(
        place.rows("rows", &["id", "date", "moment"]).await,
        ["1 9999-12-31 9999-12-31T23:59:59.999999Z", "3 NULL 1970-01-01T00:00:00Z"]
    );
    assert!(place.read("rejected.jsonl").contains(r#""text":"{\"id\":2,\"moment\":\"1970-01-01T00:00:00Z\"}""#));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_number_that_is_not_finite_is_found_wherever_it_is() {
    let place = Place::new().await;
    let mut lists = FixedSizeListBuilder::new(Float64Builder::new(), 2);
    let mut maps = MapBuilder::new(None, Int32Builder::new(), Float64Builder::new());
    for row in 0..4 {
        lists.values().append_slice(&[0.5, if row == 0 { f64::NAN } else { 1.5 }]);
        lists.append(true);
        maps.keys().append_value(row);
        maps.values().append_value(if row == 1 { f64::INFINITY } else { 2.5 });
        maps.append(true).unwrap();
    }
    let keys = Int32Array::from(vec![0, 0, 1, 0]);
    let words = DictionaryArray::<Int32Type>::new(keys, Arc::new(Float64Array::from(vec![3.5, f64::NAN])));
    write(
        &place.path("a.parquet"),
        vec![
            ("id", numbers(4)),
            ("list", Arc::new(lists.finish())),
            ("map", Arc::new(maps.finish())),
            ("word", Arc::new(words)),
        ],
        Compression::SNAPPY,
    );
    let said = place.run("push a.parquet -t rows -k id --dry-run");
    for told in ["row 1: `list` has a number", "row 2: `map` has a number", "row 3: `word` has a number"] {
        assert!(said.stderr.contains(&format!("a.parquet, {told}")), "{told}: {said:?}");
    }
    assert!(said.stdout.contains(r#"{"id":4,"list":[0.5,1.5],"map":{"3":2.5},"word":3.5}"#), "{said:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn moments_in_dictionaries_are_in_utc_too() {
    let place = Place::new().await;
    let moments: PrimitiveArray<TimestampMicrosecondType> = vec![1_700_000_000_000_000].into();
    let moments = moments.with_timezone("Europe/Berlin");
    let words = DictionaryArray::<Int32Type>::new(Int32Array::from(vec![0, 0]), Arc::new(moments));
    write(&place.path("a.parquet"), vec![("id", numbers(2)), ("at", Arc::new(words))], Compression::SNAPPY);
    let said = place.run("push a.parquet -t rows -k id --dry-run");
    assert!(said.stdout.contains(r#"{"id":2,"at":"2023-11-14T22:13:20Z"}"#), "{said:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_read_is_not_taken_for_damage() {
    let place = Place::new().await;
    copy(&place, "brotli.parquet");
    let said = place.run("push brotli.parquet -t rows -k id");
    assert_eq!(said.code, Some(1), "{said:?}");
    assert!(said.stderr.contains("has what is not read here (the compression BROTLI"), "{said:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_read_is_counted_in_bytes() {
    let place = Place::new().await;
    write(&place.path("a.parquet"), vec![("id", numbers(5_000))], Compression::SNAPPY);
    let said = place.run("push a.parquet -t rows -k id --log json");
    let bytes = std::fs::metadata(place.path("a.parquet")).unwrap().len();
    let end = said.stderr.lines().find(|line| line.contains(r#""event":"end""#)).expect("an end");
    assert!(end.contains(&format!("\"bytes\":{bytes},")), "{end}");
}

#[tokio::test(flavor = "multi_thread")]
async fn two_columns_of_one_name_are_refused() {
    let place = Place::new().await;
    write(&place.path("twice.parquet"), vec![("id", numbers(2)), ("id", numbers(2))], Compression::UNCOMPRESSED);
    let said = place.run("push twice.parquet -t rows -k id");
    assert_eq!(said.code, Some(1), "{said:?}");
    assert!(said.stderr.contains("twice.parquet: two fields are called `id`"), "{said:?}");
}
