//! The databases that a gate can have.

use std::fs::File;
use std::path::Path;

use backstitch_gate::Gate;
use tempfile::TempDir;

pub(crate) const CLIENT_ID: i64 = 7723;
pub(crate) const TOKEN: &str = "at_good";

/// A database for one check, empty at first.
pub(crate) struct Database {
    name: &'static str,
    url: String,
    /// What is gone when the check is over: a folder of its own, or the right to use what there is once.
    _hold: Hold,
}

enum Hold {
    Folder { _folder: TempDir },
    Turn { _locked: File },
}

impl Database {
    /// One of each kind that is there.
    pub(crate) fn all() -> Vec<Self> {
        let postgres = std::env::var("BACKSTITCH_TEST_POSTGRES").ok().map(Database::postgres);
        std::iter::once(Database::sqlite()).chain(postgres).collect()
    }

    fn sqlite() -> Self {
        let folder = TempDir::new().unwrap();
        let url = format!("sqlite://{}", folder.path().join("gate.db").display());
        Database { name: "SQLite", url, _hold: Hold::Folder { _folder: folder } }
    }

    /// The only one of its kind: checks take turns, whichever process they are in.
    fn postgres(url: String) -> Self {
        let locked = File::create(Path::new(env!("CARGO_TARGET_TMPDIR")).join("postgres.lock")).unwrap();
        locked.lock().unwrap();
        Database { name: "PostgreSQL", url, _hold: Hold::Turn { _locked: locked } }
    }

    pub(crate) fn name(&self) -> &'static str {
        self.name
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// A gate in this process.
    pub(crate) async fn gate(&self) -> Gate {
        Gate::builder().database(&self.url).token(TOKEN, CLIENT_ID).start().await.unwrap()
    }

    /// The same with nothing in its database.
    pub(crate) async fn empty_gate(&self) -> Gate {
        let gate = self.gate().await;
        gate.reset().await.unwrap();
        gate
    }
}
