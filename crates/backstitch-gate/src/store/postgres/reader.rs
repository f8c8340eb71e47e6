//! Looks at a PostgreSQL database beside the thread that writes to it.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{Semaphore, SemaphorePermit};
use tokio_postgres::error::SqlState;
use tokio_postgres::{Client, Config, IsolationLevel, Transaction};

use super::connection::{SILENT, SOON, connect};
use super::look::{self, Wanted};
use super::own;
use super::statements::Schema;
use crate::GateError;
use crate::store::view::{Order, TableSummary, TableView};

/// How long a look may take.
const PATIENCE: &str = "30s";

/// How long all of it may take, with a connection to be made.
const LONGEST: Duration = Duration::from_secs(60);

/// How long a look waits for a table that somebody has locked. Those that look come again.
const LOCK_PATIENCE: &str = "500ms";

/// How many look at once; each has a connection of its own.
const CONNECTIONS: usize = 4;

/// Connections that only read, made again where they broke.
#[derive(Clone)]
pub(crate) struct Reader(Arc<Inner>);

struct Inner {
    config: Config,
    schema_name: String,
    turns: Semaphore,
    /// Those that nobody uses.
    idle: Mutex<Vec<Client>>,
}

impl Reader {
    pub(crate) fn new(config: Config, schema_name: String, client: Client) -> Self {
        let (turns, idle) = (Semaphore::new(CONNECTIONS), Mutex::new(vec![client]));
        Reader(Arc::new(Inner { config, schema_name, turns, idle }))
    }

    /// The tables by name.
    pub(crate) async fn tables(&self) -> Result<Vec<TableSummary>, GateError> {
        in_time(LONGEST, self.look_at_all()).await
    }

    async fn look_at_all(&self) -> Result<Vec<TableSummary>, GateError> {
        let (mut client, _turn) = self.client().await?;
        let transaction = begin(&mut client).await.map_err(failed)?;
        let schema = Schema::new(&self.0.schema_name);
        let tables = look::tables(&transaction, &self.0.schema_name, &schema).await.map_err(failed)?;
        transaction.commit().await.map_err(failed)?;
        self.put_back(client);
        Ok(tables)
    }

    /// A table with its first rows; none where there is none of this name.
    pub(crate) async fn table(&self, name: &str, limit: usize, order: Order) -> Result<Option<TableView>, GateError> {
        in_time(LONGEST, self.look_at(name, limit, order)).await
    }

    async fn look_at(&self, name: &str, limit: usize, order: Order) -> Result<Option<TableView>, GateError> {
        let (mut client, _turn) = self.client().await?;
        let transaction = begin(&mut client).await.map_err(failed)?;
        let schema = Schema::new(&self.0.schema_name);
        let wanted = Wanted { name, limit, order };
        let table =
            look::table(&transaction, &self.0.schema_name, &schema, &wanted).await.map_err(|error| {
                match error.code() {
                    Some(&SqlState::LOCK_NOT_AVAILABLE) => GateError::Locked { name: name.to_owned() },
                    _ => failed(error),
                }
            })?;
        transaction.commit().await.map_err(failed)?;
        self.put_back(client);
        Ok(table)
    }

    /// Whether the database can be read, and is still the gate's.
    pub(crate) async fn check(&self) -> Result<(), GateError> {
        in_time(SOON, self.ask()).await
    }

    async fn ask(&self) -> Result<(), GateError> {
        let (client, _turn) = self.client().await?;
        let marks = format!("SELECT \"client_id\" FROM {}", Schema::new(&self.0.schema_name).name(own::MARKS));
        client.query_one(&marks, &[]).await.map_err(failed)?;
        self.put_back(client);
        Ok(())
    }

    /// A connection that works, and the right to use one. Where it is not put back, it ends with its transaction.
    async fn client(&self) -> Result<(Client, Option<SemaphorePermit<'_>>), GateError> {
        // It is never closed.
        let turn = self.0.turns.acquire().await.ok();
        loop {
            // Not in the condition of the loop, which would hold the list while it asks the server.
            let Some(client) = self.pop() else { break };
            // One that broke since the last look shows it only when it is used.
            let answer = tokio::time::timeout(SOON, client.batch_execute("")).await;
            if !client.is_closed() && matches!(answer, Ok(Ok(()))) {
                return Ok((client, turn));
            }
        }
        let client = connect(&self.0.config).await.map_err(|source| GateError::Read { source })?;
        Ok((client, turn))
    }

    fn pop(&self) -> Option<Client> {
        self.idle().pop()
    }

    fn put_back(&self, client: Client) {
        self.idle().push(client);
    }

    fn idle(&self) -> MutexGuard<'_, Vec<Client>> {
        self.0.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What is looked up, if the server answers in time.
async fn in_time<T>(limit: Duration, look: impl Future<Output = Result<T, GateError>>) -> Result<T, GateError> {
    tokio::time::timeout(limit, look).await.unwrap_or_else(|_| Err(GateError::Read { source: SILENT.into() }))
}

fn failed(source: tokio_postgres::Error) -> GateError {
    GateError::Read { source: source.into() }
}

async fn begin(client: &mut Client) -> Result<Transaction<'_>, tokio_postgres::Error> {
    let transaction =
        client.build_transaction().isolation_level(IsolationLevel::RepeatableRead).read_only(true).start().await?;
    let settings = format!("SET LOCAL statement_timeout = '{PATIENCE}'; SET LOCAL lock_timeout = '{LOCK_PATIENCE}'");
    transaction.batch_execute(&settings).await?;
    Ok(transaction)
}

/// Without the settings, which have a password.
impl fmt::Debug for Reader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reader").field("schema", &self.0.schema_name).finish_non_exhaustive()
    }
}
