//! A schema for a test, in the database that `BACKSTITCH_TEST_POSTGRES` names.

use std::io::Write as _;
use std::sync::Once;

use tokio_postgres::{Config, NoTls};

const URL: &str = "BACKSTITCH_TEST_POSTGRES";

/// A schema that is gone with the test.
pub(crate) struct Place {
    pub(crate) config: Config,
    pub(crate) schema: String,
}

/// None where there is no server to run on.
pub(crate) fn place() -> Option<Place> {
    let Ok(url) = std::env::var(URL) else {
        assert!(std::env::var_os("CI").is_none(), "{URL} is not set: write the URL of a PostgreSQL database into it");
        static TOLD: Once = Once::new();
        TOLD.call_once(|| {
            let how =
                format!("SKIPPED: tests on PostgreSQL. To run them: {URL}=postgres://USER:PASSWORD@HOST/DATABASE");
            // Past the test runner, which keeps what a test prints to itself.
            let _ = writeln!(std::io::stderr(), "{how}");
        });
        return None;
    };
    let mut config: Config = url.parse().expect("the URL of a database");
    let schema = format!("test_{}", uuid::Uuid::new_v4().simple());
    run(&config, &format!("CREATE SCHEMA {schema}"));
    config.options(format!("-c search_path={schema}"));
    Some(Place { config, schema })
}

/// Runs a statement on a connection of its own.
fn run(config: &Config, sql: &str) {
    let mut client = postgres::Config::from(config.clone()).connect(NoTls).expect("connected");
    client.batch_execute(sql).expect("done");
}

impl Drop for Place {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            run(&self.config, &format!("DROP SCHEMA {} CASCADE", self.schema));
        }
    }
}
