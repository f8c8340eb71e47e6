//! A running gate, and how it is started.

use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::GateError;
use crate::http::routes::{self, Shared};
use crate::http::server::{self, Patience};
use crate::http::token::Tokens;
use crate::request::roles::Roles;
use crate::store::Store;
use crate::store::view::{TableSummary, TableView};

const DEFAULT_ADDRESS: &str = "127.0.0.1:0";
const DEFAULT_DATABASE: &str = "sqlite://gate.db";
const DEFAULT_READ_TIMEOUT: Duration = Duration::from_secs(60);
const DEFAULT_STOP_TIMEOUT: Duration = Duration::from_secs(30);

/// Clients keep connections for reuse, the common ones for 90 seconds. Were the gate to close them
/// earlier, a request could meet the closing.
const IDLE: Duration = Duration::from_secs(120);

/// How a gate is to be started. See [`Gate::builder`].
#[derive(Clone)]
#[must_use = "a builder does nothing until it is started"]
pub struct GateBuilder {
    listen: String,
    database: String,
    tokens: Vec<(String, i64)>,
    read_timeout: Duration,
    stop_timeout: Duration,
}

impl GateBuilder {
    /// The address to listen on, such as `127.0.0.1:8080`; port 0 takes any that is free. Without this
    /// call: `127.0.0.1:0`.
    #[expect(clippy::needless_pass_by_value, reason = "an address is given as a literal as often as by reference")]
    pub fn listen(mut self, address: impl ToString) -> Self {
        self.listen = address.to_string();
        self
    }

    /// The database: `sqlite://gate.db` for a file in the current folder, `sqlite:///tmp/gate.db` for one
    /// anywhere. It is made where it is missing. Without this call: `sqlite://gate.db`.
    pub fn database(mut self, url: impl Into<String>) -> Self {
        self.database = url.into();
        self
    }

    /// A token that requests may carry, and the client whose records it may send. Can be called again
    /// for more tokens of the same client.
    pub fn token(mut self, token: impl Into<String>, client_id: i64) -> Self {
        self.tokens.push((token.into(), client_id));
        self
    }

    /// How long a request's body may pause before the gate answers 408 and closes the connection.
    /// Without this call: 60 seconds.
    pub fn read_timeout(mut self, pause: Duration) -> Self {
        self.read_timeout = pause;
        self
    }

    /// How long requests that are under way may take to finish once the gate is stopped. Without this
    /// call: 30 seconds.
    pub fn stop_timeout(mut self, time: Duration) -> Self {
        self.stop_timeout = time;
        self
    }

    /// Opens the database and listens. Must be called within a tokio runtime with time and I/O enabled.
    ///
    /// # Errors
    /// Where there is no token, tokens are of several clients, the address is taken, the database cannot
    /// be opened, or another gate has it.
    pub async fn start(self) -> Result<Gate, GateError> {
        let roles = Roles::of_push()?;
        let tokens = Tokens::new(self.tokens)?;
        let client_id = tokens.client_id();
        let unheard = |source| GateError::Listen { address: self.listen.clone(), source };
        let listener = TcpListener::bind(&self.listen).await.map_err(unheard)?;
        let address = listener.local_addr().map_err(unheard)?;
        let database = self.database;
        let store = tokio::task::spawn_blocking(move || Store::open(&database, client_id))
            .await
            .map_err(|error| GateError::Read { source: error.into() })??;
        let shared = Shared { tokens, roles, intake: store.intake(), read_timeout: self.read_timeout };
        let patience = Patience { head: self.read_timeout.max(IDLE), stop: self.stop_timeout };
        let (stop, stopped) = oneshot::channel();
        let server = tokio::spawn(server::serve(listener, routes::router(Arc::new(shared)), patience, stopped));
        Ok(Gate { address, client_id, store, stop, server })
    }
}

/// Shows everything but the tokens themselves.
impl fmt::Debug for GateBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let clients: Vec<i64> = self.tokens.iter().map(|(_, client_id)| *client_id).collect();
        // What follows the scheme may hold a password.
        let scheme = self.database.split_once("://").map_or("", |(scheme, _)| scheme);
        f.debug_struct("GateBuilder")
            .field("listen", &self.listen)
            .field("database", &format_args!("{scheme}://…"))
            .field("tokens_of_clients", &clients)
            .field("read_timeout", &self.read_timeout)
            .field("stop_timeout", &self.stop_timeout)
            .finish()
    }
}

/// A running Import API with a database behind it.
///
/// What it answered with 201 is in the database and stays there, however the process ends. Dropping a
/// gate stops it in the background; [`Gate::shutdown`] waits until it has stopped.
#[must_use = "a gate stops when it is dropped"]
pub struct Gate {
    address: SocketAddr,
    client_id: i64,
    store: Store,
    stop: oneshot::Sender<()>,
    server: JoinHandle<()>,
}

impl Gate {
    /// A builder with the defaults, to which at least a token must be added.
    pub fn builder() -> GateBuilder {
        GateBuilder {
            listen: DEFAULT_ADDRESS.to_owned(),
            database: DEFAULT_DATABASE.to_owned(),
            tokens: Vec::new(),
            read_timeout: DEFAULT_READ_TIMEOUT,
            stop_timeout: DEFAULT_STOP_TIMEOUT,
        }
    }

    /// The base URL for clients, such as `http://127.0.0.1:8080`.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The address that the gate listens on, with the port that it was given.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The client whose records the gate takes.
    #[must_use]
    pub fn client_id(&self) -> i64 {
        self.client_id
    }

    /// The tables by name, each with the number of its rows; among them `_sdc_rejected`.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn tables(&self) -> Result<Vec<TableSummary>, GateError> {
        self.store.tables().await
    }

    /// A table with at most `limit` rows.
    ///
    /// # Errors
    /// [`GateError::NoTable`] where there is none of this name; or where the database cannot be read.
    pub async fn table(&self, name: &str, limit: usize) -> Result<TableView, GateError> {
        self.store.table(name, limit).await
    }

    /// Stops listening, lets requests that are under way finish, and closes the database.
    pub async fn shutdown(self) {
        // The server is gone only where the runtime has stopped it.
        let _ = self.stop.send(());
        let _ = self.server.await;
        self.store.close().await;
    }

    /// Serves until `stop` is ready, then shuts down as [`Gate::shutdown`] does.
    pub async fn serve_until(self, stop: impl Future<Output = ()>) {
        stop.await;
        self.shutdown().await;
    }
}

impl fmt::Debug for Gate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Gate")
            .field("address", &self.address)
            .field("client_id", &self.client_id)
            .field("database", &self.store.path())
            .finish_non_exhaustive()
    }
}
