//! A SQLite database in a folder of its own.

use rusqlite::{Connection, OpenFlags};
use tempfile::TempDir;

use super::Backing;
use crate::batch::Batch;
use crate::store::load::{Loaded, Loader};
use crate::store::sqlite::open::{connect, prepare};
use crate::store::sqlite::{Sqlite, look};
use crate::store::view::{Order, TableView};

pub(super) struct Database {
    loader: Loader<Sqlite>,
    /// That of somebody beside the gate.
    other: Connection,
    _folder: TempDir,
}

impl Database {
    pub(super) fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("gate.db");
        let open = || connect(&path, OpenFlags::default()).expect("a database");
        let writer = open();
        prepare(&writer, 1).expect("prepared");
        Database { loader: Loader::new(Sqlite::new(writer)), other: open(), _folder: folder }
    }
}

impl Backing for Database {
    fn load(&mut self, batch: &Batch) -> Loaded {
        self.loader.load(batch).expect("loaded")
    }

    fn reset(&mut self) {
        self.loader.reset().expect("reset");
    }

    fn forget(&mut self) {
        let path = self.other.path().expect("a file");
        let writer = connect(path.as_ref(), OpenFlags::default()).expect("a database");
        self.loader = Loader::new(Sqlite::new(writer));
    }

    fn view(&mut self, table: &str) -> Option<TableView> {
        look::table(&self.other, table, 1_000, Order::Key).expect("readable")
    }

    fn columns(&mut self, table: &str) -> Vec<(String, String)> {
        let mut statement = self.other.prepare("SELECT name, type FROM pragma_table_info(?1)").expect("a statement");
        let columns = statement.query_map([table], |row| Ok((row.get(0)?, row.get(1)?))).expect("columns");
        let column = |column: (String, String)| {
            let declared = match column.1.as_str() {
                "DECIMAL_TEXT" => "NUMERIC".to_owned(),
                "TIMESTAMP_TEXT" => "TIMESTAMP WITH TIME ZONE".to_owned(),
                _ => column.1,
            };
            (column.0, declared)
        };
        columns.map(|found| column(found.expect("a column"))).collect()
    }

    fn tables(&mut self) -> Vec<String> {
        look::tables(&self.other).expect("tables").into_iter().map(|table| table.name).collect()
    }

    fn execute(&mut self, sql: &str) {
        self.other.execute_batch(sql).expect("done");
    }

    fn number(&mut self, sql: &str) -> i64 {
        self.other.query_row(sql, [], |row| row.get(0)).expect("a row")
    }
}
