//! The connection that writes, and the transaction on it.
//!
//! Nothing that is asked of the server waits without end: a server, or what stands before it, can be silent behind a
//! connection that is open.

use std::collections::HashMap;
use std::thread;
use std::time::{Duration, Instant};

use tokio::runtime::{Builder, Runtime};
use tokio_postgres::types::ToSql;
use tokio_postgres::{Client, Config, Row, Statement};

use super::connection::{SOON, connect};
use super::statements::Schema;
use super::trouble::Trouble;
use crate::error::Cause;

/// How long a request waits for a table that somebody else has, before it is kept in the log.
const PATIENCE: &str = "2s";

/// The same for a request that is in the log: it is tried again.
const LITTLE_PATIENCE: &str = "20ms";

/// After how long the server ends a transaction in which nothing happens: that of a gate that hangs, with its leases.
const IDLE: &str = "60s";

/// After how long the server ends a statement: one that waits for nothing, but has very much to do.
const LONGEST: &str = "10min";

/// What the connection is told once. Whoever turned `synchronous_commit` off did not know that a gate answers 201 for what
/// is on the disk.
const SETTINGS: &str = "\
    SET lock_timeout = '2s'; SET default_transaction_read_only = off; \
    SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'";

/// How long to wait for an answer to something that takes its time.
const LATER: Duration = Duration::from_secs(660);

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
    /// Where the connection lives: the thread has no other.
    runtime: Runtime,
}

impl Session {
    /// # Errors
    /// Where the system has no room for one more.
    pub(crate) fn new(config: Config, schema_name: String) -> std::io::Result<Self> {
        let schema = Schema::new(&schema_name);
        Ok(Session {
            config,
            schema_name,
            schema,
            client: None,
            statements: HashMap::new(),
            failed: None,
            transaction: None,
            runtime: Builder::new_current_thread().enable_all().build()?,
        })
    }

    /// Whether there is no connection that works.
    pub(super) fn is_closed(&self) -> bool {
        self.client.as_ref().is_none_or(Client::is_closed)
    }

    /// Asks the server; a connection on which no answer comes is given up.
    fn ask<T>(
        &mut self,
        limit: Duration,
        question: impl AsyncFnOnce(&Client) -> Result<T, tokio_postgres::Error>,
    ) -> Result<T, Trouble> {
        let Some(client) = &self.client else { return Err(Trouble::Unavailable) };
        let answer = self.runtime.block_on(async { tokio::time::timeout(limit, question(client)).await });
        answer.map_or_else(
            |_| {
                self.client = None;
                Err(Trouble::Silent)
            },
            |answer| Ok(answer?),
        )
    }

    /// A statement that the server has prepared.
    fn statement(&mut self, sql: &str) -> Result<Statement, Trouble> {
        if let Some(known) = self.statements.get(sql) {
            return Ok(known.clone());
        }
        let statement = self.ask(SOON, async |client| client.prepare(sql).await)?;
        if self.statements.len() >= STATEMENTS {
            self.statements.clear();
        }
        self.statements.insert(sql.to_owned(), statement.clone());
        Ok(statement)
    }

    /// The rows that a query answers.
    pub(super) fn query(&mut self, sql: &str, parameters: &[&(dyn ToSql + Sync)]) -> Result<Vec<Row>, Trouble> {
        let statement = self.statement(sql)?;
        self.ask(LATER, async |client| client.query(&statement, parameters).await)
    }

    /// How many rows a statement changes.
    pub(super) fn execute(&mut self, sql: &str, parameters: &[&(dyn ToSql + Sync)]) -> Result<u64, Trouble> {
        let statement = self.statement(sql)?;
        self.ask(LATER, async |client| client.execute(&statement, parameters).await)
    }

    /// Runs statements without parameters.
    pub(super) fn run(&mut self, sql: &str) -> Result<(), Trouble> {
        self.ask(LATER, async |client| client.batch_execute(sql).await)
    }

    /// A connection, new where there is none.
    pub(super) fn connect(&mut self) -> Result<(), Trouble> {
        if !self.is_closed() {
            return Ok(());
        }
        self.client = None;
        self.statements.clear();
        if self.failed.is_some_and(|failed| failed.elapsed() < PAUSE) {
            return Err(Trouble::Unavailable);
        }
        let config = &self.config;
        let connected = self.runtime.block_on(async {
            tokio::time::timeout(SOON, async {
                let client = connect(config).await?;
                client.batch_execute(SETTINGS).await?;
                Ok::<_, Cause>(client)
            })
            .await
        });
        let problem = match connected {
            Ok(Ok(client)) => {
                self.client = Some(client);
                self.failed = None;
                return Ok(());
            }
            Ok(Err(cause)) => Trouble::Connection(cause),
            Err(_) => Trouble::Silent,
        };
        self.failed = Some(Instant::now());
        Err(problem)
    }

    /// Begins a transaction.
    pub(super) fn begin(&mut self, replays: bool) -> Result<(), Trouble> {
        let was_closed = self.is_closed();
        self.connect()?;
        let patience = if replays { LITTLE_PATIENCE } else { PATIENCE };
        let begin = format!(
            "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE; SET LOCAL lock_timeout = '{patience}'; \
             SET LOCAL statement_timeout = '{LONGEST}'; SET LOCAL idle_in_transaction_session_timeout = '{IDLE}'"
        );
        if let Err(trouble) = self.ask(SOON, async |client| client.batch_execute(&begin).await) {
            // A connection that broke since the last request shows it only now.
            if was_closed || !self.is_closed() {
                return Err(trouble);
            }
            self.connect()?;
            self.ask(SOON, async |client| client.batch_execute(&begin).await)?;
        }
        self.transaction = None;
        let rows = self.query("SELECT pg_current_xact_id()::text", &[])?;
        self.transaction = rows.first().map(|row| row.try_get(0)).transpose()?;
        Ok(())
    }

    /// Ends the transaction; when this returns `Ok`, all of it is on the disk.
    pub(super) fn commit(&mut self) -> Result<(), Trouble> {
        let Err(trouble) = self.run("COMMIT") else { return Ok(()) };
        // The server has said no, which is final.
        if trouble.code().is_some() && !self.is_closed() {
            return Err(trouble);
        }
        let Some(transaction) = self.transaction.take() else { return Err(Trouble::Unknown) };
        let started = Instant::now();
        while started.elapsed() < DOUBT {
            match self.fate(&transaction) {
                Ok(Some(true)) => return Ok(()),
                Ok(Some(false)) => return Err(trouble),
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
        if self.is_closed() || self.ask(SOON, async |client| client.batch_execute("ROLLBACK").await).is_err() {
            self.client = None;
        }
    }
}
