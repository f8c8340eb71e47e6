//! Rules of loading that the Push endpoint cannot be told of: records made by hand, a real database.

mod append;
mod keys;
mod streams;
mod subtables;
mod types;
mod versions;

use std::borrow::Cow;
use std::time::SystemTime;

use axum::body::Bytes;
use backstitch_api::transit::read;
use rusqlite::Connection;
use tempfile::TempDir;

use super::load::Loader;
use super::sqlite::{Sqlite, look};
use super::view::{Order, TableView};
use super::{connect, prepare};
use crate::cell::Cell;
use crate::request::check::{Record, What};
use crate::request::datum::Datum;
use crate::request::flatten;

/// A database in a folder of its own.
struct Fixture {
    loader: Loader<Sqlite>,
    reader: Connection,
    _folder: TempDir,
}

/// A record of the table `t` with the key `id`.
struct Made {
    table: &'static str,
    keys: &'static [&'static str],
    sequence: i64,
    version: Option<i64>,
    extracted_at: Option<&'static str>,
    data: Option<String>,
}

impl Made {
    fn new(sequence: i64, data: impl Into<String>) -> Self {
        let data = Some(data.into());
        Made { table: "t", keys: &["id"], sequence, version: None, extracted_at: None, data }
    }

    fn activate(version: i64) -> Self {
        Made { data: None, version: Some(version), ..Made::new(0, "") }
    }

    fn table(self, table: &'static str) -> Self {
        Made { table, ..self }
    }

    fn keys(self, keys: &'static [&'static str]) -> Self {
        Made { keys, ..self }
    }

    fn version(self, version: i64) -> Self {
        Made { version: Some(version), ..self }
    }

    fn extracted_at(self, time: &'static str) -> Self {
        Made { extracted_at: Some(time), ..self }
    }

    fn record(&self) -> Record<'_> {
        let (what, text) = match (&self.data, self.version) {
            (Some(data), _) => (What::Upsert(Datum::Json(data)), data.clone()),
            (None, version) => (What::Activate(version.unwrap_or(0)), "activate".to_owned()),
        };
        Record {
            table: self.table.into(),
            sequence: self.sequence,
            keys: self.keys.iter().map(|key| Cow::Borrowed(*key)).collect(),
            version: self.version,
            extracted_at: self.extracted_at.map(ToOwned::to_owned),
            what,
            text: Bytes::from(text),
        }
    }
}

impl Fixture {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("gate.db");
        let open = || connect(&path, rusqlite::OpenFlags::default()).expect("a database");
        let writer = open();
        prepare(&writer, 1).expect("prepared");
        Fixture { loader: Loader::new(Sqlite::new(writer)), reader: open(), _folder: folder }
    }

    /// Loads records as those of one request.
    fn load(&mut self, records: &[Made]) {
        self.load_typed(records, None);
    }

    /// Loads records as those of a Batch request with a schema.
    fn load_typed(&mut self, records: &[Made], schema: Option<&serde_json::Value>) {
        let records = records.iter().map(Made::record).collect();
        let batch = flatten::batch(records, schema, SystemTime::now()).expect("flat");
        self.loader.load(&batch).expect("loaded");
    }

    /// Loads records whose data is Transit.
    fn load_transit(&mut self, data: &[&str]) {
        let values: Vec<_> = data.iter().map(|data| read(data.as_bytes()).expect("transit")).collect();
        let made = Made::new(1, "");
        let record = |value| Record { what: What::Upsert(Datum::Transit(value)), ..made.record() };
        let batch = flatten::batch(values.iter().map(record).collect(), None, SystemTime::now()).expect("flat");
        self.loader.load(&batch).expect("loaded");
    }

    /// Forgets all that is known of the tables, as a restart does.
    fn forget(&mut self) {
        let path = self.reader.path().expect("a file").to_owned();
        let writer = connect(path.as_ref(), rusqlite::OpenFlags::default()).expect("a database");
        self.loader = Loader::new(Sqlite::new(writer));
    }

    fn view(&self, table: &str) -> Option<TableView> {
        look::table(&self.reader, table, 1_000, Order::Key).expect("readable")
    }

    /// The rows of a table with the columns that are not the system's, each as its values; `-` is null.
    fn rows(&self, table: &str) -> Vec<String> {
        let Some(view) = self.view(table) else { return vec!["no table".to_owned()] };
        let is_shown = |name: &str| !crate::store::table::SYSTEM_COLUMNS.iter().any(|(system, _)| *system == name);
        let row = |row: &Vec<Cell>| {
            let cells = view.columns.iter().zip(row).filter(|(name, _)| is_shown(name));
            let cells = cells.map(|(_, cell)| if *cell == Cell::Null { "-".to_owned() } else { cell.to_string() });
            cells.collect::<Vec<_>>().join(" ")
        };
        view.rows.iter().map(row).collect()
    }

    /// The columns of a table with their types as declared, without the system's.
    fn columns(&self, table: &str) -> Vec<String> {
        let mut statement = self.reader.prepare("SELECT name, type FROM pragma_table_info(?1)").expect("a statement");
        let columns = statement.query_map([table], |row| Ok((row.get(0)?, row.get(1)?))).expect("columns");
        columns
            .map(|column| column.expect("a column"))
            .filter(|(name, _): &(String, String)| {
                !crate::store::table::SYSTEM_COLUMNS.iter().any(|(system, _)| system == name)
            })
            .map(|(name, declared)| format!("{name} {declared}"))
            .collect()
    }

    fn tables(&self) -> Vec<String> {
        let tables = look::tables(&self.reader).expect("tables");
        tables.into_iter().map(|table| table.name).filter(|name| name != "_sdc_rejected").collect()
    }

    fn reasons(&self) -> Vec<String> {
        let view = self.view("_sdc_rejected").expect("a table");
        (0..view.rows.len()).map(|row| view.cell(row, "reason").map(ToString::to_string).unwrap_or_default()).collect()
    }
}
