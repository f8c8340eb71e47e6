//! A schema of its own in a PostgreSQL database.

use postgres::{Client, NoTls};
use tokio::runtime::{Builder, Runtime};

use super::Backing;
use crate::batch::Batch;
use crate::store::load::{Loaded, Loader};
use crate::store::postgres::testing::{Place, place};
use crate::store::postgres::{Postgres, connection, open, reader, session::Session};
use crate::store::view::{Order, TableView};

pub(super) struct Database {
    loader: Loader<Postgres>,
    reader: reader::Reader,
    runtime: Runtime,
    /// That of somebody beside the gate.
    other: Client,
    place: Place,
}

impl Database {
    pub(super) fn new() -> Option<Self> {
        let place = place()?;
        let runtime = Builder::new_current_thread().enable_all().build().expect("a runtime");
        let client = runtime.block_on(async {
            let mut client = connection::connect(&place.config).await.expect("connected");
            let owner = crate::store::Owner { client_id: 1, is_first: true };
            open::prepare(&mut client, &place.schema, owner).await.expect("prepared");
            client
        });
        let mut other = postgres::Config::from(place.config.clone()).connect(NoTls).expect("connected");
        other.batch_execute("SET TimeZone = 'UTC'").expect("set");
        let reader = reader::Reader::new(place.config.clone(), place.schema.clone(), client);
        Some(Database { loader: loader(&place), reader, runtime, other, place })
    }
}

fn loader(place: &Place) -> Loader<Postgres> {
    Loader::new(Postgres::new(Session::new(place.config.clone(), place.schema.clone()).expect("a session")))
}

impl Backing for Database {
    fn load(&mut self, batch: &Batch) -> Loaded {
        self.loader.load(batch).expect("loaded")
    }

    fn reset(&mut self) {
        self.loader.reset().expect("reset");
    }

    fn forget(&mut self) {
        self.loader = loader(&self.place);
    }

    fn view(&mut self, table: &str) -> Option<TableView> {
        self.runtime.block_on(self.reader.table(table, 1_000, Order::Key)).expect("readable")
    }

    fn columns(&mut self, table: &str) -> Vec<(String, String)> {
        let select = "\
            SELECT attname::text, upper(format_type(atttypid, atttypmod)) FROM pg_attribute \
            WHERE attrelid = to_regclass($1) AND attnum > 0 AND NOT attisdropped ORDER BY attnum";
        let rows = self.other.query(select, &[&format!("\"{table}\"")]).expect("columns");
        rows.iter().map(|row| (row.get(0), row.get(1))).collect()
    }

    fn tables(&mut self) -> Vec<String> {
        let tables = self.runtime.block_on(self.reader.tables()).expect("tables");
        tables.into_iter().map(|table| table.name).collect()
    }

    fn execute(&mut self, sql: &str) {
        self.other.batch_execute(sql).expect("done");
    }

    fn number(&mut self, sql: &str) -> i64 {
        self.other.query_one(sql, &[]).expect("a row").get(0)
    }
}
