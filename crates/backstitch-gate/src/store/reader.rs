//! Looks at a database beside the thread that writes to it.

use std::sync::{Arc, Mutex, PoisonError};

use rusqlite::Connection;

use super::sqlite::look;
use super::view::{Order, TableSummary, TableView};
use crate::GateError;

/// A connection that only reads.
#[derive(Debug, Clone)]
pub(crate) struct Reader(Arc<Mutex<Connection>>);

impl Reader {
    pub(crate) fn new(connection: Connection) -> Self {
        Reader(Arc::new(Mutex::new(connection)))
    }

    /// The tables by name.
    pub(crate) async fn tables(&self) -> Result<Vec<TableSummary>, GateError> {
        self.read(look::tables).await
    }

    /// A table with its first rows.
    pub(crate) async fn table(&self, name: &str, limit: usize, order: Order) -> Result<TableView, GateError> {
        let wanted = name.to_owned();
        let view = self.read(move |connection| look::table(connection, &wanted, limit, order)).await?;
        view.ok_or_else(|| GateError::NoTable { name: name.to_owned() })
    }

    /// Whether the database can be read, and is still the gate's.
    pub(crate) async fn check(&self) -> Result<(), GateError> {
        let marks = "SELECT \"client_id\" FROM \"_backstitch_gate\"";
        self.read(|connection| connection.query_row(marks, [], |row| row.get::<_, i64>(0))).await.map(drop)
    }

    async fn read<T: Send + 'static>(
        &self,
        look: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, GateError> {
        let reader = Arc::clone(&self.0);
        tokio::task::spawn_blocking(move || {
            // A connection that only reads is as good after a panic as before.
            let connection = reader.lock().unwrap_or_else(PoisonError::into_inner);
            look(&connection)
        })
        .await
        .map_err(|error| GateError::Read { source: error.into() })?
        .map_err(|error| GateError::Read { source: error.into() })
    }
}
