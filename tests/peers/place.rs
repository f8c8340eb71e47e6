//! A gate, and where the programs are that send to it.

use std::path::{Path, PathBuf};
use std::process::Command;

use backstitch_gate::{Cell, Gate, TableView};
use tempfile::TempDir;

pub(crate) const CLIENT_ID: i64 = 7723;
pub(crate) const TOKEN: &str = "at_peers";

/// A gate with a database in a folder that goes with it.
pub(crate) struct Place {
    pub(crate) gate: Gate,
    pub(crate) folder: TempDir,
}

impl Place {
    pub(crate) async fn new() -> Self {
        let folder = TempDir::new().expect("a folder");
        let database = format!("sqlite://{}", folder.path().join("gate.db").display());
        let gate = Gate::builder().database(database).token(TOKEN, CLIENT_ID).start().await.expect("a gate");
        Place { gate, folder }
    }

    pub(crate) async fn table(&self, name: &str) -> TableView {
        self.gate.table(name, usize::MAX).await.unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    /// The rows of these columns, as text.
    pub(crate) async fn rows(&self, table: &str, columns: &[&str]) -> Vec<String> {
        let view = self.table(table).await;
        let cell = |row, column: &&str| match view.cell(row, column) {
            Some(cell) => cell.to_string(),
            None => panic!("{table} has no {column}: {:?}", view.columns),
        };
        (0..view.rows.len())
            .map(|row| columns.iter().map(|column| cell(row, column)).collect::<Vec<_>>().join(" "))
            .collect()
    }

    /// The type and the value of each of these columns, in the only row.
    pub(crate) async fn holds(&self, table: &str, expected: &[(&str, &str, Cell)]) {
        let view = self.table(table).await;
        assert_eq!(view.rows.len(), 1, "{view:?}");
        for (column, kind, cell) in expected {
            let place = view.columns.iter().position(|name| name == column);
            let place = place.unwrap_or_else(|| panic!("{table} has no {column}: {:?}", view.columns));
            assert_eq!((view.types[place].as_str(), &view.rows[0][place]), (*kind, cell), "{column}");
        }
    }

    /// The statuses of the requests, in the order in which they came.
    pub(crate) fn statuses(&self) -> Vec<u16> {
        self.gate.requests().iter().rev().map(|request| request.status.expect("an answer")).collect()
    }

    /// Nothing was accepted that could not be loaded.
    pub(crate) async fn rejects_nothing(&self) {
        assert_eq!(self.rows("_sdc_rejected", &["reason", "record"]).await, Vec::<String>::new());
    }
}

/// A program in an environment of Python's; where it is not installed, this says so, and in CI fails.
pub(crate) fn installed(program: &str) -> Option<Command> {
    let path: PathBuf = Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("peers").join(program);
    if !path.exists() {
        assert!(std::env::var_os("CI").is_none(), "{} is not there, and is to be in CI", path.display());
        eprintln!("SKIPPED: {} is not there. To have it: see the head of tests/peers/main.rs", path.display());
        return None;
    }
    let mut command = Command::new(path);
    // What the environment says of proxies and of Python is not for these.
    command.env("NO_PROXY", "127.0.0.1").env("no_proxy", "127.0.0.1").env_remove("PYTHONPATH");
    Some(command)
}

pub(crate) fn text(value: &str) -> Cell {
    Cell::from(value)
}

pub(crate) fn decimal(digits: &str) -> Cell {
    Cell::Decimal(digits.to_owned())
}
