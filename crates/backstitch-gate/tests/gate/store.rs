//! The databases that the rules of loading are tested on.

use std::io::Write as _;
use std::sync::Once;

use postgres::{Client, NoTls};
use tempfile::TempDir;

const URL: &str = "BACKSTITCH_TEST_POSTGRES";

/// Runs tests of rules on each database: they are functions of a [`Fixture`](crate::client::Fixture).
macro_rules! on_each_store {
    ($($rule:ident,)*) => {
        mod sqlite {
            $(#[tokio::test]
            async fn $rule() {
                super::$rule($crate::client::Fixture::start().await).await;
            })*
        }

        mod postgres {
            $(#[tokio::test]
            async fn $rule() {
                if let Some(fixture) = $crate::client::Fixture::start_on_postgres().await {
                    super::$rule(fixture).await;
                }
            })*
        }
    };
}
pub(crate) use on_each_store;

/// A place for a database, gone with the test.
pub(crate) enum Place {
    Folder(TempDir),
    Schema(Schema),
}

impl Place {
    /// The URL of the database.
    pub(crate) fn url(&self) -> String {
        match self {
            Place::Folder(folder) => format!("sqlite://{}", crate::client::database(folder).display()),
            Place::Schema(schema) => schema.url(),
        }
    }

    /// Runs statements on the database as somebody beside the gate.
    pub(crate) async fn execute(&self, sql: &str) {
        let sql = sql.to_owned();
        match self {
            Place::Folder(folder) => rusqlite::Connection::open(crate::client::database(folder))
                .and_then(|connection| connection.execute_batch(&sql))
                .expect("done"),
            Place::Schema(schema) => {
                let url = schema.url();
                tokio::task::spawn_blocking(move || connect(&url).batch_execute(&sql).expect("done"))
                    .await
                    .expect("done");
            }
        }
    }
}

/// A schema in the database that `BACKSTITCH_TEST_POSTGRES` names.
pub(crate) struct Schema {
    database: String,
    name: String,
}

impl Schema {
    /// None where there is no server to run on.
    pub(crate) async fn new() -> Option<Self> {
        let Ok(database) = std::env::var(URL) else {
            assert!(
                std::env::var_os("CI").is_none(),
                "{URL} is not set: write the URL of a PostgreSQL database into it"
            );
            static TOLD: Once = Once::new();
            TOLD.call_once(|| {
                let how =
                    format!("SKIPPED: tests on PostgreSQL. To run them: {URL}=postgres://USER:PASSWORD@HOST/DATABASE");
                // Past the test runner, which keeps what a test prints to itself.
                let _ = writeln!(std::io::stderr(), "{how}");
            });
            return None;
        };
        let schema = Schema { database, name: format!("test_{}", uuid::Uuid::new_v4().simple()) };
        schema.administer("CREATE SCHEMA").await;
        Some(schema)
    }

    pub(crate) fn url(&self) -> String {
        let with = if self.database.contains('?') { '&' } else { '?' };
        format!("{}{with}options=-c%20search_path%3D{}", self.database, self.name)
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    async fn administer(&self, what: &str) {
        let (url, sql) = (self.database.clone(), format!("{what} {}", self.name));
        tokio::task::spawn_blocking(move || connect(&url).batch_execute(&sql).expect("done")).await.expect("done");
    }
}

impl Drop for Schema {
    fn drop(&mut self) {
        let (url, sql) = (self.database.clone(), format!("DROP SCHEMA {} CASCADE", self.name));
        // A gate that was dropped has its tables until its last commit is done.
        let dropping = std::thread::spawn(move || connect(&url).batch_execute(&sql));
        if !std::thread::panicking() {
            dropping.join().expect("no panic").expect("dropped");
        }
    }
}

pub(crate) fn connect(url: &str) -> Client {
    Client::connect(url, NoTls).expect("connected")
}
