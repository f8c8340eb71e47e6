//! Rules of loading that the Push endpoint cannot be told of: records made by hand, real databases.

mod append;
#[cfg(feature = "postgres")]
mod both;
mod keys;
#[cfg(feature = "postgres")]
mod postgres;
mod random;
mod refusals;
mod sqlite;
mod streams;
mod subtables;
mod ties;
mod types;
mod versions;

use std::borrow::Cow;
use std::time::SystemTime;

use axum::body::Bytes;
use backstitch_api::transit::read;

use super::load::Loaded;
use super::table::SYSTEM_COLUMNS;
use super::view::TableView;
use crate::batch::Batch;
use crate::cell::Cell;
use crate::request::check::{Record, What};
use crate::request::datum::Datum;
use crate::request::decimal;
use crate::request::flatten::Flattener;
use crate::request::typing::Typing;

/// Runs tests of rules on each database: they are functions of a [`Fixture`].
macro_rules! on_each_store {
    ($($rule:ident,)*) => {
        mod sqlite {
            $(#[test]
            fn $rule() {
                super::$rule($crate::store::tests::Fixture::sqlite());
            })*
        }

        #[cfg(feature = "postgres")]
        mod postgres {
            $(#[test]
            fn $rule() {
                if let Some(fixture) = $crate::store::tests::Fixture::postgres() {
                    super::$rule(fixture);
                }
            })*
        }
    };
}
use on_each_store;

/// A database of a test's own.
struct Fixture(Box<dyn Backing>);

/// What tests do with a database, whichever it is.
trait Backing {
    fn load(&mut self, batch: &Batch) -> Loaded;

    /// Empties the database.
    fn reset(&mut self);

    /// Forgets all that is known of the tables, as a restart does.
    fn forget(&mut self);

    fn view(&mut self, table: &str) -> Option<TableView>;

    /// The columns of a table with their types as declared, in their order.
    fn columns(&mut self, table: &str) -> Vec<(String, String)>;

    fn tables(&mut self) -> Vec<String>;

    /// Runs statements as somebody beside the gate.
    fn execute(&mut self, sql: &str);

    /// What such a query answers.
    fn number(&mut self, sql: &str) -> i64;
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

    /// The record, for whoever reads why a test failed.
    #[cfg(feature = "postgres")]
    fn shown(&self) -> String {
        let Made { table, keys, sequence, version, data, .. } = self;
        format!("{table} {keys:?} {sequence} {version:?} {}", data.as_deref().unwrap_or("activate"))
    }

    fn record(&self) -> Record<'_, '_> {
        let (what, text) = match (&self.data, self.version) {
            (Some(data), _) => (What::Upsert(Datum::Json(data).members().expect("JSON")), data.clone()),
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

/// The rows of records.
fn flat<'a>(records: impl Iterator<Item = Record<'a, 'a>>, schema: Option<&serde_json::Value>) -> Batch {
    let typing = schema.map(Typing::of);
    let mut rows = Flattener::new(typing.as_ref());
    records.for_each(|record| rows.add(record).expect("flat"));
    rows.finish(SystemTime::now())
}

impl Fixture {
    fn sqlite() -> Self {
        Fixture(Box::new(sqlite::Database::new()))
    }

    /// None where there is no server to run on.
    #[cfg(feature = "postgres")]
    fn postgres() -> Option<Self> {
        Some(Fixture(Box::new(postgres::Database::new()?)))
    }

    /// Loads records as those of one request.
    fn load(&mut self, records: &[Made]) -> Loaded {
        self.load_typed(records, None)
    }

    /// Loads records as those of a Batch request with a schema.
    fn load_typed(&mut self, records: &[Made], schema: Option<&serde_json::Value>) -> Loaded {
        self.0.load(&flat(records.iter().map(Made::record), schema))
    }

    /// Loads records whose data is Transit.
    fn load_transit(&mut self, data: &[&str]) {
        let values: Vec<_> = data.iter().map(|data| read(data.as_bytes()).expect("transit")).collect();
        let made = Made::new(1, "");
        let record =
            |value| Record { what: What::Upsert(Datum::Transit(value).members().expect("a map")), ..made.record() };
        let batch = flat(values.iter().map(record), None);
        self.0.load(&batch);
    }

    fn forget(&mut self) {
        self.0.forget();
    }

    fn view(&mut self, table: &str) -> Option<TableView> {
        self.0.view(table)
    }

    /// The rows of a table with the columns that are not the system's, each as its values; `-` is null, and decimals are
    /// in their one form.
    fn rows(&mut self, table: &str) -> Vec<String> {
        let Some(view) = self.view(table) else { return vec!["no table".to_owned()] };
        let row = |row: &Vec<Cell>| {
            let cells = view.columns.iter().zip(row).filter(|(name, _)| is_shown(name));
            let cells = cells.map(|(_, cell)| match cell {
                Cell::Null => "-".to_owned(),
                Cell::Decimal(digits) => decimal::canonical(digits),
                _ => cell.to_string(),
            });
            cells.collect::<Vec<_>>().join(" ")
        };
        view.rows.iter().map(row).collect()
    }

    /// The columns of a table with their types, without the system's.
    fn columns(&mut self, table: &str) -> Vec<String> {
        let columns = self.0.columns(table).into_iter().filter(|(name, _)| is_shown(name));
        columns.map(|(name, declared)| format!("{name} {declared}")).collect()
    }

    fn tables(&mut self) -> Vec<String> {
        self.0.tables().into_iter().filter(|name| name != "_sdc_rejected").collect()
    }

    fn reasons(&mut self) -> Vec<String> {
        let view = self.view("_sdc_rejected").expect("a table");
        (0..view.rows.len()).map(|row| view.cell(row, "reason").map(ToString::to_string).unwrap_or_default()).collect()
    }
}

fn is_shown(column: &str) -> bool {
    !SYSTEM_COLUMNS.iter().any(|(system, _)| *system == column)
}
