//! The connection that writes, and the transaction on it.

use std::thread;
use std::time::{Duration, Instant};

use std::collections::HashMap;

use postgres::Client;
use tokio_postgres::types::ToSql;
use tokio_postgres::{Config, Row, Statement};

use super::connection::connect_blocking;
use super::statements::Schema;
use super::trouble::Trouble;
use crate::error::Cause;

/// How long a request waits for a table that somebody else has, before it is kept in the log.
const PATIENCE: &str = "2s";

/// The same for a request that is in the log: it is tried again.
const LITTLE_PATIENCE: &str = "100ms";

/// After how long the server ends a transaction in which nothing happens: that of a gate that hangs, with its leases.
const IDLE: &str = "60s";

/// How many statements a connection keeps prepared.
const STATEMENTS: usize = 64;

/// How long nobody tries to connect after that has failed.
const PAUSE: Duration = Duration::from_secs(1);

/// How long to find out whether a transaction was committed whose connection broke.
const DOUBT: Duration = Duration::from_secs(10);
const DOUBT_PAUSE: Duration = Duration::from_millis(100);

pub(crate) struct Session {
    config: Config,
    pub(super) schema_name: String,
    pub(super) schema: Schema,
    client: Option<Client>,
    /// What the connection has prepared, by its text.
    statements: HashMap<String, Statement>,
    /// When connecting failed.
    failed: Option<Instant>,
    /// By which the server knows the transaction that is open.
    transaction: Option<String>,
}

impl Session {
    pub(crate) fn new(config: Config, schema_name: String) -> Self {
        let schema = Schema::new(&schema_name);
        Session {
            config,
            schema_name,
            schema,
            client: None,
            statements: HashMap::new(),
            failed: None,
            transaction: None,
        }
    }

    /// The connection that is there.
    fn client(&mut self) -> Result<&mut Client, Trouble> {
        self.client.as_mut().ok_or(Trouble::Unavailable)
    }

    /// Whether there is no connection that works.
    pub(super) fn is_closed(&self) -> bool {
        self.client.as_ref().is_none_or(Client::is_closed)
    }

    /// A statement that the server has prepared.
    fn statement(&mut self, sql: &str) -> Result<Statement, Trouble> {
        if let Some(known) = self.statements.get(sql) {
            return Ok(known.clone());
        }
        let statement = self.client()?.prepare(sql)?;
        if self.statements.len() >= STATEMENTS {
            self.statements.clear();
        }
        self.statements.insert(sql.to_owned(), statement.clone());
        Ok(statement)
    }

    /// The rows that a query answers.
    pub(super) fn query(&mut self, sql: &str, parameters: &[&(dyn ToSql + Sync)]) -> Result<Vec<Row>, Trouble> {
        let statement = self.statement(sql)?;
        Ok(self.client()?.query(&statement, parameters)?)
    }

    /// How many rows a statement changes.
    pub(super) fn execute(&mut self, sql: &str, parameters: &[&(dyn ToSql + Sync)]) -> Result<u64, Trouble> {
        let statement = self.statement(sql)?;
        Ok(self.client()?.execute(&statement, parameters)?)
    }

    /// Runs statements without parameters.
    pub(super) fn run(&mut self, sql: &str) -> Result<(), Trouble> {
        Ok(self.client()?.batch_execute(sql)?)
    }

    /// A connection, new where there is none; whether it is.
    pub(super) fn connect(&mut self) -> Result<bool, Trouble> {
        if self.client.as_ref().is_some_and(|client| !client.is_closed()) {
            return Ok(false);
        }
        self.client = None;
        self.statements.clear();
        if self.failed.is_some_and(|failed| failed.elapsed() < PAUSE) {
            return Err(Trouble::Unavailable);
        }
        match connect(&self.config) {
            Ok(client) => self.client = Some(client),
            Err(cause) => {
                self.failed = Some(Instant::now());
                return Err(Trouble::Connection(cause));
            }
        }
        self.failed = None;
        Ok(true)
    }

    /// Begins a transaction.
    pub(super) fn begin(&mut self, replays: bool) -> Result<(), Trouble> {
        let is_new = self.connect()?;
        let patience = if replays { LITTLE_PATIENCE } else { PATIENCE };
        let begin = format!(
            "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE; SET LOCAL lock_timeout = '{patience}'; \
             SET LOCAL idle_in_transaction_session_timeout = '{IDLE}'"
        );
        if let Err(error) = self.client()?.batch_execute(&begin) {
            // A connection that broke since the last request shows it only now.
            if is_new || !self.client()?.is_closed() {
                return Err(error.into());
            }
            self.connect()?;
            self.run(&begin)?;
        }
        self.transaction = None;
        let rows = self.query("SELECT pg_current_xact_id()::text", &[])?;
        self.transaction = rows.first().map(|row| row.try_get(0)).transpose()?;
        Ok(())
    }

    /// Ends the transaction; when this returns `Ok`, all of it is on the disk.
    pub(super) fn commit(&mut self) -> Result<(), Trouble> {
        let Err(error) = self.client()?.batch_execute("COMMIT") else { return Ok(()) };
        // The server has said no, which is final.
        if error.as_db_error().is_some() && !self.client()?.is_closed() {
            return Err(error.into());
        }
        let Some(transaction) = self.transaction.take() else { return Err(Trouble::Unknown) };
        let started = Instant::now();
        while started.elapsed() < DOUBT {
            match self.fate(&transaction) {
                Ok(Some(true)) => return Ok(()),
                Ok(Some(false)) => return Err(error.into()),
                // The server has not noticed yet that nobody is there.
                Ok(None) => {}
                Err(_) => self.failed = None,
            }
            thread::sleep(DOUBT_PAUSE);
        }
        Err(Trouble::Unknown)
    }

    /// Whether a transaction was committed; none while it goes on.
    fn fate(&mut self, transaction: &str) -> Result<Option<bool>, Trouble> {
        self.connect()?;
        let rows = self.query("SELECT pg_xact_status($1::text::xid8)", &[&transaction])?;
        let status: Option<String> = rows.first().map(|row| row.try_get(0)).transpose()?.flatten();
        Ok(status.and_then(|status| match status.as_str() {
            "committed" => Some(true),
            "aborted" => Some(false),
            _ => None,
        }))
    }

    /// Ends the transaction as if it had not been.
    pub(super) fn roll_back(&mut self) {
        self.transaction = None;
        // The server rolls back what a connection leaves behind.
        if let Some(client) = &mut self.client
            && (client.is_closed() || client.batch_execute("ROLLBACK").is_err())
        {
            self.statements.clear();
            self.client = None;
        }
    }
}

fn connect(config: &Config) -> Result<Client, Cause> {
    let mut client = connect_blocking(config)?;
    // Whoever turned this off did not know that a gate answers 201 for what is on the disk.
    client.batch_execute(
        "SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'",
    )?;
    Ok(client)
}
