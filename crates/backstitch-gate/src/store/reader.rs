//! Looks at a database beside the thread that writes to it.

use std::sync::{Arc, Mutex, PoisonError};

use rusqlite::Connection;

use super::sqlite::look;
use super::view::{Order, TableSummary, TableView};
use crate::GateError;

/// A connection that only reads.
#[derive(Debug, Clone)]
pub(crate) enum Reader {
    Sqlite(Arc<Mutex<Connection>>),
    #[cfg(feature = "postgres")]
    Postgres(super::postgres::reader::Reader),
}

impl Reader {
    pub(crate) fn sqlite(connection: Connection) -> Self {
        Reader::Sqlite(Arc::new(Mutex::new(connection)))
    }

    /// The tables by name.
    pub(crate) async fn tables(&self) -> Result<Vec<TableSummary>, GateError> {
        match self {
            Reader::Sqlite(connection) => read(connection, look::tables).await,
            #[cfg(feature = "postgres")]
            Reader::Postgres(reader) => reader.tables().await,
        }
    }

    /// A table with its first rows.
    pub(crate) async fn table(&self, name: &str, limit: usize, order: Order) -> Result<TableView, GateError> {
        let view = match self {
            Reader::Sqlite(connection) => {
                let wanted = name.to_owned();
                read(connection, move |connection| look::table(connection, &wanted, limit, order)).await?
            }
            #[cfg(feature = "postgres")]
            Reader::Postgres(reader) => reader.table(name, limit, order).await?,
        };
        view.ok_or_else(|| GateError::NoTable { name: name.to_owned() })
    }

    /// Whether the database can be read, and is still the gate's.
    pub(crate) async fn check(&self) -> Result<(), GateError> {
        match self {
            Reader::Sqlite(connection) => {
                let marks = "SELECT \"client_id\" FROM \"_backstitch_gate\"";
                read(connection, |connection| connection.query_row(marks, [], |row| row.get::<_, i64>(0)))
                    .await
                    .map(drop)
            }
            #[cfg(feature = "postgres")]
            Reader::Postgres(reader) => reader.check().await,
        }
    }
}

async fn read<T: Send + 'static>(
    connection: &Arc<Mutex<Connection>>,
    look: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
) -> Result<T, GateError> {
    let connection = Arc::clone(connection);
    tokio::task::spawn_blocking(move || {
        // A connection that only reads is as good after a panic as before.
        let connection = connection.lock().unwrap_or_else(PoisonError::into_inner);
        look(&connection)
    })
    .await
    .map_err(|error| GateError::Read { source: error.into() })?
    .map_err(|error| GateError::Read { source: error.into() })
}
