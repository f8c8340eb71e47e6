//! Looks at a PostgreSQL database beside the thread that writes to it.

use std::fmt;
use std::sync::Arc;

use tokio::sync::{Mutex, MutexGuard};
use tokio_postgres::{Client, Config, IsolationLevel, Transaction};

use super::connection::connect;
use super::look::{self, Wanted};
use super::own;
use super::statements::Schema;
use crate::GateError;
use crate::store::view::{Order, TableSummary, TableView};

/// How long a look may take.
const PATIENCE: &str = "30s";

/// A connection that only reads, made again where it broke.
#[derive(Clone)]
pub(crate) struct Reader(Arc<Inner>);

struct Inner {
    config: Config,
    schema_name: String,
    client: Mutex<Client>,
}

impl Reader {
    pub(crate) fn new(config: Config, schema_name: String, client: Client) -> Self {
        Reader(Arc::new(Inner { config, schema_name, client: Mutex::new(client) }))
    }

    /// The tables by name.
    pub(crate) async fn tables(&self) -> Result<Vec<TableSummary>, GateError> {
        let mut client = self.client().await?;
        self.all(&mut client).await.map_err(failed)
    }

    async fn all(&self, client: &mut Client) -> Result<Vec<TableSummary>, tokio_postgres::Error> {
        let transaction = begin(client).await?;
        let tables = look::tables(&transaction, &self.0.schema_name, &Schema::new(&self.0.schema_name)).await?;
        transaction.commit().await?;
        Ok(tables)
    }

    /// A table with its first rows; none where there is none of this name.
    pub(crate) async fn table(&self, name: &str, limit: usize, order: Order) -> Result<Option<TableView>, GateError> {
        let mut client = self.client().await?;
        self.one(&mut client, &Wanted { name, limit, order }).await.map_err(failed)
    }

    async fn one(&self, client: &mut Client, wanted: &Wanted<'_>) -> Result<Option<TableView>, tokio_postgres::Error> {
        let transaction = begin(client).await?;
        let schema = Schema::new(&self.0.schema_name);
        let table = look::table(&transaction, &self.0.schema_name, &schema, wanted).await?;
        transaction.commit().await?;
        Ok(table)
    }

    /// Whether the database can be read, and is still the gate's.
    pub(crate) async fn check(&self) -> Result<(), GateError> {
        let client = self.client().await?;
        let marks = format!("SELECT \"client_id\" FROM {}", Schema::new(&self.0.schema_name).name(own::MARKS));
        client.query_one(&marks, &[]).await.map(drop).map_err(failed)
    }

    /// A connection that works.
    async fn client(&self) -> Result<MutexGuard<'_, Client>, GateError> {
        let mut client = self.0.client.lock().await;
        // One that broke since the last look shows it only when it is used.
        if client.is_closed() || client.batch_execute("").await.is_err() {
            *client = connect(&self.0.config).await.map_err(|source| GateError::Read { source })?;
        }
        Ok(client)
    }
}

fn failed(source: tokio_postgres::Error) -> GateError {
    GateError::Read { source: source.into() }
}

async fn begin(client: &mut Client) -> Result<Transaction<'_>, tokio_postgres::Error> {
    let transaction =
        client.build_transaction().isolation_level(IsolationLevel::RepeatableRead).read_only(true).start().await?;
    transaction.batch_execute(&format!("SET LOCAL statement_timeout = '{PATIENCE}'")).await?;
    Ok(transaction)
}

/// Without the settings, which have a password.
impl fmt::Debug for Reader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reader").field("schema", &self.0.schema_name).finish_non_exhaustive()
    }
}
